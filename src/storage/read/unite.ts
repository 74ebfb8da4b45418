// Series of the head and of several days as one list, each label set once, sorted by labels; in pieces.

import { sorting } from '../../base/sorting.ts';
import { compareLabels } from '../../model/labels.ts';
import type { DayReader, DaySeries } from '../day/day-reader.ts';
import type { Series, SeriesRegistry } from '../series.ts';
import type { FoundSeries } from './series-set.ts';

export interface DayFound {
  readonly reader: DayReader;
  /** In no certain order; a label set may come more than once. */
  readonly series: readonly DaySeries[];
}

/** Series that are looked at in one piece. */
const SERIES_A_PIECE = 2000;

/** `live` sorted by labels; `days` oldest first. */
export function* uniting(
  registry: SeriesRegistry,
  live: readonly Series[],
  days: readonly DayFound[],
): Generator<void, FoundSeries[]> {
  const found: FoundSeries[] = [];
  for (const head of live) {
    found.push({ labels: head.labels, head, pieces: [] });
    if (found.length % SERIES_A_PIECE === 0) yield;
  }
  if (days.every(({ series }) => series.length === 0)) return found;
  const departed = yield* new Pieces(registry, found).gather(days);
  if (departed.length === 0) return found;
  return yield* merging(found, yield* sorting(departed, byLabels));
}

/** Gives each series of the head its pieces in day files, and gathers those that the head does not have. */
class Pieces {
  private readonly registry: SeriesRegistry;
  private readonly live = new Map<Series, FoundSeries>();
  private readonly departed = new Map<string, FoundSeries>();
  /** Of `live`, by key: those that have left the head since they were found. */
  private readonly closed = new Map<string, FoundSeries>();
  private seenClosings = Number.NaN;

  constructor(registry: SeriesRegistry, found: readonly FoundSeries[]) {
    this.registry = registry;
    for (const one of found) if (one.head) this.live.set(one.head, one);
  }

  *gather(days: readonly DayFound[]): Generator<void, FoundSeries[]> {
    let looked = 0;
    for (const { reader, series } of days) {
      for (const one of series) {
        this.entryOf(one).pieces.push({ reader, series: one });
        if (++looked % SERIES_A_PIECE === 0) yield;
      }
    }
    return [...this.departed.values()];
  }

  private entryOf({ labels }: DaySeries): FoundSeries {
    const head = this.registry.find(labels);
    const live = (head && this.live.get(head)) ?? this.closedSeries().get(labels.key);
    if (live) return live;
    let entry = this.departed.get(labels.key);
    if (!entry) {
      entry = { labels, head: undefined, pieces: [] };
      this.departed.set(labels.key, entry);
    }
    return entry;
  }

  private closedSeries(): ReadonlyMap<string, FoundSeries> {
    const { registry } = this;
    if (this.seenClosings === registry.closings) return this.closed;
    this.seenClosings = registry.closings;
    for (const [head, one] of this.live) {
      if (registry.at(head.ref) !== head) this.closed.set(one.labels.key, one);
    }
    return this.closed;
  }
}

/** Both are sorted; no label set is in both. */
function* merging(
  left: readonly FoundSeries[],
  right: readonly FoundSeries[],
): Generator<void, FoundSeries[]> {
  const merged: FoundSeries[] = [];
  let i = 0;
  for (const one of right) {
    while (i < left.length && byLabels(left[i], one) < 0) {
      merged.push(left[i++]);
      if (merged.length % SERIES_A_PIECE === 0) yield;
    }
    merged.push(one);
  }
  while (i < left.length) merged.push(left[i++]);
  return merged;
}

const byLabels = (a: FoundSeries, b: FoundSeries): number => compareLabels(a.labels, b.labels);
