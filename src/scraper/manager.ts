// The scraper as a whole: a pool for each scrape configuration, fed by its discoveries; a new configuration is
// applied as the difference to the old one.

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import type { Config, ScrapeConfig } from '../config/contract.ts';
import { AnchoredRegex } from '../model/regex.ts';
import type { Storage } from '../storage/contract.ts';
import type { PoolStatus, Scraper } from './contract.ts';
import type { Discovery } from './discovery/contract.ts';
import { FileDiscovery } from './discovery/file.ts';
import { StaticDiscovery } from './discovery/static.ts';
import { Fetcher } from './fetch.ts';
import { createScraperMetrics } from './metrics.ts';
import { ScrapePool } from './pool.ts';
import { Retirement } from './retirement.ts';
import { lookEveryMs } from './schedule.ts';
import type { ScrapeDependencies } from './scrape.ts';
import { Turns } from './turns.ts';

export interface ScraperOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  /** promlite's own, for the User-Agent. */
  readonly version: string;
  /**
   * Names of --enable-feature. These count here: extra-scrape-metrics, type-and-unit-labels, st-storage,
   * created-timestamp-zero-ingestion.
   */
  readonly features: ReadonlySet<string>;
}

/** A scraper without targets; apply() gives it some. */
export function createScraper(options: ScraperOptions): Scraper {
  return new ScrapeManager(options);
}

interface Job {
  readonly pool: ScrapePool;
  fingerprint: string;
  discoveries: readonly Discovery[];
}

interface Plan {
  readonly config: ScrapeConfig;
  readonly fingerprint: string;
  /** undefined: the job stays as it is. */
  readonly fetcher: Fetcher | undefined;
}

class ScrapeManager implements Scraper {
  private readonly version: string;
  private readonly log: Logger;
  private readonly dependencies: ScrapeDependencies;
  private readonly retirement = new Retirement();
  private jobs = new Map<string, Job>();
  /** Configurations are applied one after another. */
  private applying: Promise<void> = Promise.resolve();
  /** Whether a configuration was applied: targets of later ones are added ones. */
  private started = false;
  private stopped = false;

  constructor({ storage, clock, log, registry, version, features }: ScraperOptions) {
    this.version = version;
    this.log = log;
    const metrics = createScraperMetrics(registry);
    const extraMetrics = features.has('extra-scrape-metrics');
    const appendFeatures = {
      typeAndUnitLabels: features.has('type-and-unit-labels'),
      startTimestamps: features.has('st-storage'),
      zerosAtStart: features.has('created-timestamp-zero-ingestion'),
    };
    const turns = new Turns(clock);
    this.dependencies = { storage, clock, log, metrics, turns, extraMetrics, appendFeatures };
  }

  apply(config: Config): Promise<void> {
    const applied = this.applying.then(() => this.applyNow(config));
    this.applying = applied.catch(() => {});
    return applied;
  }

  pools(): readonly PoolStatus[] {
    return [...this.jobs.values()].map(job => job.pool.status());
  }

  async stop(withinMs: number): Promise<void> {
    this.stopped = true;
    const jobs = [...this.jobs.values()];
    for (const job of jobs) stopAll(job.discoveries);
    const stopped = Promise.all(jobs.map(job => job.pool.stop(false)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([stopped, late]);
    clearTimeout(timer);
    await Promise.all([...jobs.map(job => job.pool.stop(true)), this.retirement.stop()]);
    for (const { pool } of jobs) pool.close();
  }

  private async applyNow(config: Config): Promise<void> {
    if (this.stopped) return;
    const plans = this.plan(config);
    const former = this.jobs;
    this.jobs = new Map();
    for (const plan of plans) {
      const { jobName } = plan.config;
      this.jobs.set(jobName, this.applyJob(plan, former.get(jobName)));
    }
    for (const [jobName, job] of former) if (!this.jobs.has(jobName)) this.retireJob(jobName, job);
    const changed = plans.filter(plan => plan.fetcher !== undefined);
    await Promise.all(changed.map(plan => this.discover(plan.config)));
    this.started = true;
    for (const { pool } of this.jobs.values()) pool.startSoon();
  }

  /** What is to be done, before anything is: what can fail fails here. */
  private plan(config: Config): Plan[] {
    const plans: Plan[] = [];
    try {
      for (const scrapeConfig of config.scrapeConfigs) {
        const fingerprint = fingerprintOf(scrapeConfig);
        const isSame = this.jobs.get(scrapeConfig.jobName)?.fingerprint === fingerprint;
        const fetcher = isSame ? undefined : new Fetcher(scrapeConfig, this.version);
        plans.push({ config: scrapeConfig, fingerprint, fetcher });
      }
      return plans;
    } catch (thrown) {
      for (const plan of plans) plan.fetcher?.close();
      throw thrown;
    }
  }

  private applyJob({ config, fingerprint, fetcher }: Plan, former: Job | undefined): Job {
    if (former === undefined) {
      const pool = new ScrapePool(
        config,
        fetcher ?? new Fetcher(config, this.version),
        this.dependencies,
        this.retirement,
      );
      if (this.started) pool.startSoon();
      return { pool, fingerprint, discoveries: [] };
    }
    if (fetcher !== undefined) {
      former.fingerprint = fingerprint;
      former.pool.reload(config, fetcher);
    }
    return former;
  }

  /** Starts the discoveries of a new or changed job in place of those it had. */
  private async discover(config: ScrapeConfig): Promise<void> {
    const job = this.jobs.get(config.jobName);
    if (job === undefined) return;
    const discoveries: Discovery[] = [
      new StaticDiscovery(config.staticConfigs),
      ...config.fileSdConfigs.map(
        fileSd => new FileDiscovery(fileSd, lookEveryMs(config.scrapeIntervalMs), this.log),
      ),
    ];
    const sync = () => this.sync(config.jobName, job);
    await Promise.all(discoveries.map(discovery => discovery.start(sync)));
    stopAll(job.discoveries);
    job.discoveries = discoveries;
    if (this.stopped) stopAll(discoveries);
    else sync();
  }

  private sync(jobName: string, job: Job): void {
    const groups = job.discoveries.flatMap(discovery => discovery.groups());
    const targets = groups.reduce((sum, group) => sum + group.targets.length, 0);
    this.dependencies.metrics.discoveredTargets.set({ name: 'scrape', config: jobName }, targets);
    job.pool.sync(groups);
  }

  private retireJob(jobName: string, job: Job): void {
    stopAll(job.discoveries);
    job.pool.retire();
    this.dependencies.metrics.discoveredTargets.remove({ name: 'scrape', config: jobName });
  }
}

function stopAll(discoveries: readonly Discovery[]): void {
  for (const discovery of discoveries) discovery.stop();
}

/** Equal for configurations that mean the same. */
function fingerprintOf(config: ScrapeConfig): string {
  return JSON.stringify(config, (_, value) => (value instanceof AnchoredRegex ? value.source : value));
}
