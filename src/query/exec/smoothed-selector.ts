// A `smoothed` instant vector selector: for every step the value on the straight line between the samples around it.
//
// It sees samples up to the lookback delta before (exclusive) and after (inclusive) the step. Past the last of them
// the last value is held; before the first there is nothing. Staleness markers are passed over; a series with
// histograms yields nothing.

import { SampleBuffer } from '../../model/sample-buffer.ts';
import type { SeriesSet } from '../../storage/contract.ts';
import { interpolate } from '../functions/rates/interpolate.ts';
import { lastStepMs, shifted, type TimeShift } from '../plan/bounds.ts';
import type { VectorSelector } from '../syntax/ast.ts';
import type { Column, Operator, OutputSeries, StepGrid } from './operator.ts';
import { dropStale } from './range-source.ts';
import type { Scope } from './scope.ts';
import type { Selection } from './shared-selections.ts';

export class SmoothedSelectorOperator implements Operator {
  private readonly grid: StepGrid;
  private readonly scope: Scope;
  private readonly shift: TimeShift;
  private readonly minTimeMs: number;
  private readonly maxTimeMs: number;
  private readonly selection: Selection;
  private readonly buffer = new SampleBuffer();
  private series: SeriesSet | undefined;

  constructor(selector: VectorSelector, grid: StepGrid, scope: Scope, shift: TimeShift) {
    this.grid = grid;
    this.scope = scope;
    this.shift = shift;
    this.minTimeMs = shifted(shift, grid.startMs) - scope.lookbackMs + 1;
    this.maxTimeMs = shifted(shift, lastStepMs(grid)) + scope.lookbackMs;
    const { minTimeMs, maxTimeMs } = this;
    this.selection = { matchers: selector.matchers, hints: { minTimeMs, maxTimeMs, stepMs: grid.stepMs } };
    scope.samples.announce(this.selection);
  }

  async open(): Promise<OutputSeries> {
    this.series = await this.scope.samples.select(this.selection, this.scope.execution);
    return { labels: this.series.labels, dropName: undefined };
  }

  read(index: number, into: Column): void {
    into.clear();
    const { buffer, grid, shift } = this;
    this.series?.read(index, this.minTimeMs, this.maxTimeMs, buffer);
    if (buffer.histograms) return;
    dropStale(buffer);
    const { timestampsMs, length } = buffer;
    const { lookbackMs } = this.scope;
    let from = 0;
    let next = 0;
    let to = 0;
    let read = 0;
    for (let step = 0; step < grid.count; step++) {
      const lookMs = shifted(shift, grid.startMs + step * grid.stepMs);
      while (from < length && timestampsMs[from] <= lookMs - lookbackMs) from++;
      while (next < length && timestampsMs[next] < lookMs) next++;
      while (to < length && timestampsMs[to] <= lookMs + lookbackMs) to++;
      this.scope.count(step, to - from);
      this.scope.countRead(to - Math.max(from, read));
      read = to;
      this.put(step, lookMs, Math.max(next, from), from, to, into);
    }
  }

  /** `next` is the first sample that is not before the step; all are seen from `from` up to, without, `to`. */
  private put(step: number, lookMs: number, next: number, from: number, to: number, into: Column): void {
    const { timestampsMs, values } = this.buffer;
    if (next < to && timestampsMs[next] === lookMs) into.set(step, values[next]);
    else if (next === from) return;
    else if (next < to) into.set(step, interpolate(this.buffer, next - 1, lookMs, false));
    else into.set(step, values[next - 1]);
  }
}
