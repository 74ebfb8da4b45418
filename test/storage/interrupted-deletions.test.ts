// Journal rows that were still to be deleted when the process ended: they are in day files or dropped, and no obstacle.
import { expect, onTestFinished, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { type CommitReport, Row } from '../../src/storage/contract.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { START_MS, TemporaryStorage } from './temporary-storage.ts';

function opened(): TemporaryStorage {
  const temporary = new TemporaryStorage({ sealRows: 1 });
  onTestFinished(temporary.dispose);
  return temporary;
}

/** Rows of one series, enough that all but the newest are sealed; their journal rows are not deleted yet. */
function commitSome({ storage }: TemporaryStorage): void {
  const row = new Row(storage.group('g'), 0);
  for (let i = 0; i < 6; i++) {
    row.reset(START_MS + i);
    row.add(row.group.column(Labels.of({ __name__: 'a' })), i);
    storage.commit([row]);
  }
}

function timesOf({ storage }: TemporaryStorage): number[] {
  const querier = storage.querier(0, START_MS * 2);
  const set = querier.select([]);
  const samples = new SampleBuffer();
  if (set.labels.length > 0) set.read(0, 0, START_MS * 2, samples);
  querier.close();
  return [...samples.timestampsMs.subarray(0, samples.length)].map(timeMs => timeMs - START_MS);
}

function rowsInJournal({ folder }: TemporaryStorage): number | undefined {
  const database = new Database(`${folder}/promlite/head.db`, { busyTimeoutMs: 0 });
  const rows = database.prepare<[], number>('SELECT count(*) FROM journal', 'value').get();
  database.close();
  return rows;
}

test('rows whose layout retention has removed are no obstacle to the next start', () => {
  const temporary = opened();
  commitSome(temporary);
  temporary.storage.dropBefore(START_MS + 10);
  expect(rowsInJournal(temporary)).toBeGreaterThan(0);
  temporary.reopen();
  expect(rowsInJournal(temporary)).toBe(0);
  expect(timesOf(temporary)).toEqual([]);
});

test('rows whose group is gone are no obstacle to the next start', async () => {
  const temporary = opened();
  commitSome(temporary);
  await temporary.storage.settled();
  temporary.storage.close();
  const database = new Database(`${temporary.folder}/promlite/head.db`, { busyTimeoutMs: 0 });
  database.execute('DELETE FROM groups');
  database.close();
  temporary.open();
  expect(rowsInJournal(temporary)).toBe(0);
  expect(timesOf(temporary)).toEqual([0, 1, 2, 3, 4]);
});

/** More than are written down, or leave, in one transaction. */
const MANY = 1700;

/** A row of many series of a generation at a time. */
function commitMany({ storage }: TemporaryStorage, generation: number, timeMs: number): CommitReport {
  const row = new Row(storage.group('g'), timeMs);
  for (let i = 0; i < MANY; i++) {
    const labels = Labels.of({ __name__: 'm', generation: String(generation), i: String(i) });
    row.add(row.group.column(labels), timeMs);
  }
  return storage.commit([row]);
}

test.each([
  ['are closed before', false],
  ['settle', true],
])(
  'the newest samples of many series that vanish together are known after a start when things %s',
  async (_how, settles) => {
    const temporary = opened();
    for (let i = 0; i < 4; i++) commitMany(temporary, 1, START_MS + i);
    for (let i = 4; i < 9; i++) commitMany(temporary, 2, START_MS + i);
    if (settles) await temporary.storage.settled();
    temporary.reopen();
    expect(commitMany(temporary, 1, START_MS + 2).refused.out_of_order).toBe(MANY);
    expect(commitMany(temporary, 1, START_MS + 3).appended).toBe(MANY);
    expect(commitMany(temporary, 1, START_MS + 9).appended).toBe(MANY);
  },
);

test('many series that leave together leave in part after part, and those that come back in between stay', async () => {
  const temporary = opened();
  const { storage, clock } = temporary;
  for (let i = 0; i < 4; i++) commitMany(temporary, 1, START_MS + i);
  const { group } = new Row(storage.group('g'), 0);
  for (let i = 0; i < MANY; i++) {
    group.retire(group.column(Labels.of({ __name__: 'm', generation: '1', i: String(i) })));
  }
  for (let i = 0; i < 30; i++) {
    clock.advance(60_000);
    commitMany(temporary, 2, START_MS + 4 + i * 60_000);
    if (i === 20) commitMany(temporary, 1, START_MS + 5 + i * 60_000);
    await storage.settled();
  }
  expect(storage.stats().headSeries).toBe(2 * MANY);
  for (let i = 0; i < MANY; i++) {
    group.retire(group.column(Labels.of({ __name__: 'm', generation: '1', i: String(i) })));
  }
  for (let i = 30; i < 60; i++) {
    clock.advance(60_000);
    commitMany(temporary, 2, START_MS + 4 + i * 60_000);
    await storage.settled();
  }
  expect(storage.stats().headSeries).toBe(MANY);
  const querier = storage.querier(0, START_MS * 2);
  expect(querier.select([Matcher.equal('generation', '1')]).labels).toHaveLength(MANY);
  querier.close();
});
