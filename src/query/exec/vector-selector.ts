// An instant vector selector: for every step the newest sample that is not older than the lookback delta.
//
// In: samples of the storage, one series at a time, in a buffer that all series share. Out: a column each. The
// lookback is open on the left (a sample exactly as old as it is out), and a staleness marker ends a series.

import { SampleBuffer } from '../../model/sample-buffer.ts';
import { isStaleAt } from '../../model/stale.ts';
import type { SeriesSet } from '../../storage/contract.ts';
import { lastStepMs, shifted, type TimeShift } from '../plan/bounds.ts';
import type { VectorSelector } from '../syntax/ast.ts';
import type { Column, Operator, OutputSeries, StepGrid } from './operator.ts';
import type { Scope } from './scope.ts';
import type { Selection } from './shared-selections.ts';

/** What a point says of the sample it stands for; times are in seconds. */
export type SampleField = 'value' | 'time' | 'startTime';

export class VectorSelectorOperator implements Operator {
  private readonly grid: StepGrid;
  private readonly scope: Scope;
  private readonly shift: TimeShift;
  private readonly field: SampleField;
  private readonly minTimeMs: number;
  private readonly maxTimeMs: number;
  private readonly selection: Selection;
  private readonly buffer = new SampleBuffer();
  private series: SeriesSet | undefined;

  constructor(
    selector: VectorSelector,
    grid: StepGrid,
    scope: Scope,
    shift: TimeShift,
    field: SampleField = 'value',
  ) {
    this.grid = grid;
    this.scope = scope;
    this.shift = shift;
    this.field = field;
    this.minTimeMs = shifted(shift, grid.startMs) - scope.lookbackMs + 1;
    this.maxTimeMs = shifted(shift, lastStepMs(grid));
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
    if (!this.scope.usesStartTimes) buffer.startTimestampsMs = undefined;
    const { timestampsMs, values, length } = buffer;
    const { lookbackMs, count, countsSteps } = this.scope;
    let next = 0;
    let total = 0;
    for (let step = 0; step < grid.count; step++) {
      const lookMs = (shift.atMs ?? grid.startMs + step * grid.stepMs) - shift.offsetMs;
      while (next < length && timestampsMs[next] <= lookMs) next++;
      const newest = next - 1;
      if (newest < 0 || timestampsMs[newest] <= lookMs - lookbackMs || isStaleAt(values, newest)) continue;
      this.put(newest, step, into);
      total++;
      if (countsSteps) count(step, 1);
    }
    if (!countsSteps) count(0, total);
    this.scope.countRead(total);
  }

  private put(sample: number, step: number, into: Column): void {
    const { buffer } = this;
    if (this.field === 'time') {
      into.set(step, buffer.timestampsMs[sample] / 1000);
    } else if (this.field === 'startTime') {
      if (buffer.startTimestampsMs) into.set(step, buffer.startTimestampsMs[sample] / 1000);
    } else {
      const histogram = buffer.histograms?.[sample];
      if (histogram) into.setHistogram(step, histogram);
      else into.set(step, buffer.values[sample]);
    }
  }
}
