// The memory that chunks lie in: one array buffer, seen as bytes, as words and as doubles.

export class ChunkMemory {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
  private readonly buffer: ArrayBuffer;

  /** `byteLength` is a multiple of 8. */
  constructor(byteLength: number) {
    this.buffer = new ArrayBuffer(byteLength);
    this.bytes = Buffer.from(this.buffer);
    this.words = new Uint32Array(this.buffer);
    this.numbers = new Float64Array(this.buffer);
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  /** Gives it back at once, rather than when the garbage collector next looks; nothing of it may be used any more. */
  free(): void {
    this.buffer.transfer(0);
  }
}
