// A journal that is torn or damaged: up to where its log is whole everything is there, nothing wrong is answered, and a
// head file that can't be read is refused with what to do, and left as it is.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row } from '../../src/storage/contract.ts';
import { StorageError } from '../../src/storage/errors.ts';
import { HeadTables } from '../../src/storage/head/head-tables.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { addToRow, faultsOf, indexOf, SERIES } from './life/samples.ts';
import { START_MS, TemporaryStorage } from './temporary-storage.ts';

const ROWS = 40;
/** Of these the oldest are in a day file. */
const timesMs = Array.from({ length: ROWS }, (_, i) => START_MS + i * 1000);

let root: string;
let live: TemporaryStorage;
/** The folder as a kill would leave it, the log of head.db longer than the file. */
let killed: string;
let sealed: number;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'promlite-journal-'));
  killed = join(root, 'killed');
  live = new TemporaryStorage({ folder: join(root, 'live'), sealRows: 10 });
  for (const [i, timeMs] of timesMs.entries()) {
    commitAt(live, timeMs);
    if (i === 20) await live.storage.settled();
  }
  cpSync(live.folder, killed, { recursive: true });
  sealed = await skippingHead(live);
  expect(sealed).toBeGreaterThan(5);
});
afterAll(() => {
  live.storage.close();
  rmSync(root, { recursive: true, force: true });
});

function commitAt({ storage }: TemporaryStorage, timeMs: number): void {
  const row = new Row(storage.group('g'), timeMs);
  for (let k = 0; k < SERIES.length; k++) addToRow(row, k);
  storage.commit([row]);
}

/** How many rows are in day files. */
async function skippingHead({ storage, folder }: TemporaryStorage): Promise<number> {
  const snapshot = join(folder, 'snapshots', await storage.snapshot(true));
  const copy = new TemporaryStorage({ folder: snapshot });
  const rows = rowsOf(copy);
  copy.dispose();
  return rows.length;
}

/** The times at which there are samples, which must be right, and there for all series. */
function rowsOf({ storage }: TemporaryStorage): number[] {
  const querier = storage.querier(0, START_MS * 2);
  const set = querier.select([]);
  const samples = new SampleBuffer();
  const found = set.labels.map((labels, i) => {
    set.read(i, 0, START_MS * 2, samples);
    expect(faultsOf(samples, indexOf(labels))).toEqual([]);
    return [...samples.timestampsMs.subarray(0, samples.length)];
  });
  querier.close();
  for (const times of found) expect(times).toEqual(found[0]);
  if (found.length > 0) expect(found).toHaveLength(SERIES.length);
  return found[0] ?? [];
}

/** A copy of the killed folder with another head file or log. */
function copyWith(name: 'head.db' | 'head.db-wal', change: (bytes: Buffer) => Buffer): string {
  const folder = join(root, 'copy');
  rmSync(folder, { recursive: true, force: true });
  cpSync(killed, folder, { recursive: true });
  const file = join(folder, 'promlite', name);
  writeFileSync(file, change(readFileSync(file)));
  return folder;
}

/** What a storage with that folder has is a beginning of what was committed, all that is sealed included; it goes on. */
function expectBeginning(folder: string): number {
  const opened = new TemporaryStorage({ folder, clock: new ManualClock(START_MS + 60_000) });
  try {
    const rows = rowsOf(opened);
    expect(rows).toEqual(timesMs.slice(0, rows.length));
    expect(rows.length).toBeGreaterThanOrEqual(sealed);
    commitAt(opened, START_MS + 50_000);
    opened.reopen();
    expect(rowsOf(opened)).toEqual([...rows, START_MS + 50_000]);
    return rows.length;
  } finally {
    opened.storage.close();
  }
}

const anyShare = fc.nat({ max: 10_000 }).map(tenThousandths => tenThousandths / 10_000);

test('a log that is cut off anywhere gives all that was committed before', () => {
  const lengths = new Set<number>();
  fc.assert(
    fc.property(anyShare, share => {
      const folder = copyWith('head.db-wal', bytes => bytes.subarray(0, Math.floor(share * bytes.length)));
      lengths.add(expectBeginning(folder));
    }),
    { numRuns: 40, examples: [[0], [0.999], [1]] },
  );
  expect(Math.max(...lengths)).toBe(ROWS);
  expect(lengths.size).toBeGreaterThan(3);
});

test('a log in which bits are flipped gives all that was committed before', () => {
  fc.assert(
    fc.property(anyShare, fc.nat({ max: 7 }), (share, bit) => {
      const folder = copyWith('head.db-wal', bytes => {
        bytes[Math.floor(share * (bytes.length - 1))] ^= 1 << bit;
        return bytes;
      });
      expectBeginning(folder);
    }),
    { numRuns: 25 },
  );
});

test('a head file that can’t be read is refused with what to do, and left as it is', () => {
  for (const change of [
    (bytes: Buffer) => bytes.subarray(0, 5000),
    (bytes: Buffer) => bytes.fill(0xaa, 4096),
    (bytes: Buffer) => bytes.fill(0xaa, 100, 120),
  ]) {
    const folder = damagedHead(change);
    const file = join(folder, 'promlite', 'head.db');
    const before = readFileSync(file);
    expect(() => new TemporaryStorage({ folder })).toThrow(
      expect.objectContaining({
        name: 'StorageError',
        code: 'folder_unusable',
        message: expect.stringMatching(/head\.db.*move .* away/),
      }),
    );
    // But for SQLite's count of changes.
    expect(readFileSync(file).subarray(100).equals(before.subarray(100))).toBe(true);
    // As the message says: without it, what is in day files is served.
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    const opened = new TemporaryStorage({ folder });
    expect(rowsOf(opened)).toHaveLength(sealed);
    opened.storage.close();
  }
});

/** A copy whose log was brought into the head file, which was damaged then. */
function damagedHead(change: (bytes: Buffer) => Buffer): string {
  const folder = join(root, 'copy');
  rmSync(folder, { recursive: true, force: true });
  cpSync(killed, folder, { recursive: true });
  new TemporaryStorage({ folder }).storage.close();
  const file = join(folder, 'promlite', 'head.db');
  writeFileSync(file, change(readFileSync(file)));
  return folder;
}

/** A flipped bit: at which share of the file, and which. */
type Flip = readonly [share: number, bit: number];

const withFlips =
  (flips: readonly Flip[]) =>
  (bytes: Buffer): Buffer => {
    for (const [share, bit] of flips) bytes[Math.floor(share * (bytes.length - 1))] ^= 1 << bit;
    return bytes;
  };

/** Opens the folder and reads all: everything must be there and right. Returns whether it is refused instead. */
function isRefused(folder: string): boolean {
  let opened: TemporaryStorage;
  try {
    opened = new TemporaryStorage({ folder, clock: new ManualClock(START_MS + 60_000) });
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(StorageError);
    return true;
  }
  try {
    expect(rowsOf(opened)).toEqual(timesMs);
  } finally {
    opened.storage.close();
  }
  return false;
}

test('whatever bits are flipped in the head file, it is refused or nothing is missing or wrong', {
  timeout: 60_000,
}, () => {
  let refused = 0;
  const anyFlips = fc.array(fc.tuple(anyShare, fc.nat({ max: 7 })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(anyFlips, flips => {
      if (isRefused(damagedHead(withFlips(flips)))) refused++;
    }),
    { numRuns: 150, examples: [[[[0.0001, 0]]]] },
  );
  expect(refused).toBeGreaterThan(20);
});

test.each([
  ['a value', 'UPDATE journal SET samples = zeroblob(length(samples)) WHERE id = 35', 'row 35'],
  ['a row’s time', 'UPDATE journal SET time_ms = time_ms + 1 WHERE id = 35', 'row 35'],
  ['a row’s number', 'UPDATE journal SET id = 99 WHERE id = 35', 'row 99'],
  ['a row’s group', 'UPDATE journal SET group_id = 7 WHERE id = 35', 'row 35'],
  ['a series’ number', 'UPDATE series SET id = 99 WHERE id = 3', 'series 99'],
  ['a series’ labels', "UPDATE series SET labels = replace(labels, 'i', 'j') WHERE id = 3", 'series 3'],
  ['a series’ newest sample', 'UPDATE series SET last_ms = 9, last_value = zeroblob(8)', 'series 1'],
  ['a group’s number', 'UPDATE groups SET id = 99', 'group 99'],
  ['a layout’s number', 'UPDATE layouts SET id = 99', 'layout 99'],
  ['a layout’s series', 'UPDATE layouts SET series = zeroblob(length(series))', 'layout 1'],
  ['a setting', "INSERT INTO settings (name, value, checksum) VALUES ('floor_ms', 9, 9)", 'floor_ms'],
])('%s that is another than was written is told', (_what, change, named) => {
  const folder = damagedHead(bytes => bytes);
  const database = new Database(join(folder, 'promlite', 'head.db'), { busyTimeoutMs: 0 });
  database.execute(change);
  database.close();
  expect(() => new TemporaryStorage({ folder })).toThrow(
    expect.objectContaining({
      name: 'StorageError',
      code: 'folder_unusable',
      message: expect.stringMatching(`is damaged .*${named} is not as it was written`),
    }),
  );
});

test('rows out of order are read once, not again and again', () => {
  const opened = new TemporaryStorage({ folder: join(root, 'rows') });
  for (let i = 0; i < 300; i++) commitAt(opened, START_MS + i);
  opened.storage.close();
  const database = new Database(join(opened.folder, 'promlite', 'head.db'), { busyTimeoutMs: 0 });
  const tables = new HeadTables(database);
  const ids: number[] = [];
  // A tree that is out of order, as SQLite itself never writes it.
  database.execute(
    'CREATE TEMP VIEW journal AS SELECT id % 256 AS id, group_id, layout_id, time_ms, checksum, samples, histograms FROM main.journal',
  );
  expect(() => {
    for (const { id } of tables.allRows()) ids.push(id);
  }).toThrow(/order of the rows/);
  expect(ids.length).toBeLessThanOrEqual(300);
  database.close();
});
