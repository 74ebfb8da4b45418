// Where range vectors come from: the samples of one series at a time, over everything that any window will see.
//
// Two sources: a selector reads the storage; a subquery (subquery-source.ts) evaluates an expression.

import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { isStaleAt } from '../../model/stale.ts';
import type { SeriesSet } from '../../storage/contract.ts';
import { lastStepMs, shifted, type TimeShift } from '../plan/bounds.ts';
import type { VectorSelector } from '../syntax/ast.ts';
import type { OutputSeries, StepGrid } from './operator.ts';
import type { Scope } from './scope.ts';
import type { Selection } from './shared-selections.ts';

export interface RangeSource {
  /** Whether its samples are read from the storage, rather than evaluated. */
  readonly isStored: boolean;
  /** Called once, before any read. */
  open(): Promise<OutputSeries>;
  /** Clears `into` and fills it with the samples of one series, without staleness markers. */
  read(index: number, into: SampleBuffer): void;
}

/** How the windows of a range vector lie: they end at the (shifted) steps and reach back over the range. */
export interface RangeShape {
  readonly source: RangeSource;
  readonly shift: TimeShift;
  readonly rangeMs: number;
  /** Set where windows reach beyond their edges, up to `lookbackMs` away. */
  readonly extended: VectorSelector['extended'];
  readonly lookbackMs: number;
}

export class SelectorSource implements RangeSource {
  readonly isStored = true;
  private readonly scope: Scope;
  private readonly minTimeMs: number;
  private readonly maxTimeMs: number;
  private readonly selection: Selection;
  private series: SeriesSet | undefined;

  constructor(
    selector: VectorSelector,
    grid: StepGrid,
    scope: Scope,
    shift: TimeShift,
    rangeMs: number,
    functionName: string | undefined,
  ) {
    this.scope = scope;
    const before = selector.extended ? scope.lookbackMs : 0;
    const after = selector.extended === 'smoothed' ? scope.lookbackMs : 0;
    this.minTimeMs = shifted(shift, grid.startMs) - rangeMs - before + 1;
    this.maxTimeMs = shifted(shift, lastStepMs(grid)) + after;
    const { minTimeMs, maxTimeMs } = this;
    this.selection = {
      matchers: selector.matchers,
      hints: { minTimeMs, maxTimeMs, stepMs: grid.stepMs, functionName },
    };
    scope.samples.announce(this.selection);
  }

  async open(): Promise<OutputSeries> {
    this.series = await this.scope.samples.select(this.selection, this.scope.execution);
    return { labels: this.series.labels, dropName: undefined };
  }

  read(index: number, into: SampleBuffer): void {
    this.series?.read(index, this.minTimeMs, this.maxTimeMs, into);
    if (!this.scope.usesStartTimes) into.startTimestampsMs = undefined;
    dropStale(into);
  }
}

/** Closes the gaps that staleness markers leave. */
export function dropStale(samples: SampleBuffer): void {
  const { values, length } = samples;
  let kept = 0;
  while (kept < length && !isStaleAt(values, kept)) kept++;
  for (let i = kept + 1; i < length; i++) {
    if (isStaleAt(values, i)) continue;
    samples.timestampsMs[kept] = samples.timestampsMs[i];
    values[kept] = values[i];
    if (samples.startTimestampsMs) samples.startTimestampsMs[kept] = samples.startTimestampsMs[i];
    if (samples.histograms) samples.histograms[kept] = samples.histograms[i];
    kept++;
  }
  if (samples.histograms) samples.histograms.length = Math.min(samples.histograms.length, kept);
  samples.length = kept;
}
