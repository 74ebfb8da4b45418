// What is known of retention from outside: its limits and how often it had something to drop, under Prometheus' names.

import type { Counter, Gauge, Registry } from '../base/metrics.ts';
import { MetricGroup } from './metric-group.ts';

export class RetentionMetrics {
  /** Runs in which the time limit had something dropped. */
  readonly timeRetentions: Counter;
  /** Runs in which the size limit had something dropped. */
  readonly sizeRetentions: Counter;
  private readonly limitSeconds: Gauge;
  private readonly limitBytes: Gauge;
  private readonly group: MetricGroup;

  constructor(registry: Registry) {
    this.group = new MetricGroup(registry);
    const { group } = this;
    this.limitSeconds = group.gauge(
      'retention_limit_seconds',
      'How long samples are kept, seconds; 0: no limit.',
    );
    this.limitBytes = group.gauge('retention_limit_bytes', 'How much may be stored, bytes; 0: no limit.');
    this.timeRetentions = group.counter(
      'time_retentions_total',
      'How often samples were dropped for their age.',
    );
    this.sizeRetentions = group.counter(
      'size_retentions_total',
      'How often the oldest samples were dropped for the room that all take.',
    );
  }

  /** 0: no limit. */
  noteLimits(timeMs: number, bytes: number): void {
    this.limitSeconds.set(timeMs / 1000);
    this.limitBytes.set(bytes);
  }

  close(): void {
    this.group.close();
  }
}
