// /api/v1/status/tsdb: how many series there are, and which metrics and labels make the most of them.
//
// Counted over the series that had samples in the last two hours of data, which is what Prometheus' head holds.

import type { Labels } from '../../model/labels.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { compareText } from '../../model/text-order.ts';
import type { Storage } from '../../storage/contract.ts';
import { successText } from '../answer.ts';
import { jsonText } from '../encode/json.ts';
import { ApiError } from '../errors.ts';
import { parseGoInteger } from '../go-number.ts';
import { metricValue } from '../metric-value.ts';
import type { Handler } from '../route.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 10_000;
const HEAD_MS = 2 * 3_600_000;
/** What Go's extremes of int64 look like: there is no sample yet. */
const NO_MIN_TIME = '9223372036854775807';
const NO_MAX_TIME = '-9223372036854775808';

export const tsdbStatusHandler: Handler = async ({ form }, { storage, registry }) => {
  const limit = limitOf(form.get('limit'));
  const { headSeries, minTimeMs, maxTimeMs } = storage.stats();
  const chunks = await metricValue(registry, 'prometheus_tsdb_head_chunks');
  const counts = new Counts(maxTimeMs === undefined ? [] : headLabels(storage, maxTimeMs));
  const top = (map: ReadonlyMap<string, number>) => jsonText(largest(map, limit));
  return successText(
    `{"headStats":{"numSeries":${headSeries},"numLabelPairs":${counts.pairs.size},"chunkCount":${chunks},` +
      `"minTime":${minTimeMs ?? NO_MIN_TIME},"maxTime":${maxTimeMs ?? NO_MAX_TIME}},` +
      `"seriesCountByMetricName":${top(counts.metrics)},"labelValueCountByLabelName":${top(counts.values)},` +
      `"memoryInBytesByLabelName":${top(counts.bytes)},"seriesCountByLabelValuePair":${top(counts.pairs)}}`,
  );
};

function limitOf(text: string): number {
  if (text === '') return DEFAULT_LIMIT;
  const limit = parseGoInteger(text);
  if ('error' in limit || limit.value < 1) {
    throw new ApiError('bad_data', 'limit must be a positive number');
  }
  return Math.min(limit.value, MAX_LIMIT);
}

function headLabels(storage: Storage, maxTimeMs: number): readonly Labels[] {
  const querier = storage.querier(maxTimeMs - HEAD_MS, maxTimeMs);
  try {
    return querier.select([new Matcher('!=', METRIC_NAME, '')]).labels;
  } finally {
    querier.close();
  }
}

class Counts {
  readonly metrics = new Map<string, number>();
  /** Series by `name=value`. */
  readonly pairs = new Map<string, number>();
  /** Distinct values by label name, and the bytes that these take. */
  readonly values = new Map<string, number>();
  readonly bytes = new Map<string, number>();

  constructor(series: readonly Labels[]) {
    for (const labels of series) {
      add(this.metrics, labels.metricName, 1);
      for (const [name, value] of labels.entries()) this.addPair(name, value);
    }
  }

  private addPair(name: string, value: string): void {
    const pair = `${name}=${value}`;
    if (!this.pairs.has(pair)) {
      add(this.values, name, 1);
      add(this.bytes, name, Buffer.byteLength(value));
    }
    add(this.pairs, pair, 1);
  }
}

function add(map: Map<string, number>, key: string, count: number): void {
  map.set(key, (map.get(key) ?? 0) + count);
}

function largest(map: ReadonlyMap<string, number>, limit: number): { name: string; value: number }[] {
  return [...map]
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => b.value - a.value || compareText(a.name, b.name))
    .slice(0, limit);
}
