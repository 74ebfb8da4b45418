// Where the bodies of one target are put together, scrape after scrape: memory that is used again instead of being
// left to the garbage collector with every scrape.

/** Bodies beyond this get memory of their own. */
const LARGEST_KEPT_BYTES = 1024 * 1024;
const FIRST_BYTES = 16 * 1024;

export class BodyBuffer {
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;

  /** Forgets the body before; whoever still has it must be done with it. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > LARGEST_KEPT_BYTES) this.bytes = Buffer.alloc(0);
  }

  /** Adds the bytes [start, end) of `source`. */
  append(source: Buffer, start: number, end: number): void {
    const needed = this.length + (end - start);
    if (needed > this.bytes.length) this.grow(needed);
    source.copy(this.bytes, this.length, start, end);
    this.length = needed;
  }

  /** What was appended: good until clear(). */
  body(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed, Math.ceil(this.bytes.length * 1.5)));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
