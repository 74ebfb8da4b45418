// A wall clock that jumps ahead and back: what is not refused for its time is kept, whatever was written meanwhile.
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { type CommitReport, Row } from '../../src/storage/contract.ts';
import { addToRow, faultsOf, indexOf, SERIES } from './life/samples.ts';
import { TemporaryStorage } from './temporary-storage.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOON_MS = Date.UTC(2001, 0, 1, 12) + 137;

/** True time goes on by the monotonic clock; the wall clock may be wrong. */
class WallClock implements Clock {
  trueMs = NOON_MS;
  aheadMs = 0;

  nowMs = (): number => this.trueMs + this.aheadMs;
  monotonicMs = (): number => this.trueMs;
}

function opened(): { temporary: TemporaryStorage; clock: WallClock } {
  const clock = new WallClock();
  const temporary = new TemporaryStorage({ clock, sealRows: 4, retentionMs: 15 * DAY_MS });
  onTestFinished(temporary.dispose);
  return { temporary, clock };
}

function commitAt({ storage }: TemporaryStorage, timeMs: number): CommitReport {
  const row = new Row(storage.group('g'), timeMs);
  for (let k = 0; k < SERIES.length; k++) addToRow(row, k);
  return storage.commit([row]);
}

function timesOf({ storage }: TemporaryStorage): number[] {
  const querier = storage.querier(0, NOON_MS * 2);
  const set = querier.select([]);
  const samples = new SampleBuffer();
  const found = set.labels.map((labels, i) => {
    set.read(i, 0, NOON_MS * 2, samples);
    expect(faultsOf(samples, indexOf(labels))).toEqual([]);
    return [...samples.timestampsMs.subarray(0, samples.length)];
  });
  querier.close();
  for (const times of found) expect(times).toEqual(found[0]);
  return found[0] ?? [];
}

test('a day that was finished since the clock had jumped ahead takes samples when it is back', async () => {
  const { temporary, clock } = opened();
  const times: number[] = [];
  const live = async (rows: number): Promise<void> => {
    for (let i = 0; i < rows; i++) {
      expect(commitAt(temporary, clock.trueMs).appended).toBe(SERIES.length);
      times.push(clock.trueMs);
      clock.trueMs += MINUTE_MS;
    }
    await temporary.storage.settled();
  };
  await live(30);
  clock.aheadMs = 3 * DAY_MS;
  clock.trueMs += 10 * MINUTE_MS;
  await temporary.storage.settled();
  await temporary.storage.cleanTombstones();
  clock.aheadMs = 0;
  await live(30);
  clock.aheadMs = -3 * DAY_MS;
  await temporary.storage.settled();
  clock.aheadMs = 0;
  await live(5);
  expect(timesOf(temporary)).toEqual(times);
  temporary.reopen();
  expect(timesOf(temporary)).toEqual(times);
});

test('samples from ahead stay, and what is older than they is refused and counted until time has come there', () => {
  const { temporary, clock } = opened();
  const all = SERIES.length;
  expect(commitAt(temporary, clock.nowMs()).appended).toBe(all);
  clock.aheadMs = 5 * MINUTE_MS;
  expect(commitAt(temporary, clock.nowMs()).appended).toBe(all);
  clock.aheadMs = 0;
  clock.trueMs += MINUTE_MS;
  expect(commitAt(temporary, clock.nowMs()).refused.out_of_order).toBe(all);
  // What others send may be no more than ten minutes ahead, and no older than the retention.
  expect(commitAt(temporary, clock.nowMs() + 11 * MINUTE_MS).refused.out_of_bounds).toBe(all);
  expect(commitAt(temporary, clock.nowMs() - 16 * DAY_MS).refused.too_old).toBe(all);
  clock.trueMs += 5 * MINUTE_MS;
  expect(commitAt(temporary, clock.nowMs()).appended).toBe(all);
  expect(timesOf(temporary)).toEqual([0, 5, 6].map(minutes => NOON_MS + minutes * MINUTE_MS));
});
