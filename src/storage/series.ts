// The registry of series: label set to series, each with a small reusable number (`ref`) that indexes the columns
// of what is known of it.
//
// A series is in the registry while it has samples or a group has a column for it. It has an `id` (its row in
// SQLite, never given out twice) and a place in the label index exactly while it has samples.
//
// There may be very many: an object for each, but nothing in it that fits into a column, and no label set. Labels are
// put together from shared texts when they are asked for.

import { bug } from '../base/errors.ts';
import { compareLabels, type Labels } from '../model/labels.ts';
import type { SampleBuffer } from '../model/sample-buffer.ts';
import type { LabelSource } from './index/label-index.ts';
import { LabelSets } from './index/label-sets.ts';
import { SeriesColumns, type TimedHistogram } from './series-columns.ts';

/** What is asked of a group through one of its series. */
export interface Home {
  read(
    column: number,
    minMs: number,
    maxMs: number,
    commit: number,
    generation: number,
    into: SampleBuffer,
  ): void;
}

/** A column of a group that is in memory. */
export interface Place {
  readonly group: Home;
  readonly column: number;
}

const NO_PLACES: readonly Place[] = Object.freeze([]);
/** Freed refs rest until this many have gathered (more where there are many series), then go out in ascending order. */
const FEWEST_FREE_REFS = 64;

/** A closed series says nothing of samples, and nothing may be said of it: its ref may be another's. */
export class Series {
  readonly ref: number;
  private readonly registry: SeriesRegistry;
  /** The first place, in most cases the only one. */
  private group: Home | undefined = undefined;
  private column = 0;
  /** Set when it is closed. */
  private lastLabels: Labels | undefined = undefined;

  /** Made by the registry. */
  constructor(ref: number, registry: SeriesRegistry) {
    this.ref = ref;
    this.registry = registry;
  }

  /** Put together anew where it was not asked for lately: the same label set, not always the same object. */
  get labels(): Labels {
    return this.lastLabels ?? this.registry.sets.labels(this.ref);
  }

  /** 0 while it has no samples. */
  get id(): number {
    return this.lastLabels ? 0 : this.registry.columns.ids[this.ref];
  }

  set id(id: number) {
    this.openColumns().ids[this.ref] = id;
  }

  /** At or before its first sample. */
  get minTimeMs(): number {
    return this.lastLabels ? Number.POSITIVE_INFINITY : this.registry.columns.minTimesMs[this.ref];
  }

  set minTimeMs(timeMs: number) {
    this.openColumns().minTimesMs[this.ref] = timeMs;
  }

  /** The commit that brought its first sample. */
  get firstCommit(): number {
    return this.lastLabels ? 0 : this.registry.columns.firstCommits[this.ref];
  }

  set firstCommit(commit: number) {
    this.openColumns().firstCommits[this.ref] = commit;
  }

  /** Its newest sample that is a histogram; its last sample only where the times are the same. */
  get lastHistogram(): TimedHistogram | undefined {
    return this.lastLabels ? undefined : this.registry.columns.lastHistograms.get(this.ref);
  }

  set lastHistogram(last: TimedHistogram | undefined) {
    const { lastHistograms } = this.openColumns();
    if (last) lastHistograms.set(this.ref, last);
    else lastHistograms.delete(this.ref);
  }

  /** Where its newest samples are, as it is now: made on asking. */
  get places(): readonly Place[] {
    if (!this.group) return NO_PLACES;
    const { group, column } = this;
    const others = this.registry.otherPlaces.get(this.ref);
    return others ? [{ group, column }, ...others] : [{ group, column }];
  }

  get hasPlace(): boolean {
    return this.group !== undefined;
  }

  /** The column in that group, -1 for none. */
  columnIn(group: Home): number {
    if (this.group === group) return this.column;
    if (this.registry.otherPlaces.size === 0) return -1;
    return this.registry.otherPlaces.get(this.ref)?.find(place => place.group === group)?.column ?? -1;
  }

  /** The series must have no column in that group. */
  addPlace(group: Home, column: number): void {
    if (this.lastLabels) bug('a closed series is given no column');
    if (!this.group) {
      this.group = group;
      this.column = column;
      return;
    }
    const { otherPlaces } = this.registry;
    otherPlaces.set(this.ref, [...(otherPlaces.get(this.ref) ?? []), { group, column }]);
  }

  /** Nothing happens where it has no column there. */
  removePlace(group: Home): void {
    const left = this.places.filter(place => place.group !== group);
    this.group = left[0]?.group;
    this.column = left[0]?.column ?? 0;
    if (left.length > 1) this.registry.otherPlaces.set(this.ref, left.slice(1));
    else this.registry.otherPlaces.delete(this.ref);
  }

  /** Called by the registry, before it forgets the labels. */
  close(): void {
    this.lastLabels = this.labels;
  }

  private openColumns(): SeriesColumns {
    if (this.lastLabels) bug('nothing is said of a closed series');
    return this.registry.columns;
  }
}

/** The order of labels. For many, see SeriesRegistry.sortByLabels(). */
export function compareSeries(a: Series, b: Series): number {
  return a === b ? 0 : compareLabels(a.labels, b.labels);
}

export class SeriesRegistry {
  readonly columns = new SeriesColumns();
  readonly sets = new LabelSets();
  /** How many series have been closed. */
  closings = 0;
  /** By ref: the places beside the first. */
  readonly otherPlaces = new Map<number, Place[]>();
  private readonly cursor = new LabelCursor(this.sets);
  private readonly byRef: (Series | undefined)[] = [];
  /** Taken from the end, the smallest first. */
  private freeRefs: number[] = [];
  private restingRefs: number[] = [];

  /** By ref: the time of the newest sample, -Infinity for none. Replaced when it grows. */
  get lastTimesMs(): Float64Array {
    return this.columns.lastTimesMs;
  }

  /** By ref: its value, bit for bit. Replaced when it grows. */
  get lastValues(): Float64Array {
    return this.columns.lastValues;
  }

  /** Refs are smaller than this. */
  get refLimit(): number {
    return this.byRef.length;
  }

  /** How many series there are. */
  get size(): number {
    return this.sets.size;
  }

  /** The series with that ref, which must be in use. */
  at(ref: number): Series {
    return this.byRef[ref] as Series;
  }

  /** The series of these labels; undefined where there is none. */
  find(labels: Labels): Series | undefined {
    const ref = this.sets.find(labels);
    return ref < 0 ? undefined : this.byRef[ref];
  }

  /** The series of these labels, made on first sight. The object `labels` and its texts are not kept. */
  open(labels: Labels): Series {
    const known = this.find(labels);
    if (known) return known;
    const ref = this.takeRef();
    this.columns.reach(ref);
    const series = new Series(ref, this);
    this.byRef[ref] = series;
    this.sets.add(ref, labels);
    return series;
  }

  /** Lets the series go where nothing needs it any more. Its labels can still be asked for. */
  closeIfUnused(series: Series): void {
    if (series.id !== 0 || series.hasPlace) return;
    const { ref } = series;
    if (this.byRef[ref] !== series) return;
    series.close();
    this.closings++;
    this.sets.remove(ref);
    this.byRef[ref] = undefined;
    this.columns.clear(ref);
    this.restingRefs.push(ref);
  }

  /** The same refs in the order of their series' labels. None may stand there twice. */
  sortByLabels(refs: Uint32Array): Uint32Array {
    return this.sets.sorted(refs);
  }

  /** To read single labels of many series: cheaper than Series.labels. Good until the next call. */
  labelsOf(ref: number): LabelSource {
    this.cursor.ref = ref;
    return this.cursor;
  }

  /** The names of labels on any of these series, in no order. */
  labelNamesOf(refs: Uint32Array): Set<string> {
    return this.sets.namesIn(refs);
  }

  /** The values of one label on any of these series, without '', in no order. */
  labelValuesOf(name: string, refs: Uint32Array): Set<string> {
    return this.sets.valuesIn(name, refs);
  }

  private takeRef(): number {
    if (this.freeRefs.length === 0 && this.restingRefs.length > FEWEST_FREE_REFS + (this.refLimit >> 6)) {
      this.freeRefs = this.restingRefs.sort((a, b) => b - a);
      this.restingRefs = [];
    }
    return this.freeRefs.pop() ?? this.byRef.length;
  }
}

class LabelCursor implements LabelSource {
  ref = 0;
  private readonly sets: LabelSets;

  constructor(sets: LabelSets) {
    this.sets = sets;
  }

  get(name: string): string {
    return this.sets.valueOf(this.ref, name);
  }
}
