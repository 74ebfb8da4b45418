// The storage's own metrics: names as in Prometheus, types of samples apart, gone when it closes.
import { beforeEach, expect, test } from 'vitest';
import { Registry } from '../../src/base/metrics.ts';
import type { CommitReport, Refusal, StorageStats } from '../../src/storage/contract.ts';
import { type StorageFigures, StorageMetrics } from '../../src/storage/metrics.ts';

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

const STATS: StorageStats = {
  headSeries: 7,
  minTimeMs: 1500,
  maxTimeMs: 61_500,
  bytesOnDisk: 900,
  samplesAppended: 70,
};
const FIGURES: StorageFigures = { headChunks: 14, dayFiles: 3, dayFileBytes: 600, journalBytes: 300 };

function reportOf(appended: number, refused: Partial<Record<Refusal, number>>, newSeries = 0): CommitReport {
  return {
    appended,
    refused: { out_of_order: 0, duplicate: 0, too_old: 0, out_of_bounds: 0, ...refused },
    firstRefused: undefined,
    newSeries,
  };
}

/** The lines of /metrics whose name begins so, without that prefix. */
async function lines(): Promise<string[]> {
  const text = await registry.metrics();
  const all = text.split('\n').filter(line => line.startsWith('prometheus_tsdb_'));
  return all.map(line => line.replace('prometheus_tsdb_', ''));
}

test('samples are counted by type, taken, late and refused', async () => {
  const metrics = new StorageMetrics(registry, () => STATS);
  metrics.noteCommit(reportOf(10, {}, 4), 3);
  metrics.noteCommit(reportOf(5, { out_of_order: 3, too_old: 2, out_of_bounds: 1, duplicate: 9 }), 0, {
    refusedHistograms: { out_of_order: 1, too_old: 2 },
    late: 2,
    lateHistograms: 1,
    durationMs: 2,
  });
  metrics.noteFailedCommit();
  metrics.noteRemovedSeries(2);
  expect(await lines()).toEqual(
    expect.arrayContaining([
      'head_samples_appended_total{type="float"} 12',
      'head_samples_appended_total{type="histogram"} 3',
      'head_out_of_order_samples_appended_total{type="float"} 1',
      'head_out_of_order_samples_appended_total{type="histogram"} 1',
      'out_of_order_samples_total{type="float"} 2',
      'out_of_order_samples_total{type="histogram"} 1',
      'too_old_samples_total{type="float"} 0',
      'too_old_samples_total{type="histogram"} 2',
      'out_of_bound_samples_total{type="float"} 1',
      'head_series_created_total 4',
      'head_series_removed_total 2',
      'wal_fsync_duration_seconds{quantile="0.99"} 0.002',
      'wal_fsync_duration_seconds_sum 0.002',
      'wal_fsync_duration_seconds_count 1',
      'wal_writes_failed_total 1',
    ]),
  );
});

test('what is there is asked for when it is read', async () => {
  new StorageMetrics(
    registry,
    () => STATS,
    () => FIGURES,
  );
  expect(await lines()).toEqual(
    expect.arrayContaining([
      'head_series 7',
      'head_chunks 14',
      'head_min_time 1500',
      'head_max_time 61500',
      'head_min_time_seconds 1.5',
      'head_max_time_seconds 61.5',
      'lowest_timestamp 1500',
      'lowest_timestamp_seconds 1.5',
      'blocks_loaded 3',
      'storage_blocks_bytes 600',
      'wal_storage_size_bytes 300',
    ]),
  );
});

test('work in the background, and what failed of it', async () => {
  const { maintenance } = new StorageMetrics(registry, () => STATS);
  maintenance.noteOpened(true, 250);
  maintenance.noteCorruptions(2);
  maintenance.noteChunks(5, 3);
  maintenance.noteTruncation(40);
  maintenance.noteTruncation(60, false);
  maintenance.noteCheckpoint();
  for (const succeeded of [true, false]) {
    maintenance.noteCompactionBegun();
    maintenance.noteCompaction(1500, succeeded);
  }
  maintenance.noteReload();
  maintenance.noteReload(false);
  maintenance.noteCleanup(30);
  expect(await lines()).toEqual(
    expect.arrayContaining([
      'clean_start 1',
      'data_replay_duration_seconds 0.25',
      'wal_corruptions_total 2',
      'head_chunks_created_total 5',
      'head_chunks_removed_total 3',
      'wal_truncations_total 2',
      'wal_truncations_failed_total 1',
      'wal_truncate_duration_seconds_sum 0.1',
      'head_truncations_total 2',
      'head_truncations_failed_total 1',
      'checkpoint_creations_total 1',
      'checkpoint_creations_failed_total 0',
      'compactions_triggered_total 2',
      'compactions_total 2',
      'compactions_failed_total 1',
      'compaction_duration_seconds_bucket{le="1"} 0',
      'compaction_duration_seconds_bucket{le="2"} 1',
      'compaction_duration_seconds_bucket{le="8192"} 1',
      'reloads_total 2',
      'reloads_failures_total 1',
      'tombstone_cleanup_seconds_bucket{le="0.05"} 1',
    ]),
  );
});

test('counters begin at 0, and nothing is left after the end', async () => {
  const metrics = new StorageMetrics(
    registry,
    () => STATS,
    () => FIGURES,
  );
  expect((await lines()).filter(line => /_total.* [1-9]/.test(line))).toEqual([]);
  metrics.close();
  expect(await registry.metrics()).toBe('\n');
  new StorageMetrics(registry, () => STATS).close();
});
