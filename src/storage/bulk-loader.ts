// The way in for history: series with their whole past go straight into the files of their days.

import type { Labels } from '../model/labels.ts';
import type { SampleBuffer } from '../model/sample-buffer.ts';
import type { BulkLoader } from './contract.ts';
import { StorageError } from './errors.ts';
import type { LoadedSeries } from './maintenance/contract.ts';

/** What one batch holds at most, about: a day file gets a chunk of each 64 series of it. */
const BATCH_SERIES = 2048;
const BATCH_SAMPLES = 1_000_000;

/** Writes a batch; resolves when it can be read, rejects where it could not be written. */
export type WriteBatch = (series: readonly LoadedSeries[]) => Promise<void>;

export class BatchingLoader implements BulkLoader {
  private readonly write: WriteBatch;
  private series: LoadedSeries[] = [];
  private samples = 0;
  private underWay: Promise<void> = Promise.resolve();

  constructor(write: WriteBatch) {
    this.write = write;
  }

  add(labels: Labels, samples: SampleBuffer): Promise<void> | undefined {
    if (samples.length === 0) return undefined;
    this.series.push(copyOf(labels, samples));
    this.samples += samples.length;
    if (this.series.length < BATCH_SERIES && this.samples < BATCH_SAMPLES) return undefined;
    const before = this.underWay;
    this.send();
    // One batch is written while the next one is gathered.
    return before;
  }

  async flush(): Promise<void> {
    this.send();
    await this.underWay;
  }

  private send(): void {
    const { series } = this;
    if (series.length === 0) return;
    this.series = [];
    this.samples = 0;
    this.underWay = this.underWay.then(() => this.write(series));
    // Whoever awaits the next batch, or the flush, is told.
    this.underWay.catch(() => {});
  }
}

function copyOf(labels: Labels, samples: SampleBuffer): LoadedSeries {
  const { timestampsMs, values, startTimestampsMs, histograms, length } = samples;
  for (let i = 0; i < length; i++) {
    if (!Number.isSafeInteger(timestampsMs[i])) {
      throw new StorageError('write_failed', `a sample of ${labels} has a time that can't be kept`);
    }
  }
  return {
    pairs: labels.pairs,
    timesMs: timestampsMs.slice(0, length),
    values: values.slice(0, length),
    startsMs: startTimestampsMs?.slice(0, length),
    histograms: histograms?.slice(0, length),
  };
}
