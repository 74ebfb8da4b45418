// A column of whole numbers as residuals of a prediction, packed. Drawn in docs/format/chunk.md.
//
// The prediction is nothing but a base (order 0: noisy gauges), the number before (order 1: counters), or a straight
// line through the two before (order 2: times). Residuals that do not fit the width that suits the others are outliers,
// kept apart with their position: so a counter's reset costs a few bytes.

import { type ByteReader, damaged } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { pack, packedLength, unpackPlanes, unpackSmall, WIDTHS } from './packing.ts';

/** How residuals become numbers from 0 up: as they are, negated, or twice the absolute (less one where negative). */
const PLUS = 0;
const MINUS = 1;
const ZIGZAG = 2;

/** By sign: what a packed byte stands for. */
const TABLES = [
  Float64Array.from({ length: 256 }, (_, packed) => packed),
  Float64Array.from({ length: 256 }, (_, packed) => 0 - packed),
  Float64Array.from({ length: 256 }, (_, packed) => (packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2)),
];

/** How a column of whole numbers lies in a chunk. */
export interface IntegerLayout {
  readonly order: number;
  readonly sign: number;
  readonly width: number;
  /** The first number; of order 0 the smallest. */
  readonly base: number;
  readonly outliers: number;
  /** Bytes that the outliers take, behind the packed residuals. */
  readonly outlierBytes: number;
}

let residuals = new Float64Array(512);
let packed = new Float64Array(512);
const ofBits = new Uint32Array(58);

/** Positions that are looked at when a prediction is chosen. */
const PROBES = 64;

/** The order whose residuals are the smallest, as far as a look at some of them tells. */
export function chooseOrder(integers: Float64Array): number {
  const count = integers.length;
  const step = Math.max(1, Math.floor(count / PROBES));
  const middle = integers[count >> 1];
  let [level, slope, bend] = [0, 0, 0];
  let [rises, falls] = [0, 0];
  for (let i = 2; i < count; i += step) {
    const first = integers[i] - integers[i - 1];
    level += signedBits(integers[i] - middle);
    slope += bitsOf(first);
    bend += signedBits(first - (integers[i - 1] - integers[i - 2]));
    if (first > 0) rises++;
    else if (first < 0) falls++;
  }
  // Of numbers that only rise or only fall no sign is written.
  if (rises > 0 && falls > 0) slope += rises + falls;
  if (bend < slope * 0.9) return 2;
  return level < slope * 0.95 ? 0 : 1;
}

/**
 * Writes the packed residuals and the outliers. An entropy stage that comes after makes wide numbers of mostly zeros
 * cheap and outliers dear.
 */
export function encodeIntegers(
  integers: Float64Array,
  order: number,
  entropyFollows: boolean,
  writer: ByteWriter,
): IntegerLayout {
  const count = integers.length;
  if (residuals.length < count) {
    residuals = new Float64Array(count);
    packed = new Float64Array(count);
  }
  const base = predict(integers, order);
  const sign = chooseSign(count);
  toUnsigned(count, sign);
  const width = chooseWidth(count, entropyFollows);
  const limit = 2 ** width;
  let outliers = 0;
  for (let i = 0; i < count; i++) if (packed[i] >= limit) outliers++;
  const from = writer.length;
  const length = packedLength(count, width);
  writer.reserve(length);
  writer.length += length;
  if (outliers > 0) writeOutliers(count, limit, writer);
  pack(packed, count, width, writer.bytes, from);
  return { order, sign, width, base, outliers, outlierBytes: writer.length - from - length };
}

/** Fills `residuals`; returns the base. */
function predict(integers: Float64Array, order: number): number {
  const count = integers.length;
  if (order === 0) {
    let base = integers[0];
    for (let i = 1; i < count; i++) if (integers[i] < base) base = integers[i];
    for (let i = 0; i < count; i++) residuals[i] = integers[i] - base;
    return base;
  }
  residuals[0] = 0;
  let before = integers[0];
  let slope = 0;
  for (let i = 1; i < count; i++) {
    const step = integers[i] - before;
    residuals[i] = step - slope;
    if (order === 2) slope = step;
    before = integers[i];
  }
  return integers[0];
}

/** One sign only where the other is so rare that its residuals may be outliers. */
function chooseSign(count: number): number {
  let [negative, positive] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (residuals[i] < 0) negative++;
    else if (residuals[i] > 0) positive++;
  }
  const rare = count >>> 7;
  if (negative <= rare) return PLUS;
  return positive <= rare ? MINUS : ZIGZAG;
}

/** Fills `packed`; residuals of the wrong sign become too large for any width. */
function toUnsigned(count: number, sign: number): void {
  if (sign === ZIGZAG) {
    for (let i = 0; i < count; i++) packed[i] = residuals[i] < 0 ? -2 * residuals[i] - 1 : 2 * residuals[i];
    return;
  }
  for (let i = 0; i < count; i++) {
    const value = sign === PLUS ? residuals[i] : -residuals[i];
    packed[i] = value < 0 ? Number.POSITIVE_INFINITY : value;
  }
}

/** The width that takes the fewest bytes together with its outliers. */
function chooseWidth(count: number, entropyFollows: boolean): number {
  ofBits.fill(0);
  for (let i = 0; i < count; i++) ofBits[packed[i] === Number.POSITIVE_INFINITY ? 57 : bitsOf(packed[i])]++;
  const most = entropyFollows ? 1 + (count >>> 8) : count >>> 2;
  let [best, bestBytes] = [56, Number.POSITIVE_INFINITY];
  let outliers = count;
  let bits = 0;
  for (const width of WIDTHS) {
    for (; bits <= width; bits++) outliers -= ofBits[bits];
    if (outliers > most && width < 56) continue;
    const bytes = packedLength(count, width) + outliers * (2 + (width >>> 3));
    if (bytes < bestBytes) [best, bestBytes] = [width, bytes];
  }
  return best;
}

function writeOutliers(count: number, limit: number, writer: ByteWriter): void {
  let before = 0;
  for (let i = 0; i < count; i++) {
    if (packed[i] < limit) continue;
    writer.varint(i - before);
    writer.signedVarint(residuals[i]);
    packed[i] = 0;
    before = i;
  }
}

/** How many bits a whole number below 2^53 has, its sign aside. */
export function bitsOf(value: number): number {
  const absolute = value < 0 ? -value : value;
  if (absolute < 4294967296) return 32 - Math.clz32(absolute);
  return 64 - Math.clz32(absolute / 4294967296);
}

function signedBits(value: number): number {
  return value === 0 ? 0 : bitsOf(value) + 1;
}

/** How many bytes the column takes. */
export function integersLength(layout: IntegerLayout, count: number): number {
  return packedLength(count, layout.width) + layout.outlierBytes;
}

/** Decodes the first `wanted` of `count` numbers, which lie at `at`, into the start of `out`. */
export function decodeIntegers(
  reader: ByteReader,
  at: number,
  layout: IntegerLayout,
  count: number,
  wanted: number,
  out: Float64Array,
): void {
  const { order, sign, width, base } = layout;
  if (width === 0) {
    out.fill(layout.outliers === 0 ? base : 0, 0, wanted);
    if (layout.outliers === 0) return;
  } else if (width <= 8) unpackSmall(reader.bytes, at, width, TABLES[sign], wanted, out);
  else {
    unpackPlanes(reader.bytes, at, width, count, wanted, out);
    if (sign !== PLUS) toSigned(out, wanted, sign, width);
  }
  if (layout.outliers > 0) {
    reader.at = at + packedLength(count, width);
    readOutliers(reader, layout.outliers, wanted, out);
  }
  accumulate(out, wanted, order, base);
}

function toSigned(out: Float64Array, count: number, sign: number, width: number): void {
  if (sign === MINUS) {
    for (let i = 0; i < count; i++) out[i] = 0 - out[i];
  } else if (width <= 24) {
    for (let i = 0; i < count; i++) {
      const value = out[i] | 0;
      out[i] = (value >>> 1) ^ -(value & 1);
    }
  } else {
    for (let i = 0; i < count; i++) {
      const half = Math.floor(out[i] / 2);
      out[i] = half * 2 === out[i] ? half : -half - 1;
    }
  }
}

function readOutliers(reader: ByteReader, outliers: number, wanted: number, out: Float64Array): void {
  let position = 0;
  for (let k = 0; k < outliers; k++) {
    position += reader.varint();
    if (position >= wanted) return;
    out[position] = reader.signedVarint();
  }
}

function accumulate(out: Float64Array, count: number, order: number, base: number): void {
  if (order === 0) {
    for (let i = 0; i < count; i++) out[i] += base;
    return;
  }
  let value = base;
  if (order === 1) {
    for (let i = 0; i < count; i++) {
      value += out[i];
      out[i] = value;
    }
    return;
  }
  let slope = 0;
  for (let i = 0; i < count; i++) {
    slope += out[i];
    value += slope;
    out[i] = value;
  }
}

export function checkLayout(order: number, sign: number): void {
  if (order > 2 || sign > ZIGZAG) damaged('a column of an unknown layout');
}
