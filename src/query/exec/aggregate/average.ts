// avg: the compensated sum divided by the count; where the sum would overflow, a running mean from there on.

import type { Column } from '../operator.ts';
import type { Accumulator, AccumulatorFactory, AccumulatorOptions } from './accumulator.ts';
import { MixedTypes } from './mixed-types.ts';

class AverageAccumulator implements Accumulator {
  private readonly count: number;
  /** The sum, or the mean where `running` says so. */
  private readonly totals: Float64Array;
  private readonly lost: Float64Array;
  private readonly counts: Float64Array;
  private readonly running: Uint8Array;
  private readonly types: MixedTypes;

  constructor({ groups, count, execution, notes }: AccumulatorOptions) {
    this.count = count;
    this.totals = execution.memory.numbers(groups * count);
    this.lost = execution.memory.numbers(groups * count);
    this.counts = execution.memory.numbers(groups * count);
    this.running = execution.memory.bytes(groups * count);
    this.types = new MixedTypes(count, notes);
  }

  add(group: number, column: Column): void {
    const { values, present } = column;
    if (column.histograms) this.types.noteHistograms(group, column);
    let cell = group * this.count;
    for (let step = 0; step < this.count; step++, cell++) {
      if (present[step] === 1) this.addValue(cell, values[step]);
    }
  }

  finish(group: number, into: Column): void {
    let cell = group * this.count;
    for (let step = 0; step < this.count; step++, cell++) {
      const count = this.counts[cell];
      if (!this.types.allows(group, step, count)) continue;
      const divisor = this.running[cell] === 1 ? 1 : count;
      into.set(step, this.totals[cell] / divisor + this.lost[cell] / divisor);
    }
  }

  private addValue(cell: number, value: number): void {
    const count = ++this.counts[cell];
    if (count === 1) {
      this.totals[cell] = value;
      return;
    }
    if (this.running[cell] === 0) {
      const total = this.totals[cell] + value;
      if (Math.abs(total) !== Number.POSITIVE_INFINITY) {
        this.increase(cell, value);
        return;
      }
      this.running[cell] = 1;
      this.totals[cell] /= count - 1;
      this.lost[cell] /= count - 1;
    }
    this.moveMean(cell, value, count);
  }

  private moveMean(cell: number, value: number, count: number): void {
    const mean = this.totals[cell];
    if (Math.abs(mean) === Number.POSITIVE_INFINITY) {
      // An infinite mean stays, unless the value is NaN or the other infinity.
      if (Number.isFinite(value) || value === mean) return;
    }
    const weight = (count - 1) / count;
    this.totals[cell] = mean * weight;
    this.lost[cell] *= weight;
    this.increase(cell, value / count);
  }

  private increase(cell: number, value: number): void {
    const sum = this.totals[cell];
    const total = sum + value;
    if (Math.abs(total) === Number.POSITIVE_INFINITY) this.lost[cell] = 0;
    else if (Math.abs(sum) >= Math.abs(value)) this.lost[cell] += sum - total + value;
    else this.lost[cell] += value - total + sum;
    this.totals[cell] = total;
  }
}

export const average: AccumulatorFactory = options => new AverageAccumulator(options);
