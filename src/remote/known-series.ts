// The series that senders write, each with its place in the storage, gathered by the source that they come from:
// the series of one (job, instance) share their timestamps, so they make one group.

import type { Labels } from '../model/labels.ts';
import type { Row, SeriesGroup, Storage } from '../storage/contract.ts';
import type { Place } from './refusal.ts';

/** One (job, instance). */
export class Source {
  readonly key: string;
  readonly group: SeriesGroup;
  /** By column; undefined where a column was retired or has another owner. */
  readonly series: (KnownSeries | undefined)[] = [];
  /** How many of them there are. */
  seriesCount = 0;

  // Of the request that is read, for RowGatherer:
  request = 0;
  part = 0;
  rows: Row[] = [];
  /** Index of the row used last. */
  at = 0;

  constructor(key: string, group: SeriesGroup) {
    this.key = key;
    this.group = group;
  }
}

/** There are many: labels, which the storage has and requests bring along, are not kept. */
export class KnownSeries {
  readonly source: Source;
  readonly column: number;
  /** How many spellings of the labels (orders, empty values) lead here. */
  spellings = 0;
  /** Time of the newest exemplar that came for it, ms. */
  newestExemplarMs: number | undefined;

  // Of the request that is read, for RowGatherer:
  part = 0;
  newestMs = Number.NEGATIVE_INFINITY;

  constructor(source: Source, column: number) {
    this.source = source;
    this.column = column;
  }
}

export class Sources {
  private readonly storage: Storage;
  private readonly byKey = new Map<string, Source>();

  constructor(storage: Storage) {
    this.storage = storage;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** The series of these labels, with a column of its own; to be given back by close() as often as it was opened. */
  open(labels: Labels): KnownSeries {
    const source = this.sourceOf(labels);
    const column = source.group.column(labels);
    let series = source.series[column];
    if (series === undefined) {
      series = new KnownSeries(source, column);
      source.series[column] = series;
      source.seriesCount++;
    }
    series.spellings++;
    return series;
  }

  /** Where the series of these labels, which is open, stands. */
  placeOf(labels: Labels): Place {
    const { group } = this.sourceOf(labels);
    return { group, column: group.column(labels) };
  }

  /** Gives the series up; with its last spelling the column goes, and with the last column the group. */
  close(series: KnownSeries): void {
    series.spellings--;
    if (series.spellings > 0) return;
    const { source, column } = series;
    source.series[column] = undefined;
    source.seriesCount--;
    source.group.retire(column);
    if (source.seriesCount > 0) return;
    this.byKey.delete(source.key);
    source.group.release();
  }

  private sourceOf(labels: Labels): Source {
    const key = `remote_write ${JSON.stringify([labels.get('job'), labels.get('instance')])}`;
    const known = this.byKey.get(key);
    if (known) return known;
    const opened = new Source(key, this.storage.group(key));
    this.byKey.set(key, opened);
    return opened;
  }
}
