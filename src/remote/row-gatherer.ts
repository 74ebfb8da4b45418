// Gathers the samples of one request into rows: one a source and timestamp, in an order in which the storage can take
// them.
//
// A row holds a series once, and the samples of a series must come to the storage in the sender's order. So where a
// request goes back in time within a series (or repeats a time), the rows of that source are closed and new ones
// begun behind them. To notice that, the newest time of each series is kept while the request is read: in columns, where
// each source has room for all of its series, side by side.

import type { Histogram } from '../model/histogram.ts';
import { writeStale } from '../model/stale.ts';
import { Row } from '../storage/contract.ts';
import type { KnownSeries, Source } from './known-series.ts';

/** Rows are used again, columns too; so many samples' room, and series', is kept for that. */
const KEPT_SAMPLES = 512 * 1024;
const INITIAL_CAPACITY = 8;
const INITIAL_SERIES = 4096;

/** With that many rows open, one that belongs before others begins anew behind them: inserting stays cheap. */
const OPEN_ROWS = 1024;

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

export class RowGatherer {
  private readonly pool: Row[] = [];
  private used = 0;
  private request = 1;
  /** Counts the beginnings of rows of any source. */
  private parts = 0;
  // By a series' place among those of this request:
  /** The part of its source in which it stood last; parts of earlier requests say nothing. */
  private partsOf = new Float64Array(INITIAL_SERIES);
  /** Its newest time in that part. */
  private newestMs = new Float64Array(INITIAL_SERIES);
  private seriesRoom = 0;
  private readonly sources: Source[] = [];
  private readonly closed: Row[] = [];

  /** Of NaN and the like see addBits(). */
  add(series: KnownSeries, timestampMs: number, value: number): void {
    this.rowOf(series, timestampMs).add(series.column, value);
  }

  /** A double by its two halves: every NaN keeps its bits. */
  addBits(series: KnownSeries, timestampMs: number, low: number, high: number): void {
    const row = this.rowOf(series, timestampMs);
    row.add(series.column, 0);
    scratchWords[LOW] = low;
    scratchWords[1 - LOW] = high;
    row.values.set(scratch, row.length - 1);
  }

  addStale(series: KnownSeries, timestampMs: number): void {
    const row = this.rowOf(series, timestampMs);
    row.add(series.column, 0);
    writeStale(row.values, row.length - 1);
  }

  addHistogram(series: KnownSeries, timestampMs: number, histogram: Histogram): void {
    this.rowOf(series, timestampMs).addHistogram(series.column, histogram);
  }

  /** All rows; they are the gatherer's again with recycle(), which is to be called before anything is added. */
  finish(): Row[] {
    for (const source of this.sources) this.close(source);
    return this.closed;
  }

  recycle(): void {
    this.sources.length = 0;
    this.closed.length = 0;
    this.request++;
    this.seriesRoom = 0;
    if (this.partsOf.length > KEPT_SAMPLES) this.resizeSeries(INITIAL_SERIES);
    const { pool } = this;
    let kept = 0;
    for (let i = 0; i < pool.length; i++) {
      kept += pool[i].columns.length;
      if (kept > KEPT_SAMPLES) pool.length = i;
    }
    this.used = 0;
  }

  private rowOf(series: KnownSeries, timestampMs: number): Row {
    const { source, column } = series;
    if (source.request !== this.request) this.begin(source);
    if (column >= source.columnRoom) this.makeRoom(source);
    const place = source.firstColumn + column;
    if (this.partsOf[place] !== source.part) this.partsOf[place] = source.part;
    else if (timestampMs <= this.newestMs[place]) {
      this.close(source);
      this.partsOf[place] = source.part;
    }
    this.newestMs[place] = timestampMs;
    const { rows, at } = source;
    if (at < rows.length && rows[at].timestampMs === timestampMs) return rows[at];
    return this.otherRow(source, place, timestampMs);
  }

  /** The first sample of a source in this request. */
  private begin(source: Source): void {
    source.request = this.request;
    source.part = ++this.parts;
    source.rows.length = 0;
    source.at = 0;
    source.columnRoom = 0;
    this.sources.push(source);
  }

  /** Gives a source room for all series that it has by now, behind that of others. */
  private makeRoom(source: Source): void {
    const { firstColumn, columnRoom, columnLimit } = source;
    const first = this.seriesRoom;
    this.seriesRoom += columnLimit;
    if (this.seriesRoom > this.partsOf.length) this.resizeSeries(this.seriesRoom + (this.seriesRoom >> 1));
    if (columnRoom > 0) {
      this.partsOf.copyWithin(first, firstColumn, firstColumn + columnRoom);
      this.newestMs.copyWithin(first, firstColumn, firstColumn + columnRoom);
    }
    source.firstColumn = first;
    source.columnRoom = columnLimit;
  }

  private resizeSeries(length: number): void {
    const { partsOf, newestMs } = this;
    this.partsOf = new Float64Array(length);
    this.partsOf.set(partsOf.subarray(0, length));
    this.newestMs = new Float64Array(length);
    this.newestMs.set(newestMs.subarray(0, length));
  }

  /** Ends the rows that a source has; later samples come behind them. */
  private close(source: Source): void {
    for (const row of source.rows) this.closed.push(row);
    source.rows.length = 0;
    source.at = 0;
    source.part = ++this.parts;
  }

  /** The row of that time where it is not the one used last, for the series of that place. */
  private otherRow(source: Source, place: number, timestampMs: number): Row {
    const { rows } = source;
    let at = source.at + 1;
    if (!(at < rows.length && rows[at].timestampMs === timestampMs)) at = indexIn(rows, timestampMs);
    source.at = at;
    if (at < rows.length && rows[at].timestampMs === timestampMs) return rows[at];
    const row = this.newRow(source, timestampMs);
    if (at < rows.length && rows.length >= OPEN_ROWS) {
      this.close(source);
      this.partsOf[place] = source.part;
    }
    if (at >= rows.length) rows.push(row);
    else rows.splice(at, 0, row);
    return row;
  }

  private newRow(source: Source, timestampMs: number): Row {
    const { pool } = this;
    if (this.used === pool.length) pool.push(new Row(source.group, timestampMs, INITIAL_CAPACITY));
    const row = pool[this.used++];
    row.group = source.group;
    row.reset(timestampMs);
    return row;
  }
}

/** Where a row of that time stands, or belongs, among rows in time order. */
function indexIn(rows: readonly Row[], timestampMs: number): number {
  let [low, high] = [0, rows.length];
  if (high > 0 && rows[high - 1].timestampMs < timestampMs) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle].timestampMs < timestampMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
