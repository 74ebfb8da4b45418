// Scrapes one target again and again by its schedule (schedule.ts): one scrape at a time, without drift.
//
// Timestamps are those of the plan where the timer was at most 2 ms off: even distances take less room to store.

import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { formatDuration } from '../model/duration.ts';
import type { ScraperMetrics } from './metrics.ts';
import { alignedTimestampMs, firstScrapeMs, isDue, newTargetScrapes, nextScrapeMs } from './schedule.ts';
import type { TargetScraper } from './scrape.ts';

/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface LoopTimes {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface LoopDependencies {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ScraperMetrics;
}

export class ScrapeLoop {
  readonly scraper: TargetScraper;
  private readonly key: string;
  private times: LoopTimes;
  /** As the configuration would say it. */
  private interval: string;
  private readonly dependencies: LoopDependencies;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  /** When the next scrape is due, ms since the epoch. */
  private dueMs = 0;
  /** The time on the target's grid from which those after `dueMs` are counted: mostly `dueMs` itself. */
  private gridMs = 0;
  private lastScrapeMs: number | undefined;
  private running: Promise<void> = Promise.resolve();
  private scraping = false;
  private ended = false;

  constructor(key: string, scraper: TargetScraper, times: LoopTimes, dependencies: LoopDependencies) {
    this.key = key;
    this.scraper = scraper;
    this.times = times;
    this.interval = formatDuration(times.intervalMs);
    this.dependencies = dependencies;
  }

  start(): void {
    this.dueMs = firstScrapeMs(this.key, this.times.intervalMs, this.dependencies.clock.nowMs());
    this.gridMs = this.dueMs;
    this.schedule(() => this.tick());
  }

  /** Instead of start(), for a target that is added while others are being scraped: its first scrape comes soon. */
  startSoon(): void {
    const { intervalMs } = this.times;
    const { firstMs, secondMs } = newTargetScrapes(this.key, intervalMs, this.dependencies.clock.nowMs());
    this.dueMs = firstMs;
    this.gridMs = secondMs - intervalMs;
    this.schedule(() => this.tick());
  }

  /** Another interval starts a new schedule, after the scrape that may be under way. */
  reschedule(times: LoopTimes): void {
    const isSameInterval = times.intervalMs === this.times.intervalMs;
    this.times = times;
    this.interval = formatDuration(times.intervalMs);
    if (isSameInterval || this.ended || this.scraping) return;
    clearTimeout(this.timer);
    this.start();
  }

  /** No more scrapes; resolves when the one under way has ended, which `abort` cuts short. */
  async stop(abort: boolean): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    if (abort) this.stopping.abort();
    await this.running;
  }

  /**
   * After stop(), for a target that is gone: ends its series where its next scrape would have been. That is written
   * only after the scrape after that one, so that a target which came back by then keeps its newer samples.
   */
  endSeriesLater(done: () => void): void {
    const markerMs = this.dueMs;
    this.dueMs += this.times.intervalMs + this.times.intervalMs / 10;
    this.schedule(() => {
      try {
        this.scraper.endSeries(markerMs);
      } catch (thrown) {
        this.dependencies.log.error({ err: messageOf(thrown) }, 'Stale append failed');
      }
      done();
    });
  }

  /** Gives up what endSeriesLater plans. */
  cancel(): void {
    clearTimeout(this.timer);
  }

  private schedule(work: () => void): void {
    const waitMs = Math.max(0, this.dueMs - this.dependencies.clock.nowMs());
    this.timer = setTimeout(work, Math.min(waitMs, LONGEST_TIMER_MS));
  }

  private tick(): void {
    const nowMs = this.dependencies.clock.nowMs();
    if (!isDue(nowMs, this.dueMs)) {
      this.schedule(() => this.tick());
      return;
    }
    const { intervalMs, timeoutMs } = this.times;
    const timestampMs = alignedTimestampMs(nowMs, this.dueMs, intervalMs);
    this.observeInterval(nowMs);
    this.scraping = true;
    this.running = this.scraper.scrape(timestampMs, timeoutMs, this.stopping.signal).then(() => {
      this.scraping = false;
      if (this.ended) return;
      if (this.times.intervalMs !== intervalMs) {
        this.start();
        return;
      }
      this.gridMs = nextScrapeMs(this.gridMs, intervalMs, this.dependencies.clock.nowMs());
      this.dueMs = this.gridMs;
      this.schedule(() => this.tick());
    });
  }

  private observeInterval(nowMs: number): void {
    if (this.lastScrapeMs !== undefined) {
      this.dependencies.metrics.intervalLength.observe((nowMs - this.lastScrapeMs) / 1000, this.interval);
    }
    this.lastScrapeMs = nowMs;
  }
}
