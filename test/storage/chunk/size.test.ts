// What must be small is small.
import { describe, expect, test } from 'vitest';
import { ChunkEncoder, type ChunkSpan } from '../../../src/storage/chunk/chunk-codec.ts';
import { randomNumbers } from '../../reference/written-data.ts';
import { samplesOf, timesFrom } from './columns.ts';

/** Of a chunk. */
const ID = 1;

const times = (count: number) => timesFrom(1_800_000_000_123, 15_000, count);

/** Bytes of a chunk whose series have these values at common, regular times. */
function sizeOf(span: ChunkSpan, count: number, ...series: ((i: number) => number)[]): number {
  const encoder = new ChunkEncoder({ span });
  series.forEach((value, slot) => {
    encoder.add(
      slot,
      samplesOf(
        times(count),
        Float64Array.from({ length: count }, (_, i) => value(i)),
      ),
    );
  });
  return encoder.finish(ID).length;
}

const random = randomNumbers(5);
const randomInteger = (below: number) => Math.floor(random() * below);

test('a constant series takes a few bytes, of any length', () => {
  for (const constant of [0, 1, 1e9, 0.25, -3]) {
    const more = sizeOf('fresh', 1000, ...new Array(64).fill(() => constant)) - sizeOf('fresh', 1000);
    expect(more / 64).toBeLessThan(10);
  }
  expect(sizeOf('fresh', 1000, ...new Array(64).fill(() => Math.PI)) / 64).toBeLessThan(14);
  expect(sizeOf('finished', 5000, ...new Array(64).fill(() => 1))).toBeLessThan(200);
});

test('regular times take next to nothing, jittered ones a byte', () => {
  expect(sizeOf('fresh', 1000, () => 1)).toBeLessThan(50);
  const encoder = new ChunkEncoder({ span: 'fresh' });
  const jittered = times(1000).map(time => time + randomInteger(5));
  for (let slot = 0; slot < 64; slot++) encoder.add(slot, samplesOf(jittered, new Float64Array(1000)));
  expect(encoder.finish(ID).length).toBeLessThan(1000 + 64 * 8);
});

test('counters take as many bytes as their growth needs', () => {
  let value = 0;
  const bySteps = (below: number) => () => {
    value += randomInteger(below);
    return value;
  };
  expect(sizeOf('fresh', 1024, bySteps(2)) / 1024).toBeLessThan(0.2);
  expect(sizeOf('fresh', 1024, bySteps(16)) / 1024).toBeLessThan(0.6);
  expect(sizeOf('fresh', 1024, bySteps(256)) / 1024).toBeLessThan(1.1);
});

describe('what interrupts a counter costs only itself', () => {
  const count = 1024;
  const smooth = sizeOf('fresh', count, i => i * 3 + (i % 4));

  test('a reset', () => {
    expect(sizeOf('fresh', count, i => (i % 500) * 3 + (i % 4))).toBeLessThan(smooth + 20);
  });

  test('staleness markers', () => {
    const encoder = new ChunkEncoder({ span: 'fresh' });
    const samples = samplesOf(
      times(count),
      Float64Array.from({ length: count }, (_, i) => i * 3 + (i % 4)),
    );
    const words = new Uint32Array(samples.values.buffer);
    for (let i = 100; i < count; i += 100) words.set([0x00000002, 0x7ff00000], 2 * i);
    encoder.add(0, samples);
    expect(encoder.finish(ID).length).toBeLessThan(smooth + 50);
  });
});

test('decimals cost no more than integers', () => {
  const integers = Array.from({ length: 1000 }, () => 5000 + randomInteger(200));
  expect(sizeOf('fresh', 1000, i => integers[i] / 100)).toBeLessThanOrEqual(
    sizeOf('fresh', 1000, i => integers[i]),
  );
});

test('buckets of one histogram cost less together', () => {
  let sum = 0;
  const counts = Array.from({ length: 1000 }, () => {
    sum += randomInteger(200);
    return sum;
  });
  const one = sizeOf('merged', 1000, i => counts[i]);
  const eight = sizeOf(
    'merged',
    1000,
    ...Array.from({ length: 8 }, (_, k) => (i: number) => counts[i] + k * Math.floor(i / 10)),
  );
  expect(eight).toBeLessThan(one * 1.5);
});
