// Arrays that are used again, and those that nobody wants any more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrayPool } from '../../../src/storage/head/array-pool.ts';

const isFreed = ({ buffer }: Float64Array): boolean => (buffer as ArrayBuffer).detached;

test('an array that was given back is taken again, of its length only', () => {
  const pool = new ArrayPool(1000);
  const array = pool.take(10);
  pool.giveBack(array);
  expect(pool.take(11)).not.toBe(array);
  expect(pool.take(10)).toBe(array);
  expect(pool.take(10)).not.toBe(array);
});

test('more than the limit is not kept, but freed', () => {
  const pool = new ArrayPool(160);
  const arrays = [pool.take(10), pool.take(10), pool.take(10)];
  for (const array of arrays) pool.giveBack(array);
  expect(arrays.map(isFreed)).toEqual([false, false, true]);
  const again = [pool.take(10), pool.take(10), pool.take(10)];
  expect(again.filter(array => arrays.includes(array))).toHaveLength(2);
});

test('trim() lets go of what nobody wanted since the last one, and of nothing else', () => {
  const pool = new ArrayPool(10_000);
  const arrays = Array.from({ length: 5 }, () => pool.take(10));
  for (const array of arrays) pool.giveBack(array);
  const isKept = (array: Float64Array) => arrays.includes(array);
  // They came since the last trim: nothing is known of who wants them.
  pool.trim();
  const used = [pool.take(10), pool.take(10)];
  expect(used.every(isKept)).toBe(true);
  for (const array of used) pool.giveBack(array);
  // Three were there all the time.
  pool.trim();
  const left = Array.from({ length: 3 }, () => pool.take(10));
  expect(left.filter(isKept)).toHaveLength(2);
  expect(arrays.filter(isFreed)).toHaveLength(3);
});

test('any use: no array is given out twice, the pool is empty after two trims without use', () => {
  const step = fc.oneof(
    fc.record({ take: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ giveBack: fc.nat() }),
    fc.constant({ trim: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const pool = new ArrayPool(200);
      const out: Float64Array[] = [];
      const seen = new Set<Float64Array>();
      for (const one of steps) {
        if ('take' in one) {
          const array = pool.take(one.take);
          expect(array).toHaveLength(one.take);
          expect(out).not.toContain(array);
          expect(out.some(isFreed)).toBe(false);
          out.push(array);
          seen.add(array);
        } else if ('giveBack' in one)
          pool.giveBack(out.splice(one.giveBack % (out.length || 1), 1)[0] ?? new Float64Array(1));
        else pool.trim();
      }
      pool.trim();
      pool.trim();
      for (let length = 1; length <= 4; length++) expect(seen).not.toContain(pool.take(length));
    }),
  );
});
