// Garbage is collected when it has been quiet for ten seconds, at most every five minutes.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ManualClock } from '../../../src/base/clock.ts';
import { QuietCollection } from '../../../src/storage/maintenance/quiet-collection.ts';

const clock = new ManualClock(0);
const collect = vi.fn();

function pass(ms: number): void {
  clock.advance(ms);
  vi.advanceTimersByTime(ms);
}

beforeEach(() => {
  vi.useFakeTimers();
  collect.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
});

test('once after some work, ten seconds after the last of it', () => {
  const collection = new QuietCollection(collect, clock);
  pass(60_000);
  expect(collect).not.toHaveBeenCalled();
  for (let i = 0; i < 5; i++) {
    collection.noteWork();
    pass(9000);
  }
  expect(collect).not.toHaveBeenCalled();
  pass(1000);
  expect(collect).toHaveBeenCalledOnce();
  pass(3_600_000);
  expect(collect).toHaveBeenCalledOnce();
});

test('work that comes now and then does not have it run each time', () => {
  const collection = new QuietCollection(collect, clock);
  for (let i = 0; i < 40; i++) {
    collection.noteWork();
    pass(15_000);
  }
  expect(collect).toHaveBeenCalledTimes(2);
});
