// A crash between any two steps of seal, merge, rewrite, swap and retention: the folder as it was then is opened, has
// everything once, and is tidied up.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row } from '../../src/storage/contract.ts';
import { parseDayFileName } from '../../src/storage/day/day.ts';
import { holdFolder } from '../../src/storage/folder.ts';
import type { Answer, Maintainer, MaintenanceOptions, Task } from '../../src/storage/maintenance/contract.ts';
import { Maintenance } from '../../src/storage/maintenance/maintenance.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { SqliteStorage } from '../../src/storage/storage.ts';
import { addToRow, faultsOf, indexOf, SERIES } from './life/samples.ts';
import { TemporaryStorage } from './temporary-storage.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_MS = Date.UTC(2001, 0, 1) + 137;

/** The maintenance on this thread, that stops after each of its steps. */
class SteppingMaintainer implements Maintainer {
  private readonly maintenance: Maintenance;
  private readonly stepped: (what: string) => void;

  constructor(options: MaintenanceOptions, stepped: (what: string) => void) {
    this.maintenance = new Maintenance(options);
    this.stepped = stepped;
  }

  post(task: Task, done: (answer: Answer) => void): void {
    this.maintenance.post(task, answer => {
      this.stepped(`${task.kind} done`);
      done(answer);
      this.stepped(`${task.kind} answered`);
    });
    let more = true;
    while (more) {
      more = this.maintenance.work();
      this.stepped(`slice after ${task.kind}`);
    }
  }

  close(): void {
    this.maintenance.close();
  }
}

/** A folder as a crash would have left it. */
interface Wreck {
  readonly what: string;
  readonly folder: string;
  /** Of the rows that were committed. */
  readonly timesMs: readonly number[];
  /** Samples before it may be gone: dropping them had begun. */
  readonly droppingMs: number;
  /** Samples before it are gone. */
  readonly floorMs: number;
}

class Crashing {
  readonly wrecks: Wreck[] = [];
  readonly clock = new ManualClock(FIRST_MS);
  readonly storage: SqliteStorage;
  private readonly root = mkdtempSync(join(tmpdir(), 'promlite-crash-'));
  private readonly timesMs: number[] = [];
  private droppingMs = Number.NEGATIVE_INFINITY;
  private floorMs = Number.NEGATIVE_INFINITY;
  private isWatching = false;

  constructor() {
    const folder = holdFolder(join(this.root, 'data'), silentLogger);
    this.storage = new SqliteStorage({
      folder,
      limits: { retentionMs: Number.POSITIVE_INFINITY, outOfOrderWindowMs: 0, maxAheadMs: 0 },
      sizes: { sealRows: 4, packFromCells: 1 },
      clock: this.clock,
      log: silentLogger,
      registry: new Registry(),
      maintainer: () => new SteppingMaintainer(folder, what => this.keep(what)),
    });
    this.watchTransactions();
  }

  /** Rows of all series. */
  commit(rows: number, everyMs: number): void {
    for (let i = 0; i < rows; i++) {
      const row = new Row(this.storage.group('g'), this.clock.nowMs());
      for (let k = 0; k < SERIES.length; k++) addToRow(row, k);
      this.timesMs.push(row.timestampMs);
      this.storage.commit([row]);
      this.clock.advance(everyMs);
    }
  }

  dropBefore(timeMs: number): void {
    this.droppingMs = timeMs;
    while (this.storage.dropBefore(timeMs) > 0);
    this.floorMs = timeMs;
  }

  /** Keeps a copy of the folder after each step of the work. */
  async watch(work: () => Promise<void> | void): Promise<string[]> {
    const from = this.wrecks.length;
    this.isWatching = true;
    await work();
    this.isWatching = false;
    return this.wrecks.slice(from).map(({ what }) => what);
  }

  dispose(): void {
    this.storage.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** What the main thread writes is a step, too. */
  private watchTransactions(): void {
    const { database } = (this.storage as unknown as { state: { tables: HeadTables } }).state.tables;
    const transaction = database.transaction.bind(database);
    database.transaction = work => {
      const result = transaction(work);
      this.keep('transaction');
      return result;
    };
  }

  private keep(what: string): void {
    if (!this.isWatching) return;
    const folder = join(this.root, `wreck-${this.wrecks.length}`);
    cpSync(join(this.root, 'data'), folder, { recursive: true });
    const { droppingMs, floorMs } = this;
    this.wrecks.push({ what, folder, timesMs: [...this.timesMs], droppingMs, floorMs });
  }
}

interface HeadTables {
  readonly database: { transaction<T>(work: () => T): T };
}

function expectWhole({ what, folder, timesMs, droppingMs, floorMs }: Wreck): void {
  const opened = new TemporaryStorage({ folder, clock: new ManualClock(FIRST_MS + 30 * DAY_MS) });
  const querier = opened.storage.querier(0, FIRST_MS + 60 * DAY_MS);
  const set = querier.select([]);
  const samples = new SampleBuffer();
  const required = timesMs.filter(timeMs => timeMs >= droppingMs);
  set.labels.forEach((labels, i) => {
    set.read(i, 0, FIRST_MS + 60 * DAY_MS, samples);
    expect([what, faultsOf(samples, indexOf(labels))]).toEqual([what, []]);
    const found = [...samples.timestampsMs.subarray(0, samples.length)];
    expect([what, found.filter(timeMs => timeMs >= droppingMs)]).toEqual([what, required]);
    for (const timeMs of found) {
      expect(timesMs).toContain(timeMs);
      expect(timeMs).toBeGreaterThanOrEqual(floorMs);
    }
  });
  expect([what, set.labels.length]).toEqual([what, SERIES.length]);
  querier.close();
  opened.storage.close();
  const names = readdirSync(join(folder, 'promlite', 'days'));
  const days = names.flatMap(name => parseDayFileName(name)?.day ?? []);
  expect([what, new Set(days).size]).toEqual([what, days.length]);
  // SQLite's files beside a day file go when it is written to again.
  const others = names.filter(name => !parseDayFileName(name.replace(/-(wal|shm)$/, '')));
  const orphans = names.filter(name => !names.includes(name.replace(/-(wal|shm)$/, '')));
  expect([what, others, orphans]).toEqual([what, [], []]);
}

/** Whether a merge has come as far as the file. */
function hasMerged(folder: string): boolean {
  const database = new Database(join(folder, 'promlite', 'days', '2001-01-01.db'), { busyTimeoutMs: 0 });
  const merged = database.prepare<[], number>('SELECT count(*) FROM chunks WHERE span = 1', 'value').get();
  database.close();
  return merged !== 0;
}

let crashing: Crashing | undefined;
afterEach(() => crashing?.dispose());

test('a crash between any two steps leaves everything, once, and nothing besides', {
  timeout: 60_000,
}, async () => {
  crashing = new Crashing();
  const { storage, clock } = crashing;
  crashing.commit(10, HOUR_MS);
  const seals = await crashing.watch(() => storage.settled());
  expect(seals).toEqual(expect.arrayContaining(['seal done', 'seal answered', 'transaction']));

  for (let i = 0; i < 16; i++) {
    crashing.commit(5, 60_000);
    // The sixteenth chunk has them merged.
    if (i < 12) await storage.settled();
    else await crashing.watch(() => storage.settled());
  }
  expect(crashing.wrecks.some(({ folder }) => hasMerged(folder))).toBe(true);

  clock.advance(2 * DAY_MS);
  crashing.commit(20, HOUR_MS);
  const rewrites = await crashing.watch(() => storage.settled());
  expect(rewrites).toEqual(
    expect.arrayContaining(['slice after rewrite', 'rewrite done', 'rewrite answered']),
  );
  clock.advance(60_000);
  await crashing.watch(() => storage.settled());

  storage.deleteSeries([[]], 0, 1);
  const drops = await crashing.watch(() => crashing?.dropBefore(FIRST_MS + 2 * DAY_MS + 5 * HOUR_MS));
  expect(drops).toEqual(expect.arrayContaining(['transaction', 'drop done', 'drop answered']));
  expect(crashing.wrecks.length).toBeGreaterThan(30);
  for (const wreck of crashing.wrecks) expectWhole(wreck);
});
