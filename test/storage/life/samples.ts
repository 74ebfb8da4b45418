// The series and samples of the life test. A sample is a function of its series and time, so that it does not matter
// which of two at one time a storage keeps.

import type { Histogram } from '../../../src/model/histogram.ts';
import { Labels } from '../../../src/model/labels.ts';
import type { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import type { Row } from '../../../src/storage/contract.ts';
import { HISTOGRAM } from '../day/day-model.ts';
import { bitsOf, doubleOfBits } from '../doubles.ts';

export const SERIES: readonly Labels[] = Array.from({ length: 14 }, (_, i) =>
  Labels.of({ __name__: `m${i % 4}`, i: String(i), ...(i % 2 ? { odd: 'yes' } : {}) }),
);

const INDEXES = new Map(SERIES.map((labels, k) => [labels.key, k]));

/** Of the series of that label set; -1 where there is none. */
export const indexOf = (labels: Labels): number => INDEXES.get(labels.key) ?? -1;

interface LifeSample {
  readonly bits: bigint;
  /** 0: none. */
  readonly startMs: number;
  readonly histogram: Histogram | undefined;
}

const SPECIAL = [0n, 1n << 63n, 0x7ff0000000000002n, 0xfff0000000000000n, 0x7ff8000000000001n, 1n] as const;

export function sampleOf(k: number, timeMs: number): LifeSample {
  const hash = mixed(k * 7919 + (timeMs % 2 ** 31));
  // Some series are histograms now and then; some samples have a start.
  const histogram = k % 5 === 3 && hash % 3 === 0 ? { ...HISTOGRAM, sum: hash } : undefined;
  return {
    bits: histogram ? 0n : valueBits(hash),
    startMs: k % 3 === 0 && hash % 4 !== 0 ? timeMs - (hash % 10_000) : 0,
    histogram,
  };
}

function valueBits(hash: number): bigint {
  if (hash % 4 === 0) return SPECIAL[(hash >>> 8) % SPECIAL.length];
  if (hash % 4 === 1) return (BigInt(hash) << 32n) | BigInt(mixed(hash));
  return bitsOf(Float64Array.of((hash >>> 20) / (hash % 4 === 2 ? 1 : 100)), 1)[0];
}

/** 32 bits that depend on all bits of the number. */
function mixed(number: number): number {
  let hash = number >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Adds the sample of series `k` at the row's time. */
export function addToRow(row: Row, k: number): void {
  const { bits, startMs, histogram } = sampleOf(k, row.timestampMs);
  const column = row.group.column(SERIES[k]);
  if (histogram) row.addHistogram(column, histogram);
  else row.add(column, 0);
  row.values.set(doubleOfBits(bits), row.length - 1);
  if (startMs === 0) return;
  row.startTimestampsMs ??= new Float64Array(row.values.length);
  row.startTimestampsMs[row.length - 1] = startMs;
}

/** Adds the sample of series `k` at that time. */
export function addToBuffer(samples: SampleBuffer, k: number, timeMs: number): void {
  const { bits, startMs, histogram } = sampleOf(k, timeMs);
  if (startMs !== 0) samples.withStarts();
  if (histogram) samples.pushHistogram(timeMs, histogram);
  else samples.push(timeMs, 0);
  samples.values.set(doubleOfBits(bits), samples.length - 1);
  if (startMs !== 0) samples.withStarts()[samples.length - 1] = startMs;
}

/** Of each sample that is not what its series and time make it, what is wrong. */
export function faultsOf(samples: SampleBuffer, k: number): string[] {
  const faults: string[] = [];
  const bits = bitsOf(samples.values, samples.length);
  for (let i = 0; i < samples.length; i++) {
    const timeMs = samples.timestampsMs[i];
    const expected = sampleOf(k, timeMs);
    const where = `series ${k} at ${timeMs}`;
    if (i > 0 && timeMs <= samples.timestampsMs[i - 1]) faults.push(`${where}: out of order`);
    if (bits[i] !== expected.bits) faults.push(`${where}: ${bits[i]} instead of ${expected.bits}`);
    if ((samples.startTimestampsMs?.[i] ?? 0) !== expected.startMs) faults.push(`${where}: another start`);
    if (samples.histograms?.[i]?.sum !== expected.histogram?.sum) faults.push(`${where}: another histogram`);
  }
  return faults;
}
