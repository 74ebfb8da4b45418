// A column gives back every bit of every double, whatever method suits it, whole or in part.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../../../src/storage/chunk/byte-reader.ts';
import { ByteWriter } from '../../../src/storage/chunk/byte-writer.ts';
import { ChunkMemory } from '../../../src/storage/chunk/chunk-memory.ts';
import {
  type ColumnLayout,
  encodeScaled,
  encodeUnscaled,
  payloadLength,
  readLayout,
  writeLayout,
} from '../../../src/storage/chunk/column-codec.ts';
import { ColumnReader } from '../../../src/storage/chunk/column-reader.ts';
import { scaleColumn } from '../../../src/storage/chunk/decimals.ts';
import { KeptColumns } from '../../../src/storage/chunk/kept-columns.ts';
import { bitsOf } from '../doubles.ts';
import { anyColumn, columnOf } from './columns.ts';

/** The column after it was written and read; the first `wanted` values. */
function throughBytes(
  count: number,
  wanted: number,
  encode: (payload: ByteWriter) => ColumnLayout,
): Float64Array {
  const payload = new ByteWriter(1);
  payload.u16(7);
  const written = new ByteWriter(1);
  writeLayout(encode(payload), written);
  const layout = readLayout(new ByteReader(written.view()), count);
  expect(payload.length).toBe(2 + payloadLength(layout, count));
  const column = { layout, count, at: 2, keptAs: undefined };
  const kept = new KeptColumns(new ChunkMemory(8));
  const reader = new ColumnReader(new ByteReader(payload.view()), kept, () => column);
  return reader.decode(column, wanted).slice(0, wanted);
}

const columnAndPart = anyColumn.chain(bits =>
  fc.tuple(fc.constant(bits), fc.integer({ min: 1, max: bits.length })),
);

test('as integers or decimals by every prediction, where there is a scale', () => {
  fc.assert(
    fc.property(
      columnAndPart,
      fc.constantFrom(
        ...[0, 1, 2].map(order => ({ order, drift: 0 })),
        { order: 1, drift: 8 },
        { order: 1, drift: 2 ** 22 },
      ),
      fc.boolean(),
      ([bits, wanted], prediction, entropyFollows) => {
        const values = columnOf(bits);
        const scaled = scaleColumn(values, new Float64Array(bits.length));
        if (!scaled) return;
        const out = throughBytes(bits.length, wanted, payload =>
          encodeScaled(values, scaled, scaled.integers, prediction, undefined, entropyFollows, payload),
        );
        expect(bitsOf(out, wanted)).toEqual(bits.slice(0, wanted));
      },
    ),
    { numRuns: 400 },
  );
});

test('as differences of bits', () => {
  fc.assert(
    fc.property(columnAndPart, ([bits, wanted]) => {
      const values = columnOf(bits);
      const out = throughBytes(bits.length, wanted, payload => encodeUnscaled(values, bits.length, payload));
      expect(bitsOf(out, wanted)).toEqual(bits.slice(0, wanted));
    }),
    { numRuns: 400 },
  );
});

test('whole numbers and decimals have a scale, also with some odd values between', () => {
  const scaleOf = (...values: number[]) =>
    scaleColumn(Float64Array.from(values), new Float64Array(values.length));
  expect(scaleOf(1, 2, 3)).toEqual({ integers: Float64Array.of(1, 2, 3), decimals: 0, odd: [] });
  expect(scaleOf(0.1, 2, 3.25)).toEqual({ integers: Float64Array.of(10, 200, 325), decimals: 2, odd: [] });
  expect(scaleOf(Number.NaN, -0, 7, 8, 9, 10, 11, Infinity)?.odd).toEqual([0, 1, 7]);
  expect(scaleOf(Number.NaN, -0, 7, 8)?.integers[0]).toBe(7);
  expect(scaleOf(Math.PI, Math.E, Math.SQRT2)).toBeUndefined();
  expect(scaleOf(Number.NaN)).toBeUndefined();
});
