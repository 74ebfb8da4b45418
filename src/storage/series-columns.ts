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
  /** Rows in SQLite; 0 for none. */
  ids = new Float64Array(0);
  /** At or before the first sample. */
  minTimesMs = new Float64Array(0);
  /** The commit that brought the first sample. */
  firstCommits = new Float64Array(0);
  /** The newest sample that is a histogram, of the few series that have one. */
  readonly lastHistograms = new Map<number, TimedHistogram>();

  constructor() {
    this.grow(1024);
  }

  /** Makes room for that ref. */
  reach(ref: number): void {
    if (ref >= this.ids.length) this.grow(ref + 1 + (ref >> 2));
  }

  /** Forgets all about that series. */
  clear(ref: number): void {
    this.fill(ref, ref + 1);
    this.lastHistograms.delete(ref);
  }

  private fill(fromRef: number, toRef: number): void {
    this.lastTimesMs.fill(Number.NEGATIVE_INFINITY, fromRef, toRef);
    this.lastValues.fill(0, fromRef, toRef);
    this.ids.fill(0, fromRef, toRef);
    this.minTimesMs.fill(Number.POSITIVE_INFINITY, fromRef, toRef);
    this.firstCommits.fill(0, fromRef, toRef);
  }

  private grow(length: number): void {
    const before = this.ids.length;
    this.lastTimesMs = enlarged(this.lastTimesMs, length);
    this.lastValues = enlarged(this.lastValues, length);
    this.ids = enlarged(this.ids, length);
    this.minTimesMs = enlarged(this.minTimesMs, length);
    this.firstCommits = enlarged(this.firstCommits, length);
    this.fill(before, length);
  }
}

function enlarged(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(column);
  return larger;
}
