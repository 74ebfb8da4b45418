// A reader of one time range: finds series in the head and in the day files, lists label names and values.

import { finished } from '../../base/finished.ts';
import { sorting } from '../../base/sorting.ts';
import type { Matcher } from '../../model/matcher.ts';
import { compareText } from '../../model/text-order.ts';
import type { Querier, SeriesSet } from '../contract.ts';
import type { DayReader } from '../day/day-reader.ts';
import { SeriesList } from '../series-list.ts';
import type { StorageState } from '../state.ts';
import type { DayFound } from './day-places.ts';
import { StoredSeriesSet } from './series-set.ts';
import { uniting } from './unite.ts';
import { View } from './view.ts';

export class StoredQuerier implements Querier {
  private readonly state: StorageState;
  private readonly view: View;

  /** `nowMs` by the monotonic clock. */
  constructor(state: StorageState, minTimeMs: number, maxTimeMs: number, nowMs: number) {
    this.state = state;
    this.view = new View(state, minTimeMs, maxTimeMs, nowMs);
    state.openViews.add(this.view);
  }

  select(matchers: readonly Matcher[]): SeriesSet {
    return finished(this.selecting(matchers));
  }

  *selecting(matchers: readonly Matcher[]): Generator<void, SeriesSet> {
    const { registry } = this.state;
    // Between two pieces a series may leave, and its ref be given to another.
    const live = new SeriesList(registry, registry.sortByLabels(this.findLive(matchers)));
    const days: DayFound[] = [];
    for (const reader of this.days()) {
      const blocks = yield* reader.selecting(matchers, this.minMs, this.view.maxTimeMs);
      days.push({ reader, blocks });
    }
    const found = yield* uniting(registry, live, days);
    return new StoredSeriesSet(this.state, this.view, found);
  }

  labelNames(matchers: readonly Matcher[]): string[] {
    return finished(this.listingLabelNames(matchers));
  }

  *listingLabelNames(matchers: readonly Matcher[]): Generator<void, string[]> {
    const { index, registry } = this.state;
    const names = new Set<string>();
    this.view.check();
    // The head's at once: between two pieces a series may leave, and be in day files only.
    if (matchers.length === 0) {
      for (const name of index.labelNames()) if (this.usedName(name)) names.add(name);
    } else {
      for (const name of registry.labelNamesOf(this.findLive(matchers))) names.add(name);
    }
    for (const day of this.days()) {
      yield;
      yield* day.listingLabelNames(matchers, this.minMs, this.view.maxTimeMs, names);
    }
    return yield* sorting([...names], compareText);
  }

  labelValues(name: string, matchers: readonly Matcher[]): string[] {
    return finished(this.listingLabelValues(name, matchers));
  }

  *listingLabelValues(name: string, matchers: readonly Matcher[]): Generator<void, string[]> {
    const found = new Set<string>();
    this.view.check();
    // At once, as above.
    if (matchers.length === 0) {
      for (const [value, postings] of this.state.index.valuesOf(name) ?? []) {
        if (this.anyInView(postings.view())) found.add(value);
      }
    } else {
      for (const value of this.state.registry.labelValuesOf(name, this.findLive(matchers))) found.add(value);
    }
    for (const day of this.days()) {
      yield;
      yield* day.listingLabelValues(name, matchers, this.minMs, this.view.maxTimeMs, found);
    }
    found.delete('');
    return yield* sorting([...found], compareText);
  }

  close(): void {
    this.view.closed = true;
    this.state.openViews.delete(this.view);
  }

  private get minMs(): number {
    return Math.max(this.view.minTimeMs, this.state.floorMs);
  }

  /** Everything in the range has been dropped. */
  private get isGone(): boolean {
    return this.minMs > this.view.maxTimeMs;
  }

  private days(): DayReader[] {
    if (this.isGone) return [];
    return this.view.usesDays ? this.state.days.overlapping(this.minMs, this.view.maxTimeMs) : [];
  }

  /** Refs of the series of the head in view that satisfy all matchers, ascending. */
  private findLive(matchers: readonly Matcher[]): Uint32Array {
    this.view.check();
    if (this.isGone) return new Uint32Array();
    const { index, registry } = this.state;
    const refs = index.find(matchers, ref => registry.labelsOf(ref), registry.refLimit);
    return refs.filter(ref => this.inView(ref));
  }

  private usedName(name: string): boolean {
    for (const postings of this.state.index.valuesOf(name)?.values() ?? []) {
      if (this.anyInView(postings.view())) return true;
    }
    return false;
  }

  private anyInView(refs: Uint32Array): boolean {
    if (this.isGone) return false;
    for (const ref of refs) if (this.inView(ref)) return true;
    return false;
  }

  /** Whether the series may have samples in the range. */
  private inView(ref: number): boolean {
    const { registry } = this.state;
    return (
      registry.lastTimesMs[ref] >= this.minMs &&
      registry.columns.minTimesMs[ref] <= this.view.maxTimeMs &&
      registry.columns.firstCommits[ref] <= this.view.commit
    );
  }
}
