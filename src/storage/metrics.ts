// The storage's metrics about itself, under Prometheus' names; taken off the registry when the storage closes.
//
// What happens is told to the note…() methods; what is, is asked for when the metrics are read. Where promlite has no
// such thing (blocks, a log in files), the name stands for what comes closest to it:
//   head            series that may get samples, and their rows that are in no day file yet
//   block           a day file
//   wal             the journal; an fsync is a commit, a truncation the removal of rows that are in a day file
//   compaction      a merge of chunks, or a day rewritten in its final form

import type { Counter, Registry, WaitingSummary } from '../base/metrics.ts';
import type { CommitReport, Refusal, StorageStats } from './contract.ts';
import { declareExemplarMetrics } from './exemplar-metrics.ts';
import type { ExemplarRing } from './exemplars.ts';
import { MaintenanceMetrics } from './maintenance-metrics.ts';
import { type CountByType, MetricGroup } from './metric-group.ts';

/** What a commit was, beyond its report. */
export interface CommitFigures {
  /** How many of the samples that were refused are histograms. */
  readonly refusedHistograms?: Partial<Readonly<Record<Refusal, number>>>;
  /** Samples that were taken though their series has a newer one, and how many of these are histograms. */
  readonly late?: number;
  readonly lateHistograms?: number;
  /** How long the transaction took. */
  readonly durationMs?: number;
}

/** What is there, beyond StorageStats. */
export interface StorageFigures {
  /** Chunks of rows in memory: one for each series of each segment. */
  readonly headChunks: number;
  readonly dayFiles: number;
  readonly dayFileBytes: number;
  readonly journalBytes: number;
}

export class StorageMetrics {
  /** What the storage does in the background. */
  readonly maintenance: MaintenanceMetrics;
  private readonly group: MetricGroup;
  private readonly appended: CountByType;
  private readonly late: CountByType;
  private readonly outOfOrder: CountByType;
  private readonly tooOld: CountByType;
  private readonly outOfBounds: CountByType;
  private readonly seriesCreated: Counter;
  private readonly seriesRemoved: Counter;
  private readonly commitDurations: WaitingSummary;
  private readonly failedCommits: Counter;

  constructor(registry: Registry, stats: () => StorageStats, figures?: () => StorageFigures) {
    this.group = new MetricGroup(registry);
    this.maintenance = new MaintenanceMetrics(this.group);
    const { group } = this;
    this.appended = group.counterByType('head_samples_appended_total', 'Samples that were taken.');
    this.late = group.counterByType(
      'head_out_of_order_samples_appended_total',
      'Samples that were taken though their series had a newer one.',
    );
    this.outOfOrder = group.counterByType(
      'out_of_order_samples_total',
      'Samples refused since their series had a newer one.',
    );
    this.tooOld = group.counterByType(
      'too_old_samples_total',
      'Samples refused since they were older than the retention.',
    );
    this.outOfBounds = group.counterByType(
      'out_of_bound_samples_total',
      'Samples refused for their time in the future.',
    );
    this.seriesCreated = group.counter('head_series_created_total', 'Series that got their first sample.');
    this.seriesRemoved = group.counter('head_series_removed_total', 'Series that left the memory.');
    this.commitDurations = group.summary('wal_fsync_duration_seconds', 'How long commits took.');
    this.failedCommits = group.counter('wal_writes_failed_total', 'Commits that could not be written.');
    this.declareStats(stats);
    group.readGauge('storage_blocks_bytes', 'Bytes of the day files.', () =>
      figures ? figures().dayFileBytes : stats().bytesOnDisk,
    );
    if (figures) this.declareFigures(figures);
  }

  /** `histograms` of the samples that were taken are no floats. */
  noteCommit(report: CommitReport, histograms: number, figures: CommitFigures = {}): void {
    const { refusedHistograms = {}, late = 0, lateHistograms = 0, durationMs } = figures;
    const { refused } = report;
    this.appended.add(report.appended, histograms);
    this.late.add(late, lateHistograms);
    this.outOfOrder.add(refused.out_of_order, refusedHistograms.out_of_order);
    this.tooOld.add(refused.too_old, refusedHistograms.too_old);
    this.outOfBounds.add(refused.out_of_bounds, refusedHistograms.out_of_bounds);
    if (report.newSeries > 0) this.seriesCreated.inc(report.newSeries);
    if (durationMs !== undefined) this.commitDurations.observe(durationMs / 1000);
  }

  /** Nothing of a batch could be written. */
  noteFailedCommit(): void {
    this.failedCommits.inc();
  }

  noteRemovedSeries(count: number): void {
    if (count > 0) this.seriesRemoved.inc(count);
  }

  /** Shows what is in the ring, too. */
  watchExemplars(ring: ExemplarRing): void {
    declareExemplarMetrics(this.group, ring);
  }

  close(): void {
    this.group.close();
  }

  private declareStats(stats: () => StorageStats): void {
    const { group } = this;
    const oldestMs = () => stats().minTimeMs ?? 0;
    const newestMs = () => stats().maxTimeMs ?? 0;
    group.readGauge('head_series', 'Series in memory.', () => stats().headSeries);
    group.readGauge('head_min_time', 'Time of the oldest sample, milliseconds.', oldestMs);
    group.readGauge('head_max_time', 'Time of the newest sample, milliseconds.', newestMs);
    group.readGauge('head_min_time_seconds', 'Time of the oldest sample.', () => oldestMs() / 1000);
    group.readGauge('head_max_time_seconds', 'Time of the newest sample.', () => newestMs() / 1000);
    group.readGauge('lowest_timestamp', 'Time of the oldest sample, milliseconds.', oldestMs);
    group.readGauge('lowest_timestamp_seconds', 'Time of the oldest sample.', () => oldestMs() / 1000);
  }

  private declareFigures(figures: () => StorageFigures): void {
    const { group } = this;
    group.readGauge('head_chunks', 'Chunks in memory.', () => figures().headChunks);
    group.readGauge('blocks_loaded', 'Day files.', () => figures().dayFiles);
    group.readGauge('wal_storage_size_bytes', 'Bytes of the journal.', () => figures().journalBytes);
  }
}
