// One GET of a target's metrics: headers as Prometheus sends them, a deadline, a limit to the body, errors that
// read like those of Prometheus.
//
// One Fetcher serves all targets of a scrape configuration and keeps their connections open between scrapes.

import { Agent } from 'undici';
import type { ScrapeConfig } from '../config/contract.ts';
import { quoteText } from '../model/labels.ts';
import { BodyBuffer } from './body-buffer.ts';
import { type Answer, Exchange } from './exchange.ts';
import { acceptHeader } from './exposition/negotiate.ts';
import { bodyTooLarge, inflated } from './inflate.ts';
import { describeNetworkError, isClosedConnection } from './network-errors.ts';
import { requestHeaders } from './request-headers.ts';
import { ScrapeError } from './sample-labels.ts';
import { connectOptions } from './tls-options.ts';

/** Bodies beyond this are refused even where the configuration sets no limit: one target must not fill memory. */
const LARGEST_BODY_BYTES = 512 * 1024 * 1024;
const LARGEST_HEADERS_BYTES = 64 * 1024;
const MAXIMUM_REDIRECTS = 10;
const IDLE_CONNECTION_MS = 300_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface FetchedBody {
  readonly body: Uint8Array;
  readonly contentType: string;
}

export class Fetcher {
  private readonly config: ScrapeConfig;
  private readonly userAgent: string;
  private readonly accept: string;
  private readonly agent: Agent;
  private readonly bodyLimitBytes: number;

  /** Throws where a file that the TLS settings name can't be read. */
  constructor(config: ScrapeConfig, version: string) {
    this.config = config;
    this.accept = acceptHeader(config.scrapeProtocols);
    this.userAgent = `promlite/${version}`;
    this.bodyLimitBytes = config.bodySizeLimitBytes > 0 ? config.bodySizeLimitBytes : LARGEST_BODY_BYTES;
    this.agent = new Agent({
      connect: connectOptions(config.tls),
      keepAliveTimeout: IDLE_CONNECTION_MS,
      keepAliveMaxTimeout: IDLE_CONNECTION_MS,
      maxHeaderSize: LARGEST_HEADERS_BYTES,
      // The deadline of the scrape covers both.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * The body of a 200 answer, inflated. Rejects with ScrapeError; `stop` ends it early. It may stand in `into`, and is
   * good until that is used for the next one.
   */
  async fetch(
    url: string,
    timeoutMs: number,
    stop: AbortSignal,
    into = new BodyBuffer(),
  ): Promise<FetchedBody> {
    const attempt = new Attempt(into);
    const cancel = () => attempt.giveUp('context canceled');
    const timer = setTimeout(() => attempt.giveUp('context deadline exceeded'), timeoutMs);
    stop.addEventListener('abort', cancel, { once: true });
    try {
      checkScheme(url, url);
      if (stop.aborted) cancel();
      const answer = await this.answerTo(url, await this.headers(timeoutMs), attempt);
      return await this.bodyOf(answer);
    } catch (thrown) {
      if (thrown instanceof ScrapeError) throw thrown;
      const { reason, answered } = attempt;
      const problem = reason ?? describeNetworkError(thrown, url, answered);
      const message = answered ? problem : `Get ${quoteText(url)}: ${problem}`;
      throw new ScrapeError(reason === undefined ? 'fetch' : 'timeout', message, { cause: thrown });
    } finally {
      clearTimeout(timer);
      stop.removeEventListener('abort', cancel);
    }
  }

  /** Takes no more requests; connections close when those under way are answered. */
  async close(): Promise<void> {
    if (!this.agent.closed && !this.agent.destroyed) await this.agent.close();
  }

  /** Closes the connections at once; a fetch under way fails. */
  async destroy(): Promise<void> {
    if (!this.agent.destroyed) await this.agent.destroy();
  }

  /** What the target answers in the end: redirects are followed, where the configuration says so. */
  private async answerTo(url: string, headers: Headers, attempt: Attempt): Promise<Answer> {
    let at = new URL(url);
    for (let redirects = 0; ; redirects++) {
      const answer = await this.send(at, headers, attempt);
      const location = textOf(answer.headers.location);
      if (location === '' || !REDIRECTS.has(answer.statusCode) || !this.config.followRedirects) return answer;
      if (redirects === MAXIMUM_REDIRECTS) throw new Error(`stopped after ${MAXIMUM_REDIRECTS} redirects`);
      const next = new URL(location, at);
      checkScheme(next.href, url);
      if (next.origin !== at.origin) headers = this.withoutSecrets(headers);
      at = next;
    }
  }

  /** Sends the request, and once more where the target closed a connection that was kept open. */
  private async send(url: URL, headers: Headers, attempt: Attempt): Promise<Answer> {
    for (let isFirst = true; ; isFirst = false) {
      const exchange = new Exchange(attempt.into, this.bodyLimitBytes, bodyTooLarge);
      attempt.exchange = exchange;
      if (attempt.reason !== undefined) throw new Error(attempt.reason);
      try {
        return await exchange.start(this.agent, url, headers);
      } catch (thrown) {
        const isOver = !isFirst || exchange.answered || attempt.reason !== undefined;
        if (isOver || !isClosedConnection(thrown)) throw thrown;
      }
    }
  }

  private async bodyOf({ statusCode, statusText, headers, body }: Answer): Promise<FetchedBody> {
    if (statusCode !== 200) {
      throw new ScrapeError('status', `server returned HTTP status ${`${statusCode} ${statusText}`.trim()}`);
    }
    const isGzip = textOf(headers['content-encoding']).toLowerCase() === 'gzip';
    return {
      body: isGzip ? await inflated(body, this.bodyLimitBytes) : body,
      contentType: textOf(headers['content-type']),
    };
  }

  private async headers(timeoutMs: number): Promise<Headers> {
    const { authorization, httpHeaders, enableCompression } = this.config;
    return {
      ...(await requestHeaders(authorization, httpHeaders)),
      accept: this.accept,
      'accept-encoding': enableCompression ? 'gzip' : 'identity',
      'user-agent': this.userAgent,
      'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000),
    };
  }

  /** Configured headers may hold secrets: another origin does not get them. */
  private withoutSecrets(headers: Headers): Headers {
    const secret = new Set(
      ['authorization', ...Object.keys(this.config.httpHeaders)].map(name => name.toLowerCase()),
    );
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.has(name)));
  }
}

/** A fetch under way: its exchange, and why it was given up. */
class Attempt {
  readonly into: BodyBuffer;
  exchange: Exchange | undefined;
  reason: string | undefined;

  constructor(into: BodyBuffer) {
    this.into = into;
  }

  get answered(): boolean {
    return this.exchange?.answered ?? false;
  }

  giveUp(reason: string): void {
    this.reason ??= reason;
    this.exchange?.abort(new Error(reason));
  }
}

type Headers = Record<string, string | string[]>;

/** Relabelling can make any scheme of a target's, or none; a redirect can lead to one. */
function checkScheme(url: string, asked: string): void {
  const [scheme] = url.split('//', 1);
  if (scheme === 'http:' || scheme === 'https:') return;
  const problem = `unsupported protocol scheme ${quoteText(scheme.replace(/:$/, ''))}`;
  throw new ScrapeError('fetch', `Get ${quoteText(asked)}: ${problem}`);
}

const textOf = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? '';
