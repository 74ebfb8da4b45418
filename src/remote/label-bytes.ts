// Label sets as the bytes that stand in requests, numbered from 0, each told from its neighbour, the set before it:
// most of it stands there already.
//
//   set      prefix, suffix, middle: three lengths as varints | the bytes of the middle
//            = the first `prefix` bytes of its neighbour, the middle, the last `suffix` bytes of its neighbour;
//            prefix and suffix are 0 or at least 8
//   bytes    | set 0 | set 1 | …          every 16th shares nothing, so that no more than 16 are read for one
//   blocks   [0, 617, 1290, …]: where sets 0, 16, 32 … stand
//
// A set that comes right behind its neighbour, as it did before, is compared with the neighbour's bytes in the request
// and only its middle with bytes that are kept; else it is put together first. Either way every byte is compared.

import { areSame, areShared, sharedPrefix, sharedSuffix } from './shared-bytes.ts';

const BLOCK_SETS = 16;
const INITIAL_BYTES = 4096;
const INITIAL_BLOCKS = 4;
/** Small: copying is cheap, room that is never used is not. */
const GROWTH = 1.2;
const MAX_LENGTH_BYTES = 5;

export class LabelBytes {
  /** How many sets there are. */
  length = 0;
  /** Of the set that was matched, read or added last. */
  byteLength = 0;
  private bytes = new Uint8Array(INITIAL_BYTES);
  private view = viewOf(this.bytes);
  private used = 0;
  private blocks = new Uint32Array(INITIAL_BLOCKS);

  // The set behind the one that was matched, read or added last:
  private next = 0;
  private nextAt = 0;

  /** The set that was put together last, and where the one behind it stands. */
  private whole = new Uint8Array(INITIAL_BYTES);
  private wholeView = viewOf(this.whole);
  private wholeNumber = -1;
  private wholeLength = 0;
  private wholeEnd = 0;

  // Of the set whose lengths were read last:
  private prefix = 0;
  private suffix = 0;
  private middle = 0;
  private middleAt = 0;

  /** Memory in use, about. */
  get byteSize(): number {
    return this.bytes.length + this.blocks.byteLength + this.whole.length;
  }

  /**
   * Whether the source has all of the set from `start` on and before `end`; its length is then in byteLength.
   * `neighbourStart` is where its neighbour stands in the same source, or negative where it doesn't.
   */
  matches(number: number, source: DataView, start: number, end: number, neighbourStart: number): boolean {
    if (number === this.next && neighbourStart >= 0) {
      return this.nextMatches(source, start, end, neighbourStart);
    }
    this.read(number);
    const { wholeLength } = this;
    return start + wholeLength <= end && areSame(this.wholeView, 0, source, start, wholeLength);
  }

  /** The set's bytes, first of what is returned; it is overwritten when another is matched or added. */
  read(number: number): DataView {
    const block = Math.floor(number / BLOCK_SETS);
    if (this.wholeNumber > number || this.wholeNumber < block * BLOCK_SETS) {
      this.wholeNumber = block * BLOCK_SETS - 1;
      this.wholeLength = 0;
      this.wholeEnd = this.blocks[block];
    }
    while (this.wholeNumber < number) this.readNext();
    this.stopBehindWhole();
    return this.wholeView;
  }

  /** Adds the bytes [start, end) of the source; returns the set's number. */
  add(source: DataView, start: number, end: number): number {
    const number = this.length;
    const length = end - start;
    let prefix = 0;
    let suffix = 0;
    if (number % BLOCK_SETS === 0) this.beginBlock(number / BLOCK_SETS);
    else {
      const neighbour = this.read(number - 1);
      const shared = Math.min(this.wholeLength, length);
      prefix = sharedPrefix(neighbour, source, start, shared);
      suffix = sharedSuffix(neighbour, this.wholeLength, source, end, shared - prefix);
    }
    this.write(prefix, suffix, bytesOf(source, start + prefix, end - suffix));
    this.reserveWhole(length);
    this.whole.set(bytesOf(source, start, end));
    this.wholeNumber = number;
    this.wholeLength = length;
    this.wholeEnd = this.used;
    this.length = number + 1;
    this.stopBehindWhole();
    return number;
  }

  /** Hot path: lengths are mostly single bytes. */
  private nextMatches(source: DataView, start: number, end: number, neighbourStart: number): boolean {
    const { bytes, nextAt } = this;
    let prefix = bytes[nextAt];
    let suffix = bytes[nextAt + 1];
    let middle = bytes[nextAt + 2];
    let middleAt = nextAt + 3;
    if ((prefix | suffix | middle) >= 0x80) {
      this.readLengths(nextAt);
      ({ prefix, suffix, middle, middleAt } = this);
    }
    const suffixAt = start + prefix + middle;
    if (suffixAt + suffix > end) return false;
    const neighbourSuffixAt = neighbourStart + this.byteLength - suffix;
    if (!areSame(this.view, middleAt, source, start + prefix, middle)) return false;
    if (!areShared(source, neighbourStart, start, prefix, neighbourSuffixAt, suffixAt, suffix)) return false;
    this.next++;
    this.nextAt = middleAt + middle;
    this.byteLength = prefix + middle + suffix;
    return true;
  }

  /** Makes the whole set the one behind it. */
  private readNext(): void {
    this.readLengths(this.wholeEnd);
    const { prefix, suffix, middle, middleAt, bytes } = this;
    const suffixAt = prefix + middle;
    this.reserveWhole(suffixAt + suffix);
    const { whole, wholeLength } = this;
    if (suffixAt + suffix !== wholeLength && suffix > 0) {
      whole.copyWithin(suffixAt, wholeLength - suffix, wholeLength);
    }
    for (let i = 0; i < middle; i++) whole[prefix + i] = bytes[middleAt + i];
    this.wholeNumber++;
    this.wholeLength = suffixAt + suffix;
    this.wholeEnd = middleAt + middle;
  }

  private stopBehindWhole(): void {
    this.next = this.wholeNumber + 1;
    this.nextAt = this.wholeEnd;
    this.byteLength = this.wholeLength;
  }

  private readLengths(at: number): void {
    this.middleAt = at;
    this.prefix = this.readLength();
    this.suffix = this.readLength();
    this.middle = this.readLength();
  }

  private readLength(): number {
    const { bytes } = this;
    let byte = bytes[this.middleAt++];
    let length = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[this.middleAt++];
      length |= (byte & 0x7f) << shift;
    }
    return length;
  }

  private write(prefix: number, suffix: number, middle: Uint8Array): void {
    this.reserveBytes(this.used + 3 * MAX_LENGTH_BYTES + middle.length);
    this.writeLength(prefix);
    this.writeLength(suffix);
    this.writeLength(middle.length);
    this.bytes.set(middle, this.used);
    this.used += middle.length;
  }

  private writeLength(length: number): void {
    let rest = length;
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.used++] = (rest & 0x7f) | 0x80;
    this.bytes[this.used++] = rest;
  }

  private beginBlock(block: number): void {
    if (block === this.blocks.length) {
      const larger = new Uint32Array(Math.ceil(block * GROWTH));
      larger.set(this.blocks);
      this.blocks = larger;
    }
    this.blocks[block] = this.used;
  }

  private reserveBytes(needed: number): void {
    if (needed <= this.bytes.length) return;
    this.bytes = enlarged(this.bytes, Math.max(needed, Math.ceil(this.bytes.length * GROWTH)));
    this.view = viewOf(this.bytes);
  }

  private reserveWhole(needed: number): void {
    if (needed <= this.whole.length) return;
    this.whole = enlarged(this.whole, needed);
    this.wholeView = viewOf(this.whole);
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const bytesOf = (view: DataView, start: number, end: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + start, end - start);

function enlarged(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
