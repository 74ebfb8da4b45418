// One request and what comes of it.

import type { BodyBuffer } from '../body-buffer.ts';
import type { Address } from './address.ts';
import type { ResponseHead } from './response-head.ts';

export interface Answer {
  readonly head: ResponseHead;
  /** Empty where the status is not 200. Good until the buffer that it stands in is used for another one. */
  readonly body: Buffer;
}

export interface Request {
  readonly address: Address;
  /** Request line and headers, with the empty line at their end. */
  readonly head: Buffer;
  /** Where the body of the answer is put together. */
  readonly into: BodyBuffer;
  /** An answer with so many bytes, or more, fails with `tooLarge()`. */
  readonly bodyLimitBytes: number;
  readonly tooLarge: () => Error;
}

export class Exchange {
  readonly request: Request;
  /** Settled once, by whatever comes first: the answer, a failure, abort(). */
  readonly answer: Promise<Answer>;
  /** Whether the head of a 200 answer was there. */
  answered = false;
  isSettled = false;
  /** Ends the connection under way; set by who sends the request. */
  drop: () => void = () => {};
  private resolve: (answer: Answer) => void = () => {};
  private reject: (reason: unknown) => void = () => {};

  constructor(request: Request) {
    this.request = request;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  succeed(answer: Answer): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.resolve(answer);
  }

  fail(reason: unknown): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.reject(reason);
  }

  /** Fails with `reason`, unless it is over; the connection closes. */
  abort(reason: Error): void {
    if (this.isSettled) return;
    this.fail(reason);
    this.drop();
  }
}
