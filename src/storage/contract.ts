// The storage's contract: how samples get in (groups, rows, one durable commit) and out (queriers, series sets).
//
// It is built on one observation: everything that a scrape of one target yields shares one timestamp, and comes
// in an order that hardly ever changes. A *group* is any set of series that share timestamps: a target; the series
// of one (job, instance) in a remote-write batch; in the worst case one series. A *row* is what a group yields at
// one timestamp. Every way in is a list of rows.
//
// All times are milliseconds since the epoch. Nothing in here knows how samples are kept.

import type { Cardinality } from '../model/cardinality.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { Histogram } from '../model/histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { SampleBuffer } from '../model/sample-buffer.ts';

/** Opened once by main, closed once at the end. */
export interface Storage {
  /**
   * The group of that key, opened on first use. The key is any text that names the same source again after a
   * restart (a target's pool and labels). Asking twice gives the same object.
   */
  group(key: string): SeriesGroup;

  /**
   * Adds the rows, in order, as one transaction: when this returns, what was taken is on disk and visible to
   * every querier opened from now on; before that, to none. Samples that cannot be taken are counted, not thrown,
   * and the others stay. Throws StorageError only where nothing could be written (disk full, read-only folder);
   * then nothing of the batch is visible.
   * The rows' buffers are the caller's again as soon as this returns.
   */
  commit(rows: readonly Row[]): CommitReport;

  /**
   * Writes down the names of series that were given a column and have no sample yet, for about `budgetMs`; returns
   * whether all are written. A commit writes what is left: this lets a large first scrape be taken in pieces.
   */
  register(budgetMs: number): boolean;

  /** Takes other limits from the next commit on. */
  configure(limits: StorageLimits): void;

  /** A reader of samples with minTimeMs <= t <= maxTimeMs. The caller closes it. */
  querier(minTimeMs: number, maxTimeMs: number): Querier;

  /** Keeps an example of a series; older ones make way within a fixed number. */
  appendExemplar(series: Labels, exemplar: Exemplar): void;

  /** Exemplars of the series that satisfy every matcher of any of the lists, series sorted, oldest first. */
  exemplars(
    matcherLists: readonly (readonly Matcher[])[],
    minTimeMs: number,
    maxTimeMs: number,
  ): SeriesExemplars[];

  /** Drops what is older than `timeMs`; returns how many bytes that freed on disk, as far as known. */
  dropBefore(timeMs: number): number;

  stats(): StorageStats;

  /** Finishes pending work and lets go of the folder. Everything committed is there after the next open. */
  close(): void;
}

/** What may change while a storage is open. */
export interface StorageLimits {
  /** How much older than the newest sample a sample may be that is not its series' newest, ms. */
  readonly outOfOrderWindowMs: number;
  /** How many exemplars are kept over all series; 0: none. */
  readonly maxExemplars: number;
}

/** A storage that keeps its samples in a folder: what an operator may do with that. */
export interface StoredStorage extends Storage {
  /**
   * Hides the samples of a time range of every series that satisfies all matchers of any of the lists, at once and
   * for good. What comes later is not touched: the range ends, at most, at the newest sample of each series.
   */
  deleteSeries(matcherLists: readonly (readonly Matcher[])[], minTimeMs: number, maxTimeMs: number): void;

  /** Removes from disk what deleteSeries() has hidden, and writes every day that is over in its final form. */
  cleanTombstones(): Promise<void>;

  /**
   * Copies everything (with `skipHead`, what is not in day files yet is left out) into a new folder below
   * `snapshots/` of the data path, which another promlite can be started with. Resolves to the folder's name.
   */
  snapshot(skipHead: boolean): Promise<string>;

  /** Drops the oldest days until no more than `limitBytes` are left or only the newest day is; returns the bytes freed. */
  dropBeyond(limitBytes: number): number;

  /**
   * What the series in memory have most of, `limit` of each kind. Reads no samples, and lets others have their turn
   * meanwhile.
   */
  cardinality(limit: number): Promise<Cardinality>;

  /** A way in for history, series by series. */
  bulkLoader(): BulkLoader;

  /** Resolves when the work in the background that is due by now has been done. */
  settled(): Promise<void>;
}

/** Takes series with their whole past, of any age; nothing is refused. Of two samples at one time one stays. */
export interface BulkLoader {
  /**
   * Adds samples of one series, which need not be in order; they are copied. A series may come again. Await it where
   * it returns a promise: then enough is under way.
   */
  add(labels: Labels, samples: SampleBuffer): Promise<void> | undefined;

  /** Resolves when all that was added is on disk and can be read. */
  flush(): Promise<void>;
}

/** Series that share timestamps. Held by a scrape loop for as long as its target lives. */
export interface SeriesGroup {
  readonly key: string;

  /**
   * The column of that series in this group, given out on first sight and the same from then on for as long as
   * the group is open; columns count from 0. Callers keep it, so that an unchanged scrape costs no look-up.
   */
  column(labels: Labels): number;

  /**
   * Says that the source has the series of that column no more, after its last sample was committed. The column is
   * not to be used again: it may be given to another series. column() with the same labels is a first sight.
   */
  retire(column: number): void;

  /**
   * Says that the source is gone for good, after its last row was committed; the memory kept for it may be freed.
   * The samples stay.
   */
  release(): void;
}

/**
 * The samples of one group at one timestamp. Filled, committed and cleared by its owner, who may use it for ever.
 * Order is free; a column may stand in it once.
 */
export class Row {
  group: SeriesGroup;
  timestampMs: number;
  /** The first `length` entries count, here and in `values`. */
  columns: Uint32Array;
  /** Staleness markers are written with model/stale. */
  values: Float64Array;
  length = 0;
  /** Sparse, by position in this row: the samples that are histograms. */
  histograms: (Histogram | undefined)[] | undefined;
  /** By position, ms, 0 for unknown; undefined where no sample of the row has one. */
  startTimestampsMs: Float64Array | undefined;

  constructor(group: SeriesGroup, timestampMs: number, capacity = 64) {
    this.group = group;
    this.timestampMs = timestampMs;
    this.columns = new Uint32Array(capacity);
    this.values = new Float64Array(capacity);
  }

  /** Empties the row for the next timestamp. */
  reset(timestampMs: number): void {
    this.timestampMs = timestampMs;
    this.length = 0;
    this.histograms = undefined;
    this.startTimestampsMs = undefined;
  }

  add(column: number, value: number): void {
    if (this.length === this.columns.length) this.grow();
    this.columns[this.length] = column;
    this.values[this.length] = value;
    this.length++;
  }

  addHistogram(column: number, histogram: Histogram): void {
    this.histograms ??= [];
    this.histograms[this.length] = histogram;
    this.add(column, 0);
  }

  private grow(): void {
    const capacity = this.columns.length * 2;
    const columns = new Uint32Array(capacity);
    columns.set(this.columns);
    this.columns = columns;
    const values = new Float64Array(capacity);
    values.set(this.values);
    this.values = values;
    if (this.startTimestampsMs) {
      const starts = new Float64Array(capacity);
      starts.set(this.startTimestampsMs);
      this.startTimestampsMs = starts;
    }
  }
}

/** Why a sample was not taken. */
export type Refusal =
  /** Older than the newest sample of its series (and outside the out-of-order window, where there is one). */
  | 'out_of_order'
  /** Same time as the series' newest sample, another value. The same value again is taken as done. */
  | 'duplicate'
  /** Older than the retention. */
  | 'too_old'
  /** Further in the future than the storage takes. */
  | 'out_of_bounds';

export interface CommitReport {
  /** How many samples are in now (repeats of what was there count, too). */
  readonly appended: number;
  readonly refused: Readonly<Record<Refusal, number>>;
  /** The first refused sample, for a message; undefined where all were taken. */
  readonly firstRefused: RefusedSample | undefined;
  /** Series that had no sample before this commit. */
  readonly newSeries: number;
}

export interface RefusedSample {
  readonly refusal: Refusal;
  readonly labels: Labels;
  readonly timestampMs: number;
}

/** A consistent view of a time range, open for one query. Not to be used after close(). */
export interface Querier {
  /**
   * The series that satisfy all matchers and may have samples in the querier's range, sorted by labels, each
   * label set once. Hints may be ignored.
   */
  select(matchers: readonly Matcher[], hints?: SelectHints): SeriesSet;

  /**
   * As select(), in pieces of a few milliseconds: each next() does one, the last returns the set. For whoever may
   * select 100,000 series and has others to serve in between.
   */
  selecting(matchers: readonly Matcher[], hints?: SelectHints): Generator<void, SeriesSet>;

  /** Names of labels on series that satisfy all matchers (none given: on any series), sorted. */
  labelNames(matchers: readonly Matcher[]): string[];

  /** As labelNames(), in pieces like those of selecting(). */
  listingLabelNames(matchers: readonly Matcher[]): Generator<void, string[]>;

  /** Values of one label on series that satisfy all matchers, sorted, without ''. */
  labelValues(name: string, matchers: readonly Matcher[]): string[];

  /** As labelValues(), in pieces like those of selecting(). */
  listingLabelValues(name: string, matchers: readonly Matcher[]): Generator<void, string[]>;

  close(): void;
}

export interface SelectHints {
  /** What the selection is for: the range that will be read at most, so that less may be prepared. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly stepMs?: number;
  /** The function around the selector, where there is one. */
  readonly functionName?: string;
}

export interface SeriesSet {
  /** Sorted, without repeats. The caller may keep it. */
  readonly labels: readonly Labels[];

  /**
   * Clears `into` and fills it with the samples of `labels[index]` with minTimeMs <= t <= maxTimeMs (within the
   * querier's range), staleness markers included. `into` stays the caller's. Reading in ascending order of index
   * is fastest.
   */
  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleBuffer): void;
}

export interface SeriesExemplars {
  readonly labels: Labels;
  readonly exemplars: readonly Exemplar[];
}

export interface StorageStats {
  /** Series with a place in memory. */
  readonly headSeries: number;
  /** Oldest and newest sample time, ms; undefined while empty. */
  readonly minTimeMs: number | undefined;
  readonly maxTimeMs: number | undefined;
  readonly bytesOnDisk: number;
  readonly samplesAppended: number;
}
