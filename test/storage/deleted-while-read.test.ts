// Deleted samples stay deleted, whoever reads and whatever is done to their days at the same time.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import type { SeriesSet } from '../../src/storage/contract.ts';
import { START_MS, TemporaryStorage } from './temporary-storage.ts';

const DAY_MS = 86_400_000;
const FIRST_MS = START_MS - 3 * DAY_MS;

/** A storage with a series of ten samples, three days ago. */
async function opened(): Promise<TemporaryStorage> {
  const temporary = new TemporaryStorage();
  onTestFinished(temporary.dispose);
  const samples = new SampleBuffer();
  for (let i = 0; i < 10; i++) samples.push(FIRST_MS + i, i);
  const loader = temporary.storage.bulkLoader();
  await loader.add(Labels.of({ __name__: 'a' }), samples);
  await loader.flush();
  return temporary;
}

function numbersIn(set: SeriesSet): number[] {
  const samples = new SampleBuffer();
  set.read(0, 0, START_MS, samples);
  return [...samples.timestampsMs.subarray(0, samples.length)].map(timeMs => timeMs - FIRST_MS);
}

function numbersNow({ storage }: TemporaryStorage): number[] {
  const querier = storage.querier(0, START_MS);
  const numbers = numbersIn(querier.select([]));
  querier.close();
  return numbers;
}

test('queriers that are open while it is removed from disk don’t see what is deleted', async () => {
  const { storage } = await opened();
  storage.deleteSeries([[]], FIRST_MS + 5, START_MS);
  const querier = storage.querier(0, START_MS);
  const set = querier.select([]);
  expect(numbersIn(set)).toEqual([0, 1, 2, 3, 4]);
  await storage.cleanTombstones();
  expect(numbersIn(set)).toEqual([0, 1, 2, 3, 4]);
  querier.close();
});

test('what is deleted while deleted samples are removed from disk stays hidden', async () => {
  const temporary = await opened();
  const { storage } = temporary;
  storage.deleteSeries([[]], FIRST_MS + 5, START_MS);
  const cleaning = storage.cleanTombstones();
  storage.deleteSeries([[]], FIRST_MS, FIRST_MS + 2);
  await cleaning;
  expect(numbersNow(temporary)).toEqual([3, 4]);
  temporary.reopen();
  expect(numbersNow(temporary)).toEqual([3, 4]);
  await temporary.storage.cleanTombstones();
  expect(numbersNow(temporary)).toEqual([3, 4]);
});

test('a day of which nothing was left takes samples again, and what was deleted is gone from disk', async () => {
  const temporary = await opened();
  const { storage, clock, folder } = temporary;
  const querier = storage.querier(0, START_MS);
  const set = querier.select([]);
  storage.deleteSeries([[]], 0, START_MS);
  await storage.cleanTombstones();
  expect(readdirSync(join(folder, 'promlite', 'days'))).toEqual([]);
  const samples = new SampleBuffer();
  samples.push(FIRST_MS + 20, 1);
  const loader = storage.bulkLoader();
  await loader.add(Labels.of({ __name__: 'a' }), samples);
  await loader.flush();
  expect(numbersNow(temporary)).toEqual([20]);
  expect(() => numbersIn(set)).not.toThrow();
  querier.close();
  clock.advance(1000);
  await storage.settled();
  expect(numbersNow(temporary)).toEqual([20]);
  temporary.reopen();
  expect(numbersNow(temporary)).toEqual([20]);
});
