// Text on its way into a stream: gathered into pieces of some size, which are written at the pace of the reader.

import { once } from 'node:events';
import type { Writable } from 'node:stream';

const PIECE_CHARACTERS = 256 * 1024;

export class TextOutput {
  /** Written so far. */
  bytes = 0;
  private readonly stream: Writable;
  private pending = '';
  private failure: Error | undefined;

  constructor(stream: Writable) {
    this.stream = stream;
    stream.on('error', failure => {
      this.failure ??= failure;
    });
  }

  /** Adds text; a promise where the stream wants a pause. Throws (or rejects with) what the stream failed with. */
  write(text: string): Promise<void> | undefined {
    this.pending += text;
    return this.pending.length < PIECE_CHARACTERS ? undefined : this.flush();
  }

  async flush(): Promise<void> {
    if (this.failure) throw this.failure;
    if (this.pending === '') return;
    const piece = Buffer.from(this.pending);
    this.pending = '';
    this.bytes += piece.length;
    if (!this.stream.write(piece)) await once(this.stream, 'drain');
    if (this.failure) throw this.failure;
  }
}
