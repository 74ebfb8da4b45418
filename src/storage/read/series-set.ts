// The answer to a select: sorted series, whose samples are gathered from day files and memory when they are read.

import type { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import type { SeriesSet } from '../contract.ts';
import type { SeriesList } from '../series-list.ts';
import type { StorageState } from '../state.ts';
import type { DayPlaces } from './day-places.ts';
import { normalise } from './normalise.ts';
import type { View } from './view.ts';

/** The answer to a select before it can be read. */
export interface FoundSeries {
  /** Sorted. */
  readonly labels: readonly Labels[];
  /** By index of `labels`, the number that the series has below; undefined where that is the index itself. */
  readonly order: Uint32Array | undefined;
  /** By number, the lowest ones: those that the head has. */
  readonly live: SeriesList;
  /** By number. */
  readonly places: DayPlaces;
}

export class StoredSeriesSet implements SeriesSet {
  readonly labels: readonly Labels[];
  private readonly found: FoundSeries;
  private readonly state: StorageState;
  private readonly view: View;

  constructor(state: StorageState, view: View, found: FoundSeries) {
    this.state = state;
    this.view = view;
    this.found = found;
    this.labels = found.labels;
  }

  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleBuffer): void {
    into.clear();
    const { state, view } = this;
    view.check();
    const { order, live, places } = this.found;
    const number = order ? order[index] : index;
    const minMs = Math.max(minTimeMs, view.minTimeMs, state.floorMs);
    const maxMs = Math.min(maxTimeMs, view.maxTimeMs);
    if (minMs > maxMs) return;
    places.read(number, minMs, maxMs, into);
    const ref = number < live.length ? live.at(number) : -1;
    if (ref >= 0) state.registry.places.read(ref, minMs, maxMs, view.commit, view.generation, into);
    normalise(into);
    view.hidden.apply(this.labels[index], into);
  }
}
