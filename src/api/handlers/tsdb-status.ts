// /api/v1/status/tsdb: how many series there are in memory, and which metrics and labels make the most of them.

import type { NamedCount } from '../../model/cardinality.ts';
import { successText } from '../answer.ts';
import { jsonText } from '../encode/json.ts';
import { ApiError } from '../errors.ts';
import { parseGoInteger } from '../go-number.ts';
import { metricValue } from '../metric-value.ts';
import type { Handler } from '../route.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 10_000;
/** What Go's extremes of int64 look like: there is no sample yet. */
const NO_MIN_TIME = '9223372036854775807';
const NO_MAX_TIME = '-9223372036854775808';

export const tsdbStatusHandler: Handler = async ({ form }, { storage, registry }) => {
  const counts = await storage.cardinality(limitOf(form.get('limit')));
  const { headSeries, minTimeMs, maxTimeMs } = storage.stats();
  const chunks = await metricValue(registry, 'prometheus_tsdb_head_chunks');
  return successText(
    `{"headStats":{"numSeries":${headSeries},"numLabelPairs":${counts.labelPairs},"chunkCount":${chunks},` +
      `"minTime":${minTimeMs ?? NO_MIN_TIME},"maxTime":${maxTimeMs ?? NO_MAX_TIME}},` +
      `"seriesCountByMetricName":${listJson(counts.seriesByMetric)},` +
      `"labelValueCountByLabelName":${listJson(counts.valuesByLabel)},` +
      `"memoryInBytesByLabelName":${listJson(counts.bytesByLabel)},` +
      `"seriesCountByLabelValuePair":${listJson(counts.seriesByPair)}}`,
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

function listJson(counts: readonly NamedCount[]): string {
  return jsonText(counts.map(({ name, count }) => ({ name, value: count })));
}
