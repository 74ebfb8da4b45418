// The registry of series: label set to series, each with a small reusable number (`ref`) that indexes the columns
// of what is known of it.
//
// A series is in the registry while it has samples or a group has a column for it. It has an `id` (its row in
// SQLite, never given out twice) and a place in the label index exactly while it has samples.
//
// There may be very many: an object for each, but nothing in it that fits into a column, and no label set. Labels are
// put together from shared texts when they are asked for.

import type { Histogram } from '../model/histogram.ts';
import { compareLabels, type Labels } from '../model/labels.ts';
import type { SampleBuffer } from '../model/sample-buffer.ts';
import type { BlockSlot } from './block.ts';
import { LabelSets } from './index/label-sets.ts';

/** What is asked of a group through one of its series. */
export interface Home {
  read(column: number, minMs: number, maxMs: number, commit: number, into: SampleBuffer): void;
}

/** A column of a group that is in memory. */
export interface Place {
  readonly group: Home;
  readonly column: number;
}

/** A histogram and when it was. */
export interface TimedHistogram {
  readonly timestampMs: number;
  readonly histogram: Histogram;
}

const NO_PLACES: readonly Place[] = Object.freeze([]);
/** Freed refs rest until this many have gathered (more where there are many series), then go out in ascending order. */
const FEWEST_FREE_REFS = 64;

/** What it says of times, ids and commits stands in the registry's columns; of a closed series, it says nothing. */
export class Series {
  readonly ref: number;
  private readonly registry: SeriesRegistry;
  /** The first place, in most cases the only one. */
  private group: Home | undefined = undefined;
  private column = 0;
  /** Set when it is closed. */
  private lastLabels: Labels | undefined = undefined;
  private blockSlots: BlockSlot[] | undefined = undefined;

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
    return this.lastLabels ? 0 : this.registry.ids[this.ref];
  }

  set id(id: number) {
    this.registry.ids[this.ref] = id;
  }

  /** At or before its first sample. */
  get minTimeMs(): number {
    return this.lastLabels ? Number.POSITIVE_INFINITY : this.registry.minTimesMs[this.ref];
  }

  set minTimeMs(timeMs: number) {
    this.registry.minTimesMs[this.ref] = timeMs;
  }

  /** The commit that brought its first sample. */
  get firstCommit(): number {
    return this.lastLabels ? 0 : this.registry.firstCommits[this.ref];
  }

  set firstCommit(commit: number) {
    this.registry.firstCommits[this.ref] = commit;
  }

  /** Its newest sample that is a histogram; its last sample only where the times are the same. */
  get lastHistogram(): TimedHistogram | undefined {
    return this.lastLabels ? undefined : this.registry.lastHistograms.get(this.ref);
  }

  set lastHistogram(last: TimedHistogram | undefined) {
    if (last) this.registry.lastHistograms.set(this.ref, last);
    else this.registry.lastHistograms.delete(this.ref);
  }

  get blocks(): BlockSlot[] {
    this.blockSlots ??= [];
    return this.blockSlots;
  }

  set blocks(blocks: BlockSlot[]) {
    this.blockSlots = blocks;
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

  /** Called by the registry, last of all. */
  close(): void {
    this.lastLabels = this.labels;
  }
}

/** The order of labels. For many, see SeriesRegistry.sortByLabels(). */
export function compareSeries(a: Series, b: Series): number {
  return a === b ? 0 : compareLabels(a.labels, b.labels);
}

export class SeriesRegistry {
  /** By ref: the time of the newest sample, -Infinity for none. */
  lastTimesMs = new Float64Array(0);
  /** By ref: its value, bit for bit. */
  lastValues = new Float64Array(0);
  /** By ref: what Series says of it. */
  ids = new Float64Array(0);
  minTimesMs = new Float64Array(0);
  firstCommits = new Float64Array(0);
  /** By ref, of the few that have such. */
  readonly lastHistograms = new Map<number, TimedHistogram>();
  readonly otherPlaces = new Map<number, Place[]>();
  readonly sets = new LabelSets();
  private readonly byRef: (Series | undefined)[] = [];
  /** Taken from the end, the smallest first. */
  private freeRefs: number[] = [];
  private restingRefs: number[] = [];

  constructor() {
    this.grow(1024);
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
    if (ref >= this.lastTimesMs.length) this.grow(ref + 1 + (ref >> 2));
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
    this.sets.remove(ref);
    this.byRef[ref] = undefined;
    this.clear(ref, ref + 1);
    this.lastHistograms.delete(ref);
    this.restingRefs.push(ref);
  }

  /** The same refs in the order of their series' labels. None may stand there twice. */
  sortByLabels(refs: Uint32Array): Uint32Array {
    return this.sets.sorted(refs);
  }

  private takeRef(): number {
    if (this.freeRefs.length === 0 && this.restingRefs.length > FEWEST_FREE_REFS + (this.refLimit >> 6)) {
      this.freeRefs = this.restingRefs.sort((a, b) => b - a);
      this.restingRefs = [];
    }
    return this.freeRefs.pop() ?? this.byRef.length;
  }

  private clear(fromRef: number, toRef: number): void {
    this.lastTimesMs.fill(Number.NEGATIVE_INFINITY, fromRef, toRef);
    this.lastValues.fill(0, fromRef, toRef);
    this.ids.fill(0, fromRef, toRef);
    this.minTimesMs.fill(Number.POSITIVE_INFINITY, fromRef, toRef);
    this.firstCommits.fill(0, fromRef, toRef);
  }

  private grow(length: number): void {
    const before = this.lastTimesMs.length;
    this.lastTimesMs = enlarged(this.lastTimesMs, length);
    this.lastValues = enlarged(this.lastValues, length);
    this.ids = enlarged(this.ids, length);
    this.minTimesMs = enlarged(this.minTimesMs, length);
    this.firstCommits = enlarged(this.firstCommits, length);
    this.clear(before, length);
  }
}

function enlarged(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(column);
  return larger;
}
