// A histogram sample as bytes and back, every double bit for bit. Drawn in docs/format/storage.md.

import type { BucketSpan, CounterResetHint, Histogram } from '../../model/histogram.ts';
import { ByteWriter } from './byte-writer.ts';

const HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

/** A histogram and its position, as it stands in journal rows and chunks. */
export interface PlacedHistogram {
  readonly position: number;
  readonly histogram: Histogram;
}

export function writeHistogram(histogram: Histogram, writer: ByteWriter): void {
  writer.u8(HINTS.indexOf(histogram.counterResetHint));
  writer.i32(histogram.schema);
  writer.f64(histogram.zeroThreshold);
  writer.f64(histogram.zeroCount);
  writer.f64(histogram.count);
  writer.f64(histogram.sum);
  writeSpans(histogram.positiveSpans, writer);
  writeSpans(histogram.negativeSpans, writer);
  writeNumbers(histogram.positiveBuckets, writer);
  writeNumbers(histogram.negativeBuckets, writer);
  writeNumbers(histogram.customValues, writer);
}

/** Whether the two are the same, bit for bit. */
export function sameHistogram(a: Histogram, b: Histogram): boolean {
  const [left, right] = [new ByteWriter(256), new ByteWriter(256)];
  writeHistogram(a, left);
  writeHistogram(b, right);
  return left.view().equals(right.view());
}

/** A sparse array of histograms as position and histogram, one after the other. */
export function encodeHistograms(histograms: readonly (Histogram | undefined)[]): Uint8Array {
  const writer = new ByteWriter(1024);
  histograms.forEach((histogram, position) => {
    if (!histogram) return;
    writer.u32(position);
    writeHistogram(histogram, writer);
  });
  return writer.view();
}

/** Those of a row that is `width` wide. Throws where the bytes are damaged. */
export function decodeHistograms(bytes: Buffer, width: number): (Histogram | undefined)[] {
  const reader = new HistogramReader(bytes, 0);
  const histograms: (Histogram | undefined)[] = [];
  while (reader.at < bytes.length) {
    const { position, histogram } = reader.next();
    // Whoever goes through the array goes as far as the last position.
    if (position >= width) throw new Error(`a histogram at position ${position} of a row of ${width}`);
    histograms[position] = histogram;
  }
  return histograms;
}

/** Reads placed histograms, one after the other, from `at` on. */
export class HistogramReader {
  at: number;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  next(): PlacedHistogram {
    const position = this.u32();
    const counterResetHint = HINTS[this.bytes[this.at++]];
    const schema = this.i32();
    const [zeroThreshold, zeroCount, count, sum] = [this.f64(), this.f64(), this.f64(), this.f64()];
    const [positiveSpans, negativeSpans] = [this.spans(), this.spans()];
    const [positiveBuckets, negativeBuckets, customValues] = [this.numbers(), this.numbers(), this.numbers()];
    const histogram: Histogram = {
      counterResetHint,
      schema,
      zeroThreshold,
      zeroCount,
      count,
      sum,
      positiveSpans,
      negativeSpans,
      positiveBuckets,
      negativeBuckets,
      customValues,
    };
    return { position, histogram };
  }

  private u32(): number {
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }

  private i32(): number {
    this.at += 4;
    return this.bytes.readInt32LE(this.at - 4);
  }

  private f64(): number {
    this.at += 8;
    return this.bytes.readDoubleLE(this.at - 8);
  }

  private spans(): BucketSpan[] {
    return Array.from({ length: this.u32() }, () => ({ offset: this.i32(), length: this.u32() }));
  }

  private numbers(): number[] {
    return Array.from({ length: this.u32() }, () => this.f64());
  }
}

function writeSpans(spans: readonly BucketSpan[], writer: ByteWriter): void {
  writer.u32(spans.length);
  for (const span of spans) {
    writer.i32(span.offset);
    writer.u32(span.length);
  }
}

function writeNumbers(numbers: readonly number[], writer: ByteWriter): void {
  writer.u32(numbers.length);
  for (const number of numbers) writer.f64(number);
}
