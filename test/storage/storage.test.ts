// What the SQLite storage promises beyond the contract's suite: limits in time, failing writes, sealing in the
// background, space that is given back, and its metrics.
import { afterEach, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { type CommitReport, Row, type Storage } from '../../src/storage/contract.ts';
import { StorageError } from '../../src/storage/errors.ts';
import type { StorageOptions } from '../../src/storage/open.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { START_MS, TemporaryStorage } from './temporary-storage.ts';

let temporary: TemporaryStorage[] = [];
const fresh = (options: Partial<StorageOptions> = {}): TemporaryStorage => {
  const made = new TemporaryStorage(options);
  temporary.push(made);
  return made;
};
afterEach(() => {
  for (const one of temporary) one.dispose();
  temporary = [];
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function commit(storage: Storage, timeMs: number, values: Record<string, number>): CommitReport {
  const row = new Row(storage.group('g'), timeMs);
  for (const [name, value] of Object.entries(values))
    row.add(row.group.column(Labels.of({ __name__: name })), value);
  return storage.commit([row]);
}

function timesOf(storage: Storage, name: string): number[] {
  const querier = storage.querier(-1e15, 1e15);
  const set = querier.select([Matcher.equal('__name__', name)]);
  const buffer = new SampleBuffer();
  if (set.labels.length > 0) set.read(0, -1e15, 1e15, buffer);
  querier.close();
  return [...buffer.timestampsMs.subarray(0, buffer.length)];
}

test('samples older than the retention and too far in the future are refused', () => {
  const { storage } = fresh({ retentionMs: HOUR_MS, maxAheadMs: 60_000 });
  expect(commit(storage, START_MS - HOUR_MS - 1, { a: 1 }).refused.too_old).toBe(1);
  expect(commit(storage, START_MS - HOUR_MS, { a: 1 }).appended).toBe(1);
  expect(commit(storage, START_MS + 60_000, { a: 1 }).appended).toBe(1);
  expect(commit(storage, START_MS + 60_001, { a: 1 }).refused.out_of_bounds).toBe(1);
  for (const timeMs of [Number.NaN, 2 ** 63, 1.5e12 + 0.5]) {
    expect(commit(storage, timeMs, { a: 1 }).refused.out_of_bounds).toBe(1);
  }
  expect(timesOf(storage, 'a')).toEqual([START_MS - HOUR_MS, START_MS + 60_000]);
});

test('what was dropped is not taken again', () => {
  const { storage } = fresh();
  commit(storage, 1000, { a: 1 });
  storage.dropBefore(5000);
  expect(commit(storage, 4999, { a: 1 }).refused.too_old).toBe(1);
  expect(commit(storage, 5000, { a: 1 }).appended).toBe(1);
});

test('within the out-of-order window late samples are put in their place, from disk too', () => {
  const opened = fresh({ outOfOrderWindowMs: 10_000, sealRows: 2 });
  for (const timeMs of [20_000, 12_000, 15_000, 30_000, 25_000, 21_000, 20_000, 40_000, 31_000]) {
    expect(commit(opened.storage, timeMs, { a: timeMs }).appended).toBe(1);
  }
  expect(commit(opened.storage, 29_999, { a: 1 }).refused.out_of_order).toBe(1);
  const expected = [12_000, 15_000, 20_000, 21_000, 25_000, 30_000, 31_000, 40_000];
  expect(timesOf(opened.storage, 'a')).toEqual(expected);
  expect(timesOf(opened.reopen(), 'a')).toEqual(expected);
});

test('a batch that can’t be written leaves nothing behind, and the next one is taken', () => {
  const opened = fresh();
  const { storage } = opened;
  commit(storage, 1000, { a: 1 });
  const other = new Database(`${opened.folder}/promlite/head.db`, { busyTimeoutMs: 0 });
  other.execute(`CREATE TRIGGER full_disk BEFORE INSERT ON journal WHEN NEW.time_ms = 3000
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
  const group = storage.group('g');
  const batch = [2000, 3000].map(timeMs => {
    const row = new Row(group, timeMs);
    row.add(group.column(Labels.of({ __name__: 'a' })), timeMs);
    row.add(group.column(Labels.of({ __name__: 'new' })), timeMs);
    return row;
  });
  expect(() => storage.commit(batch)).toThrow(StorageError);
  expect(() => storage.commit(batch)).toThrow('disk is full');
  expect([timesOf(storage, 'a'), timesOf(storage, 'new'), storage.stats().headSeries]).toEqual([
    [1000],
    [],
    1,
  ]);

  other.execute('DROP TRIGGER full_disk');
  other.close();
  expect(storage.commit(batch)).toMatchObject({ appended: 4, newSeries: 1 });
  const expected = [
    [1000, 2000, 3000],
    [2000, 3000],
  ];
  expect([timesOf(storage, 'a'), timesOf(storage, 'new')]).toEqual(expected);
  const reopened = opened.reopen();
  expect([timesOf(reopened, 'a'), timesOf(reopened, 'new')]).toEqual(expected);
});

test('ids of series have 32 bits: when all were given out no new series is taken, and the others go on', () => {
  const opened = fresh();
  commit(opened.storage, 1000, { a: 1 });
  opened.storage.close();
  const head = new Database(`${opened.folder}/promlite/head.db`, { busyTimeoutMs: 0 });
  head.execute(`UPDATE sqlite_sequence SET seq = ${2 ** 32 - 2} WHERE name = 'series'`);
  head.close();
  const storage = opened.open();
  commit(storage, 2000, { last: 1 });
  expect(() => commit(storage, 3000, { a: 1, more: 1 })).toThrow(StorageError);
  expect(() => storage.register(1000)).toThrow('no ids left');
  commit(storage, 4000, { a: 1, last: 1 });
  const all = () => ['a', 'last', 'more'].map(name => timesOf(opened.storage, name));
  expect(all()).toEqual([[1000, 4000], [2000, 4000], []]);
  opened.reopen();
  expect(all()).toEqual([[1000, 4000], [2000, 4000], []]);
});

test('what is sealed only is remembered by the next open: its series, newest times and values', () => {
  const opened = fresh({ sealRows: 2 });
  for (const timeMs of [1000, 2000, 3000, 4000, 5000]) commit(opened.storage, timeMs, { a: timeMs, b: 1 });
  for (let timeMs = 6000; timeMs < 40_000; timeMs += 1000) commit(opened.storage, timeMs, { b: 1 });
  const storage = opened.reopen();
  expect(timesOf(storage, 'a')).toEqual([1000, 2000, 3000, 4000, 5000]);
  expect(commit(storage, 4500, { a: 1 }).refused.out_of_order).toBe(1);
  expect(commit(storage, 5000, { a: 1 }).refused.duplicate).toBe(1);
  expect(commit(storage, 5000, { a: 5000 }).appended).toBe(1);
  const early = storage.querier(0, 999);
  expect(early.select([]).labels).toEqual([]);
  early.close();
});

test('a series that was dropped, and came back in the row that it was in before, is there at the next open', () => {
  const opened = fresh();
  commit(opened.storage, 1000, { a: 1, b: 1 });
  commit(opened.storage, 5000, { b: 1 });
  opened.storage.dropBefore(3000);
  commit(opened.storage, 6000, { a: 2, b: 2 });
  const storage = opened.reopen();
  expect([timesOf(storage, 'a'), timesOf(storage, 'b')]).toEqual([[6000], [5000, 6000]]);
});

test('sealing waits for queriers that could not tell the new samples from theirs', () => {
  const { storage } = fresh({ sealRows: 2 });
  commit(storage, 0, { a: 0 });
  const querier = storage.querier(-1, 1e9);
  for (let i = 1; i < 40; i++) commit(storage, i, { a: i });
  const buffer = new SampleBuffer();
  querier.select([]).read(0, -1, 1e9, buffer);
  expect(buffer.length).toBe(1);
  querier.close();
  for (let i = 40; i < 60; i++) commit(storage, i, { a: i });
  expect(timesOf(storage, 'a')).toHaveLength(60);
});

test('the background seals what is due and lets go of groups that nobody holds', async () => {
  const opened = fresh({ sealRows: 10 });
  const { storage, clock } = opened;
  for (let i = 0; i < 25; i++) commit(storage, i, { a: i });
  const before = rowsInJournal(opened);
  await storage.settled();
  expect([before, rowsInJournal(opened)]).toEqual([25, 1]);

  storage.group('g').release();
  await storage.settled();
  clock.advance(HOUR_MS);
  await storage.settled();
  expect([rowsInJournal(opened), storage.stats().headSeries]).toEqual([0, 1]);
  await storage.settled();
  expect([rowsInJournal(opened), storage.stats().headSeries]).toEqual([0, 0]);
  expect(timesOf(storage, 'a')).toHaveLength(25);
  commit(storage, 25, { a: 25 });
  expect(timesOf(opened.reopen(), 'a')).toHaveLength(26);
});

test('dropping gives the space of days back, and hides what is left of a day', async () => {
  const opened = fresh({ sealRows: 10 });
  const { storage } = opened;
  const names = Array.from({ length: 200 }, (_, i) => `m${i}`);
  const timeMs = (i: number) => START_MS - 40 * DAY_MS + i * (DAY_MS / 10);
  for (let i = 0; i < 400; i++)
    commit(storage, timeMs(i), Object.fromEntries(names.map(name => [name, Math.random()])));
  await storage.settled();
  const before = storage.stats().bytesOnDisk;
  let freed = 0;
  for (let bytes = 1; bytes > 0; freed += bytes) bytes = storage.dropBefore(timeMs(365));
  expect(freed).toBeGreaterThan(200 * 360 * 6.5);
  opened.reopen();
  expect(opened.storage.stats().bytesOnDisk).toBeLessThan(before / 3);
  expect(timesOf(opened.storage, 'm0')).toEqual(Array.from({ length: 35 }, (_, i) => timeMs(365 + i)));
});

test('the metrics have Prometheus’ names', async () => {
  const { storage, registry } = fresh();
  commit(storage, 1000, { a: 1, b: 1 });
  commit(storage, 3000, { a: 1 });
  commit(storage, 2000, { a: 1 });
  storage.dropBefore(2000);
  const text = await registry.metrics();
  for (const line of [
    'prometheus_tsdb_head_series 1',
    'prometheus_tsdb_head_samples_appended_total{type="float"} 3',
    'prometheus_tsdb_out_of_order_samples_total{type="float"} 1',
    'prometheus_tsdb_head_series_created_total 2',
    'prometheus_tsdb_head_series_removed_total 1',
    'prometheus_tsdb_head_min_time 2000',
    'prometheus_tsdb_head_max_time 3000',
    'prometheus_tsdb_lowest_timestamp 2000',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).toMatch(/^prometheus_tsdb_wal_storage_size_bytes [1-9]\d+$/m);
});

function rowsInJournal({ folder }: TemporaryStorage): number {
  const database = new Database(`${folder}/promlite/head.db`, { busyTimeoutMs: 0 });
  const rows = database.prepare<[], { rows: number }>('SELECT count(*) AS rows FROM journal').get()?.rows;
  database.close();
  return rows ?? -1;
}
