// With a retention of 15 days, the 16th day is gone: from disk and from every way of asking.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { NO_RETENTION } from '../../src/model/retention.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { createEngine } from '../../src/query/engine.ts';
import { Row } from '../../src/storage/contract.ts';
import { RetentionJob } from '../../src/storage/retention.ts';
import { type RunningApi, startApi } from '../api/fixture.ts';
import { TemporaryStorage } from './temporary-storage.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_MS = Date.UTC(2026, 10, 1);
const KEPT_MS = 15 * DAY_MS;
/** By then the first day ended more than 15 days ago, and the second one did not. */
const NOW_MS = FIRST_MS + 16 * DAY_MS + 2 * HOUR_MS;
/** The oldest time that is left. */
const FLOOR_MS = NOW_MS - KEPT_MS;
const SERIES = 40;
const EVERY_MS = 20 * 60_000;
const ALL = [new Matcher('=~', '__name__', '.+')];

let stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

/** A retention that says when a run of it has nothing more to drop. */
class Retention {
  private readonly job: RetentionJob;
  private done = () => {};

  constructor({ storage, folder, clock }: TemporaryStorage) {
    const watched = {
      dropBefore: (timeMs: number) => {
        const bytes = storage.dropBefore(timeMs);
        if (bytes === 0) this.done();
        return bytes;
      },
      dropBeyond: () => 0,
      stats: () => storage.stats(),
    };
    this.job = new RetentionJob({
      storage: watched,
      folder,
      clock,
      log: silentLogger,
      registry: new Registry(),
    });
    stops.push(() => this.job.stop());
  }

  run(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = resolve;
    this.job.apply({ ...NO_RETENTION, timeMs: KEPT_MS });
    return promise;
  }
}

/** A day's rows: series that last, series of that day only, and an exemplar. */
function commitUntil({ storage, clock }: TemporaryStorage, endMs: number): void {
  const day = new Date(clock.nowMs()).getUTCDate();
  const group = storage.group('target');
  const labels = Array.from({ length: SERIES }, (_, i) =>
    Labels.of(
      i % 2 ? { __name__: 'lasting', i: `${i}` } : { __name__: `metric_${day}`, [`of_${day}`]: `${i}` },
    ),
  );
  const columns = labels.map(one => group.column(one));
  const row = new Row(group, 0);
  for (; clock.nowMs() < endMs; clock.advance(EVERY_MS)) {
    row.reset(clock.nowMs());
    for (const column of columns) row.add(column, Math.random());
    storage.commit([row]);
  }
  storage.appendExemplar(labels[0], {
    labels: Labels.of({ trace: `${day}` }),
    value: 1,
    timestampMs: endMs - 1,
  });
  columns.forEach((column, i) => {
    if (i % 2 === 0) group.retire(column);
  });
}

const daysFolder = ({ folder }: TemporaryStorage): string => join(folder, 'promlite', 'days');
const dayFiles = (opened: TemporaryStorage): string[] => readdirSync(daysFolder(opened)).sort();

function bytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

async function liveSixteenDays(): Promise<TemporaryStorage> {
  const opened = new TemporaryStorage({ retentionMs: KEPT_MS });
  stops.push(opened.dispose);
  opened.clock.set(FIRST_MS);
  const retention = new Retention(opened);
  for (let day = 0; day < 15; day++) {
    await retention.run();
    commitUntil(opened, FIRST_MS + (day + 1) * DAY_MS);
    await opened.storage.settled();
  }
  await retention.run();
  commitUntil(opened, FIRST_MS + 16 * DAY_MS);
  commitUntil(opened, NOW_MS - HOUR_MS);
  await opened.storage.settled();
  // The day before is written anew, and what that replaces is removed.
  for (let minutes = 0; minutes < 60; minutes += 20) {
    opened.clock.advance(20 * 60_000);
    await opened.storage.settled();
  }
  const before = bytesOf(daysFolder(opened));
  const firstDay = statSync(join(daysFolder(opened), dayFiles(opened)[0])).size;
  expect(dayFiles(opened)[0]).toMatch(/^2026-11-01\..*db$/);

  await retention.run();
  await opened.storage.settled();
  expect(before - bytesOf(daysFolder(opened))).toBeGreaterThanOrEqual(firstDay);
  return opened;
}

test('the 16th day is gone from disk and from every answer of the storage', { timeout: 60_000 }, async () => {
  const opened = await liveSixteenDays();
  const expectGone = () => {
    const { storage } = opened;
    expect(dayFiles(opened)[0]).toMatch(/^2026-11-02/);
    expect(dayFiles(opened).join()).not.toContain('2026-11-01');
    const querier = storage.querier(0, NOW_MS);
    expect(querier.labelNames([])).not.toContain('of_1');
    expect(querier.labelNames([])).toContain('of_2');
    expect(querier.labelValues('__name__', [])).not.toContain('metric_1');
    expect(querier.labelValues('of_1', [])).toEqual([]);
    expect(querier.select([Matcher.equal('__name__', 'metric_1')]).labels).toEqual([]);
    const set = querier.select(ALL);
    const samples = new SampleBuffer();
    set.labels.forEach((_, i) => {
      set.read(i, 0, NOW_MS, samples);
      expect(samples.timestampsMs[0]).toBeGreaterThanOrEqual(FLOOR_MS);
    });
    querier.close();
    expect(storage.stats().minTimeMs).toBe(FLOOR_MS);
  };
  expectGone();
  const exemplars = opened.storage.exemplars([ALL], 0, NOW_MS).flatMap(one => one.exemplars);
  expect(Math.min(...exemplars.map(one => one.timestampMs))).toBe(FIRST_MS + 2 * DAY_MS - 1);
  opened.reopen();
  expectGone();
});

test('the 16th day is gone from every endpoint', { timeout: 60_000 }, async () => {
  const opened = await liveSixteenDays();
  const { storage, clock } = opened;
  const registry = new Registry();
  const engine = createEngine({
    querierOf: (minTimeMs, maxTimeMs) => storage.querier(minTimeMs, maxTimeMs),
    limits: { timeoutMs: 60_000, maxSamples: 1e7, maxConcurrency: 4, lookbackDeltaMs: 300_000 },
    clock,
    features: new Set(),
    log: silentLogger,
  });
  const api = await startApi({ storage, engine, registry, clock });
  stops.push(api.close);

  const oldest = FLOOR_MS / 1000;
  const all = `start=${FIRST_MS / 1000}&end=${NOW_MS / 1000}`;
  const first = `start=${FIRST_MS / 1000}&end=${oldest - 1}`;
  expect(await dataOf(api, `query?query=metric_1&time=${FIRST_MS / 1000 + 60}`)).toMatchObject({
    result: [],
  });
  expect(await dataOf(api, `query?query=count_over_time({i!=""}[1d])&time=${oldest - 1}`)).toMatchObject({
    result: [],
  });
  expect(await dataOf(api, `query_range?query=metric_1&${all}&step=3600`)).toMatchObject({ result: [] });
  const lasting = (await dataOf(api, `query_range?query=lasting{i="1"}&${all}&step=600`)) as {
    result: [{ values: [number, string][] }];
  };
  expect(lasting.result[0].values[0][0]).toBe(oldest);
  expect(await dataOf(api, `series?match[]=metric_1&${all}`)).toEqual([]);
  expect(await dataOf(api, `series?match[]={__name__=~".%2B"}&${first}`)).toEqual([]);
  expect(await dataOf(api, `labels?${all}`)).not.toContain('of_1');
  expect(await dataOf(api, `labels?${first}`)).toEqual([]);
  expect(await dataOf(api, `label/__name__/values?${all}`)).not.toContain('metric_1');
  expect(await dataOf(api, `label/of_1/values`)).toEqual([]);
  const exemplars = await dataOf(api, `query_exemplars?query={__name__=~"metric.*"}&${all}`);
  expect(JSON.stringify(exemplars)).toContain('metric_2');
  expect(JSON.stringify(exemplars)).not.toContain('metric_1"');
  expect(await dataOf(api, 'status/tsdb')).toMatchObject({ headStats: { minTime: FLOOR_MS } });
});

async function dataOf(api: RunningApi, path: string): Promise<unknown> {
  const { status, text } = await api.request(`/api/v1/${path.replaceAll('"', '%22').replaceAll('+', '%2B')}`);
  expect([status, text]).toEqual([200, expect.anything()]);
  return JSON.parse(text).data;
}
