// sum: added in the order of the series, with what each addition loses kept aside (Kahan's and Neumaier's method).

import type { Column } from '../operator.ts';
import type { Accumulator, AccumulatorFactory, AccumulatorOptions } from './accumulator.ts';
import { MixedTypes } from './mixed-types.ts';

class SumAccumulator implements Accumulator {
  private readonly count: number;
  private readonly sums: Float64Array;
  /** What the sums are short of. */
  private readonly lost: Float64Array;
  private readonly seen: Uint8Array;
  private readonly types: MixedTypes;

  constructor({ groups, count, execution, notes }: AccumulatorOptions) {
    this.count = count;
    this.sums = execution.memory.numbers(groups * count);
    this.lost = execution.memory.numbers(groups * count);
    this.seen = execution.memory.bytes(groups * count);
    this.types = new MixedTypes(count, notes);
  }

  add(group: number, column: Column): void {
    const { sums, lost, seen, count } = this;
    const { values, present } = column;
    if (column.histograms) this.types.noteHistograms(group, column);
    let cell = group * count;
    for (let step = 0; step < count; step++, cell++) {
      if (present[step] === 0) continue;
      const value = values[step];
      if (seen[cell] === 0) {
        seen[cell] = 1;
        sums[cell] = value;
        continue;
      }
      const sum = sums[cell];
      const total = sum + value;
      if (Math.abs(total) === Number.POSITIVE_INFINITY) lost[cell] = 0;
      else if (Math.abs(sum) >= Math.abs(value)) lost[cell] += sum - total + value;
      else lost[cell] += value - total + sum;
      sums[cell] = total;
    }
  }

  finish(group: number, into: Column): void {
    let cell = group * this.count;
    for (let step = 0; step < this.count; step++, cell++) {
      if (this.types.allows(group, step, this.seen[cell])) into.set(step, this.sums[cell] + this.lost[cell]);
    }
  }
}

export const sum: AccumulatorFactory = options => new SumAccumulator(options);
