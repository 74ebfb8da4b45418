// Fills the past: what promlite would have stored, had it watched the fleet all the time.
//
// In: a fleet whose clock stands in the past, the configuration that promlite will run with, its data path. Out: the
// same groups, series and timestamps that the scrapes of that time would have left, failed scrapes included, up to
// the present; the fleet's numbers go on from there.
//
// The way in is promlite's own scraper over its own storage, in this process, before promlite starts: only the fetch
// is replaced, by a call. So nothing about groups, markers and reports is written twice, and it is fast: 6 h (5 million
// samples) take about 20 s, most of them to make the bodies, while sending them by remote write would add a protocol
// on both sides, and end with groups that the live scrapes do not go on with.

import { setImmediate as breathe } from 'node:timers/promises';
import { type Clock, systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { Registry } from '../src/base/metrics.ts';
import type { Config } from '../src/config/contract.ts';
import { createScraperMetrics } from '../src/scraper/metrics.ts';
import { ScrapeError } from '../src/scraper/sample-labels.ts';
import { firstScrapeMs } from '../src/scraper/schedule.ts';
import { TargetScraper } from '../src/scraper/scrape.ts';
import { targetsOf } from '../src/scraper/target.ts';
import type { BodyFetcher, FetchedBody } from '../src/scraper/target-fetcher.ts';
import { Turns } from '../src/scraper/turns.ts';
import type { Storage } from '../src/storage/contract.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Page } from './fleet/metrics-server.ts';
import { Random } from './fleet/random.ts';
import type { FleetClock } from './fleet-clock.ts';

export interface HistoryOptions {
  readonly fleet: Fleet;
  /** The fleet's; stands where the past begins. Follows the real one in the end. */
  readonly clock: FleetClock;
  readonly config: Config;
  /** Of the samples, whatever the configuration says. */
  readonly intervalMs: number;
  readonly storageFolder: string;
  readonly stopping: AbortSignal;
  /** Told now and then. */
  readonly progress: (progress: HistoryProgress) => void;
  /** The present; the machine's by default. */
  readonly now?: Clock;
}

export interface HistoryProgress {
  /** From 0 to 1. */
  readonly share: number;
  readonly samples: number;
  readonly elapsedMs: number;
}

const PROGRESS_EVERY_MS = 1000;
/** After so long others get their turn: signals, and the storage's own work. */
const BREATHE_EVERY_MS = 40;

/** How long a simulated scrape takes. */
const SCRAPE_MEDIAN_MS = 6;
const SCRAPE_SIGMA = 0.35;
const FAILED_SCRAPE_MS = 0.8;

/**
 * Resolves once the present is reached; false where `stopping` aborted before. Rejects with StorageError where the
 * folder cannot be used, with Error where nothing can be written.
 */
export async function fillHistory(options: HistoryOptions): Promise<boolean> {
  const { storageFolder, now = systemClock } = options;
  const storage = openStorage({
    folder: storageFolder,
    retentionMs: Number.POSITIVE_INFINITY,
    clock: now,
    log: silentLogger,
    registry: new Registry(),
  });
  try {
    return await scrapeThePast(options, storage, now);
  } finally {
    storage.close();
  }
}

async function scrapeThePast(options: HistoryOptions, storage: Storage, now: Clock): Promise<boolean> {
  const { clock, intervalMs, stopping } = options;
  const teller = new ProgressTeller(options, storage, now);
  const targets = targetsIn(options, storage, new Turns(now), clock.nowMs());
  let breathedMs = now.monotonicMs();
  for (let round = 0; ; round++) {
    for (const { firstMs, scraper, timeoutMs } of targets) {
      const timestampMs = firstMs + round * intervalMs;
      if (timestampMs > now.nowMs()) {
        clock.follow();
        teller.tell(1);
        return true;
      }
      clock.set(timestampMs);
      await scraper.scrape(timestampMs, timeoutMs, stopping);
    }
    if (now.monotonicMs() - breathedMs < BREATHE_EVERY_MS) continue;
    teller.tellIfDue();
    await breathe();
    if (stopping.aborted) return false;
    breathedMs = now.monotonicMs();
  }
}

class ProgressTeller {
  private readonly options: HistoryOptions;
  private readonly storage: Storage;
  private readonly now: Clock;
  private readonly fromMs: number;
  private readonly wholeMs: number;
  private readonly startedMs: number;
  private toldMs: number;
  private samples = 0;

  constructor(options: HistoryOptions, storage: Storage, now: Clock) {
    this.options = options;
    this.storage = storage;
    this.now = now;
    this.fromMs = options.clock.nowMs();
    this.wholeMs = now.nowMs() - this.fromMs;
    this.startedMs = now.monotonicMs();
    this.toldMs = this.startedMs;
  }

  /** Throws where nothing came to be stored since the last time. */
  tellIfDue(): void {
    if (this.now.monotonicMs() - this.toldMs < PROGRESS_EVERY_MS) return;
    this.toldMs = this.now.monotonicMs();
    const { samples } = this;
    this.tell((this.options.clock.nowMs() - this.fromMs) / this.wholeMs);
    if (this.samples === samples) throw new Error('the past cannot be stored; is there room on the disk?');
  }

  tell(share: number): void {
    this.samples = this.storage.stats().samplesAppended;
    const elapsedMs = this.now.monotonicMs() - this.startedMs;
    this.options.progress({ share, samples: this.samples, elapsedMs });
  }
}

interface PastTarget {
  readonly scraper: TargetScraper;
  readonly timeoutMs: number;
  /** On the grid of the live scrapes. */
  readonly firstMs: number;
}

/** In the order in which they are scraped. */
function targetsIn(options: HistoryOptions, storage: Storage, turns: Turns, fromMs: number): PastTarget[] {
  const { config, intervalMs } = options;
  const metrics = createScraperMetrics(new Registry());
  const random = new Random(0, 'scrape durations');
  const targets = config.scrapeConfigs.flatMap(scrapeConfig =>
    scrapeConfig.staticConfigs
      .flatMap(group => targetsOf(group, scrapeConfig).active)
      .map((target): PastTarget => {
        const clock = new ScrapeClock(options.clock);
        const page = options.fleet.page(scrapeConfig.jobName);
        const fetcher = new PageFetcher(page, clock, random);
        const dependencies = { storage, clock, log: silentLogger, metrics, turns, extraMetrics: false };
        const scraper = new TargetScraper(target, scrapeConfig, fetcher, dependencies);
        const firstMs = firstScrapeMs(target.key, intervalMs, fromMs);
        return { scraper, timeoutMs: target.timeoutMs, firstMs };
      }),
  );
  return targets.sort((a, b) => a.firstMs - b.firstMs);
}

/** The fleet's time, and durations as long as simulated scrapes take. */
class ScrapeClock implements Clock {
  private readonly fleet: Clock;
  private passedMs = 0;

  constructor(fleet: Clock) {
    this.fleet = fleet;
  }

  nowMs(): number {
    return this.fleet.nowMs();
  }

  monotonicMs(): number {
    return this.passedMs;
  }

  pass(durationMs: number): void {
    this.passedMs += durationMs;
  }
}

/** Answers as the page's server would, without a request. */
class PageFetcher implements BodyFetcher {
  private readonly page: Page;
  private readonly clock: ScrapeClock;
  private readonly random: Random;

  constructor(page: Page, clock: ScrapeClock, random: Random) {
    this.page = page;
    this.clock = clock;
    this.random = random;
  }

  release(): void {}

  async fetch(): Promise<FetchedBody> {
    const outage = this.page.outage();
    if (outage !== undefined) {
      this.clock.pass(FAILED_SCRAPE_MS);
      throw new ScrapeError('fetch', outage);
    }
    this.clock.pass(this.random.logNormal(SCRAPE_MEDIAN_MS, SCRAPE_SIGMA));
    return { body: Buffer.from(await this.page.body()), contentType: this.page.contentType };
  }
}
