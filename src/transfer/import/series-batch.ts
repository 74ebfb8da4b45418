// Samples that have been read and not yet stored, by series. Bounded: its owner drains it when it is full.

import type { Labels } from '../../model/labels.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import type { BulkLoader } from '../../storage/contract.ts';

/** 8 MB of times and values. */
const MAX_SAMPLES = 500_000;
const MAX_SERIES = 100_000;
const FIRST_CAPACITY = 16;

interface BatchedSeries {
  readonly labels: Labels;
  readonly samples: SampleBuffer;
}

export class SeriesBatch {
  /** How many samples are in it; counted by who adds them. */
  samples = 0;
  private readonly byKey = new Map<string, BatchedSeries>();

  get isFull(): boolean {
    return this.samples >= MAX_SAMPLES || this.byKey.size >= MAX_SERIES;
  }

  /** Where the samples of that series go until the next drain. */
  series(labels: Labels): SampleBuffer {
    let found = this.byKey.get(labels.key);
    if (!found) {
      found = { labels, samples: new SampleBuffer(FIRST_CAPACITY) };
      this.byKey.set(labels.key, found);
    }
    return found.samples;
  }

  /** Hands everything to the loader, and is empty. */
  async drainInto(loader: BulkLoader): Promise<void> {
    for (const { labels, samples } of this.byKey.values()) {
      if (samples.length > 0) await loader.add(labels, samples);
    }
    this.byKey.clear();
    this.samples = 0;
  }
}
