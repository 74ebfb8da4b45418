// What the parts of the storage share: the registry and index of live series, the groups in memory, the day files,
// and the few numbers that say how far things are. A plain bag; those who change it are commit.ts, sealer.ts,
// drop.ts, load.ts.

import type { DayCatalog } from './day-catalog.ts';
import { ArrayPool } from './head/array-pool.ts';
import { HeadGroup } from './head/group.ts';
import type { HeadTables } from './head/head-tables.ts';
import type { Segment } from './head/segment.ts';
import { LabelIndex } from './index/label-index.ts';
import type { View } from './read/view.ts';
import { SeriesRegistry } from './series.ts';
import type { SeriesList } from './series-list.ts';
import type { Tombstones } from './tombstones.ts';

/** Of arrays for rows that are kept for use. */
const POOLED_BYTES = 12 * 1024 * 1024;

/** Rows leave memory by the segment, so that is the shorter one: little stays longer than it should. */
const SEGMENTS_A_SEAL = 3;

/** How rows are kept in memory. */
export interface RowSizes {
  /** Rows of a group that are sealed together. */
  readonly sealRows: number;
  /** A full segment of fewer values is not packed. */
  readonly packFromCells: number;
}

export class StorageState {
  readonly tables: HeadTables;
  readonly days: DayCatalog;
  readonly tombstones: Tombstones;
  /** Rows of a group that are sealed together. */
  readonly sealRows: number;
  /** Rows that one segment takes. */
  readonly segmentRows: number;
  readonly packFromCells: number;
  readonly arrays = new ArrayPool(POOLED_BYTES);
  readonly registry = new SeriesRegistry();
  readonly index = new LabelIndex();
  /** Groups in memory, by key. */
  readonly groups = new Map<string, HeadGroup>();
  /** Rows of groups in head.db, by key and by id. */
  readonly groupIds = new Map<string, number>();
  readonly groupKeys = new Map<number, string>();
  readonly openViews = new Set<View>();
  /** Refs of series with a column that have no row in head.db yet. */
  readonly newcomers = new Set<number>();
  /** Series that an open has found without a group: they wait for theirs to come back. */
  homeless: SeriesList | undefined;
  /** Series of the head that have samples. */
  liveSeries = 0;
  /** Nothing older is shown or taken. */
  floorMs = Number.NEGATIVE_INFINITY;
  /** Of what is, or was, in the head since the start, and of the day files then. */
  minTimeMs = Number.POSITIVE_INFINITY;
  maxTimeMs = Number.NEGATIVE_INFINITY;
  /** No sample that is newer is in day files only. */
  releasedMaxMs = Number.NEGATIVE_INFINITY;
  /** Number of the last commit. */
  commit = 0;
  /** Rises whenever rows of the head are in day files. */
  sealGeneration = 0;
  /** Memory of rows that are in no day file. */
  unsealedBytes = 0;
  samplesAppended = 0;
  closed = false;

  constructor(tables: HeadTables, days: DayCatalog, tombstones: Tombstones, sizes: RowSizes) {
    this.tables = tables;
    this.days = days;
    this.tombstones = tombstones;
    this.sealRows = sizes.sealRows;
    this.segmentRows = Math.ceil(sizes.sealRows / SEGMENTS_A_SEAL);
    this.packFromCells = sizes.packFromCells;
  }

  /**
   * Whether every open querier sees all rows of the segments (in day files commits are not told apart). Queriers
   * that were opened before `sinceMs` are not waited for.
   */
  maySeal(segments: readonly Segment[], sinceMs: number): boolean {
    const newest = Math.max(...segments.map(segment => segment.lastCommit));
    for (const view of this.openViews) if (view.openedMs >= sinceMs && view.commit < newest) return false;
    return true;
  }

  /** Whether every open querier that may read the sealed segment finds its samples in day files. */
  mayRelease(segment: Segment, sinceMs: number): boolean {
    for (const view of this.openViews) {
      if (view.openedMs < sinceMs) continue;
      if (view.minTimeMs > segment.maxTimeMs || view.maxTimeMs < segment.minTimeMs) continue;
      if (!view.usesDays || view.generation < segment.sealedIn) return false;
    }
    return true;
  }

  noteTime(timestampMs: number): void {
    if (timestampMs < this.minTimeMs) this.minTimeMs = timestampMs;
    if (timestampMs > this.maxTimeMs) this.maxTimeMs = timestampMs;
  }

  /** The group of that key in memory, put there where it is not. */
  openGroup(key: string): HeadGroup {
    const known = this.groups.get(key);
    if (known) return known;
    const group = new HeadGroup(key, this.groupIds.get(key) ?? 0, this);
    this.groups.set(key, group);
    return group;
  }

  noteGroup(key: string, id: number): void {
    this.groupIds.set(key, id);
    this.groupKeys.set(id, key);
  }

  /** Removes the row of a group that is not in memory. */
  removeGroupRow(id: number): void {
    const key = this.groupKeys.get(id);
    if (key === undefined || this.groups.has(key)) return;
    this.groupIds.delete(key);
    this.groupKeys.delete(id);
    this.tables.deleteGroup(id);
  }

  /** Puts the series, which has a row in head.db now, into the index. It is shown once it has samples. */
  showSeries(ref: number): void {
    this.newcomers.delete(ref);
    this.index.add(ref, this.registry.labels(ref));
  }

  /** The series has no samples any more that may be shown. */
  noteEmpty(ref: number): void {
    const { lastTimesMs, minTimesMs, lastHistograms } = this.registry.columns;
    if (lastTimesMs[ref] === Number.NEGATIVE_INFINITY) return;
    lastTimesMs[ref] = Number.NEGATIVE_INFINITY;
    minTimesMs[ref] = Number.POSITIVE_INFINITY;
    lastHistograms.delete(ref);
    this.liveSeries--;
  }

  /** Takes series, whose rows in head.db are gone, out of the index, and out of the registry where no group has them. */
  removeSeries(refs: readonly number[]): void {
    const { registry } = this;
    const { ids } = registry.columns;
    for (const ref of refs) {
      this.noteEmpty(ref);
      if (ids[ref] !== 0) this.index.remove(ref, registry.labels(ref));
      ids[ref] = 0;
      this.newcomers.delete(ref);
      registry.closeIfUnused(ref);
    }
  }
}
