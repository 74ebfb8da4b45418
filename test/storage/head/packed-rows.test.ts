// Packed rows give back every double, bit for bit, and take less.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrayPool } from '../../../src/storage/head/array-pool.ts';
import { type PackedRows, packRows, readPacked } from '../../../src/storage/head/packed-rows.ts';

/** Of a column: values that differ little from each other, and such as can't be told by a difference. */
const column = (rows: number) => {
  const around = (most: number) =>
    fc
      .tuple(
        fc.double({ noNaN: true }),
        fc.array(fc.integer({ min: -most, max: most }), { minLength: rows, maxLength: rows }),
      )
      .map(([first, steps]) => steps.map((step, row) => (row === 0 ? first : first + step)));
  return fc.oneof(
    around(0),
    around(127),
    around(128),
    around(32_768),
    around(2 ** 31),
    fc.array(fc.double(), { minLength: rows, maxLength: rows }),
    fc.array(fc.constantFrom(0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY), {
      minLength: rows,
      maxLength: rows,
    }),
  );
};

const someColumns = fc
  .integer({ min: 2, max: 9 })
  .chain(rows => fc.array(column(rows), { minLength: 1, maxLength: 40 }));

/** Row after row. */
function timeMajor(columns: readonly (readonly number[])[]): Float64Array {
  const rows = columns[0].length;
  return Float64Array.from({ length: rows * columns.length }, (_, cell) => {
    return columns[cell % columns.length][Math.floor(cell / columns.length)];
  });
}

const bitsOf = (values: Float64Array): BigUint64Array => new BigUint64Array(values.slice().buffer);

function columnOf(packed: PackedRows, index: number): Float64Array {
  const values = new Float64Array(packed.rows);
  readPacked(packed, index, values);
  return values;
}

test('every value comes back with all its bits', () => {
  let packedOnes = 0;
  fc.assert(
    fc.property(someColumns, columns => {
      const rows = columns[0].length;
      const packed = packRows(timeMajor(columns), rows, columns.length, new ArrayPool(0));
      if (!packed) return;
      packedOnes++;
      expect(packed.room.length).toBeLessThanOrEqual(rows * columns.length * 0.75);
      columns.forEach((values, index) => {
        expect(bitsOf(columnOf(packed, index))).toEqual(bitsOf(Float64Array.from(values)));
      });
    }),
    { numRuns: 500 },
  );
  expect(packedOnes).toBeGreaterThan(50);
});

test('the bits of staleness markers stay', () => {
  const stale = new Float64Array(BigUint64Array.of(0x7ff0000000000002n).buffer);
  const values = new Float64Array(8 * 16).fill(5);
  for (let row = 3; row < 8; row++) values.set(stale, row * 16 + 7);
  const packed = packRows(values, 8, 16, new ArrayPool(0)) as PackedRows;
  expect(bitsOf(columnOf(packed, 7))).toEqual(
    BigUint64Array.of(...Array(3).fill(0x4014000000000000n), ...Array(5).fill(0x7ff0000000000002n)),
  );
  expect(columnOf(packed, 8)).toEqual(new Float64Array(8).fill(5));
});

test('counters take a third, and what can’t be packed is left', () => {
  const counters = Float64Array.from(
    { length: 8 * 1000 },
    (_, cell) => (cell % 1000) * 1e6 + Math.floor(cell / 1000) * 9,
  );
  const packed = packRows(counters, 8, 1000, new ArrayPool(0));
  expect(packed?.room.length).toBeLessThan(counters.length / 3);
  const fractions = counters.map(value => value / 7);
  expect(packRows(fractions, 8, 1000, new ArrayPool(0))).toBeUndefined();
});

test('rooms are used again', () => {
  const pool = new ArrayPool(1e6);
  const values = new Float64Array(8 * 1000).fill(3);
  const first = packRows(values, 8, 1000, pool) as PackedRows;
  pool.giveBack(first.room);
  values.fill(4);
  const second = packRows(values, 8, 1000, pool) as PackedRows;
  expect(second.room).toBe(first.room);
  expect(columnOf(second, 999)).toEqual(new Float64Array(8).fill(4));
});
