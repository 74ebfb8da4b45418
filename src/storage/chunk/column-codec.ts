// A column of doubles (values, times or start timestamps of one series) as a *layout*, which says how it lies, and a
// *payload*, the bytes of its numbers. Drawn in docs/format/chunk.md.
//
// Two methods: whole numbers and decimals as integers (see decimals.ts, integer-column.ts), with a list of odd values;
// and differences of bits (see float-column.ts) for everything else. Both give back every bit.

import { type ByteReader, damaged } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { POWERS_OF_TEN, type ScaledColumn } from './decimals.ts';
import { encodeFloats, type FloatLayout, floatsLength } from './float-column.ts';
import { encodeIntegers } from './integer-column.ts';
import { DRIFT, type IntegerLayout, integersLength } from './integer-layout.ts';
import { WIDTHS } from './packing.ts';
import { MOST_DRIFT, type Prediction } from './prediction.ts';

/** The first byte of a layout: a method, and what goes with it. */
const INTEGERS = 0;
const FLOATS = 1;
const METHOD = 1;
const ORDER_AT = 1;
const SIGN_AT = 3;
const HAS_OUTLIERS = 32;
const HAS_ODD = 64;
const HAS_REFERENCE = 128;
const HAS_MAP = 2;

/** No column is longer. */
export const MOST_SAMPLES = 2 ** 24;

const STALE_LOW = 0x00000002;
const STALE_HIGH = 0x7ff00000;

export interface ScaledLayout {
  readonly method: 'integers';
  readonly integers: IntegerLayout;
  readonly decimals: number;
  readonly odd: number;
  readonly oddBytes: number;
  /** The slot whose integers are added to these; undefined for none. */
  readonly reference: number | undefined;
}

export interface UnscaledLayout {
  readonly method: 'floats';
  readonly floats: FloatLayout;
}

export type ColumnLayout = ScaledLayout | UnscaledLayout;

/** Writes the payload of integers: the numbers themselves, or their differences from a reference. */
export function encodeScaled(
  values: Float64Array,
  { decimals, odd }: ScaledColumn,
  integers: Float64Array,
  prediction: Prediction,
  reference: number | undefined,
  entropyFollows: boolean,
  payload: ByteWriter,
): ColumnLayout {
  const layout = encodeIntegers(integers, prediction, entropyFollows, payload);
  const oddFrom = payload.length;
  writeOdd(values, odd, payload);
  const oddBytes = payload.length - oddFrom;
  return { method: 'integers', integers: layout, decimals, odd: odd.length, oddBytes, reference };
}

/** Writes the payload of any doubles. */
export function encodeUnscaled(values: Float64Array, count: number, payload: ByteWriter): ColumnLayout {
  return { method: 'floats', floats: encodeFloats(values, count, payload) };
}

function writeOdd(values: Float64Array, odd: readonly number[], payload: ByteWriter): void {
  if (odd.length === 0) return;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let before = 0;
  for (const position of odd) {
    const [low, high] = [words[2 * position], words[2 * position + 1]];
    const isStale = low === STALE_LOW && high === STALE_HIGH;
    payload.varint((position - before) * 2 + (isStale ? 0 : 1));
    if (!isStale) {
      payload.u32(low);
      payload.u32(high);
    }
    before = position;
  }
}

export function writeLayout(layout: ColumnLayout, writer: ByteWriter): void {
  if (layout.method === 'floats') {
    const { planes, changes, hasMap, baseLow, baseHigh } = layout.floats;
    writer.u8(FLOATS | (hasMap ? HAS_MAP : 0));
    writer.u8(planes);
    writer.u32(baseLow);
    writer.u32(baseHigh);
    if (hasMap) writer.varint(changes);
    return;
  }
  const { integers, decimals, odd, oddBytes, reference } = layout;
  const flags =
    (integers.outliers > 0 ? HAS_OUTLIERS : 0) |
    (odd > 0 ? HAS_ODD : 0) |
    (reference === undefined ? 0 : HAS_REFERENCE);
  writer.u8(INTEGERS | (integers.order << ORDER_AT) | (integers.sign << SIGN_AT) | flags);
  writer.u8(WIDTHS.indexOf(integers.width) | (decimals << 4));
  writer.signedVarint(integers.base);
  if (integers.sign === DRIFT) writer.varint(integers.drift);
  if (reference !== undefined) writer.u8(reference);
  if (integers.outliers > 0) {
    writer.varint(integers.outliers);
    writer.varint(integers.outlierBytes);
  }
  if (odd > 0) {
    writer.varint(odd);
    writer.varint(oddBytes);
  }
}

/** Throws where it can be none of a column of `count` values. */
export function readLayout(reader: ByteReader, count: number): ColumnLayout {
  const flags = reader.u8();
  if ((flags & METHOD) === FLOATS) return readFloatLayout(reader, flags, count);
  const widthAndDecimals = reader.u8();
  const width = WIDTHS[widthAndDecimals & 15];
  const decimals = widthAndDecimals >> 4;
  if (width === undefined || decimals >= POWERS_OF_TEN.length) damaged('a column of an unknown width');
  const order = (flags >> ORDER_AT) & 3;
  const sign = (flags >> SIGN_AT) & 3;
  const base = reader.signedVarint();
  const drift = sign === DRIFT ? reader.varint() : 0;
  if (order > 2 || drift > MOST_DRIFT) damaged('a column of an unknown prediction');
  const reference = flags & HAS_REFERENCE ? reader.u8() : undefined;
  const outliers = flags & HAS_OUTLIERS ? reader.varint() : 0;
  const outlierBytes = outliers > 0 ? reader.varint() : 0;
  const odd = flags & HAS_ODD ? reader.varint() : 0;
  const oddBytes = odd > 0 ? reader.varint() : 0;
  if (outliers > count || odd > count) damaged('a column has more exceptions than values');
  const integers = { order, sign, width, base, drift, outliers, outlierBytes };
  return { method: 'integers', integers, decimals, odd, oddBytes, reference };
}

function readFloatLayout(reader: ByteReader, flags: number, count: number): ColumnLayout {
  const planes = reader.u8();
  const base = reader.skip(8);
  const [baseLow, baseHigh] = [reader.bytes.readUInt32LE(base), reader.bytes.readUInt32LE(base + 4)];
  const hasMap = (flags & HAS_MAP) !== 0;
  const changes = hasMap ? reader.varint() : count - 1;
  if (changes >= count) damaged('a column has more changes than values');
  return { method: 'floats', floats: { planes, changes, hasMap, baseLow, baseHigh } };
}

/** How many bytes the payload takes. */
export function payloadLength(layout: ColumnLayout, count: number): number {
  if (layout.method === 'floats') return floatsLength(layout.floats, count);
  return integersLength(layout.integers, count) + layout.oddBytes;
}

/** Turns `out`, which holds integers, into values: divides by the power of ten, then puts odd values in their places. */
export function unscale(
  reader: ByteReader,
  at: number,
  layout: ScaledLayout,
  count: number,
  wanted: number,
  out: Float64Array,
): void {
  if (layout.decimals !== 0) {
    const power = POWERS_OF_TEN[layout.decimals];
    for (let i = 0; i < wanted; i++) out[i] /= power;
  }
  if (layout.odd === 0) return;
  reader.at = at + integersLength(layout.integers, count);
  readOdd(reader, layout.odd, wanted, out);
}

function readOdd(reader: ByteReader, odd: number, wanted: number, out: Float64Array): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, wanted * 2);
  let position = 0;
  for (let k = 0; k < odd; k++) {
    const step = reader.varint();
    position += Math.floor(step / 2);
    if (position >= wanted) return;
    if (step % 2 === 0) {
      words[2 * position] = STALE_LOW;
      words[2 * position + 1] = STALE_HIGH;
      continue;
    }
    const from = reader.skip(8);
    words[2 * position] = reader.bytes.readUInt32LE(from);
    words[2 * position + 1] = reader.bytes.readUInt32LE(from + 4);
  }
}
