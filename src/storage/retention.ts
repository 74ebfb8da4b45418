// Retention: when it is told the limits and every ten minutes from then on, what is older than the time limit is
// dropped, then the oldest until the rest fits the size limit.

import { statfsSync } from 'node:fs';
import cron from 'node-cron';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import { NO_RETENTION, type Retention } from '../model/retention.ts';
import { ClockWatch } from './clock-watch.ts';
import type { StoredStorage } from './contract.ts';
import { RetentionMetrics } from './retention-metrics.ts';

const SCHEDULE = '*/10 * * * *';

/** Between two calls of the storage, each of which does a bounded part. */
const PAUSE_MS = 50;

export interface RetentionOptions {
  readonly storage: Pick<StoredStorage, 'dropBefore' | 'dropBeyond' | 'stats'>;
  /** Where the storage is: its file system is what a limit in percent is a share of. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}

export class RetentionJob {
  private readonly options: RetentionOptions;
  private readonly metrics: RetentionMetrics;
  private readonly task: ReturnType<typeof cron.schedule>;
  private readonly clockWatch: ClockWatch;
  /** The log has been told that the clock is not believed. */
  private hasWarned = false;
  private limits = NO_RETENTION;
  /** Set while a run goes on. */
  private next: NodeJS.Timeout | undefined;
  private stopped = false;

  /** Nothing is dropped before the first apply(). */
  constructor(options: RetentionOptions) {
    this.options = options;
    this.metrics = new RetentionMetrics(options.registry);
    this.clockWatch = new ClockWatch(options.clock);
    this.task = cron.schedule(SCHEDULE, () => this.run());
  }

  /** These limits from now on. */
  apply(limits: Retention): void {
    this.limits = limits;
    this.metrics.noteLimits(limits.timeMs, this.limitBytes());
    this.run();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.next);
    void this.task.destroy();
    this.metrics.close();
  }

  private run(): void {
    if (!this.next && !this.stopped) this.work({ byTime: false, bySize: false });
  }

  /** One part; comes back while there is more to drop. `counted` says what this run is in the counters for. */
  private work(counted: { byTime: boolean; bySize: boolean }): void {
    this.next = undefined;
    const { log } = this.options;
    try {
      const byTime = this.dropOld();
      const bySize = byTime > 0 ? 0 : this.dropExcess();
      if (byTime + bySize === 0) return;
      if (byTime > 0) log.info({ bytes: byTime }, 'Dropped samples older than the retention');
      else log.info({ bytes: bySize }, 'Dropped the oldest samples, to stay within the retention size');
      if (byTime > 0 && !counted.byTime) this.metrics.timeRetentions.inc();
      if (bySize > 0 && !counted.bySize) this.metrics.sizeRetentions.inc();
      const now = { byTime: counted.byTime || byTime > 0, bySize: counted.bySize || bySize > 0 };
      this.next = setTimeout(() => this.work(now), PAUSE_MS).unref();
    } catch (thrown) {
      log.error({ err: messageOf(thrown) }, 'Dropping old samples failed; it will be tried again');
    }
  }

  private dropOld(): number {
    const { storage, clock } = this.options;
    const { timeMs } = this.limits;
    return timeMs > 0 && this.believesClock() ? storage.dropBefore(clock.nowMs() - timeMs) : 0;
  }

  /** Nothing is dropped for its age while the clock may be wrong: at the start where that would be everything. */
  private believesClock(): boolean {
    const { storage, clock, log } = this.options;
    const isBelieved = this.clockWatch.isBelieved(() => {
      const { maxTimeMs } = storage.stats();
      return maxTimeMs !== undefined && maxTimeMs < clock.nowMs() - this.limits.timeMs;
    });
    if (!isBelieved && !this.hasWarned) {
      log.warn(
        { now: new Date(clock.nowMs()).toISOString() },
        'The clock is far ahead of what it was: no samples are dropped for their age before it has gone steadily for an hour',
      );
    }
    this.hasWarned = !isBelieved;
    return isBelieved;
  }

  private dropExcess(): number {
    const limitBytes = this.limitBytes();
    return limitBytes > 0 ? this.options.storage.dropBeyond(limitBytes) : 0;
  }

  /** 0: no limit. A file system may grow, so its size is asked for each time. */
  private limitBytes(): number {
    const { sizeBytes, diskPercent } = this.limits;
    if (diskPercent === 0) return sizeBytes;
    const { blocks, bsize } = statfsSync(this.options.folder);
    return Math.floor((blocks * bsize * diskPercent) / 100);
  }
}
