// What the tests of the chunk codec share: hostile columns, and buffers of samples made of them.

import fc from 'fast-check';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import type { ChunkSpan } from '../../../src/storage/chunk/chunk-codec.ts';
import { anyDouble, bitsOf, doubleOfBits } from '../doubles.ts';

export const SPANS: readonly ChunkSpan[] = ['fresh', 'merged', 'finished'];

const bitsOfNumber = (value: number): bigint => bitsOf(Float64Array.of(value), 1)[0];
const lengths = { minLength: 1, maxLength: 300 };

/** Counters: ever larger, now and then back to a small number. */
const counter = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 300 }) },
      fc.constantFrom(-1, 2 ** 20, 2 ** 45),
    ),
    lengths,
  )
  .map(steps => {
    let value = 0;
    return steps.map(step => {
      value = step < 0 || value > 2 ** 48 ? 0 : value + step;
      return bitsOfNumber(value);
    });
  });

const decimals = fc
  .tuple(fc.integer({ min: 0, max: 11 }), fc.array(fc.integer(), lengths))
  .map(([places, integers]) => integers.map(integer => bitsOfNumber(integer / 10 ** places)));

const sum = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), lengths).map(steps => {
  let value = 0;
  return steps.map(step => {
    value += step;
    return bitsOfNumber(value);
  });
});

/** Few values, each for a while. */
const runs = fc
  .array(fc.tuple(anyDouble, fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 20 })
  .map(all => all.flatMap(([bits, times]) => new Array<bigint>(times).fill(bits)));

const regular = fc.oneof(counter, decimals, sum, runs);

/** Something regular with a few of anything in between. */
const interrupted = fc
  .tuple(regular, fc.array(fc.tuple(fc.nat(300), anyDouble), { maxLength: 8 }))
  .map(([column, odd]) => {
    for (const [at, bits] of odd) if (at < column.length) column[at] = bits;
    return column;
  });

/** Bits of the doubles of a column, one or more. */
export const anyColumn: fc.Arbitrary<bigint[]> = fc.oneof(fc.array(anyDouble, lengths), regular, interrupted);

export function columnOf(bits: readonly bigint[]): Float64Array {
  const column = new Float64Array(bits.length);
  for (const [i, one] of bits.entries()) column.set(doubleOfBits(one), i);
  return column;
}

/** Samples with those values at those times. */
export function samplesOf(timesMs: ArrayLike<number>, values: Float64Array): SampleBuffer {
  const samples = new SampleBuffer(values.length);
  samples.timestampsMs.set(timesMs);
  samples.values.set(values);
  samples.length = values.length;
  return samples;
}

/** `count` times, so many milliseconds apart. */
export function timesFrom(startMs: number, gapMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => startMs + i * gapMs);
}
