// A BulkLoader that keeps what it is given in memory, and tells what has been flushed.

import type { Labels } from '../../../src/model/labels.ts';
import type { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import type { BulkLoader } from '../../../src/storage/contract.ts';

/** Samples by time, their values as the 64 bits that they are. */
export type SeriesBits = Map<number, bigint>;

export class MemoryLoader implements BulkLoader {
  /** By the series as it is printed. */
  readonly series = new Map<string, SeriesBits>();
  adds = 0;
  flushes = 0;
  /** Samples added since the last flush. */
  unflushed = 0;

  async add(labels: Labels, samples: SampleBuffer): Promise<void> {
    this.adds++;
    const text = labels.toString();
    const bits = this.series.get(text) ?? new Map<number, bigint>();
    this.series.set(text, bits);
    const words = new BigUint64Array(samples.values.buffer, samples.values.byteOffset, samples.length);
    for (let i = 0; i < samples.length; i++) bits.set(samples.timestampsMs[i], words[i]);
    this.unflushed += samples.length;
  }

  async flush(): Promise<void> {
    this.flushes++;
    this.unflushed = 0;
  }

  get samples(): number {
    return [...this.series.values()].reduce((sum, bits) => sum + bits.size, 0);
  }

  /** `{…} value@time …` for every series, sorted. */
  lines(): string[] {
    return [...this.series].map(
      ([series, bits]) =>
        `${series} ${[...bits].map(([timeMs, value]) => `${showBits(value)}@${timeMs}`).join(' ')}`,
    );
  }
}

/** A number as JavaScript prints it, -0 and the staleness marker by their names. */
export function showBits(bits: bigint): string {
  if (bits === 0x7ff0000000000002n) return 'stale';
  const value = new Float64Array(BigUint64Array.of(bits).buffer)[0];
  return Object.is(value, -0) ? '-0' : String(value);
}
