// One GET of a target's metrics: headers as Prometheus sends them, a deadline, a limit to the body, errors that
// read like those of Prometheus.

import { quoteText } from '../model/labels.ts';
import { BodyBuffer } from './body-buffer.ts';
import { type Address, addressOf } from './http/address.ts';
import type { HttpClient } from './http/client.ts';
import type { Answer, Exchange } from './http/exchange.ts';
import { bodyTooLarge, inflated } from './inflate.ts';
import { describeNetworkError } from './network-errors.ts';
import { type Headers, requestText } from './request-text.ts';
import { ScrapeError } from './sample-labels.ts';

const MAXIMUM_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface FetchedBody {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** Where a scrape gets the body from. */
export interface BodyFetcher {
  /**
   * The body of a 200 answer, inflated, good until the next call. Rejects with ScrapeError; `stop`, which should be the
   * same each time, ends it early.
   */
  fetch(timeoutMs: number, stop: AbortSignal): Promise<FetchedBody>;
  /** No more fetches; one under way goes on. */
  release(): void;
}

/** What the targets of a scrape configuration share. */
export interface FetchSettings {
  readonly client: HttpClient;
  readonly followRedirects: boolean;
  readonly bodyLimitBytes: number;
  /** Whether what headers() says hangs on nothing but the timeout. */
  readonly hasFixedHeaders: boolean;
  /** What every request says. Rejects with ScrapeError where a file that the configuration names can't be read. */
  headers(timeoutMs: number): Promise<Headers>;
  /** Configured headers may hold secrets: another origin does not get them. */
  withoutSecrets(headers: Headers): Headers;
}

interface PreparedRequest {
  readonly timeoutMs: number;
  readonly address: Address;
  readonly headers: Headers;
  readonly head: Buffer;
}

export class TargetFetcher implements BodyFetcher {
  private readonly settings: FetchSettings;
  private readonly url: string;
  /** Where bodies are put together: the target's scrapes come one after the other. */
  private readonly into = new BodyBuffer();
  /** The request where it is the same from scrape to scrape. */
  private fixed: PreparedRequest | undefined;
  private stop: AbortSignal | undefined;
  private isReleased = false;
  // Of the fetch under way:
  private exchange: Exchange | undefined;
  private isUnderWay = false;
  /** Why it was given up; '' where it was not. */
  private givenUp = '';

  constructor(settings: FetchSettings, url: string) {
    this.settings = settings;
    this.url = url;
  }

  async fetch(timeoutMs: number, stop: AbortSignal): Promise<FetchedBody> {
    this.begin(stop);
    const timer = setTimeout(this.expire, timeoutMs);
    try {
      return await this.bodyOf(await this.answer(timeoutMs));
    } catch (thrown) {
      throw thrown instanceof ScrapeError ? thrown : this.failureOf(thrown);
    } finally {
      clearTimeout(timer);
      this.isUnderWay = false;
      if (this.isReleased) this.watch(undefined);
    }
  }

  release(): void {
    this.isReleased = true;
    if (!this.isUnderWay) this.watch(undefined);
  }

  private begin(stop: AbortSignal): void {
    this.exchange = undefined;
    this.isUnderWay = true;
    this.givenUp = '';
    if (stop !== this.stop) this.watch(stop);
    if (stop.aborted) this.cancel();
  }

  private watch(stop: AbortSignal | undefined): void {
    this.stop?.removeEventListener('abort', this.cancel);
    this.stop = stop;
    stop?.addEventListener('abort', this.cancel);
  }

  private readonly expire = (): void => this.giveUp('context deadline exceeded');

  private readonly cancel = (): void => this.giveUp('context canceled');

  private giveUp(reason: string): void {
    if (!this.isUnderWay || this.givenUp !== '') return;
    this.givenUp = reason;
    this.exchange?.abort(new Error(reason));
  }

  /** What the target answers in the end: redirects are followed, where the configuration says so. */
  private async answer(timeoutMs: number): Promise<Answer> {
    const { fixed } = this;
    const request = fixed?.timeoutMs === timeoutMs ? fixed : await this.prepare(timeoutMs);
    const answer = await this.send(request.address, request.head);
    return this.redirects(answer) ? this.followed(answer, request.headers) : answer;
  }

  private async prepare(timeoutMs: number): Promise<PreparedRequest> {
    const { settings, url } = this;
    checkScheme(url, url);
    const address = addressOf(new URL(url));
    const headers = await settings.headers(timeoutMs);
    const request = { timeoutMs, address, headers, head: requestText(address, headers) };
    this.fixed = settings.hasFixedHeaders ? request : undefined;
    return request;
  }

  private async followed(answer: Answer, headers: Headers): Promise<Answer> {
    let at = new URL(this.url);
    for (let redirects = 0; this.redirects(answer); redirects++) {
      if (redirects === MAXIMUM_REDIRECTS) throw new Error(`stopped after ${MAXIMUM_REDIRECTS} redirects`);
      const next = new URL(answer.head.location, at);
      checkScheme(next.href, this.url);
      if (next.origin !== at.origin) headers = this.settings.withoutSecrets(headers);
      at = next;
      const address = addressOf(at);
      answer = await this.send(address, requestText(address, headers));
    }
    return answer;
  }

  private redirects({ head }: Answer): boolean {
    return REDIRECTS.has(head.statusCode) && head.location !== '' && this.settings.followRedirects;
  }

  private send(address: Address, head: Buffer): Promise<Answer> {
    if (this.givenUp !== '') throw new Error(this.givenUp);
    const { client, bodyLimitBytes } = this.settings;
    const exchange = client.get({ address, head, into: this.into, bodyLimitBytes, tooLarge: bodyTooLarge });
    this.exchange = exchange;
    return exchange.answer;
  }

  private async bodyOf({ head, body }: Answer): Promise<FetchedBody> {
    const { statusCode, statusText, contentType, contentEncoding } = head;
    if (statusCode !== 200) {
      throw new ScrapeError('status', `server returned HTTP status ${`${statusCode} ${statusText}`.trim()}`);
    }
    const isGzip = contentEncoding.toLowerCase() === 'gzip';
    return { body: isGzip ? await inflated(body, this.settings.bodyLimitBytes) : body, contentType };
  }

  private failureOf(thrown: unknown): ScrapeError {
    const { givenUp, url } = this;
    const answered = this.exchange?.answered ?? false;
    const problem = givenUp || describeNetworkError(thrown, url, answered);
    const message = answered ? problem : `Get ${quoteText(url)}: ${problem}`;
    return new ScrapeError(givenUp === '' ? 'fetch' : 'timeout', message, { cause: thrown });
  }
}

/** Relabelling can make any scheme of a target's, or none; a redirect can lead to one. */
function checkScheme(url: string, asked: string): void {
  const [scheme] = url.split('//', 1);
  if (scheme === 'http:' || scheme === 'https:') return;
  const problem = `unsupported protocol scheme ${quoteText(scheme.replace(/:$/, ''))}`;
  throw new ScrapeError('fetch', `Get ${quoteText(asked)}: ${problem}`);
}
