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
    const stop = this.written + bytes;
    const { from } = this;
    while (this.at < from.length && this.written < stop) {
      const tag = from[this.at];
      const isFine = (tag & 3) === 0 ? this.literal(tag) : this.copy(tag);
      if (!isFine) return undefined;
    }
    if (this.at < from.length) return false;
    return this.written === this.length ? true : undefined;
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

  private literal(tag: number): boolean {
    const { from, fromView, into, intoView } = this;
    let length = (tag >>> 2) + 1;
    let at = this.at + 1;
    if (length > 60) {
      const bytes = length - 60;
      if (at + bytes > from.length) return false;
      length = 1;
      for (let i = 0; i < bytes; i++) length += from[at + i] * 2 ** (8 * i);
      at += bytes;
    }
    const end = at + length;
    let to = this.written;
    if (end > from.length || to + length > this.length) return false;
    this.at = end;
    this.written = to + length;
    if (length > LONG_LITERAL_BYTES) into.set(from.subarray(at, end), to);
    else if (end + 4 <= from.length) {
      for (; at < end; at += 4, to += 4) intoView.setInt32(to, fromView.getInt32(at, true), true);
    } else for (; at < end; at++, to++) into[to] = from[at];
    return true;
  }

  private copy(tag: number): boolean {
    const { from, into, intoView, at } = this;
    let length = (tag >>> 2) + 1;
    let offset: number;
    if ((tag & 3) === 1) {
      if (at + 2 > from.length) return false;
      length = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | from[at + 1];
      this.at = at + 2;
    } else if ((tag & 3) === 2) {
      if (at + 3 > from.length) return false;
      offset = from[at + 1] | (from[at + 2] << 8);
      this.at = at + 3;
    } else {
      if (at + 5 > from.length) return false;
      offset = this.fromView.getUint32(at + 1, true);
      this.at = at + 5;
    }
    let to = this.written;
    const end = to + length;
    if (offset === 0 || offset > to || end > this.length) return false;
    this.written = end;
    let source = to - offset;
    // Word by word only where no word reaches into what is written with it.
    if (offset >= 4) {
      for (; to < end; source += 4, to += 4) intoView.setInt32(to, intoView.getInt32(source, true), true);
    } else for (; to < end; source++, to++) into[to] = into[source];
    return true;
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
