// One target, scraped once: fetch, parse, append, report, commit; and how the target is doing since.
//
// A scrape that fails in any way stores markers for what the target had before, and `up` 0; where the target is an
// nginx that is read without an exporter, also the exporter's `nginx_up` 0.
//
// A large target is read, registered and tidied up in turns (turns.ts). Whoever stops the scrape meanwhile finds
// nothing of it stored, and the next one starts over.

import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { ScrapeConfig } from '../config/contract.ts';
import type { CommitReport, Storage } from '../storage/contract.ts';
import { ScrapeAppender } from './append.ts';
import type { AppendCounts, AppendFeatures } from './append-settings.ts';
import { ExpositionError, type ExpositionParser } from './exposition/contract.ts';
import { createParser, Negotiation } from './exposition/negotiate.ts';
import { nginxDownParser, nginxStatusParser } from './exposition/nginx-status.ts';
import type { ScraperMetrics } from './metrics.ts';
import { ScrapeReport } from './report.ts';
import { ScrapeError } from './sample-labels.ts';
import type { Target } from './target.ts';
import type { BodyFetcher } from './target-fetcher.ts';
import type { Turns } from './turns.ts';

/** How far ahead of the clock a sample's own timestamp may be. */
const FUTURE_LIMIT_MS = 10 * 60_000;
/** A body beyond this is read in a turn of its own from the start. */
const LARGE_BODY_BYTES = 512 * 1024;
/** More new series than this are registered before the commit, which would take too long otherwise. */
const MANY_SERIES = 500;
/** How long the storage registers series at a time. */
const REGISTER_MS = 8;

export interface ScrapeDependencies {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ScraperMetrics;
  /** Shared by all targets. */
  readonly turns: Turns;
  /** Whether the feature extra-scrape-metrics is on. */
  readonly extraMetrics: boolean;
  /** None where it is missing. */
  readonly appendFeatures?: AppendFeatures;
}

/** How the last scrape went. */
export interface TargetHealth {
  readonly health: 'unknown' | 'up' | 'down';
  readonly lastError: string;
  readonly lastScrapeMs: number | undefined;
  readonly lastScrapeDurationMs: number;
}

interface Attempt {
  readonly counts: AppendCounts;
  readonly bodyBytes: number;
  /** '' where all went well. */
  readonly error: string;
}

export class TargetScraper {
  health: TargetHealth = {
    health: 'unknown',
    lastError: '',
    lastScrapeMs: undefined,
    lastScrapeDurationMs: 0,
  };

  private readonly dependencies: ScrapeDependencies;
  private readonly target: Target;
  private config: ScrapeConfig;
  private fetcher: BodyFetcher;
  private negotiation: Negotiation;
  private readonly appender: ScrapeAppender;
  private readonly report: ScrapeReport;
  /** Set: every scrape fails with this message, without a request. */
  forcedError = '';

  constructor(target: Target, config: ScrapeConfig, fetcher: BodyFetcher, dependencies: ScrapeDependencies) {
    this.dependencies = dependencies;
    this.target = target;
    this.config = config;
    this.fetcher = fetcher;
    this.negotiation = new Negotiation(config.fallbackScrapeProtocol);
    const groupKey = `${config.jobName}\u0000\u0000${target.key}`;
    const { storage, appendFeatures } = dependencies;
    this.appender = new ScrapeAppender(storage, groupKey, target.labels, config, appendFeatures);
    this.report = new ScrapeReport(target.labels, dependencies.extraMetrics);
  }

  get metadata() {
    return this.appender.metadata;
  }

  /** Another configuration of the same job, from the next scrape on. */
  reconfigure(config: ScrapeConfig, fetcher: BodyFetcher): void {
    this.config = config;
    this.fetcher.release();
    this.fetcher = fetcher;
    this.negotiation = new Negotiation(config.fallbackScrapeProtocol);
    this.appender.reconfigure(config);
  }

  /** Scrapes once; samples get `timestampMs`. Never rejects: failures are the target's health. */
  async scrape(timestampMs: number, timeoutMs: number, stop: AbortSignal): Promise<void> {
    const { clock, log } = this.dependencies;
    const startedMs = clock.monotonicMs();
    const startedAtMs = clock.nowMs();
    const { sampleLimit } = this.config;
    try {
      const fetched = await this.fetchBody(timeoutMs, stop);
      if (stop.aborted) return;
      const attempt = await this.append(fetched, timestampMs, stop);
      if (attempt === undefined) return;
      const durationMs = clock.monotonicMs() - startedMs;
      this.report.appendTo(this.appender, {
        up: attempt.error === '',
        durationSeconds: durationMs / 1000,
        scraped: attempt.counts.scraped,
        postRelabel: attempt.counts.postRelabel,
        seriesAdded: attempt.counts.seriesAdded,
        bodyBytes: attempt.bodyBytes,
        timeoutSeconds: timeoutMs / 1000,
        sampleLimit,
      });
      this.health = {
        health: attempt.error === '' ? 'up' : 'down',
        lastError: attempt.error,
        lastScrapeMs: startedAtMs,
        lastScrapeDurationMs: durationMs,
      };
      this.commit(attempt);
      await this.inTurns(stop, () => this.appender.tidy(this.dependencies.turns));
    } catch (thrown) {
      const lastError = messageOf(thrown);
      log.error(
        { scrape_pool: this.config.jobName, target: this.target.url, err: lastError },
        'Scrape commit failed',
      );
      const lastScrapeDurationMs = clock.monotonicMs() - startedMs;
      this.health = { health: 'down', lastError, lastScrapeMs: startedAtMs, lastScrapeDurationMs };
    }
  }

  /** Ends all series of the target at a timestamp: it is no longer scraped. */
  endSeries(timestampMs: number): void {
    this.appender.begin(timestampMs);
    this.appender.markAllStale();
    this.report.appendStaleTo(this.appender);
    this.dependencies.storage.commit(this.appender.rows());
    this.appender.finish(false);
  }

  /** Lets go of the target's group in the storage. */
  release(): void {
    this.appender.release();
  }

  private async fetchBody(timeoutMs: number, stop: AbortSignal): Promise<Fetched> {
    if (this.forcedError !== '') return { error: this.forcedError, bodyBytes: 0 };
    try {
      return await this.fetcher.fetch(timeoutMs, stop);
    } catch (thrown) {
      const isTooLarge = thrown instanceof ScrapeError && thrown.code === 'body_size';
      if (isTooLarge) this.dependencies.metrics.exceededBodySizeLimit.inc();
      return { error: messageOf(thrown), bodyBytes: isTooLarge ? -1 : 0 };
    }
  }

  /** Fills the appender from what was fetched; what fails leaves markers only. Undefined where `stop` aborted. */
  private async append(
    fetched: Fetched,
    timestampMs: number,
    stop: AbortSignal,
  ): Promise<Attempt | undefined> {
    const { appender } = this;
    appender.begin(timestampMs);
    if ('error' in fetched) {
      const { counts } = appender;
      this.appendFailure(timestampMs);
      return { counts, bodyBytes: fetched.bodyBytes, error: fetched.error };
    }
    const bodyBytes = fetched.body.length;
    try {
      if (!(await this.read(fetched, stop))) return undefined;
    } catch (thrown) {
      if (!(thrown instanceof ExpositionError) && !(thrown instanceof ScrapeError)) throw thrown;
      if (thrown.code === 'sample_limit') this.dependencies.metrics.exceededSampleLimit.inc();
      if (thrown.code === 'label_limit') this.dependencies.metrics.exceededLabelLimits.inc();
      const { counts } = appender;
      this.appendFailure(timestampMs);
      return { counts, bodyBytes, error: thrown.message };
    }
    return { counts: appender.counts, bodyBytes, error: '' };
  }

  /** Fills the appender with what a failed scrape leaves; counts nothing as scraped. */
  private appendFailure(timestampMs: number): void {
    const { appender } = this;
    appender.begin(timestampMs);
    if (this.target.format === 'nginx_stub_status') {
      try {
        appender.append(nginxDownParser(), 0);
        return;
      } catch (thrown) {
        // A limit of the job that even this one series breaks.
        if (!(thrown instanceof ScrapeError)) throw thrown;
        appender.begin(timestampMs);
      }
    }
    appender.markAllStale();
  }

  /** Reads the body into the appender, and registers series that it brought; false where `stop` aborted. */
  private async read(fetched: FetchedText, stop: AbortSignal): Promise<boolean> {
    const { appender } = this;
    const { turns, storage } = this.dependencies;
    const { parser, maxTimeMs } = this.parserOf(fetched);
    if (fetched.body.length <= LARGE_BODY_BYTES) turns.begin();
    else if (!(await this.nextTurn(stop))) return false;
    if (!(await this.inTurns(stop, () => appender.append(parser, maxTimeMs, turns)))) return false;
    if (appender.counts.seriesAdded <= MANY_SERIES) return true;
    return this.inTurns(stop, () => storage.register(REGISTER_MS));
  }

  private parserOf({ body, contentType }: FetchedText): OpenBody {
    if (this.target.format === 'nginx_stub_status') return { parser: nginxStatusParser(body), maxTimeMs: 0 };
    if (body.length === 0) return { parser: createParser('text/plain', body), maxTimeMs: 0 };
    const negotiated = this.negotiation.formatOf(contentType);
    if (!negotiated.ok) throw new ScrapeError('content_type', negotiated.message);
    const maxTimeMs = this.dependencies.clock.nowMs() + FUTURE_LIMIT_MS;
    return { parser: createParser(negotiated.mediaType, body), maxTimeMs };
  }

  /** Calls `work` until it is done, each time in another turn; false where `stop` aborted before. */
  private async inTurns(stop: AbortSignal, work: () => boolean): Promise<boolean> {
    while (!work()) if (!(await this.nextTurn(stop))) return false;
    return true;
  }

  /** False where `stop` aborted meanwhile: someone else may use the appender now. */
  private async nextTurn(stop: AbortSignal): Promise<boolean> {
    await this.dependencies.turns.next();
    return !stop.aborted;
  }

  private commit(attempt: Attempt): void {
    const { storage } = this.dependencies;
    const zeroRows = this.appender.zeroRows();
    if (zeroRows.length > 0) storage.commit(zeroRows);
    const report = storage.commit(this.appender.rows());
    this.appender.finish(attempt.error === '');
    if (attempt.error === '') this.countRefused(attempt.counts, report);
    else this.logFailure(attempt.error);
  }

  private logFailure(error: string): void {
    const { log } = this.dependencies;
    log.debug({ scrape_pool: this.config.jobName, target: this.target.url, err: error }, 'Scrape failed');
  }

  private countRefused(counts: AppendCounts, { refused }: CommitReport): void {
    const { metrics } = this.dependencies;
    const duplicates = counts.duplicates + refused.duplicate;
    const outOfOrder = counts.outOfOrder + refused.out_of_order;
    const outOfBounds = counts.outOfBounds + refused.out_of_bounds + refused.too_old;
    metrics.duplicates.inc(duplicates);
    metrics.outOfOrder.inc(outOfOrder);
    metrics.outOfBounds.inc(outOfBounds);
    this.warn('Error on ingesting samples with different value but same timestamp', duplicates);
    this.warn('Error on ingesting out-of-order samples', outOfOrder);
    this.warn('Error on ingesting samples that are too old or are too far into the future', outOfBounds);
  }

  private warn(message: string, dropped: number): void {
    if (dropped === 0) return;
    const { log } = this.dependencies;
    log.warn({ scrape_pool: this.config.jobName, target: this.target.url, num_dropped: dropped }, message);
  }
}

interface OpenBody {
  readonly parser: ExpositionParser;
  readonly maxTimeMs: number;
}

interface FetchedText {
  readonly body: Uint8Array;
  readonly contentType: string;
}

type Fetched = FetchedText | { readonly error: string; readonly bodyBytes: number };
