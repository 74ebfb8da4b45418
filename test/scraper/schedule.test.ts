// The schedule of a target: where it lies in the interval, how timestamps are aligned, what lateness does.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  alignedTimestampMs,
  firstScrapeMs,
  lookEveryMs,
  newTargetScrapes,
  nextScrapeMs,
} from '../../src/scraper/schedule.ts';

test('the offset depends on the target alone', () => {
  const interval = 15_000;
  const first = firstScrapeMs('target', interval, 1_700_000_000_000);
  for (const now of [1_700_000_000_001, 1_700_000_123_456, 1_800_000_000_000]) {
    const again = firstScrapeMs('target', interval, now);
    expect(again % interval).toBe(first % interval);
    expect(again).toBeGreaterThan(now);
    expect(again - now).toBeLessThanOrEqual(interval);
  }
});

test('targets are spread over the interval', () => {
  const offsets = Array.from({ length: 1000 }, (_, i) => firstScrapeMs(`target ${i}`, 10_000, 0) % 10_000);
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = offsets.filter(offset => Math.floor(offset / 1000) === tenth).length;
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(150);
  }
});

test.each([
  [100_000, 100_000],
  [100_002, 100_000],
  [99_998, 100_000],
  [100_003, 100_003],
])('a scrape at %i planned for 100,000 gets %i', (nowMs, timestampMs) => {
  expect(alignedTimestampMs(nowMs, 100_000, 15_000)).toBe(timestampMs);
});

test('the tolerance is at most a hundredth of the interval', () => {
  expect(alignedTimestampMs(1002, 1000, 100)).toBe(1002);
  expect(alignedTimestampMs(1001, 1000, 100)).toBe(1000);
});

test('no drift, and a long scrape skips what it covered', () => {
  expect(nextScrapeMs(1000, 100, 1005)).toBe(1100);
  expect(nextScrapeMs(1000, 100, 1099)).toBe(1100);
  expect(nextScrapeMs(1000, 100, 1250)).toBe(1300);
});

const anyKey = fc.string();
const anyInterval = fc.integer({ min: 1, max: 7_200_000 });
const anyMoment = fc.integer({ min: 0, max: 2 ** 42 });

test('an added target is scraped within its interval from the change on, whenever the change was noticed', () => {
  fc.assert(
    fc.property(anyKey, anyInterval, anyMoment, (key, intervalMs, nowMs) => {
      const waitMs = newTargetScrapes(key, intervalMs, nowMs).firstMs - nowMs;
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(3000);
      if (intervalMs > 1) expect(lookEveryMs(intervalMs) + waitMs).toBeLessThanOrEqual(intervalMs);
      // The default of the flag, where that alone decides.
      if (intervalMs >= 6250) expect(5000 + waitMs).toBeLessThanOrEqual(intervalMs);
    }),
  );
});

test('after its first scrape an added target keeps to its grid, at a distance', () => {
  fc.assert(
    fc.property(anyKey, anyInterval, anyMoment, (key, intervalMs, nowMs) => {
      const { firstMs, secondMs } = newTargetScrapes(key, intervalMs, nowMs);
      const onGridMs = firstScrapeMs(key, intervalMs, nowMs);
      expect((secondMs - onGridMs) % intervalMs).toBe(0);
      expect(secondMs - firstMs).toBeGreaterThanOrEqual(intervalMs / 5);
      expect(secondMs - firstMs).toBeLessThanOrEqual(intervalMs * 1.2);
    }),
  );
});

test('targets that are added together are spread', () => {
  const waits = Array.from({ length: 1000 }, (_, i) => newTargetScrapes(`target ${i}`, 15_000, 0).firstMs);
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = waits.filter(wait => Math.floor(wait / 300) === tenth).length;
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(200);
  }
});
