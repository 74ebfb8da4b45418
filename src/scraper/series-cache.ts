// What a target exposed last time, line by line as raw bytes, and what became of each line: the reason why an
// unchanged target costs no decoding, no hashing and no look-up.
//
// A generation holds the lines of one scrape in their order. The next scrape compares its lines with those of the
// current generation by position; where they differ, a line is looked up by its bytes. A scrape that differed in
// any way writes a new generation beside the current one, which takes its place if the scrape succeeds.
//
//   bytes   | line 0 | line 1 | line 2 | …        series: name and labels alone; other lines: with line break
//   starts  [0, 31, 58, …]                        line i is bytes [starts[i], starts[i + 1])
//   columns [4, DROPPED, NOT_A_SAMPLE, …]

import type { MetricType } from '../model/metadata.ts';
import { viewOf } from './exposition/bytes.ts';

/** Of a line that is metadata or comment. */
export const NOT_A_SAMPLE = -1;
/** Of a series that relabelling drops. */
export const DROPPED = -2;
/** Of a series that has no column yet. */
export const UNRESOLVED = -3;
/** Of a `_created` line that is read as the start timestamp of its family's series. */
export const CREATED = -4;

export const NOT_FOUND = -1;

/** Of a line that has nothing to do with start timestamps. */
export const NO_SLOT = -1;

const INITIAL_LINES = 64;
const INITIAL_BYTES = 4096;
/** Room beyond this is given back by trim(). */
const TRIMMED_BYTES = 256 * 1024;
const TRIMMED_LINES = 4096;

export class Generation {
  bytes = new Uint8Array(INITIAL_BYTES);
  /** Of the same bytes. */
  view = viewOf(this.bytes);
  starts = new Uint32Array(INITIAL_LINES + 1);
  /** By line: the column in the target's group, or one of the constants above. */
  columns = new Int32Array(INITIAL_LINES);
  /** By line: the column in the group of samples that bring their own timestamps. */
  timedColumns = new Int32Array(INITIAL_LINES);
  /** By line: what start-timestamps.ts calls its slot. */
  startSlots = new Int32Array(INITIAL_LINES);
  /** By line: what a metadata line speaks of. */
  readonly families = new Map<number, FamilyLine>();
  length = 0;

  private hashes = new Uint32Array(INITIAL_LINES);
  /** Open addressing by hash: line + 1, 0 where free; its length is a power of two, at least twice the lines. */
  private table = new Uint32Array(2 * INITIAL_LINES);

  clear(): void {
    this.length = 0;
    this.families.clear();
    this.table.fill(0);
  }

  /** Adds a line: the bytes [start, end) of `source`. */
  push(source: Uint8Array, start: number, end: number, column: number, timedColumn: number): void {
    const line = this.length;
    if (line === this.columns.length) this.reserveLines(2 * line);
    const at = this.starts[line];
    const after = at + (end - start);
    if (after > this.bytes.length) this.reserveBytes(Math.max(after, 2 * this.bytes.length));
    const { bytes } = this;
    for (let from = start, to = at; from < end; from++, to++) bytes[to] = source[from];
    this.starts[line + 1] = after;
    this.columns[line] = column;
    this.timedColumns[line] = timedColumn;
    this.startSlots[line] = NO_SLOT;
    this.addHash(hashOf(source, start, end));
  }

  /** Makes this the first `count` lines of another generation, with room for all of them. */
  copyFirst(other: Generation, count: number): void {
    this.clear();
    this.reserveLines(other.length);
    const end = other.starts[count];
    this.reserveBytes(other.starts[other.length]);
    this.bytes.set(other.bytes.subarray(0, end));
    this.starts.set(other.starts.subarray(0, count + 1));
    this.columns.set(other.columns.subarray(0, count));
    this.timedColumns.set(other.timedColumns.subarray(0, count));
    this.startSlots.set(other.startSlots.subarray(0, count));
    for (const [line, family] of other.families) if (line < count) this.families.set(line, family);
    for (let line = 0; line < count; line++) this.addHash(other.hashes[line]);
  }

  /** Adds a line of another generation. */
  pushLine(other: Generation, from: number): void {
    const line = this.length;
    if (line === this.columns.length) this.reserveLines(2 * line);
    const start = other.starts[from];
    const end = other.starts[from + 1];
    const at = this.starts[line];
    const after = at + (end - start);
    if (after > this.bytes.length) this.reserveBytes(Math.max(after, 2 * this.bytes.length));
    const { bytes } = this;
    for (let i = start, to = at; i < end; i++, to++) bytes[to] = other.bytes[i];
    this.starts[line + 1] = after;
    this.columns[line] = other.columns[from];
    this.timedColumns[line] = other.timedColumns[from];
    this.startSlots[line] = other.startSlots[from];
    if (other.columns[from] === NOT_A_SAMPLE) {
      const family = other.families.get(from);
      if (family) this.families.set(line, family);
    }
    this.addHash(other.hashes[from]);
  }

  /** The first line that is [start, end) of `source`, or NOT_FOUND. */
  find(source: Uint8Array, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const mask = this.table.length - 1;
    for (let slot = hash & mask; this.table[slot] !== 0; slot = (slot + 1) & mask) {
      const line = this.table[slot] - 1;
      if (this.hashes[line] === hash && this.isLine(line, source, start, end)) return line;
    }
    return NOT_FOUND;
  }

  /** Whether an earlier line has the very bytes of this one. */
  isRepetition(line: number): boolean {
    return this.find(this.bytes, this.starts[line], this.starts[line + 1]) < line;
  }

  /** Lets go of room that the lines do not need, where it is much. */
  trim(): void {
    const used = this.starts[this.length];
    if (this.bytes.length - used > TRIMMED_BYTES) this.setBytes(this.bytes.slice(0, used));
    const capacity = Math.max(INITIAL_LINES, this.length);
    if (this.columns.length - capacity <= TRIMMED_LINES) return;
    this.setLineCapacity(capacity);
    this.rebuildTable(capacity);
  }

  /** Makes the line that was added last findable. Of equal lines the first stays in front. */
  private addHash(hash: number): void {
    const line = this.length++;
    this.hashes[line] = hash;
    if (2 * this.length > this.table.length) this.rebuildTable(this.columns.length);
    else this.addToTable(line);
  }

  private addToTable(line: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let slot = this.hashes[line] & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = line + 1;
  }

  /** For so many lines. */
  private rebuildTable(lines: number): void {
    this.table = new Uint32Array(2 ** Math.ceil(Math.log2(2 * lines)));
    for (let line = 0; line < this.length; line++) this.addToTable(line);
  }

  private isLine(line: number, source: Uint8Array, start: number, end: number): boolean {
    const at = this.starts[line];
    if (this.starts[line + 1] - at !== end - start) return false;
    for (let i = start, j = at; i < end; i++, j++) if (source[i] !== this.bytes[j]) return false;
    return true;
  }

  private reserveLines(lines: number): void {
    if (lines > this.columns.length) this.setLineCapacity(lines);
  }

  private setLineCapacity(capacity: number): void {
    this.starts = resized(this.starts, new Uint32Array(capacity + 1));
    this.columns = resized(this.columns, new Int32Array(capacity));
    this.timedColumns = resized(this.timedColumns, new Int32Array(capacity));
    this.startSlots = resized(this.startSlots, new Int32Array(capacity));
    this.hashes = resized(this.hashes, new Uint32Array(capacity));
  }

  private reserveBytes(capacity: number): void {
    if (capacity > this.bytes.length) this.setBytes(resized(this.bytes, new Uint8Array(capacity)));
  }

  private setBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

/** A line of metadata: the family, and the type or unit where it is a line of that kind. */
export interface FamilyLine {
  readonly familyName: string;
  readonly type: MetricType | undefined;
  readonly unit: string | undefined;
}

/** Fills `to` with as much of `from` as it takes. */
function resized<T extends Uint8Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length));
  return to;
}

/** Differs from process to process, so that no target can choose lines that collide. */
const HASH_SEED = Math.floor(Math.random() * 2 ** 32);

/** FNV-1a, 32 bits, from the seed on. */
function hashOf(source: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ source[i], 0x01000193);
  return hash >>> 0;
}
