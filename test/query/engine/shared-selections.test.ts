// Selectors that read the same are read once; results do not depend on it.
import { expect, test } from 'vitest';
import type { Querier, SeriesSet, Storage } from '../../../src/storage/contract.ts';
import { engineOver, storageWith } from './kit.ts';

const SERIES = 5;

/** The engine over a storage that counts how often series are selected and read. */
function counted() {
  const storage = storageWith(SERIES, 100);
  const counts = { selects: 0, reads: 0 };
  const counting: Pick<Storage, 'querier'> = {
    querier: (minTimeMs, maxTimeMs) => countingQuerier(storage.querier(minTimeMs, maxTimeMs), counts),
  };
  return { engine: engineOver({ ...storage, ...counting } as Storage), counts };
}

function countingQuerier(querier: Querier, counts: { selects: number; reads: number }): Querier {
  const counted = (set: SeriesSet): SeriesSet => {
    counts.selects++;
    return {
      labels: set.labels,
      read: (...args) => {
        counts.reads++;
        set.read(...args);
      },
    };
  };
  return {
    labelNames: matchers => querier.labelNames(matchers),
    labelValues: (name, matchers) => querier.labelValues(name, matchers),
    listingLabelNames: matchers => querier.listingLabelNames(matchers),
    listingLabelValues: (name, matchers) => querier.listingLabelValues(name, matchers),
    close: () => querier.close(),
    select: (matchers, hints) => counted(querier.select(matchers, hints)),
    *selecting(matchers, hints) {
      return counted(yield* querier.selecting(matchers, hints));
    },
  };
}

const RANGE = { startMs: 600_000, endMs: 1_200_000, stepMs: 60_000 };

test.each([
  ['m', 1],
  ['m + m', 1],
  ['rate(m[1m]) / on () group_left sum(rate(m[1m]))', 1],
  ['sum(rate(m[1m])) + avg(rate(m[1m])) + max(rate(m[1m]))', 1],
  ['rate(m[1m]) + increase(m[1m])', 1],
  ['m + m offset 1m', 2],
  ['rate(m[1m]) + rate(m[2m])', 2],
  ['m{i="1"} + m{i!="1"}', 2],
])('%s selects %d time(s)', async (query, selects) => {
  const { engine, counts } = counted();
  await engine.range({ query, ...RANGE });
  expect(counts.selects).toBe(selects);
  expect(counts.reads).toBeLessThanOrEqual(selects * SERIES);
});

test('each reader has samples of its own: one that drops staleness markers takes nothing from another', async () => {
  const { engine } = counted();
  const both = await engine.range({ query: 'count_over_time(m[5m]) + sum_over_time(m[5m])', ...RANGE });
  const alone = await engine.range({ query: '20 + sum_over_time(m[5m])', ...RANGE });
  const values = (result: typeof both) =>
    result.value.kind === 'matrix' ? result.value.series.map(({ values }) => [...values]) : [];
  expect(values(both)).toEqual(values(alone));
});
