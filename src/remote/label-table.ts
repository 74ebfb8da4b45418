// The label sets that senders have sent, as the very bytes that stand in requests, numbered from 0: so that labels
// that came before are never decoded, nor even hashed where they come in the order of the last time.
//
//   bytes   | labels 0 | labels 1 | …          starts  [0, 153, 311, …]: set i is bytes [starts[i], starts[i + 1])
//   table   open addressing by hash: number + 1, 0 where free; its length is a power of two
//   follow  by number: the set that came after this one, + 1, 0 where unknown

import { LABEL_TAG } from './labels.ts';

export const NOT_FOUND = -1;

const INITIAL_SETS = 64;
const INITIAL_BYTES = 4096;
/** Of the bytes, the largest part of it all: copying is cheap, room that is never used is not. */
const GROWTH = 1.2;

export class LabelTable {
  length = 0;
  /** By number: when the set was last met, as the caller counts time. */
  met = new Uint32Array(INITIAL_SETS);
  private bytes = new Uint8Array(INITIAL_BYTES);
  private view = viewOf(this.bytes);
  private starts = new Uint32Array(INITIAL_SETS + 1);
  private hashes = new Int32Array(INITIAL_SETS);
  private follow = new Uint32Array(INITIAL_SETS);
  private table = new Uint32Array(INITIAL_SETS * 2);

  /** Memory in use, about. */
  get byteSize(): number {
    return this.bytes.length + this.starts.length * 16 + this.table.length * 4;
  }

  /**
   * The set that came after `previous` the last time, if the bytes from `start` on are it and nothing but it before
   * whatever follows the labels; else NOT_FOUND.
   */
  expect(previous: number, source: DataView, start: number, end: number): number {
    if (previous === NOT_FOUND) return NOT_FOUND;
    const number = this.follow[previous] - 1;
    if (number === NOT_FOUND) return NOT_FOUND;
    const length = this.starts[number + 1] - this.starts[number];
    const labelsEnd = start + length;
    if (labelsEnd > end || (labelsEnd < end && source.getUint8(labelsEnd) === LABEL_TAG)) return NOT_FOUND;
    return this.isSet(number, source, start, length) ? number : NOT_FOUND;
  }

  byteLength(number: number): number {
    return this.starts[number + 1] - this.starts[number];
  }

  /** The set whose bytes are [start, end) of the source, or NOT_FOUND. */
  find(source: DataView, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const mask = this.table.length - 1;
    const length = end - start;
    for (let slot = hash & mask; this.table[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.table[slot] - 1;
      if (this.hashes[number] !== hash || this.byteLength(number) !== length) continue;
      if (this.isSet(number, source, start, length)) return number;
    }
    return NOT_FOUND;
  }

  /** Adds a set that is not there; returns its number. */
  add(source: DataView, start: number, end: number): number {
    const number = this.length;
    if (number === this.met.length) this.growSets();
    const at = this.starts[number];
    const after = at + (end - start);
    if (after > this.bytes.length) this.growBytes(after);
    this.bytes.set(new Uint8Array(source.buffer, source.byteOffset + start, end - start), at);
    this.starts[number + 1] = after;
    this.hashes[number] = hashOf(source, start, end);
    this.follow[number] = 0;
    this.length = number + 1;
    if (this.length * 2 > this.table.length) this.buildTable(this.table.length * 2);
    else this.enter(number);
    return number;
  }

  /** Notes that `number` came after `previous`. */
  link(previous: number, number: number): void {
    if (previous !== NOT_FOUND) this.follow[previous] = number + 1;
  }

  /** Takes out the sets that `keep` says no to; those that stay are numbered anew, in their order. */
  compact(keep: (number: number) => boolean): void {
    let length = 0;
    for (let number = 0; number < this.length; number++) {
      if (!keep(number)) continue;
      const [from, to] = [this.starts[number], this.starts[length]];
      const byteLength = this.byteLength(number);
      this.bytes.copyWithin(to, from, from + byteLength);
      this.starts[length + 1] = to + byteLength;
      this.hashes[length] = this.hashes[number];
      this.met[length] = this.met[number];
      length++;
    }
    this.length = length;
    this.follow.fill(0);
    this.shrink();
    this.buildTable(this.table.length);
  }

  private isSet(number: number, source: DataView, start: number, length: number): boolean {
    const { view } = this;
    const at = this.starts[number];
    if (length < 8) {
      for (let i = 0; i < length; i++) if (view.getUint8(at + i) !== source.getUint8(start + i)) return false;
      return true;
    }
    for (let i = 0; i + 8 <= length; i += 8) {
      if (view.getBigInt64(at + i, true) !== source.getBigInt64(start + i, true)) return false;
    }
    // The last eight, some of which may have been compared already.
    const last = length - 8;
    return view.getBigInt64(at + last, true) === source.getBigInt64(start + last, true);
  }

  private buildTable(size: number): void {
    this.table = new Uint32Array(size);
    for (let number = 0; number < this.length; number++) this.enter(number);
  }

  private enter(number: number): void {
    const mask = this.table.length - 1;
    let slot = this.hashes[number] & mask;
    while (this.table[slot] !== 0) slot = (slot + 1) & mask;
    this.table[slot] = number + 1;
  }

  private growSets(): void {
    this.resizeSets(this.met.length * 2);
  }

  private resizeSets(capacity: number): void {
    this.met = resized(this.met, new Uint32Array(capacity));
    this.starts = resized(this.starts, new Uint32Array(capacity + 1));
    this.hashes = resized(this.hashes, new Int32Array(capacity));
    this.follow = resized(this.follow, new Uint32Array(capacity));
  }

  private growBytes(needed: number): void {
    this.bytes = resized(this.bytes, new Uint8Array(Math.max(needed, Math.ceil(this.bytes.length * GROWTH))));
    this.view = viewOf(this.bytes);
  }

  /** Gives memory back where less than a quarter of it is in use. */
  private shrink(): void {
    const used = this.starts[this.length];
    if (used * 4 < this.bytes.length) {
      this.bytes = resized(this.bytes, new Uint8Array(Math.max(used * 2, INITIAL_BYTES)));
      this.view = viewOf(this.bytes);
    }
    if (this.length * 4 < this.met.length) {
      const capacity = Math.max(2 ** Math.ceil(Math.log2(this.length * 2 + 1)), INITIAL_SETS);
      this.resizeSets(capacity);
      this.table = new Uint32Array(capacity * 2);
    }
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A copy with the size of `to`; what is too much is left out. */
function resized<T extends Uint8Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length) as T);
  return to;
}

/** Odd, and different in every process, so that no sender can choose labels that collide. */
const secretFactor = (): number => Math.floor(Math.random() * 2 ** 32) | 1;
const SEED = secretFactor();
const [HIGH_FACTOR, LOW_FACTOR] = [secretFactor(), secretFactor()];

/** 32 bits of the bytes [start, end), four at a time, each half times a factor of its own. */
function hashOf(source: DataView, start: number, end: number): number {
  let hash = SEED;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = source.getInt32(at, true);
    hash = mixed(Math.imul(hash ^ (word >>> 16), HIGH_FACTOR));
    hash = mixed(Math.imul(hash ^ (word & 0xffff), LOW_FACTOR));
  }
  for (; at < end; at++) hash = mixed(Math.imul(hash ^ source.getUint8(at), LOW_FACTOR));
  return hash ^ (hash >>> 16);
}

const mixed = (hash: number): number => hash ^ (hash >>> 15);
