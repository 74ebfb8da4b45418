// One GET at undici's lowest level, and its body in one piece: a handler that joins chunks, without the streams
// and signals that undici would make of each request, which cost more than all the rest of a fetch.

import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { BodyBuffer } from './body-buffer.ts';

export interface Answer {
  readonly statusCode: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the status is not 200: it is not waited for then. */
  readonly body: Buffer;
}

const NO_BYTES = Buffer.alloc(0);
/** What the connection is told whose answer nobody waits for any more. */
const UNWANTED = new Error('unwanted');

export class Exchange implements Dispatcher.DispatchHandler {
  /** Settled once, by whatever comes first: the answer, a failure, abort(). */
  readonly answer: Promise<Answer>;
  /** Whether the headers of a 200 answer were there. */
  answered = false;

  private readonly bodyLimitBytes: number;
  private readonly tooLarge: () => Error;
  private resolve: (answer: Answer) => void = () => {};
  private reject: (reason: unknown) => void = () => {};
  private settled = false;
  private controller: Dispatcher.DispatchController | undefined;
  private headers: IncomingHttpHeaders = {};
  private statusText = '';
  private readonly into: BodyBuffer;
  private size = 0;

  /** The body is put together in `into`; one of `bodyLimitBytes` or more fails with `tooLarge()`. */
  constructor(into: BodyBuffer, bodyLimitBytes: number, tooLarge: () => Error) {
    this.into = into;
    this.bodyLimitBytes = bodyLimitBytes;
    this.tooLarge = tooLarge;
    into.clear();
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Sends the request. */
  start(dispatcher: Dispatcher, url: URL, headers: Record<string, string | string[]>): Promise<Answer> {
    dispatcher.dispatch(
      { origin: url.origin, path: url.pathname + url.search, method: 'GET', headers },
      this,
    );
    return this.answer;
  }

  /** Fails with `reason`, unless it is over; the connection closes. */
  abort(reason: Error): void {
    if (this.settled) return;
    this.fail(reason);
    this.controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.settled) controller.abort(UNWANTED);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    statusText = '',
  ): void {
    if (statusCode < 200 || this.settled) return;
    this.headers = headers;
    this.statusText = statusText;
    if (statusCode === 200) {
      this.answered = true;
      return;
    }
    this.settled = true;
    this.resolve({ statusCode, statusText, headers, body: NO_BYTES });
    controller.abort(UNWANTED);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.size += chunk.length;
    if (this.size >= this.bodyLimitBytes) {
      const reason = this.tooLarge();
      this.fail(reason);
      controller.abort(reason);
      return;
    }
    this.into.append(chunk);
  }

  onResponseEnd(): void {
    if (this.settled) return;
    this.settled = true;
    const { headers, statusText, into } = this;
    this.resolve({ statusCode: 200, statusText, headers, body: into.body() });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (!this.settled) this.fail(error);
  }

  private fail(reason: unknown): void {
    this.settled = true;
    this.reject(reason);
  }
}
