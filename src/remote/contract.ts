// Remote protocols: the way in, Prometheus remote write 1.0.

import type { Metadata } from '../model/metadata.ts';

export interface RemoteWriteReceiver {
  /**
   * Takes one request body (snappy-compressed protobuf WriteRequest) as Prometheus does: 204 where every sample
   * was taken, 400 with the reason where some can never be taken (those that could be are kept), 500 where the
   * storage can't write, so that the sender comes again. Requests are taken one after the other, large ones in
   * pieces between which others get their turn. The body is the caller's again when this resolves.
   */
  write(body: Uint8Array, headers: RemoteWriteHeaders): Promise<RemoteWriteAnswer>;

  /** What senders say of metric families now; a family comes as often as there are different entries. */
  metadata(): Iterable<readonly [family: string, metadata: Metadata]>;

  /** Ends the work in the background; what was begun by write() goes on. */
  close(): void;
}

/** As they were sent; '' where there was none. */
export interface RemoteWriteHeaders {
  readonly contentType: string;
  readonly contentEncoding: string;
}

export interface RemoteWriteAnswer {
  readonly status: 204 | 400 | 413 | 415 | 500;
  /** Text for the client; '' with 204. */
  readonly message: string;
}

/** What one request may take at most. */
export interface RemoteWriteLimits {
  /** Of the body once it is inflated. */
  readonly uncompressedBytes: number;
}
