// What is known of retention from outside: its limits and how often it had something to drop, under Prometheus' names.

import { Counter, Gauge, type Registry } from '../base/metrics.ts';

const NAMES = {
  limitSeconds: 'prometheus_tsdb_retention_limit_seconds',
  limitBytes: 'prometheus_tsdb_retention_limit_bytes',
  timeRetentions: 'prometheus_tsdb_time_retentions_total',
  sizeRetentions: 'prometheus_tsdb_size_retentions_total',
};

export class RetentionMetrics {
  /** Runs in which the time limit had something dropped. */
  readonly timeRetentions: Counter;
  /** Runs in which the size limit had something dropped. */
  readonly sizeRetentions: Counter;
  private readonly limitSeconds: Gauge;
  private readonly limitBytes: Gauge;
  private readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
    const registers = [registry];
    this.limitSeconds = new Gauge({
      name: NAMES.limitSeconds,
      help: 'How long samples are kept, seconds; 0: no limit.',
      registers,
    });
    this.limitBytes = new Gauge({
      name: NAMES.limitBytes,
      help: 'How much may be stored, bytes; 0: no limit.',
      registers,
    });
    this.timeRetentions = new Counter({
      name: NAMES.timeRetentions,
      help: 'How often samples were dropped for their age.',
      registers,
    });
    this.sizeRetentions = new Counter({
      name: NAMES.sizeRetentions,
      help: 'How often the oldest samples were dropped for the room that all take.',
      registers,
    });
  }

  /** 0: no limit. */
  noteLimits(timeMs: number, bytes: number): void {
    this.limitSeconds.set(timeMs / 1000);
    this.limitBytes.set(bytes);
  }

  close(): void {
    for (const name of Object.values(NAMES)) this.registry.removeSingleMetric(name);
  }
}
