// When samples are dropped: at the start, on new limits and by the clock; by age first, then by size.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Clock, ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { NO_RETENTION } from '../../src/model/retention.ts';
import type { StorageStats } from '../../src/storage/contract.ts';
import { RetentionJob } from '../../src/storage/retention.ts';

const NOW_MS = 1e12;
const HOUR_MS = 3_600_000;

/** Days of 100 bytes each, the oldest first; a call drops one. */
class Days {
  readonly calls: string[] = [];
  failing = false;
  left: number[];

  constructor(...timesMs: number[]) {
    this.left = timesMs;
  }

  dropBefore(timeMs: number): number {
    this.calls.push(`before ${timeMs - NOW_MS}`);
    if (this.failing) throw new Error('disk is full');
    return this.left[0] < timeMs ? this.dropOldest() : 0;
  }

  dropBeyond(limitBytes: number): number {
    this.calls.push(`beyond ${limitBytes}`);
    return this.left.length > 1 && this.left.length * 100 > limitBytes ? this.dropOldest() : 0;
  }

  stats(): StorageStats {
    const [minTimeMs, maxTimeMs] = [this.left[0], this.left.at(-1)];
    return { headSeries: 0, minTimeMs, maxTimeMs, bytesOnDisk: this.left.length * 100, samplesAppended: 0 };
  }

  private dropOldest(): number {
    this.left.shift();
    return 100;
  }
}

let registry: Registry;
let clock: ManualClock;
let jobs: RetentionJob[];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 1, 1) });
  registry = new Registry();
  clock = new ManualClock(NOW_MS);
  jobs = [];
});
afterEach(() => {
  for (const job of jobs) job.stop();
  vi.useRealTimers();
});

function jobOver(storage: Days): RetentionJob {
  const job = new RetentionJob({ storage, folder: import.meta.dirname, clock, log: silentLogger, registry });
  jobs.push(job);
  return job;
}

async function metric(name: string): Promise<number> {
  const found = await registry.getSingleMetric(`prometheus_tsdb_${name}`)?.get();
  return Number(found?.values[0].value);
}

test('nothing is dropped before the limits are known', async () => {
  const days = new Days(NOW_MS - 100 * HOUR_MS);
  jobOver(days);
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(days).toMatchObject({ calls: [], left: [NOW_MS - 100 * HOUR_MS] });
});

test('age goes first, part by part, then size', async () => {
  const days = new Days(...[9, 8, 3, 2, 1].map(hours => NOW_MS - hours * HOUR_MS));
  jobOver(days).apply({ ...NO_RETENTION, timeMs: 5 * HOUR_MS, sizeBytes: 250 });
  await vi.advanceTimersByTimeAsync(1000);
  const byAge = `before ${-5 * HOUR_MS}`;
  expect(days.calls).toEqual([byAge, byAge, byAge, 'beyond 250', byAge, 'beyond 250']);
  expect(days.left).toEqual([2, 1].map(hours => NOW_MS - hours * HOUR_MS));
  expect(await metric('time_retentions_total')).toBe(1);
  expect(await metric('size_retentions_total')).toBe(1);
  expect(await metric('retention_limit_seconds')).toBe(5 * 3600);
  expect(await metric('retention_limit_bytes')).toBe(250);
});

test('a limit that is not set is not asked for', async () => {
  const days = new Days(0, 1, 2);
  const job = jobOver(days);
  job.apply({ ...NO_RETENTION, sizeBytes: 1e9 });
  expect(days.calls).toEqual(['beyond 1000000000']);
  expect(await metric('retention_limit_seconds')).toBe(0);
});

test('every ten minutes it looks again, and new limits count at once', async () => {
  const days = new Days(NOW_MS - HOUR_MS);
  const job = jobOver(days);
  job.apply({ ...NO_RETENTION, timeMs: 2 * HOUR_MS });
  clock.advance(HOUR_MS);
  await vi.advanceTimersByTimeAsync(8 * 60_000);
  expect(days.left).toHaveLength(1);
  clock.advance(1);
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  expect(days.left).toEqual([]);
  days.left = [NOW_MS];
  job.apply({ ...NO_RETENTION, timeMs: 1000 });
  expect(days.left).toEqual([]);
});

test('a share of the disk is a limit in bytes', async () => {
  jobOver(new Days(NOW_MS)).apply({ ...NO_RETENTION, sizeBytes: 5, diskPercent: 50 });
  expect(await metric('retention_limit_bytes')).toBeGreaterThan(1e6);
});

test('what fails is tried again; what was stopped is not', async () => {
  const days = new Days(0, NOW_MS);
  days.failing = true;
  const job = jobOver(days);
  job.apply({ ...NO_RETENTION, timeMs: HOUR_MS });
  expect(days.left).toEqual([0, NOW_MS]);
  days.failing = false;
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(days.left).toEqual([NOW_MS]);
  days.left = [0];
  job.stop();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(days.left).toEqual([0]);
  expect(registry.getSingleMetric('prometheus_tsdb_retention_limit_bytes')).toBeUndefined();
});

/** Wall time that may be put forward and back; the monotonic time is that of the timers. */
class WallClock implements Clock {
  aheadMs = 0;

  nowMs = (): number => NOW_MS + this.monotonicMs() + this.aheadMs;
  monotonicMs = (): number => Date.now() - Date.UTC(2026, 10, 23, 1, 1);
}

function jobByWallClock(storage: Days): { job: RetentionJob; wall: WallClock } {
  const wall = new WallClock();
  const folder = import.meta.dirname;
  const job = new RetentionJob({ storage, folder, clock: wall, log: silentLogger, registry });
  jobs.push(job);
  return { job, wall };
}

test('a clock that jumps ahead drops nothing, unless it stays there for an hour', async () => {
  const left = [NOW_MS - HOUR_MS, NOW_MS];
  const days = new Days(...left);
  const { job, wall } = jobByWallClock(days);
  job.apply({ ...NO_RETENTION, timeMs: 24 * HOUR_MS });
  await vi.advanceTimersByTimeAsync(HOUR_MS / 2);

  wall.aheadMs = 1000 * HOUR_MS;
  await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
  wall.aheadMs = 0;
  await vi.advanceTimersByTimeAsync(10 * HOUR_MS);
  expect(days.left).toEqual(left);

  wall.aheadMs = 1000 * HOUR_MS;
  await vi.advanceTimersByTimeAsync(55 * 60_000);
  expect(days.left).toEqual(left);
  await vi.advanceTimersByTimeAsync(30 * 60_000);
  expect(days.left).toEqual([]);
});

test('at the start, what would drop everything waits for an hour; size does not', async () => {
  const days = new Days(NOW_MS - 70 * HOUR_MS, NOW_MS - 60 * HOUR_MS, NOW_MS - 50 * HOUR_MS);
  const { job } = jobByWallClock(days);
  job.apply({ ...NO_RETENTION, timeMs: 24 * HOUR_MS, sizeBytes: 250 });
  await vi.advanceTimersByTimeAsync(50 * 60_000);
  expect(days.left).toEqual([NOW_MS - 60 * HOUR_MS, NOW_MS - 50 * HOUR_MS]);
  await vi.advanceTimersByTimeAsync(30 * 60_000);
  expect(days.left).toEqual([]);
});

test('a clock that is put back drops nothing', async () => {
  const days = new Days(NOW_MS - HOUR_MS, NOW_MS);
  const { job, wall } = jobByWallClock(days);
  job.apply({ ...NO_RETENTION, timeMs: 2 * HOUR_MS });
  wall.aheadMs = -500 * HOUR_MS;
  await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
  wall.aheadMs = 0;
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(days.left).toHaveLength(2);
});
