// A storage in memory that also does what an operator may ask: series are deleted, a snapshot and a clean-up are
// written down.
//
// Deletions are intervals of time by series, left out of what is read.

import type { Cardinality } from '../../src/model/cardinality.ts';
import type { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { compareText } from '../../src/model/text-order.ts';
import type { BulkLoader, Querier, SeriesSet, StoredStorage } from '../../src/storage/contract.ts';
import { countCardinality } from '../../src/storage/index/cardinality.ts';
import { LabelIndex } from '../../src/storage/index/label-index.ts';
import { MemoryStorage } from './memory-storage.ts';

const SNAPSHOT = '20261122T010203Z-0123456789abcdef';

interface Interval {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export class MemoryStoredStorage extends MemoryStorage implements StoredStorage {
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  /** Thrown by every operation of an operator, where it is set. */
  failure: Error | undefined;
  /** By key of labels. */
  private readonly deleted = new Map<string, Interval[]>();

  deleteSeries(matcherLists: readonly (readonly Matcher[])[], minTimeMs: number, maxTimeMs: number): void {
    this.note('deleteSeries');
    const querier = super.querier(minTimeMs, maxTimeMs);
    const buffer = new SampleBuffer();
    for (const set of matcherLists.map(matchers => querier.select(matchers))) {
      set.labels.forEach((labels, i) => {
        set.read(i, minTimeMs, maxTimeMs, buffer);
        const newestMs = buffer.timestampsMs[buffer.length - 1];
        const intervals = this.deleted.get(labels.key) ?? [];
        this.deleted.set(labels.key, [...intervals, { minTimeMs, maxTimeMs: newestMs }]);
      });
    }
    querier.close();
  }

  override querier(minTimeMs: number, maxTimeMs: number): Querier {
    return new WithoutDeleted(super.querier(minTimeMs, maxTimeMs), this.deleted, { minTimeMs, maxTimeMs });
  }

  async cleanTombstones(): Promise<void> {
    this.note('cleanTombstones');
  }

  async snapshot(skipHead: boolean): Promise<string> {
    this.note(`snapshot ${skipHead ? 'without' : 'with'} head`);
    return SNAPSHOT;
  }

  async cardinality(limit: number): Promise<Cardinality> {
    const index = new LabelIndex();
    const { labels } = this.querier(-1e15, 1e15).select([]);
    labels.forEach((one, ref) => {
      index.add(ref, one);
    });
    return countCardinality(index, limit);
  }

  /** What is in memory takes no room on disk. */
  dropBeyond(): number {
    return 0;
  }

  bulkLoader(): BulkLoader {
    throw new Error('not made for history');
  }

  async settled(): Promise<void> {}

  private note(what: string): void {
    this.asked.push(what);
    if (this.failure) throw this.failure;
  }
}

class WithoutDeleted implements Querier {
  private readonly all: Querier;
  private readonly deleted: ReadonlyMap<string, readonly Interval[]>;
  private readonly range: Interval;

  constructor(all: Querier, deleted: ReadonlyMap<string, readonly Interval[]>, range: Interval) {
    this.all = all;
    this.deleted = deleted;
    this.range = range;
  }

  select(matchers: readonly Matcher[]): SeriesSet {
    const set = this.all.select(matchers);
    const buffer = new SampleBuffer();
    const read = (index: number, minTimeMs: number, maxTimeMs: number, into: SampleBuffer) => {
      set.read(index, minTimeMs, maxTimeMs, into);
      removeIntervals(into, this.deleted.get(set.labels[index].key) ?? []);
    };
    const left = set.labels.flatMap((_, index) => {
      read(index, this.range.minTimeMs, this.range.maxTimeMs, buffer);
      return buffer.length > 0 ? [index] : [];
    });
    return {
      labels: left.map(index => set.labels[index]),
      read: (index, minTimeMs, maxTimeMs, into) => read(left[index], minTimeMs, maxTimeMs, into),
    };
  }

  // biome-ignore lint/correctness/useYield: it is done at once
  *selecting(matchers: readonly Matcher[]): Generator<void, SeriesSet> {
    return this.select(matchers);
  }

  // biome-ignore lint/correctness/useYield: it is done at once
  *listingLabelNames(matchers: readonly Matcher[]): Generator<void, string[]> {
    return this.labelNames(matchers);
  }

  // biome-ignore lint/correctness/useYield: it is done at once
  *listingLabelValues(name: string, matchers: readonly Matcher[]): Generator<void, string[]> {
    return this.labelValues(name, matchers);
  }

  labelNames(matchers: readonly Matcher[]): string[] {
    const names = this.select(matchers).labels.flatMap(labels => [...labels.entries()].map(([name]) => name));
    return [...new Set(names)].sort(compareText);
  }

  labelValues(name: string, matchers: readonly Matcher[]): string[] {
    const values = new Set(this.select(matchers).labels.map(labels => labels.get(name)));
    values.delete('');
    return [...values].sort(compareText);
  }

  close(): void {
    this.all.close();
  }
}

/** Leaves the samples outside all of the intervals. */
function removeIntervals(samples: SampleBuffer, intervals: readonly Interval[]): void {
  if (intervals.length === 0) return;
  const { timestampsMs, values, histograms } = samples;
  let kept = 0;
  for (let i = 0; i < samples.length; i++) {
    const timeMs = timestampsMs[i];
    if (intervals.some(({ minTimeMs, maxTimeMs }) => timeMs >= minTimeMs && timeMs <= maxTimeMs)) continue;
    timestampsMs[kept] = timeMs;
    values.copyWithin(kept, i, i + 1);
    if (histograms) histograms[kept] = histograms[i];
    kept++;
  }
  samples.length = kept;
}
