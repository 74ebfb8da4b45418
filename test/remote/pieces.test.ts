// Large requests let others at the thread, requests at the same time do not mix, and what the storage can't write is
// for the sender to send again.
import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { createRemoteWriteReceiver } from '../../src/remote/receiver.ts';
import type { CommitReport, Row } from '../../src/storage/contract.ts';
import { StorageError } from '../../src/storage/errors.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { bodyOf, type TimeSeries } from './write-request.ts';

const HEADERS = { contentType: 'application/x-protobuf', contentEncoding: 'snappy' };
const TAKEN = { status: 204, message: '' };
const T = 1_795_382_176_255;

const receiverFor = (storage: MemoryStorage, clock: Clock = systemClock) =>
  createRemoteWriteReceiver({ storage, clock, registry: new Registry(), log: silentLogger });

function seriesOf(
  count: number,
  samples: readonly (readonly [number, number])[],
  instances = 1,
): TimeSeries[] {
  return Array.from({ length: count }, (_, i) => ({
    labels: [
      ['__name__', `metric_${i}`],
      ['instance', String(i % instances)],
    ],
    samples,
  }));
}

/** Says that some milliseconds have passed whenever it is asked. */
const racingClock = (): Clock => {
  let nowMs = 0;
  return { nowMs: () => T, monotonicMs: () => (nowMs += 7) };
};

class RecordingStorage extends MemoryStorage {
  readonly commits: number[] = [];
  failAfter = Number.POSITIVE_INFINITY;

  override commit(rows: readonly Row[]): CommitReport {
    if (this.commits.length >= this.failAfter) throw new StorageError('write_failed', 'no space left');
    this.commits.push(rows.reduce((samples, { length }) => samples + length, 0));
    return super.commit(rows);
  }
}

test('others get their turn while a large request is read', async () => {
  const receiver = receiverFor(new MemoryStorage(), racingClock());
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  expect(await receiver.write(bodyOf(seriesOf(10_000, [[1, T]])), HEADERS)).toEqual(TAKEN);
  isDone = true;
  expect(turns).toBeGreaterThan(10);
  receiver.close();
});

test('many rows make several commits, few make one', async () => {
  const storage = new RecordingStorage();
  const receiver = receiverFor(storage);
  expect(await receiver.write(bodyOf(seriesOf(1000, [[1, T]], 1000)), HEADERS)).toEqual(TAKEN);
  expect(storage.commits).toEqual([1000]);
  const times = Array.from({ length: 100 }, (_, i) => [i, T + 1 + i] as const);
  expect(await receiver.write(bodyOf(seriesOf(2000, times, 10)), HEADERS)).toEqual(TAKEN);
  expect(storage.commits.slice(1).reduce((sum, one) => sum + one)).toBe(200_000);
  expect(Math.max(...storage.commits)).toBeLessThan(60_000);
  receiver.close();
});

test('requests at the same time are taken one after the other', async () => {
  const storage = new MemoryStorage();
  const receiver = receiverFor(storage, racingClock());
  const answers = await Promise.all(
    [0, 1, 2, 3].map(i => receiver.write(bodyOf(seriesOf(2000, [[i, T + i]])), HEADERS)),
  );
  expect(answers).toEqual([TAKEN, TAKEN, TAKEN, TAKEN]);
  expect(storage.stats().samplesAppended).toBe(8000);
  receiver.close();
});

test('where the storage cannot write the sender is told to come again, and may', async () => {
  const storage = new RecordingStorage();
  const receiver = receiverFor(storage);
  storage.failAfter = 0;
  const body = bodyOf(seriesOf(10, [[1, T]]));
  expect(await receiver.write(body, HEADERS)).toEqual({ status: 500, message: 'no space left' });
  expect(storage.stats().samplesAppended).toBe(0);
  storage.failAfter = Number.POSITIVE_INFINITY;
  expect(await receiver.write(body, HEADERS)).toEqual(TAKEN);
  expect(storage.stats().samplesAppended).toBe(10);
  storage.close();
  expect((await receiver.write(bodyOf(seriesOf(11, [[1, T + 1]])), HEADERS)).status).toBe(500);
  receiver.close();
});
