// stddev and stdvar of a population, by Welford's method.

import type { Annotator } from '../../annotations.ts';
import type { Column } from '../operator.ts';
import type { Accumulator, AccumulatorFactory, AccumulatorOptions } from './accumulator.ts';
import { ignoreHistograms } from './ignored-histograms.ts';

class DeviationAccumulator implements Accumulator {
  private readonly count: number;
  private readonly counts: Float64Array;
  private readonly means: Float64Array;
  /** Sums of squared distances from the mean. */
  private readonly squares: Float64Array;
  private readonly isStddev: boolean;
  private readonly notes: Annotator;

  constructor({ groups, count, execution, notes }: AccumulatorOptions, isStddev: boolean) {
    this.count = count;
    this.counts = execution.memory.numbers(groups * count);
    this.means = execution.memory.numbers(groups * count);
    this.squares = execution.memory.numbers(groups * count);
    this.isStddev = isStddev;
    this.notes = notes;
  }

  add(group: number, column: Column): void {
    ignoreHistograms(column, this.isStddev ? 'stddev' : 'stdvar', this.notes);
    const { counts, means, squares } = this;
    const { values, present } = column;
    let cell = group * this.count;
    for (let step = 0; step < this.count; step++, cell++) {
      if (present[step] === 0) continue;
      const value = values[step];
      const counted = ++counts[cell];
      if (counted === 1) {
        means[cell] = value;
        squares[cell] = Number.isFinite(value) ? 0 : Number.NaN;
        continue;
      }
      const distance = value - means[cell];
      means[cell] += distance / counted;
      squares[cell] += distance * (value - means[cell]);
    }
  }

  finish(group: number, into: Column): void {
    let cell = group * this.count;
    for (let step = 0; step < this.count; step++, cell++) {
      if (this.counts[cell] === 0) continue;
      const variance = this.squares[cell] / this.counts[cell];
      into.set(step, this.isStddev ? Math.sqrt(variance) : variance);
    }
  }
}

export const stddev: AccumulatorFactory = options => new DeviationAccumulator(options, true);

export const stdvar: AccumulatorFactory = options => new DeviationAccumulator(options, false);
