// The engine's metrics about itself, under Prometheus' names.

import { Counter, Gauge, type Registry, WaitingSummary } from '../../base/metrics.ts';
import type { QueryStats } from '../contract.ts';

export class EngineMetrics {
  private readonly durations: WaitingSummary;
  private readonly samples: Counter;

  /** `queries` is asked for whenever the metrics are read. */
  constructor(registry: Registry, maxConcurrency: number, queries: () => number) {
    const registers = [registry];
    new Gauge({
      name: 'prometheus_engine_queries',
      help: 'The current number of queries being executed or waiting.',
      registers,
      collect() {
        this.set(queries());
      },
    });
    new Gauge({
      name: 'prometheus_engine_queries_concurrent_max',
      help: 'The max number of concurrent queries.',
      registers,
    }).set(maxConcurrency);
    this.samples = new Counter({
      name: 'prometheus_engine_query_samples_total',
      help: 'The total number of samples loaded by all queries.',
      registers,
    });
    this.durations = new WaitingSummary({
      name: 'prometheus_engine_query_duration_seconds',
      help: 'Query timings',
      labelNames: ['slice'],
      percentiles: [0.5, 0.9, 0.99],
      maxAgeSeconds: 600,
      ageBuckets: 5,
      registers,
    });
  }

  /** Of one query, also of one that failed. */
  countSamples(count: number): void {
    this.samples.inc(count);
  }

  observe(timings: QueryStats['timings']): void {
    this.durations.observe(timings.innerEvalTime, 'inner_eval');
    this.durations.observe(timings.queryPreparationTime, 'prepare_time');
    this.durations.observe(timings.execQueueTime, 'queue_time');
    this.durations.observe(timings.resultSortTime, 'result_sort');
  }
}
