// Reads what a ByteWriter wrote, and never beyond its end.

/** What is thrown for bytes that cannot be a chunk's. */
export function damaged(what: string): never {
  throw new Error(`a damaged chunk: ${what}`);
}

export class ByteReader {
  readonly bytes: Buffer;
  at: number;
  /** What is to be read ends there. */
  end: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
    this.end = bytes.length;
  }

  u8(): number {
    if (this.at >= this.end) damaged('it ends too early');
    return this.bytes[this.at++];
  }

  /** See ByteWriter. */
  varint(): number {
    const first = this.u8();
    if (first < 128) return first;
    let value = first - 128;
    let scale = 128;
    for (;;) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
      if (scale > 2 ** 49) damaged('a number is too long');
    }
    return value;
  }

  signedVarint(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Steps over `count` bytes; returns where they start. */
  skip(count: number): number {
    const from = this.at;
    if (count > this.end - from) damaged('it ends too early');
    this.at = from + count;
    return from;
  }
}
