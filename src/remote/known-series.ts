// The series that senders write, each with its place in the storage, gathered by the source that they come from:
// the series of one (job, instance) share their timestamps, so they make one group.
//
// There are many series, so none has an object of its own: what is known of one stands in its source, by column.
// Labels, which the storage has and requests bring along, are not kept.

import { bug } from '../base/errors.ts';
import type { Labels } from '../model/labels.ts';
import type { Row, SeriesGroup, Storage } from '../storage/contract.ts';
import type { Place } from './refusal.ts';

/** A series, as the column that its source's group has given it. */
export interface KnownSeries {
  readonly source: Source;
  readonly column: number;
}

const INITIAL_COLUMNS = 4;
/** What a column's byte can count. */
const MAX_COUNTED = 255;

/** One (job, instance). */
export class Source {
  readonly key: string;
  readonly group: SeriesGroup;
  /** Among all sources that are open. */
  readonly index: number;
  /** How many series it has. */
  seriesCount = 0;
  /**
   * By column: how many spellings of the labels (orders, empty values) lead to the series; 0 where the column was
   * retired or has another owner.
   */
  private spellings = new Uint8Array(INITIAL_COLUMNS);
  /** By column, of the few with more spellings than are counted there: how many more. */
  private furtherSpellings: Map<number, number> | undefined;
  /** By column, of the few with exemplars. */
  private exemplarTimesMs: Map<number, number> | undefined;

  // Of the request that is read, for RowGatherer:
  request = 0;
  part = 0;
  rows: Row[] = [];
  /** Index of the row used last. */
  at = 0;
  /** Where its columns begin among those of all sources, and how many have room there. */
  firstColumn = 0;
  columnRoom = 0;

  constructor(key: string, group: SeriesGroup, index: number) {
    this.key = key;
    this.group = group;
    this.index = index;
  }

  /** No column that was opened is as high. */
  get columnLimit(): number {
    return this.spellings.length;
  }

  /** Counts a spelling of the labels of that column's series. */
  addSpelling(column: number): void {
    if (column >= this.spellings.length) this.grow(column + 1 + (column >> 1));
    const { spellings } = this;
    if (spellings[column] === 0) this.seriesCount++;
    if (spellings[column] < MAX_COUNTED) {
      spellings[column]++;
      return;
    }
    this.furtherSpellings ??= new Map();
    this.furtherSpellings.set(column, (this.furtherSpellings.get(column) ?? 0) + 1);
  }

  /** Returns whether that was the last one. */
  removeSpelling(column: number): boolean {
    const further = this.furtherSpellings?.get(column) ?? 0;
    if (further > 0) {
      this.furtherSpellings?.set(column, further - 1);
      return false;
    }
    this.spellings[column]--;
    if (this.spellings[column] > 0) return false;
    this.seriesCount--;
    this.furtherSpellings?.delete(column);
    this.exemplarTimesMs?.delete(column);
    return true;
  }

  /** Of the newest exemplar that came for that series. */
  exemplarTimeMs(column: number): number | undefined {
    return this.exemplarTimesMs?.get(column);
  }

  setExemplarTimeMs(column: number, timestampMs: number): void {
    this.exemplarTimesMs ??= new Map();
    this.exemplarTimesMs.set(column, timestampMs);
  }

  private grow(length: number): void {
    const larger = new Uint8Array(length);
    larger.set(this.spellings);
    this.spellings = larger;
  }
}

export class Sources {
  private readonly storage: Storage;
  private readonly byKey = new Map<string, Source>();
  private readonly byIndex: (Source | undefined)[] = [];
  private readonly freeIndexes: number[] = [];

  constructor(storage: Storage) {
    this.storage = storage;
  }

  get size(): number {
    return this.byKey.size;
  }

  at(index: number): Source {
    return this.byIndex[index] ?? bug(`there is no source ${index}`);
  }

  /** The series of these labels, with a column of its own; to be given back by close() as often as it was opened. */
  open(labels: Labels): KnownSeries {
    const source = this.sourceOf(labels);
    const column = source.group.column(labels);
    source.addSpelling(column);
    return { source, column };
  }

  /** Where the series of these labels, which is open, stands. */
  placeOf(labels: Labels): Place {
    const { group } = this.sourceOf(labels);
    return { group, column: group.column(labels) };
  }

  /** Gives the series up; with its last spelling the column goes, and with the last column the group. */
  close({ source, column }: KnownSeries): void {
    if (!source.removeSpelling(column)) return;
    source.group.retire(column);
    if (source.seriesCount > 0) return;
    this.byKey.delete(source.key);
    this.byIndex[source.index] = undefined;
    this.freeIndexes.push(source.index);
    source.group.release();
  }

  private sourceOf(labels: Labels): Source {
    const key = `remote_write ${JSON.stringify([labels.get('job'), labels.get('instance')])}`;
    const known = this.byKey.get(key);
    if (known) return known;
    const index = this.freeIndexes.pop() ?? this.byIndex.length;
    const opened = new Source(key, this.storage.group(key), index);
    this.byKey.set(key, opened);
    this.byIndex[index] = opened;
    return opened;
  }
}
