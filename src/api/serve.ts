// One request from start to end: method, readiness, parameters, handler, reply, metrics.
//
// Everything that is thrown ends here, as a reply; nothing that a client sends gets further.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../base/errors.ts';
import { type Answer, failure, NO_CONTENT, text, textError } from './answer.ts';
import type { ApiDependencies } from './contract.ts';
import type { SetCors } from './cors.ts';
import { classify } from './errors.ts';
import { Form } from './form.ts';
import type { HttpMetrics } from './http-metrics.ts';
import type { Method, Route } from './route.ts';
import { send } from './send.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Content-Type as it was sent. */
  readonly mediaType: string;
  readonly body: Buffer | undefined;
}

export type Serve = (route: Route, exchange: Exchange) => Promise<void>;

export function createServe(dependencies: ApiDependencies, setCors: SetCors, metrics: HttpMetrics): Serve {
  const { clock, log, memorySaving } = dependencies;
  return async (route, exchange) => {
    const startMs = clock.monotonicMs();
    const { request, response } = exchange;
    if (route.api) setCors(request, response);
    if (route.large === 'reply') memorySaving.suspend();
    try {
      const answer = await answerTo(route, exchange, dependencies);
      const bytes = await send(request, response, answer, route.compress);
      metrics.observe(route.path, answer.status, (clock.monotonicMs() - startMs) / 1000, bytes);
    } catch (thrown) {
      // The reply has begun, or could not begin: cutting it off is all that is left to tell the client.
      log.error({ err: messageOf(thrown), path: route.path }, 'Error sending a reply');
      response.destroy();
    } finally {
      if (route.large === 'reply') memorySaving.resume();
      if (route.large === 'request') memorySaving.begin();
    }
  };
}

async function answerTo(route: Route, exchange: Exchange, dependencies: ApiDependencies): Promise<Answer> {
  const refusal = refuseMethod(route, exchange.request.method ?? '') ?? refuseState(route, dependencies);
  if (refusal) return refusal;
  const { request, response, pathParameters, mediaType, body } = exchange;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  try {
    const queryString = queryStringOf(request.url ?? '');
    const form = await Form.read(queryString, mediaType, body);
    const { method = '', headers } = request;
    return await route.handler(
      { method, form, queryString, pathParameters, headers, mediaType, body, signal: gone.signal },
      dependencies,
    );
  } catch (thrown) {
    return errorAnswer(route, thrown, dependencies);
  } finally {
    response.off('close', leave);
  }
}

function refuseMethod(route: Route, method: string): Answer | undefined {
  if (route.methods.includes(method as Method)) return undefined;
  const answered = route.wrongMethodText === undefined ? route.methods : ['GET', ...route.methods];
  const allow = [...answered, 'OPTIONS'].sort().join(', ');
  if (method === 'OPTIONS') {
    return route.api ? NO_CONTENT : { status: 200, contentType: undefined, body: '', headers: { allow } };
  }
  if (method === 'GET' && route.wrongMethodText !== undefined) return text(405, route.wrongMethodText);
  return textError(405, 'Method Not Allowed', { allow });
}

function refuseState(route: Route, { runtime }: ApiDependencies): Answer | undefined {
  if (!route.whenReady || (runtime.ready && !runtime.stopping)) return undefined;
  return text(503, 'Service Unavailable', { 'x-prometheus-stopping': String(runtime.stopping) });
}

function errorAnswer(route: Route, thrown: unknown, { log }: ApiDependencies): Answer {
  const { type, status, expected } = classify(thrown);
  if (!expected) {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    log.error({ err: messageOf(thrown), stack, path: route.path }, 'Error answering a request');
  }
  return route.api ? failure(status, type, messageOf(thrown)) : textError(status, messageOf(thrown));
}

function queryStringOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
