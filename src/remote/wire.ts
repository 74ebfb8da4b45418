// Reads protobuf field by field from a buffer, without reflection and without objects in between.
//
//   field    tag (varint: number << 3 | wire type), value
//   value    by wire type: 0 varint · 1 eight bytes · 2 length (varint) and so many bytes · 5 four bytes
//
// What breaks the format throws a WireError with the words of Prometheus' decoder.

/** The bytes are no message of the kind that was expected. */
export class WireError extends Error {}

export const VARINT = 0;
export const EIGHT_BYTES = 1;
export const LENGTH_DELIMITED = 2;
export const FOUR_BYTES = 5;

const GROUP_START = 3;
const GROUP_END = 4;
const TWO_32 = 2 ** 32;

/** A field's number and wire type as they stand before it. */
export const tagOf = (field: number, wireType: number): number => (field << 3) | wireType;

export class WireReader {
  readonly bytes: Buffer;
  /** Of the same bytes. */
  readonly view: DataView;
  /** Where the next byte is read. */
  pos = 0;
  private low = 0;
  private high = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The next field's tag, of a message that ends at `end`. */
  tag(end: number): number {
    const { bytes, pos } = this;
    let tag = bytes[pos];
    // Fast path: all tags that we know are one byte.
    if (tag < 0x80) this.pos = pos + 1;
    else tag = this.uint32();
    if (this.pos > end) throw unexpectedEnd();
    if (tag >>> 3 === 0) throw new WireError(`proto: illegal tag ${tag >>> 3} (wire type ${tag & 7})`);
    return tag;
  }

  /** Reads the length of a nested message inside one that ends at `end`; returns where the nested one ends. */
  messageEnd(end: number): number {
    const { bytes, pos } = this;
    const first = bytes[pos];
    const second = bytes[pos + 1];
    let nestedEnd: number;
    // Fast paths: lengths of one byte and of two.
    if (first < 0x80) {
      this.pos = pos + 1;
      nestedEnd = pos + 1 + first;
    } else if (second < 0x80) {
      this.pos = pos + 2;
      nestedEnd = pos + 2 + ((first & 0x7f) | (second << 7));
    } else {
      const length = this.uint64();
      nestedEnd = this.pos + length;
    }
    if (nestedEnd > end) throw unexpectedEnd();
    return nestedEnd;
  }

  /** To be called at a message's end: what was read reached to it and no further. */
  finish(end: number): void {
    if (this.pos !== end) throw unexpectedEnd();
  }

  /** The lowest 32 bits of a varint. */
  uint32(): number {
    this.readVarint();
    return this.low >>> 0;
  }

  int32(): number {
    this.readVarint();
    return this.low;
  }

  sint32(): number {
    this.readVarint();
    return (this.low >>> 1) ^ -(this.low & 1);
  }

  /** 64 bits as a number; what is beyond 2^53 loses its last digits, here and below. */
  uint64(): number {
    this.readVarint();
    return (this.high >>> 0) * TWO_32 + (this.low >>> 0);
  }

  int64(): number {
    this.readVarint();
    return this.high * TWO_32 + (this.low >>> 0);
  }

  sint64(): number {
    this.readVarint();
    const sign = -(this.low & 1);
    const low = ((this.low >>> 1) | (this.high << 31)) ^ sign;
    const high = (this.high >>> 1) ^ sign;
    return high * TWO_32 + (low >>> 0);
  }

  double(): number {
    const { pos } = this;
    this.advance(8);
    return this.view.getFloat64(pos, true);
  }

  /** Passes over the value of a field that nobody knows. */
  skip(wireType: number): void {
    if (wireType === VARINT) this.readVarint();
    else if (wireType === EIGHT_BYTES) this.advance(8);
    else if (wireType === LENGTH_DELIMITED) this.advance(this.uint64());
    else if (wireType === FOUR_BYTES) this.advance(4);
    else if (wireType === GROUP_START) this.skipGroup();
    else if (wireType === GROUP_END) throw new WireError('proto: unexpected end of group');
    else throw new WireError(`proto: illegal wireType ${wireType}`);
  }

  private skipGroup(): void {
    for (let depth = 1; depth > 0; ) {
      const wireType = this.tag(this.bytes.length) & 7;
      if (wireType === GROUP_START) depth++;
      else if (wireType === GROUP_END) depth--;
      else this.skip(wireType);
    }
  }

  private advance(byBytes: number): void {
    if (this.pos + byBytes > this.bytes.length) throw unexpectedEnd();
    this.pos += byBytes;
  }

  private readVarint(): void {
    const { bytes } = this;
    this.low = 0;
    this.high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= bytes.length) throw unexpectedEnd();
      const byte = bytes[this.pos++];
      const bits = byte & 0x7f;
      if (shift < 28) this.low |= bits << shift;
      else if (shift === 28) {
        this.low |= bits << 28;
        this.high = bits >>> 4;
      } else this.high |= bits << (shift - 32);
      if (byte < 0x80) return;
    }
    throw new WireError('proto: integer overflow');
  }
}

function unexpectedEnd(): WireError {
  return new WireError('unexpected EOF');
}
