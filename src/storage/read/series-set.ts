// The answer to a select: sorted series, whose samples are gathered from day files and memory when they are read.

import type { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import type { SeriesSet } from '../contract.ts';
import type { DayReader, DaySeries } from '../day/day-reader.ts';
import type { Series } from '../series.ts';
import type { StorageState } from '../state.ts';
import { normalise } from './normalise.ts';
import type { View } from './view.ts';

/** A series in a day file. */
export interface DayPiece {
  readonly reader: DayReader;
  readonly series: DaySeries;
}

/** Where the samples of one series are. */
export interface FoundSeries {
  readonly labels: Labels;
  /** undefined where the head does not have it. */
  head: Series | undefined;
  /** Oldest day first; a day may come more than once. */
  readonly pieces: DayPiece[];
}

export class StoredSeriesSet implements SeriesSet {
  readonly labels: readonly Labels[];
  private readonly found: readonly FoundSeries[];
  private readonly state: StorageState;
  private readonly view: View;

  /** `found` sorted by labels. */
  constructor(state: StorageState, view: View, found: readonly FoundSeries[]) {
    this.state = state;
    this.view = view;
    this.found = found;
    this.labels = found.map(one => one.labels);
  }

  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleBuffer): void {
    into.clear();
    const { state, view } = this;
    view.check();
    const { labels, head, pieces } = this.found[index];
    const minMs = Math.max(minTimeMs, view.minTimeMs, state.floorMs);
    const maxMs = Math.min(maxTimeMs, view.maxTimeMs);
    if (minMs > maxMs) return;
    for (const { reader, series } of pieces) {
      if (reader.maxTimeMs >= minMs && reader.minTimeMs <= maxMs) reader.read(series, minMs, maxMs, into);
    }
    for (const { group, column } of head?.places ?? []) {
      group.read(column, minMs, maxMs, view.commit, view.generation, into);
    }
    normalise(into);
    view.hidden.apply(labels, into);
  }
}
