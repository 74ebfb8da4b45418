// Decodes a snappy block into memory that is used again for the next one, in pieces of bounded time. (The native
// decoder makes a new buffer each time, and touching its pages costs more than all the rest.)
//
//   block     length of the data (varint), then elements
//   literal   length - 1 << 2 | 0 (60 … 63: it stands in the next 1 … 4 bytes), the bytes
//   copy      offset >> 8 << 5 | length - 4 << 2 | 1, offset & 255
//             length - 1 << 2 | 2, offset in 2 bytes         offset: so far back begins what is to be repeated,
//             length - 1 << 2 | 3, offset in 4 bytes         which may reach into the copy itself
//
// Little endian throughout.

import { readUncompressedLength } from './snappy-length.ts';

/** Kinds of elements; the one that is left has an offset of four bytes. */
const [LITERAL, NEAR_COPY, COPY] = [0, 1, 2];

/** By kind of copy: how long it is. */
const OFFSET_END = [0, 2, 3, 5];

/** More is not kept for the next block. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** Room behind the data, since short runs are copied word by word. */
const SLACK_BYTES = 68;

/** The densest element: a copy of 64 bytes in 3. */
const MAX_RATIO = 64 / 3;

/** Longer literals are copied by a call. */
const LONG_LITERAL_BYTES = 64;

export class SnappyDecoder {
  private kept: Buffer = Buffer.alloc(0);
  private into: Buffer = this.kept;
  private intoView = viewOf(this.into);
  private from: Uint8Array = this.kept;
  private fromView = viewOf(this.from);
  /** Where the next element stands, and where its data goes. */
  private at = 0;
  private written = 0;
  private length = 0;

  /** Begins with a block; returns how long its data says it is, undefined where it does not begin with a length. */
  begin(block: Uint8Array): number | undefined {
    const length = readUncompressedLength(block);
    if (length === undefined) return undefined;
    this.from = block;
    this.fromView = viewOf(block);
    this.at = 0;
    while (block[this.at] >= 0x80) this.at++;
    this.at++;
    this.written = 0;
    this.length = length;
    return length;
  }

  /**
   * Makes room for the data, once its length is known to be bearable; returns false where a block of this size can't
   * hold so much.
   */
  allocate(): boolean {
    if (this.length > this.from.length * MAX_RATIO) return false;
    const needed = this.length + SLACK_BYTES;
    if (needed <= this.into.length) return true;
    const isKept = needed <= KEPT_BYTES;
    this.into = Buffer.allocUnsafeSlow(isKept ? Math.min(KEPT_BYTES, needed * 2) : needed);
    this.intoView = viewOf(this.into);
    if (isKept) this.kept = this.into;
    return true;
  }

  /** Decodes about `bytes` more; returns whether all is there, undefined where the block makes no sense. */
  decode(bytes: number): boolean | undefined {
    const { from, fromView, into, intoView, length: total } = this;
    const stop = this.written + bytes;
    let { at, written: to } = this;
    while (at < from.length && to < stop) {
      const tag = from[at];
      const kind = tag & 3;
      let length = (tag >>> 2) + 1;
      if (kind === LITERAL) {
        at++;
        if (length > 60) {
          const lengthBytes = length - 60;
          if (at + lengthBytes > from.length) return undefined;
          length = littleEndian(from, at, lengthBytes) + 1;
          at += lengthBytes;
        }
        const end = to + length;
        if (at + length > from.length || end > total) return undefined;
        if (length > LONG_LITERAL_BYTES || at + length + 8 > from.length) {
          into.set(from.subarray(at, at + length), to);
        } else copyWords(fromView, at, intoView, to, end);
        at += length;
        to = end;
        continue;
      }
      let offset: number;
      if (at + OFFSET_END[kind] > from.length) return undefined;
      if (kind === NEAR_COPY) {
        length = ((tag >>> 2) & 7) + 4;
        offset = ((tag >>> 5) << 8) | from[at + 1];
      } else if (kind === COPY) offset = fromView.getUint16(at + 1, true);
      else offset = fromView.getUint32(at + 1, true);
      at += OFFSET_END[kind];
      const end = to + length;
      if (offset === 0 || offset > to || end > total) return undefined;
      // Word by word only where no word reaches into what is written with it.
      if (offset >= 8) copyWords(intoView, to - offset, intoView, to, end);
      else for (let i = to; i < end; i++) into[i] = into[i - offset];
      to = end;
    }
    this.at = at;
    this.written = to;
    if (at < from.length) return false;
    return to === total ? true : undefined;
  }

  /** The data, until release() is called. */
  data(): Buffer {
    return this.into.subarray(0, this.length);
  }

  /** Lets go of the block, and of memory beyond what is kept. */
  release(): void {
    this.from = this.kept;
    this.fromView = viewOf(this.from);
    this.into = this.kept;
    this.intoView = viewOf(this.into);
  }
}

/** Eight bytes at a time, up to seven more than asked for: `into` has the room. */
function copyWords(from: DataView, start: number, into: DataView, to: number, end: number): void {
  for (let source = start, at = to; at < end; source += 8, at += 8) {
    into.setBigInt64(at, from.getBigInt64(source, true), true);
  }
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += bytes[at + i] * 2 ** (8 * i);
  return value;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
