// The storage over SQLite: puts the parts together behind the contract, and does the work between commits.

import { statSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { ChunkCache } from './chunk/chunk-cache.ts';
import { type CommitLimits, Committer } from './commit.ts';
import type {
  CommitReport,
  Querier,
  Row,
  SeriesExemplars,
  SeriesGroup,
  Storage,
  StorageLimits,
  StorageStats,
} from './contract.ts';
import { dropBefore } from './drop.ts';
import { StorageError } from './errors.ts';
import { ExemplarRing } from './exemplars.ts';
import type { HeldFolder } from './folder.ts';
import { loadState } from './load.ts';
import { StorageMetrics } from './metrics.ts';
import { StoredQuerier } from './read/querier.ts';
import { Sealer } from './seal.ts';
import { openDataFile } from './sqlite/schema.ts';
import { Tables } from './sqlite/tables.ts';
import { StorageState } from './state.ts';

const CHUNK_CACHE_BYTES = 32 * 1024 * 1024;
const EXEMPLARS = 20_000;
const MAINTENANCE_EVERY_MS = 1000;
const MAINTENANCE_PAUSE_MS = 10;
const SEAL_BUDGET_MS = 10;
const CHECKPOINT_EVERY_MS = 5000;

/** What a commit writes beside its samples, about: whole pages of the tables that it touches. */
const COMMIT_OVERHEAD_BYTES = 12 * 1024;

/** With that much written since the last checkpoint the next one does not wait for the timer. */
const CHECKPOINT_AT_BYTES = 8 * 1024 * 1024;

export interface StorageParts {
  readonly folder: HeldFolder;
  readonly limits: CommitLimits;
  /** Rows of a group that are sealed together. */
  readonly segmentRows: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}

export class SqliteStorage implements Storage {
  private readonly folder: HeldFolder;
  private readonly state: StorageState;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly committer: Committer;
  private readonly sealer: Sealer;
  private readonly exemplarRing = new ExemplarRing(EXEMPLARS);
  private readonly metrics: StorageMetrics;
  private bytesSinceCheckpoint = 0;
  private checkpointedMs: number;
  private timer: NodeJS.Timeout;
  /** The timer is set to come soon. */
  private hastened = false;

  /** Reads what is there. Throws StorageError; the folder stays the caller's then. */
  constructor({ folder, limits, segmentRows, clock, log, registry }: StorageParts) {
    this.folder = folder;
    this.clock = clock;
    this.log = log;
    this.checkpointedMs = clock.monotonicMs();
    const tables = new Tables(openDataFile(folder.dataFile));
    this.state = new StorageState(tables, new ChunkCache(tables, CHUNK_CACHE_BYTES), segmentRows);
    try {
      loadState(this.state);
    } catch (thrown) {
      tables.database.close();
      throw new StorageError('folder_unusable', `can't read ${folder.dataFile}: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
    this.committer = new Committer(this.state, limits, clock);
    this.sealer = new Sealer(this.state, clock);
    this.metrics = new StorageMetrics(registry, () => this.stats());
    this.timer = this.schedule(MAINTENANCE_EVERY_MS);
  }

  group(key: string): SeriesGroup {
    this.checkOpen();
    const group = this.state.openGroup(key);
    group.held = true;
    group.unheldSinceMs = undefined;
    return group;
  }

  commit(rows: readonly Row[]): CommitReport {
    this.checkOpen();
    const { report, groups, histograms, bytes } = this.committer.commit(rows);
    this.metrics.noteCommit(report, histograms);
    if (bytes > 0) this.bytesSinceCheckpoint += bytes + COMMIT_OVERHEAD_BYTES;
    try {
      if (this.sealer.noteGrown(groups) && !this.hastened) this.hasten();
      if (this.bytesSinceCheckpoint > CHECKPOINT_AT_BYTES) this.checkpoint();
    } catch (thrown) {
      // The samples are safe in the journal.
      this.logFailure(thrown);
    }
    return report;
  }

  /** Nothing is written ahead: commits do. */
  register(): boolean {
    this.checkOpen();
    return true;
  }

  configure({ outOfOrderWindowMs }: StorageLimits): void {
    this.committer.setOutOfOrderWindow(outOfOrderWindowMs);
  }

  querier(minTimeMs: number, maxTimeMs: number): Querier {
    this.checkOpen();
    return new StoredQuerier(this.state, minTimeMs, maxTimeMs, this.clock.monotonicMs());
  }

  appendExemplar(series: Labels, exemplar: Exemplar): void {
    this.exemplarRing.append(series, exemplar);
  }

  exemplars(
    matcherLists: readonly (readonly Matcher[])[],
    minTimeMs: number,
    maxTimeMs: number,
  ): SeriesExemplars[] {
    return this.exemplarRing.select(matcherLists, minTimeMs, maxTimeMs);
  }

  dropBefore(timeMs: number): number {
    this.checkOpen();
    this.sealer.abandon();
    try {
      const { bytes, series } = dropBefore(this.state, timeMs);
      this.metrics.noteRemovedSeries(series);
      return bytes;
    } catch (thrown) {
      throw new StorageError('write_failed', `old samples can't be dropped: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
  }

  stats(): StorageStats {
    const { index, minTimeMs, maxTimeMs, samplesAppended } = this.state;
    const { dataFile } = this.folder;
    return {
      headSeries: index.size,
      minTimeMs: index.size === 0 ? undefined : minTimeMs,
      maxTimeMs: index.size === 0 ? undefined : maxTimeMs,
      bytesOnDisk: fileBytes(dataFile) + fileBytes(`${dataFile}-wal`),
      samplesAppended,
    };
  }

  close(): void {
    if (this.state.closed) return;
    this.state.closed = true;
    clearTimeout(this.timer);
    this.metrics.close();
    // The last connection that closes brings the write-ahead log into the data file.
    this.state.tables.database.close();
    this.folder.release();
  }

  private checkOpen(): void {
    if (this.state.closed) throw new StorageError('closed', 'the storage is closed');
  }

  private schedule(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => this.maintain(), afterMs).unref();
  }

  /** A little of the work that waits; comes back soon while there is more. */
  private maintain(): void {
    let more = false;
    try {
      this.sealer.collectUnheld();
      more = this.sealer.work(SEAL_BUDGET_MS);
      if (this.clock.monotonicMs() - this.checkpointedMs >= CHECKPOINT_EVERY_MS) this.checkpoint();
    } catch (thrown) {
      this.logFailure(thrown);
    }
    this.hastened = more;
    this.timer = this.schedule(more ? MAINTENANCE_PAUSE_MS : MAINTENANCE_EVERY_MS);
  }

  private hasten(): void {
    clearTimeout(this.timer);
    this.hastened = true;
    this.timer = this.schedule(MAINTENANCE_PAUSE_MS);
  }

  private logFailure(thrown: unknown): void {
    this.log.error({ err: messageOf(thrown) }, 'Maintenance of the data file failed; it will be tried again');
  }

  private checkpoint(): void {
    this.checkpointedMs = this.clock.monotonicMs();
    this.bytesSinceCheckpoint = 0;
    this.state.tables.database.pragma('wal_checkpoint(PASSIVE)');
  }
}

function fileBytes(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
