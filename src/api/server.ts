// The HTTP server, the only opener of a listener: fastify for routing and bodies, set up so that it refuses nothing
// that Go's server takes. What to answer is decided in serve.ts and the handlers.

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { bug, messageOf } from '../base/errors.ts';
import { type Answer, NO_CONTENT, NOT_FOUND, redirect, textError } from './answer.ts';
import type { ApiDependencies, ApiServer } from './contract.ts';
import { createCors } from './cors.ts';
import { createHttpMetrics } from './http-metrics.ts';
import type { Route } from './route.ts';
import { createRoutes } from './routes.ts';
import { send } from './send.ts';
import { createServe, type Serve } from './serve.ts';

/** Query strings of 100 kB and more are ordinary. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** Forms may be 10 MB in Prometheus. */
const FORM_LIMIT_BYTES = 16 * 1024 * 1024;
/** Above the 90 s that Grafana keeps an idle connection for. */
const KEEP_ALIVE_MS = 5 * 60_000;
const RECEIVE_TIMEOUT_MS = KEEP_ALIVE_MS + 60_000;

/** Builds the server; it listens only when told to. */
export function createApiServer(dependencies: ApiDependencies): ApiServer {
  const app = createApp(dependencies);
  const setCors = createCors(dependencies.options.corsOrigin);
  const serve = createServe(dependencies, setCors, createHttpMetrics(dependencies));
  const { routePrefix } = dependencies.options;

  for (const route of createRoutes(dependencies)) addRoute(app, routePrefix, route, serve);
  app.options(`${routePrefix}/api/v1/*`, (request, reply) => {
    setCors(request.raw, reply.raw);
    return sendRaw(request, reply, NO_CONTENT);
  });
  if (routePrefix !== '') {
    for (const path of ['/', routePrefix]) {
      app.get(path, (request, reply) => sendRaw(request, reply, redirect(`${routePrefix}/`)));
    }
  }
  app.setNotFoundHandler((request, reply) => sendRaw(request, reply, NOT_FOUND));
  app.setErrorHandler((thrown, request, reply) => sendRaw(request, reply, httpError(thrown)));

  const further: Server[] = [];
  return {
    async listen(address) {
      if (!app.server.listening) return listen(app, address);
      const server = createServer(socket => app.server.emit('connection', socket));
      server.maxConnections = dependencies.options.maxConnections;
      further.push(server);
      return listenToo(server, address);
    },
    close: withinMs => close(app, further, withinMs),
  };
}

function createApp({ options }: ApiDependencies): FastifyInstance {
  const app = fastify({
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: RECEIVE_TIMEOUT_MS,
      requestTimeout: RECEIVE_TIMEOUT_MS,
    },
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: RECEIVE_TIMEOUT_MS,
    bodyLimit: FORM_LIMIT_BYTES,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: {
      maxParamLength: MAX_HEADER_BYTES,
      // Parameters are read in form.ts, where those of the body are at hand.
      querystringParser: () => ({}),
    },
    clientErrorHandler: refuseBytes,
    // A URL that can't be decoded.
    frameworkErrors: (thrown, request, reply) => sendRaw(request, reply, httpError(thrown)),
  });
  app.server.maxConnections = options.maxConnections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // Types of any kind, broken ones included, are for form.ts to judge: fastify is shown one that it takes.
  app.decorateRequest('sentType', '');
  app.addHook('onRequest', (request, _reply, done) => {
    request.sentType = request.headers['content-type'] ?? '';
    request.headers['content-type'] = 'application/octet-stream';
    done();
  });
  return app;
}

/** Answers what is no HTTP, or too much of it, as Go's server does, and closes the connection. */
function refuseBytes(fault: { readonly code: string }, socket: Socket): void {
  if (fault.code === 'ECONNRESET' || socket.destroyed) return;
  const reason = REFUSED_BYTES[fault.code] ?? '400 Bad Request';
  if (!socket.writable) socket.destroy();
  else {
    socket.end(
      `HTTP/1.1 ${reason}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n${reason}`,
    );
  }
}

const REFUSED_BYTES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Content-Type as it was sent, '' where there was none. */
    sentType: string;
  }
}

function addRoute(app: FastifyInstance, routePrefix: string, route: Route, serve: Serve): void {
  app.all(routePrefix + route.path, { bodyLimit: route.maxBodyBytes }, (request, reply) => {
    reply.hijack();
    return serve(route, {
      request: request.raw,
      response: reply.raw,
      pathParameters: request.params as Record<string, string>,
      mediaType: request.sentType,
      body: Buffer.isBuffer(request.body) ? request.body : undefined,
    });
  });
}

async function sendRaw(
  request: { readonly raw: IncomingMessage },
  reply: { readonly raw: ServerResponse; hijack(): unknown },
  answer: Answer,
): Promise<void> {
  reply.hijack();
  await send(request.raw, reply.raw, answer, false);
}

function httpError(thrown: unknown): Answer {
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500;
  return textError(status, messageOf(thrown));
}

async function listen(app: FastifyInstance, address: string): Promise<{ host: string; port: number }> {
  const { host, port } = parseAddress(address);
  await app.listen({ host, port });
  return addressOf(app.server);
}

/** A further listener, which hands its connections to the first one's server. */
async function listenToo(server: Server, address: string): Promise<{ host: string; port: number }> {
  server.listen(parseAddress(address));
  await once(server, 'listening');
  return addressOf(server);
}

function addressOf(server: Server): { host: string; port: number } {
  const used = server.address();
  if (used === null || typeof used === 'string') bug('the server listens on a TCP address');
  return { host: used.address, port: used.port };
}

/** `host:port`, `:port` or `[::1]:port`. */
function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(address);
  if (!match || Number(match[3]) > 65_535) throw new Error(`invalid listen address "${address}"`);
  return { host: match[1] ?? (match[2] === '' ? '::' : match[2]), port: Number(match[3]) };
}

async function close(app: FastifyInstance, further: readonly Server[], withinMs: number): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), withinMs);
  try {
    const closed = further.filter(server => server.listening).map(server => once(server.close(), 'close'));
    await Promise.all([app.close(), ...closed]);
  } finally {
    clearTimeout(deadline);
  }
}
