// promlite's metrics about itself, under the names that Prometheus uses where it has them.
//
// One registry is made per process (by main) and handed down; each module declares its own metrics on it. What is
// counted with every scrape and query is only put down then, and made into a metric when the metrics are read.

import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
  Summary,
  type SummaryConfiguration,
} from 'prom-client';

export { Counter, collectDefaultMetrics, Gauge, Histogram, Registry };

/** So many observations wait at most: with a few a second they are not older than the parts of a summary's window. */
const WAITING_OBSERVATIONS = 512;

/** A summary of one label, or none (`labelValue` is ''). An observation costs nothing but its place in a list. */
export class WaitingSummary {
  private readonly summary: Summary;
  private readonly labelName: string | undefined;
  private readonly values = new Float64Array(WAITING_OBSERVATIONS);
  private readonly labelValues: string[] = new Array(WAITING_OBSERVATIONS).fill('');
  private waiting = 0;

  constructor(config: SummaryConfiguration<string>) {
    this.labelName = config.labelNames?.[0];
    this.summary = new Summary({ ...config, collect: () => this.take() });
  }

  observe(value: number, labelValue = ''): void {
    if (this.waiting === WAITING_OBSERVATIONS) this.take();
    this.values[this.waiting] = value;
    this.labelValues[this.waiting++] = labelValue;
  }

  private take(): void {
    const { summary, labelName, values, labelValues, waiting } = this;
    this.waiting = 0;
    for (let i = 0; i < waiting; i++) {
      if (labelName === undefined) summary.observe(values[i]);
      else summary.observe({ [labelName]: labelValues[i] }, values[i]);
    }
  }
}
