// What is known of each series, in columns by its ref.

import type { Histogram } from '../model/histogram.ts';

/** A histogram and when it was. */
export interface TimedHistogram {
  readonly timestampMs: number;
  readonly histogram: Histogram;
}

/** The columns are replaced when they grow: to be read anew after a series was opened. */
export class SeriesColumns {
  /** The time of the newest sample, -Infinity for none. */
  lastTimesMs = new Float64Array(0);
  /** Its value, bit for bit. */
  lastValues = new Float64Array(0);
  /** Rows in SQLite; 0 while there are no samples. */
  ids = new Uint32Array(0);
  /** At or before the first sample. */
  minTimesMs = new Float64Array(0);
  /** The commit that brought the first sample. */
  firstCommits = new Float64Array(0);
  /** The number of the home that the first place is in, 0 for none; for Places. */
  homes = new Uint32Array(0);
  /** The column there. */
  homeColumns = new Uint32Array(0);
  /** How many series that had the ref have been closed. */
  closings = new Uint32Array(0);
  /** The newest sample that is a histogram, of the few series that have one; the last only where the times are the same. */
  readonly lastHistograms = new Map<number, TimedHistogram>();

  constructor() {
    this.grow(1024);
  }

  /** Makes room for that ref. */
  reach(ref: number): void {
    if (ref >= this.ids.length) this.grow(ref + 1 + (ref >> 2));
  }

  /** Forgets all about a series, which has no place any more, and counts its closing. */
  close(ref: number): void {
    this.ids[ref] = 0;
    this.lastValues[ref] = 0;
    this.firstCommits[ref] = 0;
    this.closings[ref]++;
    this.lastHistograms.delete(ref);
    this.clearTimes(ref, ref + 1);
  }

  private clearTimes(fromRef: number, toRef: number): void {
    this.lastTimesMs.fill(Number.NEGATIVE_INFINITY, fromRef, toRef);
    this.minTimesMs.fill(Number.POSITIVE_INFINITY, fromRef, toRef);
  }

  private grow(length: number): void {
    const before = this.ids.length;
    this.lastTimesMs = enlarged(this.lastTimesMs, new Float64Array(length));
    this.lastValues = enlarged(this.lastValues, new Float64Array(length));
    this.ids = enlarged(this.ids, new Uint32Array(length));
    this.minTimesMs = enlarged(this.minTimesMs, new Float64Array(length));
    this.firstCommits = enlarged(this.firstCommits, new Float64Array(length));
    this.homes = enlarged(this.homes, new Uint32Array(length));
    this.homeColumns = enlarged(this.homeColumns, new Uint32Array(length));
    this.closings = enlarged(this.closings, new Uint32Array(length));
    this.clearTimes(before, length);
  }
}

function enlarged<Column extends Float64Array | Uint32Array>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}
