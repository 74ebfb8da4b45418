// min and max. NaN gives way to any number, and is the result only where there is nothing else.

import type { Annotator } from '../../annotations.ts';
import type { Column } from '../operator.ts';
import type { Accumulator, AccumulatorFactory, AccumulatorOptions } from './accumulator.ts';
import { ignoreHistograms } from './ignored-histograms.ts';

class ExtremeAccumulator implements Accumulator {
  private readonly count: number;
  private readonly extremes: Float64Array;
  private readonly seen: Uint8Array;
  private readonly isMax: boolean;
  private readonly notes: Annotator;

  constructor({ groups, count, execution, notes }: AccumulatorOptions, isMax: boolean) {
    this.count = count;
    this.extremes = execution.memory.numbers(groups * count);
    this.seen = execution.memory.bytes(groups * count);
    this.isMax = isMax;
    this.notes = notes;
  }

  add(group: number, column: Column): void {
    ignoreHistograms(column, this.isMax ? 'max' : 'min', this.notes);
    const { extremes, seen, isMax } = this;
    const { values, present } = column;
    let cell = group * this.count;
    for (let step = 0; step < this.count; step++, cell++) {
      if (present[step] === 0) continue;
      const value = values[step];
      const extreme = extremes[cell];
      const better = isMax ? extreme < value : extreme > value;
      if (better || seen[cell] === 0 || extreme !== extreme) extremes[cell] = value;
      seen[cell] = 1;
    }
  }

  finish(group: number, into: Column): void {
    let cell = group * this.count;
    for (let step = 0; step < this.count; step++, cell++) {
      if (this.seen[cell] === 1) into.set(step, this.extremes[cell]);
    }
  }
}

export const min: AccumulatorFactory = options => new ExtremeAccumulator(options, false);

export const max: AccumulatorFactory = options => new ExtremeAccumulator(options, true);
