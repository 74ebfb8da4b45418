// The registry of series: label set to series, and to what is known of it.
//
// A series is a small number (`ref`) that indexes columns, and no object: there may be very many. It is in the
// registry while it has samples or a group has a column for it. It has an `id` (its row in SQLite, never given out
// twice) and a place in the label index exactly while it has samples. When it is closed nothing is left of it, and its
// ref may be another's: who looks at a series again later keeps it in a SeriesList.
//
// Labels are put together from shared texts when they are asked for.

import { bug } from '../base/errors.ts';
import type { Labels } from '../model/labels.ts';
import type { LabelSource } from './index/label-index.ts';
import { LabelSets } from './index/label-sets.ts';
import { Places } from './places.ts';
import { SeriesColumns } from './series-columns.ts';

/** Stands for no series in columns of refs. */
export const NO_REF = 0xffffffff;

/** Freed refs rest until this many have gathered (more where there are many series), then go out in ascending order. */
const FEWEST_FREE_REFS = 64;

export class SeriesRegistry {
  readonly columns = new SeriesColumns();
  readonly places = new Places(this.columns);
  readonly sets = new LabelSets();
  /** How many series have been closed. */
  closings = 0;
  private readonly cursor = new LabelCursor(this.sets);
  private limit = 0;
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
    return this.limit;
  }

  /** How many series there are. */
  get size(): number {
    return this.sets.size;
  }

  /** The series of these labels; -1 where there is none. */
  find(labels: Labels): number {
    return this.sets.find(labels);
  }

  /** The series of these labels, made on first sight. The object `labels` and its texts are not kept. */
  open(labels: Labels): number {
    const known = this.sets.find(labels);
    if (known >= 0) return known;
    const ref = this.takeRef();
    this.columns.reach(ref);
    this.sets.add(ref, labels);
    return ref;
  }

  /** Lets the series, which must be open, go where nothing needs it any more. */
  closeIfUnused(ref: number): void {
    if (this.columns.ids[ref] !== 0 || this.places.has(ref)) return;
    if (!this.sets.has(ref)) bug('a series is closed once');
    this.closings++;
    this.sets.remove(ref);
    this.columns.close(ref);
    this.restingRefs.push(ref);
  }

  /** The labels of an open series; put together anew where they were not asked for lately. */
  labels(ref: number): Labels {
    return this.sets.labels(ref);
  }

  /** To read single labels of many series: cheaper than labels(). Good until the next call. */
  labelsOf(ref: number): LabelSource {
    this.cursor.ref = ref;
    return this.cursor;
  }

  /** The same refs in the order of their series' labels. None may stand there twice. */
  sortByLabels(refs: Uint32Array): Uint32Array {
    return this.sets.sorted(refs);
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
    return this.freeRefs.pop() ?? this.limit++;
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
