// A chunk as it lies in memory: checked and inflated, its columns decoded as they are asked for. Drawn in
// docs/format/chunk.md; chunk-encoder.ts makes it.
//
// In: the stored bytes. Out: samples of single slots, appended to a caller's buffer.

import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { ByteReader } from './byte-reader.ts';
import { ChunkDirectory, type ChunkEntry, type TimeColumn } from './chunk-directory.ts';
import { unframe } from './chunk-frame.ts';
import { ColumnReader } from './column-reader.ts';
import { HistogramReader } from './histogram-codec.ts';

/** Of a chunk's own objects, about. */
const OBJECT_BYTES = 1000;

export class Chunk {
  private readonly bytes: Buffer;
  private readonly columns: ColumnReader;
  private readonly directory: ChunkDirectory;
  /** Memory that it takes at most, about, with what it keeps decoded. */
  readonly byteLength: number;

  /** From the stored bytes of chunk `id`, which become the chunk's. Throws where they are damaged or not of this one. */
  constructor(id: number, stored: Uint8Array) {
    this.bytes = unframe(id, stored);
    const directory = new ChunkDirectory(new ByteReader(this.bytes));
    this.directory = directory;
    this.columns = new ColumnReader(new ByteReader(this.bytes), slot => directory.valuesOf(slot));
    const { times, referenceCount } = directory;
    const timesBytes = times.reduce((sum, { count }) => sum + count * 8, 0);
    const longest = times.reduce((most, { count }) => Math.max(most, count), 0);
    this.byteLength =
      OBJECT_BYTES +
      this.bytes.length +
      directory.byteLength +
      timesBytes +
      ColumnReader.keptBytes(referenceCount, longest);
  }

  /** The slots that have samples, ascending. */
  slots(): number[] {
    return this.directory.slots();
  }

  /** Adds the samples of a slot that lie in the range, in the order in which they came. */
  read(slot: number, minMs: number, maxMs: number, into: SampleBuffer): void {
    const entry = this.directory.entry(slot);
    if (!entry) return;
    const timesMs = this.timesOf(entry.times);
    if (entry.times.isAscending) {
      this.append(entry, timesMs, firstNotBelow(timesMs, minMs), firstAbove(timesMs, maxMs), into);
      return;
    }
    const inRange = (i: number) => timesMs[i] >= minMs && timesMs[i] <= maxMs;
    for (let from = 0; from < timesMs.length; from++) {
      let to = from;
      while (to < timesMs.length && inRange(to)) to++;
      this.append(entry, timesMs, from, to, into);
      from = to;
    }
  }

  private timesOf(column: TimeColumn): Float64Array {
    if (!column.timesMs) {
      column.timesMs = this.columns.decode(column.times, column.count).slice(0, column.count);
      column.isAscending = isAscending(column.timesMs);
    }
    return column.timesMs;
  }

  /** Adds the samples of [from, to). */
  private append(
    entry: ChunkEntry,
    timesMs: Float64Array,
    from: number,
    to: number,
    into: SampleBuffer,
  ): void {
    if (from >= to) return;
    const { length } = into;
    into.reserve(to - from);
    into.timestampsMs.set(timesMs.subarray(from, to), length);
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
    const reader = new HistogramReader(this.bytes, entry.histogramsAt);
    for (let k = 0; k < entry.histogramCount; k++) {
      const { position, histogram } = reader.next();
      if (position >= to) return;
      if (position < from) continue;
      into.histograms ??= [];
      into.histograms[length + position - from] = histogram;
    }
  }
}

function isAscending(timesMs: Float64Array): boolean {
  for (let i = 1; i < timesMs.length; i++) if (!(timesMs[i] >= timesMs[i - 1])) return false;
  return true;
}

function firstNotBelow(timesMs: Float64Array, timeMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(timesMs: Float64Array, timeMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
