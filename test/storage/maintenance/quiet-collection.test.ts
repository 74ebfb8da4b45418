// Garbage is collected where there is some, when it has been quiet for ten seconds, at most every five minutes.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ManualClock } from '../../../src/base/clock.ts';
import { QuietCollection } from '../../../src/storage/maintenance/quiet-collection.ts';

const MB = 2 ** 20;
const LIVE_BYTES = 20 * MB;

const clock = new ManualClock(0);
let bytes = LIVE_BYTES;
let collections = 0;
const memory = {
  bytes: () => bytes,
  collect() {
    collections++;
    bytes = LIVE_BYTES;
  },
};

function pass(ms: number): void {
  clock.advance(ms);
  vi.advanceTimersByTime(ms);
}

beforeEach(() => {
  vi.useFakeTimers();
  bytes = LIVE_BYTES;
  collections = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

test('once after some work, ten seconds after the last of it', () => {
  const collection = new QuietCollection(memory, clock);
  pass(60_000);
  for (let i = 0; i < 5; i++) {
    collection.noteWork();
    bytes += 10 * MB;
    pass(9000);
  }
  expect(collections).toBe(0);
  pass(1000);
  expect(collections).toBe(1);
  pass(3_600_000);
  expect(collections).toBe(1);
});

test('work that comes now and then does not have it run each time', () => {
  const collection = new QuietCollection(memory, clock);
  for (let i = 0; i < 40; i++) {
    collection.noteWork();
    bytes += 10 * MB;
    pass(15_000);
  }
  expect(collections).toBe(2);
});

test('little that was left is let be, until it is much', () => {
  const collection = new QuietCollection(memory, clock);
  for (let i = 0; i < 7; i++) {
    collection.noteWork();
    bytes += MB;
    pass(60_000);
  }
  expect(collections).toBe(0);
  bytes += MB;
  collection.noteWork();
  pass(60_000);
  expect(collections).toBe(1);
});
