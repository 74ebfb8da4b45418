// The plainest model of a day file: of each series the samples by time. And a day file's content in the same form.

import type { Labels } from '../../../src/model/labels.ts';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { ChunkCache } from '../../../src/storage/day/chunk-cache.ts';
import { DayReader } from '../../../src/storage/day/day-reader.ts';
import type { SeriesSource } from '../../../src/storage/day/day-writer.ts';
import { normalise } from '../../../src/storage/read/normalise.ts';
import { bitsOf, doubleOfBits } from '../doubles.ts';

/** Value bits, start timestamp, and the sum of the histogram where the sample is one. */
export type ModelSample = readonly [timeMs: number, bits: bigint, startMs: number, histogramSum?: number];
export type Content = Map<string, ModelSample[]>;

export interface ModelSource {
  readonly seriesId: number;
  readonly labels: Labels;
  readonly samples: readonly ModelSample[];
}

/** What a head would hand to a writer. */
export function sourceOf({ seriesId, labels, samples }: ModelSource): SeriesSource {
  return {
    seriesId,
    labels: () => labels,
    read: into => {
      into.clear();
      for (const [timeMs, bits, startMs, sum] of samples) {
        if (startMs !== 0) into.withStarts();
        if (sum === undefined) into.push(timeMs, 0);
        else into.pushHistogram(timeMs, { ...HISTOGRAM, sum });
        into.values.set(doubleOfBits(bits), into.length - 1);
        if (startMs !== 0) into.withStarts()[into.length - 1] = startMs;
      }
    },
  };
}

export const HISTOGRAM = {
  counterResetHint: 'unknown',
  schema: 3,
  zeroThreshold: 0.001,
  zeroCount: 1,
  count: 3,
  sum: 0,
  positiveSpans: [{ offset: 0, length: 2 }],
  negativeSpans: [],
  positiveBuckets: [1, 1],
  negativeBuckets: [],
  customValues: [],
} as const;

export class DayModel {
  private readonly series = new Map<string, Map<number, ModelSample>>();

  /** Of equal times the first stays. */
  add(sources: readonly ModelSource[]): void {
    for (const { labels, samples } of sources) {
      const own = this.series.get(labels.key) ?? new Map<number, ModelSample>();
      this.series.set(labels.key, own);
      for (const sample of samples) if (!own.has(sample[0])) own.set(sample[0], sample);
    }
  }

  remove(isHidden: (key: string, timeMs: number) => boolean): void {
    for (const [key, own] of this.series) {
      for (const timeMs of [...own.keys()]) if (isHidden(key, timeMs)) own.delete(timeMs);
    }
  }

  content(minMs = Number.NEGATIVE_INFINITY, maxMs = Number.POSITIVE_INFINITY): Content {
    const content: Content = new Map();
    for (const [key, own] of this.series) {
      const samples = [...own.values()].filter(([timeMs]) => timeMs >= minMs && timeMs <= maxMs);
      if (samples.length > 0)
        content.set(
          key,
          samples.sort((a, b) => a[0] - b[0]),
        );
    }
    return content;
  }
}

/** What a reader finds in the range. */
export function contentOf(
  reader: DayReader,
  minMs = Number.NEGATIVE_INFINITY,
  maxMs = Number.POSITIVE_INFINITY,
): Content {
  const buffers = new Map<string, SampleBuffer>();
  for (const series of reader.select([], minMs, maxMs)) {
    const samples = buffers.get(series.labels.key) ?? new SampleBuffer(1);
    buffers.set(series.labels.key, samples);
    reader.read(series, minMs, maxMs, samples);
  }
  const content: Content = new Map();
  for (const [key, samples] of buffers) {
    normalise(samples);
    if (samples.length > 0) content.set(key, samplesOf(samples));
  }
  return content;
}

/** The content of a file; whatever is damaged fails the test. */
export function contentOfFile(file: string): Content {
  const reader = openReader(file);
  try {
    return contentOf(reader);
  } finally {
    reader.close();
  }
}

export function openReader(file: string, onDamage: (message: string) => void = failOnDamage): DayReader {
  return new DayReader(file, new ChunkCache(), onDamage);
}

function failOnDamage(message: string): void {
  throw new Error(message);
}

function samplesOf(samples: SampleBuffer): ModelSample[] {
  const bits = bitsOf(samples.values, samples.length);
  return bits.map((bit, i) => {
    const timeMs = samples.timestampsMs[i];
    const startMs = samples.startTimestampsMs?.[i] ?? 0;
    const sum = samples.histograms?.[i]?.sum;
    return sum === undefined ? [timeMs, bit, startMs] : [timeMs, bit, startMs, sum];
  });
}
