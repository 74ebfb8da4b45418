// The engine's frame: result types and order, limits, cancellation, queueing, statistics, what errors are called.
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/base/clock.ts';
import { Registry } from '../../../src/base/metrics.ts';
import type { MatrixSeries, QueryResult } from '../../../src/query/contract.ts';
import { QueryError } from '../../../src/query/contract.ts';
import { ParseError } from '../../../src/query/syntax/parse-error.ts';
import { engineOver, LIMITS, storageWith } from './kit.ts';

const storage = storageWith(20, 40);
const engine = engineOver(storage);
const timeMs = 300_000;
const RANGE = { startMs: 0, endMs: 300_000, stepMs: 60_000 };

const matrixOf = (result: QueryResult): readonly MatrixSeries[] =>
  result.value.kind === 'matrix' ? result.value.series : [];

test('instant queries yield what the expression is', async () => {
  expect((await engine.instant({ query: '1 + 1', timeMs })).value).toEqual({
    kind: 'scalar',
    timestampMs: timeMs,
    value: 2,
  });
  expect((await engine.instant({ query: '("text")', timeMs })).value).toEqual({
    kind: 'string',
    timestampMs: timeMs,
    value: 'text',
  });
  expect((await engine.instant({ query: 'm', timeMs })).value.kind).toBe('vector');
  const samples = matrixOf(await engine.instant({ query: 'm{i="3"}[30s]', timeMs }));
  expect(samples).toHaveLength(1);
  expect([...samples[0].timestampsMs]).toEqual([285_000, 300_000]);
  expect([...samples[0].values]).toEqual([19, 20]);
});

test('range queries yield a matrix over all steps, scalars too', async () => {
  const [series] = matrixOf(await engine.range({ query: 'time()', ...RANGE }));
  expect([...series.values]).toEqual([0, 60, 120, 180, 240, 300]);
  expect(series.present).toBeUndefined();
  await expect(engine.range({ query: 'm[5m]', ...RANGE })).rejects.toThrow(
    'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
  );
});

test('results are sorted by labels unless the query says otherwise', async () => {
  const orderOf = async (query: string): Promise<string[]> => {
    const { value } = await engine.instant({ query, timeMs });
    return value.kind === 'vector' ? value.samples.map(({ labels }) => labels.get('i')) : [];
  };
  const numbers = Array.from({ length: 20 }, (_, i) => `${i}`);
  expect(await orderOf('m')).toEqual([...numbers].sort());
  expect(await orderOf('m{i="7"} or m{i="10"}')).toEqual(['10', '7']);
  expect(await orderOf('sort_by_label(m, "i")')).toEqual(numbers);
  expect(await orderOf('sort_by_label(m, "i") * 2')).toEqual(numbers);
});

test('text that does not parse ends in ParseError', async () => {
  await expect(engine.instant({ query: 'sum(', timeMs })).rejects.toBeInstanceOf(ParseError);
});

test('too many samples are refused', async () => {
  const small = engineOver(storage, { limits: { ...LIMITS, maxSamples: 50 } });
  await expect(small.range({ query: 'm', ...RANGE })).rejects.toMatchObject({
    code: 'execution',
    message: 'query processing would load too many samples into memory in query execution',
  });
  // An aggregation holds its groups only.
  const { stats } = await small.range({ query: 'sum(m)', ...RANGE });
  expect(stats.samples.totalQueryableSamples).toBe(120);
  expect(stats.samples.peakSamples).toBeLessThanOrEqual(50);
});

test('a query that takes too long ends', async () => {
  const clock = new ManualClock();
  const slow = engineOver(storage, {
    clock,
    querierOf: (minTimeMs, maxTimeMs) => {
      clock.advance(1500);
      return storage.querier(minTimeMs, maxTimeMs);
    },
  });
  await expect(slow.instant({ query: 'm', timeMs, timeoutMs: 1000 })).rejects.toMatchObject({
    code: 'timeout',
    message: 'query timed out in expression evaluation',
  });
});

test('a query whose client is gone ends', async () => {
  const gone = new AbortController();
  const leaving = engineOver(storage, {
    querierOf: (minTimeMs, maxTimeMs) => {
      gone.abort();
      return storage.querier(minTimeMs, maxTimeMs);
    },
  });
  await expect(leaving.instant({ query: 'm', timeMs, signal: gone.signal })).rejects.toMatchObject({
    code: 'canceled',
    message: 'query was canceled in expression evaluation',
  });
});

test('a query whose client is gone already does not begin', async () => {
  const signal = AbortSignal.abort();
  await expect(engine.instant({ query: 'm', timeMs, signal })).rejects.toMatchObject({
    code: 'canceled',
    message: 'query was canceled in query execution',
  });
});

test('others have their turn while a long query runs', async () => {
  const clock = new ManualClock();
  const slow = engineOver(storage, {
    clock,
    querierOf: (minTimeMs, maxTimeMs) => {
      const querier = storage.querier(minTimeMs, maxTimeMs);
      const selecting: typeof querier.selecting = function* (matchers, hints) {
        const set = yield* querier.selecting(matchers, hints);
        const read: typeof set.read = (index, from, to, into) => {
          clock.advance(4);
          set.read(index, from, to, into);
        };
        return { labels: set.labels, read };
      };
      return { ...querier, selecting, close: () => querier.close() };
    },
  });
  let turns = 0;
  let counting = setImmediate(function count() {
    turns++;
    counting = setImmediate(count);
  });
  const query = slow.instant({ query: 'sum(m)', timeMs });
  const { value } = await query;
  clearImmediate(counting);
  expect(value.kind).toBe('vector');
  expect(turns).toBeGreaterThan(0);
});

test('no more queries run at once than allowed; the others wait in line', async () => {
  const narrow = engineOver(storage, { limits: { ...LIMITS, maxConcurrency: 1 } });
  const results = await Promise.all([1, 2, 3].map(n => narrow.instant({ query: `m * ${n}`, timeMs })));
  expect(results.map(({ value }) => value.kind)).toEqual(['vector', 'vector', 'vector']);

  const blocked = new AbortController();
  const first = narrow.instant({ query: 'm', timeMs });
  const second = narrow.instant({ query: 'm', timeMs, signal: blocked.signal });
  const refused = expect(second).rejects.toMatchObject({
    code: 'canceled',
    message: 'query was canceled in query queue',
  });
  blocked.abort();
  await refused;
  await first;
  await wait(0);
  expect((await narrow.instant({ query: 'm', timeMs })).value.kind).toBe('vector');
});

test('what nobody expected becomes an internal error, and the place is free again', async () => {
  let fails = true;
  const failing = engineOver(storage, {
    limits: { ...LIMITS, maxConcurrency: 1 },
    querierOf: (minTimeMs, maxTimeMs) => {
      if (fails) throw new TypeError('broken');
      return storage.querier(minTimeMs, maxTimeMs);
    },
  });
  const failure = failing.instant({ query: 'm', timeMs });
  await expect(failure).rejects.toBeInstanceOf(QueryError);
  await expect(failure).rejects.toMatchObject({ code: 'internal', message: 'unexpected error: broken' });
  fails = false;
  expect((await failing.instant({ query: 'm', timeMs })).value.kind).toBe('vector');
});

test('samples are counted, by step where asked for', async () => {
  const stepped = engineOver(storage, { features: new Set(['promql-per-step-stats']) });
  const { stats } = await stepped.range({ query: 'sum(rate(m[1m]))', ...RANGE, statsPerStep: true });
  expect(stats.samples.totalQueryableSamples).toBe(20 + 5 * 80);
  expect(stats.samples.totalQueryableSamplesPerStep).toEqual([
    [0, 20],
    [60, 80],
    [120, 80],
    [180, 80],
    [240, 80],
    [300, 80],
  ]);
  const fixed = await stepped.range({ query: 'm @ 60', ...RANGE, statsPerStep: true });
  expect(fixed.stats.samples.totalQueryableSamplesPerStep?.map(([, samples]) => samples)).toEqual([
    20, 20, 20, 20, 20, 20,
  ]);
  const plain = await engine.range({ query: 'm', ...RANGE, statsPerStep: true });
  expect(plain.stats.samples.totalQueryableSamplesPerStep).toBeUndefined();
  expect(fixed.stats.timings.execTotalTime).toBeGreaterThanOrEqual(fixed.stats.timings.innerEvalTime);
});

test.each([
  ['m', 6 * 20, 6 * 20],
  // Windows that overlap: five of 20 s each see 8 samples, of which 5 are new.
  ['rate(m[2m])', (1 + 5 + 8 * 4) * 20, 21 * 20],
  ['rate(m[1m])', (1 + 5 * 4) * 20, 21 * 20],
  ['m @ 60', 6 * 20, 20],
  ['max_over_time(m[1m:30s] @ 60)', 6 * 2 * 20, 2 * 20],
])('%s sees samples at %d steps and reads %d', async (query, totalQueryableSamples, samplesRead) => {
  const { stats } = await engine.range({ query, ...RANGE });
  expect(stats.samples).toMatchObject({ totalQueryableSamples, samplesRead });
});

test('the querier covers what selectors read, and no more', async () => {
  const ranges: [number, number][] = [];
  const watched = engineOver(storage, {
    querierOf: (minTimeMs, maxTimeMs) => {
      ranges.push([minTimeMs, maxTimeMs]);
      return storage.querier(minTimeMs, maxTimeMs);
    },
  });
  await watched.instant({ query: 'm', timeMs });
  await watched.instant({ query: 'rate(m[1m] offset 1m)', timeMs });
  await watched.instant({ query: 'max_over_time(rate(m[1m])[5m:30s])', timeMs });
  await watched.range({ query: 'm offset -1m - m @ 60', ...RANGE });
  await watched.instant({ query: '1', timeMs });
  expect(ranges).toEqual([
    [1, 300_000],
    [180_001, 240_000],
    [-29_999, 300_000],
    [-239_999, 360_000],
    [0, 0],
  ]);
});

test('a lookback of the request goes before the engine\u2019s', async () => {
  const query = 'm{i="1"}';
  const late = 39 * 15_000 + 60_000;
  const { value } = await engine.instant({ query, timeMs: late, lookbackDeltaMs: 60_000 });
  expect(value).toMatchObject({ kind: 'vector', samples: [] });
});

test('the engine counts itself', async () => {
  const registry = new Registry();
  const counted = engineOver(storage, { registry });
  const { stats } = await counted.instant({ query: 'm', timeMs });
  const text = await registry.metrics();
  expect(text).toContain('prometheus_engine_queries 0');
  expect(text).toContain('prometheus_engine_queries_concurrent_max 20');
  expect(text).toContain('prometheus_engine_query_duration_seconds_count{slice="inner_eval"} 1');
  expect(stats.samples.totalQueryableSamples).toBeGreaterThan(0);
  expect(text).toContain(`prometheus_engine_query_samples_total ${stats.samples.totalQueryableSamples}\n`);
});
