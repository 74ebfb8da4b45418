// Metrics that belong together: declared under `prometheus_tsdb_…`, and taken off the registry together, so that a
// storage that is closed and opened again may declare them anew.

import { Counter, Gauge, Histogram, type Registry, WaitingSummary } from '../base/metrics.ts';

const PREFIX = 'prometheus_tsdb_';

/** What a sample is, as the label `type` has it. */
export type SampleType = 'float' | 'histogram';

/** Of samples, since the start. */
export class CountByType {
  floats = 0;
  histograms = 0;

  add(all: number, histograms = 0): void {
    this.floats += all - histograms;
    this.histograms += histograms;
  }
}

export class MetricGroup {
  private readonly registry: Registry;
  private readonly names: string[] = [];

  constructor(registry: Registry) {
    this.registry = registry;
  }

  counter(name: string, help: string): Counter {
    return new Counter(this.named(name, help));
  }

  /** A counter that is kept elsewhere: `read` gives its value, which never falls. */
  readCounter(name: string, help: string, read: () => number): void {
    new Counter({
      ...this.named(name, help),
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** Both types are there from the start, so that the first of each is a step. */
  counterByType(name: string, help: string): CountByType {
    const count = new CountByType();
    new Counter({
      ...this.named(name, help),
      labelNames: ['type'],
      collect() {
        this.reset();
        this.inc({ type: 'float' }, count.floats);
        this.inc({ type: 'histogram' }, count.histograms);
      },
    });
    return count;
  }

  gauge(name: string, help: string): Gauge {
    return new Gauge(this.named(name, help));
  }

  /** A gauge that is asked for when the metrics are read. */
  readGauge(name: string, help: string, read: () => number): void {
    new Gauge({
      ...this.named(name, help),
      collect() {
        this.set(read());
      },
    });
  }

  /** Median, 90th and 99th percentile of the last ten minutes. */
  summary(name: string, help: string): WaitingSummary {
    return new WaitingSummary({
      ...this.named(name, help),
      percentiles: [0.5, 0.9, 0.99],
      maxAgeSeconds: 600,
      ageBuckets: 5,
    });
  }

  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ ...this.named(name, help), buckets: [...buckets] });
  }

  close(): void {
    for (const name of this.names) this.registry.removeSingleMetric(name);
  }

  private named(name: string, help: string): { name: string; help: string; registers: Registry[] } {
    const full = PREFIX + name;
    this.names.push(full);
    return { name: full, help, registers: [this.registry] };
  }
}
