// What the storage does in the background, in numbers under Prometheus' names; metrics.ts says what stands for what.

import type { Counter, Gauge, Histogram, WaitingSummary } from '../base/metrics.ts';
import type { MetricGroup } from './metric-group.ts';

/** 1 s to 2 h 16 min. */
const COMPACTION_BUCKETS = Array.from({ length: 14 }, (_, i) => 2 ** i);
const CLEANUP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class MaintenanceMetrics {
  private readonly cleanStart: Gauge;
  private readonly replaySeconds: Gauge;
  private readonly corruptions: Counter;
  private readonly truncations: Attempts;
  private readonly truncationSeconds: WaitingSummary;
  private readonly headTruncations: Attempts;
  private readonly checkpoints: Attempts;
  private readonly chunksCreated: Counter;
  private readonly chunksRemoved: Counter;
  private readonly compactionsTriggered: Counter;
  private readonly compactions: Attempts;
  private readonly compactionSeconds: Histogram;
  private readonly reloads: Attempts;
  private readonly cleanupSeconds: Histogram;

  constructor(group: MetricGroup) {
    const attempts = (name: string, failedName: string, what: string): Attempts => ({
      made: group.counter(name, `${what}.`),
      failed: group.counter(failedName, `${what} that failed.`),
    });
    this.cleanStart = group.gauge('clean_start', '1: the process before ended in order; 0: it did not.');
    this.replaySeconds = group.gauge('data_replay_duration_seconds', 'How long reading the journal took.');
    this.corruptions = group.counter('wal_corruptions_total', 'Rows of the journal that could not be read.');
    this.truncations = attempts(
      'wal_truncations_total',
      'wal_truncations_failed_total',
      'Removals of rows from the journal',
    );
    this.truncationSeconds = group.summary(
      'wal_truncate_duration_seconds',
      'How long it took to move rows into a day file and remove them from the journal.',
    );
    this.headTruncations = attempts(
      'head_truncations_total',
      'head_truncations_failed_total',
      'Moves of rows from memory into a day file',
    );
    this.checkpoints = attempts(
      'checkpoint_creations_total',
      'checkpoint_creations_failed_total',
      'Checkpoints of the journal',
    );
    this.chunksCreated = group.counter('head_chunks_created_total', 'Chunks that came into memory.');
    this.chunksRemoved = group.counter('head_chunks_removed_total', 'Chunks that left the memory.');
    this.compactionsTriggered = group.counter('compactions_triggered_total', 'Compactions that were begun.');
    this.compactions = attempts('compactions_total', 'compactions_failed_total', 'Compactions');
    this.compactionSeconds = group.histogram(
      'compaction_duration_seconds',
      'How long compactions took.',
      COMPACTION_BUCKETS,
    );
    this.reloads = attempts(
      'reloads_total',
      'reloads_failures_total',
      'Changes of day files that were taken over',
    );
    this.cleanupSeconds = group.histogram(
      'tombstone_cleanup_seconds',
      'How long it took to remove deleted samples from disk.',
      CLEANUP_BUCKETS,
    );
  }

  /** The folder was opened: whether the process before had let go of it, what was read in how long. */
  noteOpened(wasClean: boolean, replayMs: number): void {
    this.cleanStart.set(wasClean ? 1 : 0);
    this.replaySeconds.set(replayMs / 1000);
  }

  /** Rows of the journal, or parts of them, that could not be read and were left out. */
  noteCorruptions(count: number): void {
    if (count > 0) this.corruptions.inc(count);
  }

  /** Chunks of rows that are gathered in memory; `removed` are those that are in a day file now. */
  noteChunks(created: number, removed: number): void {
    if (created > 0) this.chunksCreated.inc(created);
    if (removed > 0) this.chunksRemoved.inc(removed);
  }

  /** Rows were moved into a day file and left the journal, or this failed. */
  noteTruncation(durationMs: number, succeeded = true): void {
    count(this.truncations, succeeded);
    count(this.headTruncations, succeeded);
    this.truncationSeconds.observe(durationMs / 1000);
  }

  noteCheckpoint(succeeded = true): void {
    count(this.checkpoints, succeeded);
  }

  noteCompactionBegun(): void {
    this.compactionsTriggered.inc();
  }

  noteCompaction(durationMs: number, succeeded = true): void {
    count(this.compactions, succeeded);
    if (succeeded) this.compactionSeconds.observe(durationMs / 1000);
  }

  /** Readers have another set of day files, or it could not be opened. */
  noteReload(succeeded = true): void {
    count(this.reloads, succeeded);
  }

  noteCleanup(durationMs: number): void {
    this.cleanupSeconds.observe(durationMs / 1000);
  }
}

/** As Prometheus counts: failures are among those that were made. */
interface Attempts {
  readonly made: Counter;
  readonly failed: Counter;
}

function count({ made, failed }: Attempts, succeeded: boolean): void {
  made.inc();
  if (!succeeded) failed.inc();
}
