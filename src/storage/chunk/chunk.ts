// A chunk as it lies in memory: checked and inflated, its columns decoded as they are asked for. Drawn in
// docs/format/chunk.md; chunk-encoder.ts makes it.
//
// In: the stored bytes. Out: samples of single slots, appended to a caller's buffer.

import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { ByteReader } from './byte-reader.ts';
import {
  ASCENDING,
  ChunkDirectory,
  type ChunkEntry,
  chunkBytes,
  layChunk,
  UNKNOWN,
  UNORDERED,
} from './chunk-directory.ts';
import { release, unframe } from './chunk-frame.ts';
import { ChunkMemory } from './chunk-memory.ts';
import { type ChunkOutline, readOutline } from './chunk-outline.ts';
import { ColumnReader } from './column-reader.ts';
import { HistogramReader } from './histogram-codec.ts';

/** A chunk that was checked and inflated, on its way to the memory where it will lie. */
export class UnpackedChunk {
  /** Memory that it will take, with room for what is kept of it decoded; a multiple of 8. */
  readonly byteLength: number;
  private readonly stored: Uint8Array;
  private readonly body: Buffer;
  private readonly outline: ChunkOutline;

  /** From the stored bytes of chunk `id`. Throws where they are damaged or not of this one. */
  constructor(id: number, stored: Uint8Array) {
    this.stored = stored;
    this.body = unframe(id, stored);
    this.outline = readOutline(new ByteReader(this.body));
    this.byteLength = chunkBytes(this.outline, this.body);
  }

  /** To be called once, since what it was inflated into goes then. `at` is a multiple of 8. */
  layInto(memory: ChunkMemory, at: number): void {
    layChunk(this.outline, this.body, memory, at);
    release(this.body, this.stored);
  }
}

/** Reads the chunks that lie in a memory, one at a time. */
export class ChunkView {
  private readonly bytes: Buffer;
  private readonly numbers: Float64Array;
  private readonly columns: ColumnReader;
  private readonly directory: ChunkDirectory;

  constructor(memory: ChunkMemory) {
    this.bytes = memory.bytes;
    this.numbers = memory.numbers;
    const reader = new ByteReader(memory.bytes);
    const directory = new ChunkDirectory(memory, reader);
    this.directory = directory;
    this.columns = new ColumnReader(reader, directory.kept, slot => directory.valuesOf(slot));
  }

  /** Turns to the chunk that was laid at `at`. */
  open(at: number): this {
    this.directory.open(at);
    return this;
  }

  /** The slots that have samples, ascending. */
  slots(): number[] {
    return this.directory.slots();
  }

  /** Adds the samples of a slot that lie in the range, in the order in which they came. */
  read(slot: number, minMs: number, maxMs: number, into: SampleBuffer): void {
    const { directory, numbers } = this;
    const entry = directory.entry(slot);
    if (!entry) return;
    const { timeColumn } = entry;
    const start = directory.timesAt(timeColumn);
    const end = start + directory.countOf(timeColumn);
    if (this.orderOf(timeColumn) === ASCENDING) {
      const from = firstNotBelow(numbers, start, end, minMs);
      this.append(entry, start, from, firstAbove(numbers, from, end, maxMs), into);
      return;
    }
    const inRange = (i: number) => numbers[i] >= minMs && numbers[i] <= maxMs;
    for (let from = start; from < end; from++) {
      let to = from;
      while (to < end && inRange(to)) to++;
      this.append(entry, start, from, to, into);
      from = to;
    }
  }

  /** Decodes the times of a column where that was not done yet. */
  private orderOf(timeColumn: number): number {
    const { directory, numbers } = this;
    const known = directory.stateOf(timeColumn);
    if (known !== UNKNOWN) return known;
    const count = directory.countOf(timeColumn);
    const at = directory.timesAt(timeColumn);
    numbers.set(this.columns.decode(directory.timesOf(timeColumn), count).subarray(0, count), at);
    const state = isAscending(numbers, at, at + count) ? ASCENDING : UNORDERED;
    directory.noteState(timeColumn, state);
    return state;
  }

  /** Adds the samples whose times are at [timesFrom, timesTo) among the numbers; the column's start at `start`. */
  private append(
    entry: ChunkEntry,
    start: number,
    timesFrom: number,
    timesTo: number,
    into: SampleBuffer,
  ): void {
    if (timesFrom >= timesTo) return;
    const [from, to] = [timesFrom - start, timesTo - start];
    const { length } = into;
    into.reserve(to - from);
    into.timestampsMs.set(this.numbers.subarray(timesFrom, timesTo), length);
    into.values.set(this.columns.decode(entry.values, to).subarray(from, to), length);
    into.length = length + to - from;
    if (entry.starts) {
      const starts = this.columns.decode(entry.starts, to);
      for (let i = from; i < to; i++) if (starts[i] !== 0) into.withStarts()[length + i - from] = starts[i];
    }
    if (entry.histogramCount > 0) this.appendHistograms(entry, from, to, length, into);
  }

  private appendHistograms(
    entry: ChunkEntry,
    from: number,
    to: number,
    length: number,
    into: SampleBuffer,
  ): void {
    const bytes = this.bytes.subarray(0, this.directory.bodyEnd);
    const reader = new HistogramReader(bytes, entry.histogramsAt);
    for (let k = 0; k < entry.histogramCount; k++) {
      const { position, histogram } = reader.next();
      if (position >= to) return;
      if (position < from) continue;
      into.histograms ??= [];
      into.histograms[length + position - from] = histogram;
    }
  }
}

/** One chunk in a memory of its own. */
export class Chunk extends ChunkView {
  private readonly memory: ChunkMemory;

  /** From the stored bytes of chunk `id`. Throws where they are damaged or not of this one. */
  constructor(id: number, stored: Uint8Array) {
    const unpacked = new UnpackedChunk(id, stored);
    const memory = new ChunkMemory(unpacked.byteLength);
    unpacked.layInto(memory, 0);
    super(memory);
    this.memory = memory;
    this.open(0);
  }

  /** Gives its memory back at once; it may not be used any more. */
  free(): void {
    this.memory.free();
  }
}

function isAscending(numbers: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (!(numbers[i] >= numbers[i - 1])) return false;
  return true;
}

/** The first of the ascending numbers at [from, to) that is not below; `to` where there is none. */
function firstNotBelow(numbers: Float64Array, from: number, to: number, least: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(numbers: Float64Array, from: number, to: number, most: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
