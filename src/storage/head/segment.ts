// Rows of one group and one layout, in memory, in the order in which they came: times in one column, values
// time-major in one array, which is packed when the segment is full. Arrays are used again.

import type { Histogram } from '../../model/histogram.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import type { ArrayPool } from './array-pool.ts';
import type { Layout } from './layout.ts';
import { type PackedRows, packRows, readPacked } from './packed-rows.ts';

/** What is appended, held by the caller; copied. */
export interface HeadRow {
  readonly timestampMs: number;
  /** By position in the layout. */
  readonly values: Float64Array;
  /** Sparse, by position. */
  readonly histograms: readonly (Histogram | undefined)[] | undefined;
  /** By position, 0 for unknown; undefined where all are. */
  readonly startTimestampsMs: Float64Array | undefined;
}

/** What a segment needs of the storage. */
export interface SegmentHome {
  /** Rows that one segment takes. */
  readonly segmentRows: number;
  /** A full segment of fewer values is not packed. */
  readonly packFromCells: number;
  readonly arrays: ArrayPool;
}

const FIRST_CAPACITY = 2;
const GROWTH = 4;
const NOTHING = new Float64Array(0);
/** The values of one column that is packed. */
let unpacked = new Float64Array(64);

export class Segment {
  readonly layout: Layout;
  /** It takes no more rows than this. */
  private readonly capacity: number;
  rows = 0;
  /** Takes no more rows. */
  closed = false;
  /** Its rows are in day files, for queriers opened with this generation or a later one. */
  sealedIn = Number.POSITIVE_INFINITY;
  minTimeMs = Number.POSITIVE_INFINITY;
  maxTimeMs = Number.NEGATIVE_INFINITY;
  timesMs: Float64Array;
  /** Row after row. */
  private values: Float64Array;
  private packed: PackedRows | undefined;
  /** Row after row, 0 for unknown; undefined while all are. */
  starts: Float64Array | undefined;
  /** By row * width + position. */
  histograms: Map<number, Histogram> | undefined;
  /** The commit that brought each row; ascending. */
  private readonly commits: number[] = [];
  private readonly home: SegmentHome;
  /** The journal row that holds each row, while one does. */
  readonly journalIds: number[] = [];

  constructor(layout: Layout, home: SegmentHome) {
    this.layout = layout;
    this.home = home;
    this.capacity = home.segmentRows;
    const first = Math.min(FIRST_CAPACITY, this.capacity);
    this.timesMs = new Float64Array(this.capacity);
    this.values = home.arrays.take(first * layout.width);
    layout.segments++;
  }

  get full(): boolean {
    return this.closed || this.rows >= this.capacity;
  }

  get isSealed(): boolean {
    return this.sealedIn !== Number.POSITIVE_INFINITY;
  }

  get lastCommit(): number {
    return this.commits[this.rows - 1];
  }

  /** Its values in the form that they have. */
  get cells(): Float64Array | PackedRows {
    return this.packed ?? this.values;
  }

  /** Of the samples, about. */
  get bytes(): number {
    return this.rows * this.layout.width * 8;
  }

  append(row: HeadRow, journalId: number, commit: number): void {
    const at = this.rows;
    if ((at + 1) * this.layout.width > this.values.length) this.grow();
    const { width } = this.layout;
    this.timesMs[at] = row.timestampMs;
    this.commits.push(commit);
    this.journalIds.push(journalId);
    this.values.set(row.values, at * width);
    if (row.histograms) this.keepHistograms(row.histograms, at * width);
    if (row.startTimestampsMs) {
      this.starts ??= new Float64Array(this.values.length);
      this.starts.set(row.startTimestampsMs, at * width);
    }
    if (row.timestampMs < this.minTimeMs) this.minTimeMs = row.timestampMs;
    if (row.timestampMs > this.maxTimeMs) this.maxTimeMs = row.timestampMs;
    this.rows++;
    if (this.rows === this.capacity) this.pack();
  }

  /** Adds the samples of a column that lie in the range and came with a commit up to `commit`. */
  read(column: number, minMs: number, maxMs: number, commit: number, into: SampleBuffer): void {
    const position = this.layout.positionOf(column);
    if (position < 0 || minMs > this.maxTimeMs || maxMs < this.minTimeMs) return;
    into.reserve(this.rows);
    const { rows, timesMs, commits, packed, histograms, starts } = this;
    const { width } = this.layout;
    const { timestampsMs, values: outValues } = into;
    if (packed) readPacked(packed, position, unpacked);
    const values = packed ? unpacked : this.values;
    const [firstValue, step] = packed ? [0, 1] : [position, width];
    let out = into.length;
    for (let row = 0; row < rows; row++) {
      const timeMs = timesMs[row];
      if (timeMs < minMs || timeMs > maxMs) continue;
      if (commits[row] > commit) break;
      timestampsMs[out] = timeMs;
      outValues[out] = values[firstValue + row * step];
      const cell = row * width + position;
      if (histograms?.has(cell)) {
        into.histograms ??= [];
        into.histograms[out] = histograms.get(cell);
      }
      if (starts && starts[cell] !== 0) into.withStarts()[out] = starts[cell];
      out++;
    }
    into.length = out;
  }

  private keepHistograms(histograms: readonly (Histogram | undefined)[], firstCell: number): void {
    this.histograms ??= new Map();
    for (let i = 0; i < histograms.length; i++) {
      const histogram = histograms[i];
      if (histogram) this.histograms.set(firstCell + i, histogram);
    }
  }

  /** Nobody reads it any more. */
  recycle(): void {
    this.home.arrays.giveBack(this.packed?.room ?? this.values);
    this.values = NOTHING;
    this.packed = undefined;
  }

  private pack(): void {
    const { rows, layout, values } = this;
    const { arrays, packFromCells } = this.home;
    if (rows * layout.width >= packFromCells) this.packed = packRows(values, rows, layout.width, arrays);
    if (!this.packed) return;
    arrays.giveBack(values);
    this.values = NOTHING;
    if (unpacked.length < this.rows) unpacked = new Float64Array(this.rows);
  }

  private grow(): void {
    const length = Math.min(this.values.length * GROWTH, this.capacity * this.layout.width);
    const values = this.home.arrays.take(length);
    values.set(this.values);
    this.home.arrays.giveBack(this.values);
    this.values = values;
    if (!this.starts) return;
    const starts = new Float64Array(length);
    starts.set(this.starts);
    this.starts = starts;
  }
}
