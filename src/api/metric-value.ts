// Reads one of promlite's own metrics: where an answer repeats what /metrics says.

import type { Registry } from '../base/metrics.ts';

/** The value of a metric without labels; 0 where there is no such metric. */
export async function metricValue(registry: Registry, name: string): Promise<number> {
  const found = await registry.getSingleMetric(name)?.get();
  return Number(found?.values[0]?.value ?? 0);
}
