// Series of the head and of several days as one list, each label set once, sorted by labels; in pieces.
//
// A query of a dashboard finds thousands, and lives long enough for what it makes to become old: so there are no objects
// for a series, nor for one of its places.

import { sorting } from '../../base/sorting.ts';
import { compareLabels, type Labels } from '../../model/labels.ts';
import type { SeriesRegistry } from '../series.ts';
import type { SeriesList } from '../series-list.ts';
import { type DayFound, DayPlaces } from './day-places.ts';
import type { FoundSeries } from './series-set.ts';

/** Series that are looked at in one piece. */
const SERIES_A_PIECE = 2000;

/** `all` those of the head, sorted by labels; `days` oldest first. */
export function* uniting(
  registry: SeriesRegistry,
  all: SeriesList,
  days: readonly DayFound[],
): Generator<void, FoundSeries> {
  const { live, labels } = yield* naming(registry, all);
  const places = new DayPlaces(days);
  const found = { live, places };
  if (places.count === 0) return { ...found, labels, order: undefined };
  yield* new Gathering(registry, live, labels, places).run(days);
  if (labels.length === live.length) return { ...found, labels, order: undefined };
  const order = yield* merged(labels, live.length);
  return { ...found, labels: Array.from(order, one => labels[one]), order };
}

function* naming(
  registry: SeriesRegistry,
  all: SeriesList,
): Generator<void, { live: SeriesList; labels: Labels[] }> {
  const labels: Labels[] = [];
  const named = new Uint32Array(all.length);
  for (let position = 0; position < all.length; position++) {
    const ref = all.at(position);
    // One that has left since has all that the querier may see of it in day files, and is found there.
    if (ref >= 0) named[labels.push(registry.labels(ref)) - 1] = position;
    if (position % SERIES_A_PIECE === SERIES_A_PIECE - 1) yield;
  }
  const live = labels.length === all.length ? all : all.pick(named.subarray(0, labels.length));
  return { live, labels };
}

/** Finds, for each series of the day files, which of `labels` it is; those that the head does not have are added. */
class Gathering {
  private readonly registry: SeriesRegistry;
  private readonly live: SeriesList;
  private readonly labels: Labels[];
  private readonly places: DayPlaces;
  /** By ref. */
  private readonly numberOf = new Map<number, number>();
  private readonly departed = new Map<string, number>();
  /** Of `live`, by key: those that have left the head since they were found. */
  private readonly closed = new Map<string, number>();
  private seenClosings = Number.NaN;

  constructor(registry: SeriesRegistry, live: SeriesList, labels: Labels[], places: DayPlaces) {
    this.registry = registry;
    this.live = live;
    this.labels = labels;
    this.places = places;
    for (let i = 0; i < live.length; i++) {
      const ref = live.at(i);
      if (ref >= 0) this.numberOf.set(ref, i);
    }
  }

  *run(days: readonly DayFound[]): Generator<void, void> {
    let looked = 0;
    for (const { reader, blocks } of days) {
      for (const { block, labels, slots } of blocks) {
        this.places.startBlock(reader, block);
        for (const slot of slots) {
          this.places.add(this.find(labels.labelsOf(slot)), slot);
          if (++looked % SERIES_A_PIECE === 0) yield;
        }
      }
    }
  }

  private find(labels: Labels): number {
    const live = this.findLive(labels) ?? this.closedSeries().get(labels.key);
    if (live !== undefined) return live;
    let number = this.departed.get(labels.key);
    if (number === undefined) {
      number = this.labels.push(labels) - 1;
      this.departed.set(labels.key, number);
    }
    return number;
  }

  private findLive(labels: Labels): number | undefined {
    const ref = this.registry.find(labels);
    const number = this.numberOf.get(ref);
    return number !== undefined && this.live.at(number) === ref ? number : undefined;
  }

  private closedSeries(): ReadonlyMap<string, number> {
    const { registry, live } = this;
    if (this.seenClosings === registry.closings) return this.closed;
    this.seenClosings = registry.closings;
    for (let i = 0; i < live.length; i++) {
      if (live.at(i) < 0) this.closed.set(this.labels[i].key, i);
    }
    return this.closed;
  }
}

/** The order of labels of which those before `middle` are sorted, and are none of the others. */
function* merged(labels: readonly Labels[], middle: number): Generator<void, Uint32Array> {
  const others = Array.from({ length: labels.length - middle }, (_, i) => middle + i);
  const sorted = yield* sorting(others, (a, b) => compareLabels(labels[a], labels[b]));
  const order = new Uint32Array(labels.length);
  let [i, out] = [0, 0];
  for (const one of sorted) {
    while (i < middle && compareLabels(labels[i], labels[one]) < 0) {
      order[out++] = i++;
      if (out % SERIES_A_PIECE === 0) yield;
    }
    order[out++] = one;
  }
  while (i < middle) order[out++] = i++;
  return order;
}
