// Columns of many series, kept while an operator needs to look across them. All of them lie in one array, so that a
// series costs no objects of its own; the samples held are counted against the query's limit.

import type { Histogram } from '../../model/histogram.ts';
import type { Execution } from './execution.ts';
import type { Column } from './operator.ts';

export class ColumnStore {
  /** Row by row, `count` cells each. */
  values: Float64Array<ArrayBuffer>;
  /** 1 where a cell holds a point. */
  present: Uint8Array<ArrayBuffer>;
  /** Sparse, by cell; undefined while there are none. */
  histograms: (Histogram | undefined)[] | undefined;
  rows = 0;
  private readonly count: number;
  private readonly execution: Execution;

  constructor(count: number, execution: Execution) {
    this.count = count;
    this.execution = execution;
    this.values = execution.memory.numbers(count * 4);
    this.present = execution.memory.bytes(count * 4);
  }

  /** Keeps a copy of the column; returns its row. */
  add(column: Column): number {
    this.execution.holdSamples(this.count);
    const row = this.rows++;
    const start = row * this.count;
    if (start + this.count > this.values.length) this.grow();
    this.values.set(column.values, start);
    this.present.set(column.present, start);
    if (column.histograms) {
      this.histograms ??= [];
      for (let step = 0; step < this.count; step++) {
        if (column.present[step] === 1) this.histograms[start + step] = column.histograms[step];
      }
    }
    return row;
  }

  /** Copies the points of the column into a row that was added before. */
  addTo(row: number, column: Column): void {
    const start = row * this.count;
    for (let step = 0; step < this.count; step++) {
      if (column.present[step] === 0) continue;
      this.values[start + step] = column.values[step];
      this.present[start + step] = 1;
      const histogram = column.histograms?.[step];
      if (histogram || this.histograms) {
        this.histograms ??= [];
        this.histograms[start + step] = histogram;
      }
    }
  }

  /** Copies a row back into a column. */
  copyTo(row: number, into: Column): void {
    const start = row * this.count;
    into.clear();
    into.values.set(this.values.subarray(start, start + this.count));
    into.present.set(this.present.subarray(start, start + this.count));
    if (!this.histograms) return;
    for (let step = 0; step < this.count; step++) {
      const histogram = this.histograms[start + step];
      if (histogram) into.setHistogram(step, histogram);
    }
  }

  private grow(): void {
    const { memory } = this.execution;
    const cells = this.values.length * 2;
    this.values = memory.grownNumbers(this.values, cells);
    this.present = memory.grownBytes(this.present, cells);
  }
}

/** Whether the column has a point at all. */
export const hasPoints = (column: Column): boolean => column.present.includes(1);
