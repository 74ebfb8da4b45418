// Chunks give back what was put in, bit for bit, for every span.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Histogram } from '../../../src/model/histogram.ts';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { Chunk, ChunkEncoder, SLOTS } from '../../../src/storage/chunk/chunk-codec.ts';
import { bitsOf } from '../doubles.ts';
import { anyColumn, columnOf, SPANS, samplesOf, timesFrom } from './columns.ts';

/** Of a chunk. */
const ID = 2 ** 24 + 3;

const anySlots = fc.uniqueArray(fc.nat(SLOTS - 1), { minLength: 1, maxLength: SLOTS });

/** What differs between two buffers is seen as text. */
function described({ length, timestampsMs, values, histograms, startTimestampsMs }: SampleBuffer): unknown {
  return {
    times: [...timestampsMs.subarray(0, length)],
    values: bitsOf(values, length),
    histograms: Array.from({ length }, (_, i) => histograms?.[i]),
    starts: Array.from({ length }, (_, i) => startTimestampsMs?.[i] ?? 0),
  };
}

/** The samples of `from` in the range, as a read must give them. */
function inRange(from: SampleBuffer, minMs: number, maxMs: number): SampleBuffer {
  const kept = new SampleBuffer();
  for (let i = 0; i < from.length; i++) {
    if (from.timestampsMs[i] < minMs || from.timestampsMs[i] > maxMs) continue;
    kept.push(from.timestampsMs[i], 0);
    kept.values.set(from.values.subarray(i, i + 1), kept.length - 1);
    if (from.startTimestampsMs) kept.withStarts()[kept.length - 1] = from.startTimestampsMs[i];
    const histogram = from.histograms?.[i];
    if (!histogram) continue;
    kept.histograms ??= [];
    kept.histograms[kept.length - 1] = histogram;
  }
  return kept;
}

const anyCount = fc.oneof(fc.nat(1000), fc.double({ min: 0, noNaN: true }));
const anyHistogram: fc.Arbitrary<Histogram> = fc.record({
  counterResetHint: fc.constantFrom('unknown', 'reset', 'not_reset', 'gauge'),
  schema: fc.integer({ min: -53, max: 8 }),
  zeroThreshold: anyCount,
  zeroCount: anyCount,
  count: anyCount,
  sum: fc.double(),
  positiveSpans: fc.array(fc.record({ offset: fc.integer(), length: fc.nat(5) }), { maxLength: 3 }),
  negativeSpans: fc.array(fc.record({ offset: fc.integer(), length: fc.nat(5) }), { maxLength: 3 }),
  positiveBuckets: fc.array(anyCount, { maxLength: 10 }),
  negativeBuckets: fc.array(anyCount, { maxLength: 10 }),
  customValues: fc.array(fc.double({ noNaN: true }), { maxLength: 4 }),
});

/** Times of a series: regular, jittered, or anything at all, out of order too. */
const anyTimes = fc.oneof(
  fc
    .tuple(fc.integer(), fc.integer({ min: 1, max: 60_000 }))
    .map(([start, gap]) => timesFrom(start, gap, 300)),
  fc
    .array(fc.integer({ min: 14_990, max: 15_010 }), { minLength: 300, maxLength: 300 })
    .map(gaps => gaps.map((_, i) => gaps.slice(0, i).reduce((a, b) => a + b, 1_800_000_000_000))),
  fc.array(fc.integer({ min: -8.64e15, max: 8.64e15 }), { minLength: 300, maxLength: 300 }),
  fc.array(fc.nat(50), { minLength: 300, maxLength: 300 }),
);

const anySeries = fc.record({
  bits: anyColumn,
  times: fc.nat(3),
  starts: fc.option(fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -1e9, max: 2e12 })))),
  histograms: fc.option(fc.array(fc.tuple(fc.nat(299), anyHistogram), { maxLength: 5 }), { freq: 8 }),
});

/** One series for each slot that is used. */
const anyBlock = fc.record({
  slots: anySlots,
  times: fc.array(anyTimes, { minLength: 4, maxLength: 4 }),
  series: fc.array(anySeries, { minLength: 8, maxLength: 8 }),
});

type SeriesShape = typeof anySeries extends fc.Arbitrary<infer Shape> ? Shape : never;

function seriesOf({ bits, times, starts, histograms }: SeriesShape, all: number[][]) {
  const values = columnOf(bits);
  const timesMs = (all[times] ?? []).concat(timesFrom(0, 1, 1000)).slice(0, values.length);
  const samples = samplesOf(timesMs, values);
  if (starts) samples.withStarts().set(starts.slice(0, bits.length));
  for (const [at, histogram] of histograms ?? []) {
    if (at >= samples.length) continue;
    samples.histograms ??= [];
    samples.histograms[at] = histogram;
    samples.values[at] = 0;
  }
  return samples;
}

describe.each(SPANS)('a %s chunk', span => {
  test('of any series, by slot and range', () => {
    fc.assert(
      fc.property(anyBlock, fc.nat(299), fc.nat(299), ({ slots, times, series }, one, other) => {
        const encoder = new ChunkEncoder({ span });
        const added = new Map(
          slots.map((slot, i) => [slot, seriesOf(series[i % series.length], times)] as const),
        );
        for (const [slot, samples] of added) encoder.add(slot, samples);
        const chunk = new Chunk(ID, encoder.finish(ID));
        expect(chunk.slots()).toEqual([...slots].sort((a, b) => a - b));
        const [minMs, maxMs] = [times[0][one], times[0][other]].sort((a, b) => a - b);
        const out = new SampleBuffer(1);
        for (let slot = 0; slot < SLOTS; slot++) {
          const samples = added.get(slot) ?? new SampleBuffer();
          for (const [from, to] of [
            [minMs, maxMs],
            [-Infinity, Infinity],
          ]) {
            out.clear();
            chunk.read(slot, from, to, out);
            expect(described(out)).toEqual(described(inRange(samples, from, to)));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('of series that grow alike, read in any order', () => {
    const columns = fc.array(fc.array(fc.nat(20), { minLength: 60, maxLength: 60 }), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(columns, fc.infiniteStream(fc.nat(1000)), (all, random) => {
        // Each is the one before and something more, as buckets of one histogram are.
        const encoder = new ChunkEncoder({ span });
        const before = new Float64Array(60);
        const added = all.map((column, slot) => {
          let sum = 0;
          column.forEach((step, i) => {
            sum += step % 3;
            before[i] += sum + (slot === 0 ? 50 * i * step : 0);
          });
          const samples = samplesOf(timesFrom(0, 15_000, 60), before);
          encoder.add(slot, samples);
          return samples;
        });
        const chunk = new Chunk(ID, encoder.finish(ID));
        const out = new SampleBuffer(1);
        for (const number of random.take(60)) {
          const slot = number % added.length;
          const maxMs = (number % 60) * 15_000;
          out.clear();
          chunk.read(slot, 0, maxMs, out);
          expect(described(out)).toEqual(described(inRange(added[slot], 0, maxMs)));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('adds to what the buffer holds', () => {
    const encoder = new ChunkEncoder({ span });
    const samples = samplesOf([1, 2, 3], Float64Array.of(10, 20, 30));
    samples.withStarts()[1] = 5;
    encoder.add(0, samples);
    encoder.add(1, samplesOf([4, 5], Float64Array.of(40, 50)));
    const chunk = new Chunk(ID, encoder.finish(ID));
    const out = new SampleBuffer(1);
    chunk.read(0, 0, 9, out);
    chunk.read(1, 0, 9, out);
    expect(described(out)).toEqual({
      times: [1, 2, 3, 4, 5],
      values: bitsOf(Float64Array.of(10, 20, 30, 40, 50), 5),
      histograms: new Array(5).fill(undefined),
      starts: [0, 5, 0, 0, 0],
    });
  });

  test('without samples', () => {
    const encoder = new ChunkEncoder({ span });
    encoder.add(3, new SampleBuffer());
    const chunk = new Chunk(ID, encoder.finish(ID));
    expect(chunk.slots()).toEqual([]);
    const out = new SampleBuffer();
    chunk.read(3, -Infinity, Infinity, out);
    expect(out.length).toBe(0);
  });
});

test('a slot is taken once', () => {
  const encoder = new ChunkEncoder({ span: 'fresh' });
  encoder.add(0, samplesOf([1], Float64Array.of(1)));
  expect(() => encoder.add(0, samplesOf([2], Float64Array.of(1)))).toThrow('BUG');
  expect(() => encoder.add(SLOTS, samplesOf([2], Float64Array.of(1)))).toThrow('BUG');
});

test("the memory of a chunk goes back when it is freed, and none of Buffer's pool with it", () => {
  for (const span of SPANS) {
    for (const count of [1, 20_000]) {
      const pooled = Buffer.from('between two chunks');
      const encoder = new ChunkEncoder({ span });
      encoder.add(0, samplesOf(timesFrom(0, 15_000, count), new Float64Array(count).fill(Math.PI)));
      const stored = encoder.finish(ID);
      const chunk = new Chunk(ID, stored);
      const out = new SampleBuffer(1);
      chunk.read(0, 0, Number.POSITIVE_INFINITY, out);
      chunk.free();
      expect(out.length).toBe(count);
      expect([pooled.toString(), Buffer.allocUnsafe(8).length]).toEqual(['between two chunks', 8]);
      expect(new Chunk(ID, stored).slots()).toEqual([0]);
    }
  }
});
