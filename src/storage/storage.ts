// The storage over SQLite: puts the parts together behind the contract.

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import type { Cardinality } from '../model/cardinality.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { SampleBuffer } from '../model/sample-buffer.ts';
import { BatchingLoader } from './bulk-loader.ts';
import { type CommitLimits, type CommitOutcome, Committer } from './commit.ts';
import type {
  BulkLoader,
  CommitReport,
  Querier,
  Row,
  SeriesExemplars,
  SeriesGroup,
  StorageLimits,
  StorageStats,
  StoredStorage,
} from './contract.ts';
import { dayOf, startOfDayMs } from './day/day.ts';
import { DayCatalog, databaseBytes } from './day-catalog.ts';
import { dropFromHead } from './drop.ts';
import { StorageError } from './errors.ts';
import { ExemplarRing } from './exemplars.ts';
import type { HeldFolder } from './folder.ts';
import { asStorageError, openHeadFile } from './head/head-file.ts';
import { HeadTables } from './head/head-tables.ts';
import { Journal } from './head/journal.ts';
import { countCardinality } from './index/cardinality.ts';
import { loadState } from './load.ts';
import type { Maintainer, Task } from './maintenance/contract.ts';
import { ReportingMaintainer } from './maintenance/reporting.ts';
import { type StorageFigures, StorageMetrics } from './metrics.ts';
import { StoredQuerier } from './read/querier.ts';
import { registerNewcomers } from './register.ts';
import { Sealer } from './sealer.ts';
import { snapshotName } from './snapshot-name.ts';
import { type RowSizes, StorageState } from './state.ts';
import { type Deletion, Tombstones } from './tombstones.ts';
import { Upkeep } from './upkeep.ts';

/** As Prometheus, until configure() says otherwise. */
const EXEMPLARS = 100_000;

/** What a commit writes beside its samples, about: whole pages of the tables that it touches. */
const COMMIT_OVERHEAD_BYTES = 12 * 1024;

const SNAPSHOTS_FOLDER = 'snapshots';

export interface StorageParts {
  readonly folder: HeldFolder;
  readonly limits: CommitLimits;
  /** Rows of a group that are sealed together. */
  readonly sizes: RowSizes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  /** Starts the maintenance; called when head.db is there. */
  readonly maintainer: () => Maintainer;
}

export class SqliteStorage implements StoredStorage {
  private readonly folder: HeldFolder;
  private readonly state: StorageState;
  private readonly clock: Clock;
  private readonly committer: Committer;
  private readonly maintainer: Maintainer;
  private readonly sealer: Sealer;
  private readonly upkeep: Upkeep;
  private readonly exemplarRing = new ExemplarRing(EXEMPLARS);
  private readonly metrics: StorageMetrics;

  /** Reads what is there. Throws StorageError; the folder stays the caller's then. */
  constructor({ folder, limits, sizes, clock, log, registry, maintainer }: StorageParts) {
    this.folder = folder;
    this.clock = clock;
    const wasClean = !existsSync(`${folder.headFile}-wal`);
    const beganMs = clock.monotonicMs();
    let damages = 0;
    let noteDamage = (): void => void damages++;
    this.state = openState(folder, sizes, log, () => noteDamage());
    const { state } = this;
    this.metrics = new StorageMetrics(
      registry,
      () => this.stats(),
      () => figuresOf(state, folder),
    );
    this.metrics.watchExemplars(this.exemplarRing);
    const metrics = this.metrics.maintenance;
    metrics.noteOpened(wasClean, clock.monotonicMs() - beganMs);
    metrics.noteCorruptions(damages);
    noteDamage = () => metrics.noteCorruptions(1);
    this.maintainer = new ReportingMaintainer(maintainer(), state.days.noteDamaged);
    const forgotten = (seriesIds: Uint32Array) => {
      this.metrics.noteRemovedSeries(seriesIds.length);
      this.maintainer.post({ kind: 'forget', seriesIds }, () => {});
    };
    const journal = new Journal(state, clock, forgotten);
    this.committer = new Committer(state, limits, clock);
    const parts = { state, journal, maintainer: this.maintainer, metrics, clock, log };
    this.sealer = new Sealer(parts);
    this.upkeep = new Upkeep({ ...parts, sealer: this.sealer });
  }

  group(key: string): SeriesGroup {
    this.checkOpen();
    const group = this.state.openGroup(key);
    group.held = true;
    group.unheldSinceMs = undefined;
    return group;
  }

  register(budgetMs: number): boolean {
    this.checkOpen();
    return registerNewcomers(this.state, this.clock, budgetMs);
  }

  configure({ outOfOrderWindowMs, maxExemplars }: StorageLimits): void {
    this.committer.setOutOfOrderWindow(outOfOrderWindowMs);
    this.exemplarRing.resize(maxExemplars);
  }

  commit(rows: readonly Row[]): CommitReport {
    this.checkOpen();
    const { report, groups, bytes } = this.committed(rows);
    this.upkeep.noteCommit(groups, bytes > 0 ? bytes + COMMIT_OVERHEAD_BYTES : 0);
    return report;
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
    return this.exemplarRing.select(matcherLists, Math.max(minTimeMs, this.state.floorMs), maxTimeMs);
  }

  deleteSeries(matcherLists: readonly (readonly Matcher[])[], minTimeMs: number, maxTimeMs: number): void {
    this.checkOpen();
    const querier = this.querier(minTimeMs, maxTimeMs);
    const found = new Map<string, Deletion>();
    try {
      const samples = new SampleBuffer();
      for (const matchers of matcherLists) {
        const set = querier.select(matchers);
        set.labels.forEach((labels, index) => {
          if (found.has(labels.key)) return;
          set.read(index, minTimeMs, maxTimeMs, samples);
          if (samples.length === 0) return;
          found.set(labels.key, {
            labels,
            minMs: minTimeMs,
            maxMs: samples.timestampsMs[samples.length - 1],
          });
        });
      }
    } finally {
      querier.close();
    }
    this.writing('series can’t be deleted', () => this.state.tombstones.add([...found.values()]));
  }

  async cleanTombstones(): Promise<void> {
    this.checkOpen();
    const beganMs = this.clock.monotonicMs();
    try {
      await this.upkeep.finishAll();
      this.metrics.maintenance.noteCleanup(this.clock.monotonicMs() - beganMs);
    } catch (thrown) {
      throw new StorageError('write_failed', `days can't be written anew: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
  }

  async snapshot(skipHead: boolean): Promise<string> {
    this.checkOpen();
    const name = snapshotName(this.clock.nowMs());
    const snapshots = join(this.folder.dataPath, SNAPSHOTS_FOLDER);
    const unfinished = join(snapshots, `.${randomUUID()}`);
    this.writing('a snapshot can’t be made', () => mkdirSync(unfinished, { recursive: true }));
    try {
      await this.done({ kind: 'snapshot', folder: unfinished, skipHead });
      renameSync(unfinished, join(snapshots, name));
    } catch (thrown) {
      rmSync(unfinished, { recursive: true, force: true });
      throw thrown;
    }
    return name;
  }

  dropBefore(timeMs: number): number {
    this.checkOpen();
    return this.writing('old samples can’t be dropped', () => {
      const { state } = this;
      state.floorMs = Math.max(state.floorMs, timeMs);
      // Days first: on a full disk that makes the room which the rest needs.
      const dayBytes = this.dropDays(dayOf(state.floorMs));
      const { bytes, series } = dropFromHead(state);
      this.metrics.noteRemovedSeries(series);
      return dayBytes + bytes;
    });
  }

  dropBeyond(limitBytes: number): number {
    this.checkOpen();
    let bytes = 0;
    let excess = this.stats().bytesOnDisk - limitBytes;
    for (let day = this.state.days.oldestSpare; day !== undefined; day = this.state.days.oldestSpare) {
      if (excess <= 0) break;
      const freed = this.dropBefore(startOfDayMs(day + 1));
      excess -= freed;
      bytes += freed;
    }
    return bytes;
  }

  cardinality(limit: number): Promise<Cardinality> {
    this.checkOpen();
    return countCardinality(this.state.index, limit);
  }

  bulkLoader(): BulkLoader {
    this.checkOpen();
    return new BatchingLoader(async series => {
      this.checkOpen();
      await this.done({ kind: 'load', series });
    });
  }

  settled(): Promise<void> {
    this.checkOpen();
    return this.upkeep.settled();
  }

  stats(): StorageStats {
    const { days, liveSeries, minTimeMs, maxTimeMs, samplesAppended } = this.state;
    const isEmpty = liveSeries === 0 && days.size === 0;
    return {
      headSeries: liveSeries,
      minTimeMs: isEmpty ? undefined : minTimeMs,
      maxTimeMs: isEmpty ? undefined : maxTimeMs,
      bytesOnDisk: databaseBytes(this.folder.headFile) + days.bytesOnDisk(),
      samplesAppended,
    };
  }

  close(): void {
    if (this.state.closed) return;
    this.state.closed = true;
    this.upkeep.stop();
    this.maintainer.close();
    this.metrics.close();
    this.state.days.close();
    // The last connection that closes brings the write-ahead log into the file.
    this.state.tables.database.close();
    this.folder.release();
  }

  private committed(rows: readonly Row[]): CommitOutcome {
    const beganMs = this.clock.monotonicMs();
    try {
      const outcome = this.committer.commit(rows);
      const durationMs = this.clock.monotonicMs() - beganMs;
      this.metrics.noteCommit(outcome.report, outcome.histograms, { ...outcome, durationMs });
      return outcome;
    } catch (thrown) {
      this.metrics.noteFailedCommit();
      throw thrown;
    }
  }

  private dropDays(beforeDay: number): number {
    let bytes = 0;
    for (const gone of this.state.days.takeBefore(beforeDay)) {
      this.maintainer.post({ kind: 'drop', day: gone.day }, () => {});
      bytes += gone.bytes;
    }
    return bytes;
  }

  /** Has a task done that changes days; throws StorageError where it could not be. */
  private async done(task: Task): Promise<void> {
    const answer = await this.upkeep.post(task);
    if ('failure' in answer) throw new StorageError('write_failed', answer.failure);
    const { state } = this;
    for (const change of answer.days) {
      state.days.changed(change, this.clock.monotonicMs());
      state.noteTime(change.minTimeMs);
      state.noteTime(change.maxTimeMs);
      state.releasedMaxMs = Math.max(state.releasedMaxMs, change.maxTimeMs);
    }
  }

  private writing<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw new StorageError('write_failed', `${what}: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  private checkOpen(): void {
    if (this.state.closed) throw new StorageError('closed', 'the storage is closed');
  }
}

function figuresOf(state: StorageState, { headFile }: HeldFolder): StorageFigures {
  let headChunks = 0;
  for (const { segments } of state.groups.values()) {
    for (const { layout } of segments) headChunks += layout.width;
  }
  return {
    headChunks,
    dayFiles: state.days.size,
    dayFileBytes: state.days.bytesOnDisk(),
    journalBytes: databaseBytes(headFile),
  };
}

function openState(folder: HeldFolder, sizes: RowSizes, log: Logger, noteDamage: () => void): StorageState {
  const database = openHeadFile(folder.headFile);
  let days: DayCatalog | undefined;
  try {
    const tables = new HeadTables(database);
    days = new DayCatalog(folder.daysFolder, log, noteDamage);
    const state = new StorageState(tables, days, new Tombstones(tables), sizes);
    loadState(state);
    return state;
  } catch (thrown) {
    days?.close();
    database.close();
    throw asStorageError(thrown, folder.headFile);
  }
}
