// count: how many series have a point at a step; group: 1 where any has one. Histograms count like floats.

import type { Column } from '../operator.ts';
import type { Accumulator, AccumulatorFactory, AccumulatorOptions } from './accumulator.ts';

class CountAccumulator implements Accumulator {
  private readonly count: number;
  private readonly counts: Float64Array;
  private readonly isGroup: boolean;

  constructor({ groups, count, execution }: AccumulatorOptions, isGroup: boolean) {
    this.count = count;
    this.counts = execution.memory.numbers(groups * count);
    this.isGroup = isGroup;
  }

  add(group: number, { present }: Column): void {
    const start = group * this.count;
    for (let step = 0; step < this.count; step++) this.counts[start + step] += present[step];
  }

  finish(group: number, into: Column): void {
    const start = group * this.count;
    for (let step = 0; step < this.count; step++) {
      const counted = this.counts[start + step];
      if (counted > 0) into.set(step, this.isGroup ? 1 : counted);
    }
  }
}

export const count: AccumulatorFactory = options => new CountAccumulator(options, false);

export const group: AccumulatorFactory = options => new CountAccumulator(options, true);
