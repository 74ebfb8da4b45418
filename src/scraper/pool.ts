// The targets of one scrape configuration: a loop for each, kept as long as the target has the same labels and URL.
// Targets that are there when promlite starts wait for their places on the grid; those that come later start soon.
//
// In: target groups as discovered, and other configurations of the same job. Out: running loops, and the status
// that the API shows.

import type { ScrapeConfig, TargetGroup } from '../config/contract.ts';
import { compareLabels, type Labels } from '../model/labels.ts';
import { compareText } from '../model/text-order.ts';
import type { PoolStatus, TargetStatus } from './contract.ts';
import type { Fetcher } from './fetch.ts';
import { ScrapeLoop } from './loop.ts';
import type { Retirement } from './retirement.ts';
import { type ScrapeDependencies, TargetScraper } from './scrape.ts';
import { globalUrlOf, type Target, targetsOf } from './target.ts';

interface Active {
  target: Target;
  readonly loop: ScrapeLoop;
}

export class ScrapePool {
  private config: ScrapeConfig;
  private fetcher: Fetcher;
  private readonly dependencies: ScrapeDependencies;
  private readonly retirement: Retirement;
  private readonly active = new Map<string, Active>();
  private dropped: readonly Labels[] = [];
  private groups: readonly TargetGroup[] = [];
  private startsSoon = false;

  constructor(
    config: ScrapeConfig,
    fetcher: Fetcher,
    dependencies: ScrapeDependencies,
    retirement: Retirement,
  ) {
    this.config = config;
    this.fetcher = fetcher;
    this.dependencies = dependencies;
    this.retirement = retirement;
    dependencies.metrics.pools.inc();
  }

  /** From now on, targets that are added start soon: promlite has started. */
  startSoon(): void {
    this.startsSoon = true;
  }

  /** Takes another configuration of the job; targets that remain keep their loops. */
  reload(config: ScrapeConfig, fetcher: Fetcher): void {
    const former = this.fetcher;
    this.config = config;
    this.fetcher = fetcher;
    for (const { target, loop } of this.active.values()) {
      loop.scraper.reconfigure(config, fetcher.target(target.url));
    }
    former.close();
    this.sync(this.groups);
  }

  /** Makes the targets those of these groups. */
  sync(groups: readonly TargetGroup[]): void {
    this.groups = groups;
    const targets = this.discover(groups);
    for (const [key, { loop }] of this.active) {
      if (targets.has(key)) continue;
      this.active.delete(key);
      this.retirement.retire(this.retirementKey(key), loop);
    }
    const forcedError = this.forcedError(targets.size);
    for (const [key, target] of targets) {
      const active = this.active.get(key);
      if (active) {
        active.target = target;
        active.loop.scraper.forcedError = forcedError;
        active.loop.reschedule(target);
      } else {
        this.startTarget(key, target, forcedError);
      }
    }
    this.dependencies.metrics.poolTargets.set({ scrape_job: this.config.jobName }, targets.size);
  }

  status(): PoolStatus {
    const active = [...this.active.values()].map(entry => this.statusOf(entry));
    active.sort((a, b) => compareText(a.scrapeUrl, b.scrapeUrl) || compareLabels(a.labels, b.labels));
    const dropped = this.dropped.map(discoveredLabels => ({ discoveredLabels }));
    return { name: this.config.jobName, active, dropped };
  }

  /** The job is gone: its targets' series end. */
  retire(): void {
    this.sync([]);
    this.dependencies.metrics.poolTargets.remove({ scrape_job: this.config.jobName });
    this.fetcher.close();
  }

  /** No more scrapes; resolves when those under way have ended, which `abort` cuts short. */
  async stop(abort: boolean): Promise<void> {
    await Promise.all([...this.active.values()].map(({ loop }) => loop.stop(abort)));
  }

  /** After stop(): closes connections. */
  close(): void {
    this.fetcher.destroy();
  }

  private discover(groups: readonly TargetGroup[]): Map<string, Target> {
    const { log, metrics } = this.dependencies;
    const targets = new Map<string, Target>();
    const dropped: Labels[] = [];
    for (const group of groups) {
      const made = targetsOf(group, this.config);
      for (const target of made.active) targets.set(target.key, target);
      dropped.push(...made.dropped);
      for (const failure of made.failures) {
        log.error({ scrape_pool: this.config.jobName, err: failure }, 'Creating target failed');
        metrics.syncFailed.inc({ scrape_job: this.config.jobName });
      }
    }
    this.dropped = dropped;
    return targets;
  }

  private forcedError(count: number): string {
    const { targetLimit } = this.config;
    if (targetLimit === 0 || count <= targetLimit) return '';
    this.dependencies.metrics.exceededTargetLimit.inc();
    return `target_limit exceeded (number of targets: ${count}, limit: ${targetLimit})`;
  }

  private startTarget(key: string, target: Target, forcedError: string): void {
    const { config, dependencies } = this;
    const fetcher = this.fetcher.target(target.url);
    const revived = this.retirement.revive(this.retirementKey(key));
    const scraper = revived ?? new TargetScraper(target, config, fetcher, dependencies);
    if (revived) revived.reconfigure(config, fetcher);
    scraper.forcedError = forcedError;
    const loop = new ScrapeLoop(key, scraper, target, dependencies);
    this.active.set(key, { target, loop });
    if (this.startsSoon) loop.startSoon();
    else loop.start();
  }

  private retirementKey(targetKey: string): string {
    return `${this.config.jobName}\u0000\u0000${targetKey}`;
  }

  private statusOf({ target, loop }: Active): TargetStatus {
    return {
      ...loop.scraper.health,
      discoveredLabels: target.discoveredLabels,
      labels: target.labels,
      scrapePool: this.config.jobName,
      scrapeUrl: target.url,
      globalUrl: globalUrlOf(target.url),
      scrapeIntervalMs: target.intervalMs,
      scrapeTimeoutMs: target.timeoutMs,
      metadata: loop.scraper.metadata,
    };
  }
}
