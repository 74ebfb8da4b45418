// Journal rows that were still to be deleted when the process ended: they are in day files or dropped, and no obstacle.
import { expect, onTestFinished, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row } from '../../src/storage/contract.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { START_MS, TemporaryStorage } from './temporary-storage.ts';

function opened(): TemporaryStorage {
  const temporary = new TemporaryStorage({ segmentRows: 1 });
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
