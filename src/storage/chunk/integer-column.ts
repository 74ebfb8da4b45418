// A column of whole numbers as residuals of a prediction, packed. Drawn in docs/format/chunk.md.
//
// The prediction is nothing but a base (order 0: noisy gauges), the number before (order 1: counters), or a straight
// line through the two before (order 2: times). For busy counters the number before and a
// step that follows the steps so far. Residuals that do not fit the width that suits the others are outliers, kept
// apart with their position: so a counter's reset costs a few bytes.

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { pack, packedLength, sumSmall, unpackPlanes, unpackSmall, WIDTHS } from './packing.ts';

/**
 * How residuals become numbers from 0 up: as they are, negated, or twice the absolute (less one where negative); DRIFT
 * is the last, of order 1, where a usual step is part of the prediction.
 */
const PLUS = 0;
const MINUS = 1;
const ZIGZAG = 2;
export const DRIFT = 3;

/** The usual step follows a change of steps by one part in 32 a sample. */
const DRIFT_BITS = 5;
/** Below that a usual step is not worth it; above it does not fit 32 bits. */
const LEAST_DRIFT = 8;
export const MOST_DRIFT = 2 ** 22;

/** By sign: what a packed byte stands for. */
const TABLES = [
  Float64Array.from({ length: 256 }, (_, packed) => packed),
  Float64Array.from({ length: 256 }, (_, packed) => 0 - packed),
  Float64Array.from({ length: 256 }, (_, packed) => (packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2)),
];
TABLES[DRIFT] = TABLES[ZIGZAG];

/** How a column of whole numbers lies in a chunk. */
export interface IntegerLayout {
  readonly order: number;
  readonly sign: number;
  readonly width: number;
  /** The first number; of order 0 the smallest. */
  readonly base: number;
  /** The first usual step; 0 for every sign but DRIFT. */
  readonly drift: number;
  readonly outliers: number;
  /** Bytes that the outliers take, behind the packed residuals. */
  readonly outlierBytes: number;
}

let residuals = new Float64Array(512);
let packed = new Float64Array(512);
/** How many of `packed` have so many bits; the last: do not fit any width. */
const ofBits = new Uint32Array(58);

const MEDIAN_OF = 21;
const sorted = new Float64Array(MEDIAN_OF);

/** Positions that are looked at when a prediction is chosen. */
const PROBES = 64;
const levels = new Float64Array(PROBES + 2);
const slopes = new Float64Array(PROBES + 2);
const bends = new Float64Array(PROBES + 2);

/** What the prediction is. */
export interface Prediction {
  readonly order: number;
  /** The usual step, 0 for none. */
  readonly drift: number;
}

/**
 * The prediction whose residuals take the least, as far as a look at some of them tells. A usual step is only looked
 * for where the numbers are many.
 */
export function choosePrediction(integers: Float64Array, withDrift: boolean): Prediction {
  const count = integers.length;
  const step = Math.max(1, (count - 2) / PROBES);
  let probes = 0;
  for (let at = 2; at < count; at += step) {
    const i = Math.floor(at);
    levels[probes] = integers[i] - integers[count >> 1];
    slopes[probes] = integers[i] - integers[i - 1];
    bends[probes] = slopes[probes] - (integers[i - 1] - integers[i - 2]);
    probes++;
  }
  const [level, bend] = [costOf(levels, probes), costOf(bends, probes)];
  const slope = costOf(slopes, probes);
  // The difference of two random steps takes half a bit more than one step does, less what is usual.
  const drifting = bend - probes * 0.4;
  const usual = withDrift && bend > 0 && drifting < slope * 0.9 ? medianOf(slopes, probes) : 0;
  if (usual >= LEAST_DRIFT && usual <= MOST_DRIFT && drifting <= level) return { order: 1, drift: usual };
  if (bend < slope * 0.9) return { order: 2, drift: 0 };
  return { order: level < slope * 0.95 ? 0 : 1, drift: 0 };
}

/** Bits of the numbers; their signs count where there are both. */
function costOf(numbers: Float64Array, count: number): number {
  let bits = 0;
  let [above, below] = [0, 0];
  for (let i = 0; i < count; i++) {
    const number = numbers[i];
    bits += bitsOf(number);
    if (number > 0) above++;
    else if (number < 0) below++;
  }
  return above > 0 && below > 0 ? bits + above + below : bits;
}

/** The number in the middle of some of the first `count`, spread over them. */
export function medianOf(numbers: ArrayLike<number>, count: number): number {
  const step = Math.max(1, count / MEDIAN_OF);
  let found = 0;
  for (let at = 0; at < count && found < MEDIAN_OF; at += step) {
    const number = numbers[Math.floor(at)];
    let i = found++;
    for (; i > 0 && sorted[i - 1] > number; i--) sorted[i] = sorted[i - 1];
    sorted[i] = number;
  }
  return found === 0 ? 0 : sorted[found >> 1];
}

/**
 * Writes the packed residuals and the outliers. An entropy stage that comes after makes wide numbers of mostly zeros
 * cheap and outliers dear.
 */
export function encodeIntegers(
  integers: Float64Array,
  { order, drift }: Prediction,
  entropyFollows: boolean,
  writer: ByteWriter,
): IntegerLayout {
  const count = integers.length;
  if (residuals.length < count) {
    residuals = new Float64Array(count);
    packed = new Float64Array(count);
  }
  const base = drift > 0 ? predictDrift(integers, drift) : predict(integers, order);
  const sign = drift > 0 ? DRIFT : chooseSign(count, count >>> 8);
  toUnsigned(count, sign);
  const width = chooseWidth(count, entropyFollows ? 1 + (count >>> 8) : count >>> 2);
  const outliers = countBeyond(width);
  const from = writer.length;
  const length = packedLength(count, width);
  writer.reserve(length);
  writer.length += length;
  if (outliers > 0) writeOutliers(count, 2 ** width, writer);
  pack(packed, count, width, writer.bytes, from);
  return {
    order,
    sign,
    width,
    base,
    drift,
    outliers,
    outlierBytes: writer.length - from - length,
  };
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

/** Fills `residuals`; returns the base. See accumulateDrift. */
function predictDrift(integers: Float64Array, drift: number): number {
  const most = mostOfDrift(drift);
  let usual = drift << DRIFT_BITS;
  residuals[0] = 0;
  for (let i = 1; i < integers.length; i++) {
    const residual = integers[i] - integers[i - 1] - (usual >> DRIFT_BITS);
    residuals[i] = residual;
    usual = (usual + Math.max(-most, Math.min(most, residual))) | 0;
  }
  return integers[0];
}

/** No residual moves the usual step by more than this, or a counter's reset would spoil it for long. */
function mostOfDrift(drift: number): number {
  return 2 * drift + 64;
}

/** One sign only where the other is so rare that its residuals may be outliers. */
function chooseSign(count: number, rare: number): number {
  let [negative, positive] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (residuals[i] < 0) negative++;
    else if (residuals[i] > 0) positive++;
  }
  if (negative <= rare) return PLUS;
  return positive <= rare ? MINUS : ZIGZAG;
}

/** Fills `packed` and `ofBits`; residuals of the wrong sign become too large for any width. */
function toUnsigned(count: number, sign: number): void {
  ofBits.fill(0);
  if (sign >= ZIGZAG) {
    for (let i = 0; i < count; i++) {
      const residual = residuals[i];
      const value = residual < 0 ? -2 * residual - 1 : 2 * residual;
      packed[i] = value;
      ofBits[bitsOf(value)]++;
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    const value = sign === MINUS ? 0 - residuals[i] : residuals[i];
    packed[i] = value < 0 ? Number.POSITIVE_INFINITY : value;
    ofBits[value < 0 ? 57 : bitsOf(value)]++;
  }
}

/** The width that takes the fewest bytes together with its outliers. */
function chooseWidth(count: number, mostOutliers: number): number {
  let [best, bestBytes] = [56, Number.POSITIVE_INFINITY];
  let outliers = count;
  let bits = 0;
  for (const width of WIDTHS) {
    for (; bits <= width; bits++) outliers -= ofBits[bits];
    if (outliers > mostOutliers && width < 56) continue;
    const bytes = packedLength(count, width) + outliers * (2 + (width >>> 3));
    if (bytes < bestBytes) [best, bestBytes] = [width, bytes];
    if (outliers === 0) break;
  }
  return best;
}

function countBeyond(width: number): number {
  let outliers = 0;
  for (let bits = width + 1; bits < ofBits.length; bits++) outliers += ofBits[bits];
  return outliers;
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
  const { order, sign, width, base, drift } = layout;
  if (order === 1 && sign !== DRIFT && width <= 8) {
    // Fast path: most counters.
    if (width === 0) out.fill(base, 0, wanted);
    else sumSmall(reader.bytes, at, width, TABLES[sign], base, wanted, out);
    reader.at = at + packedLength(count, width);
    if (layout.outliers > 0) addOutliers(reader, layout.outliers, wanted, out);
    return;
  }
  if (width === 0) out.fill(0, 0, wanted);
  else if (width <= 8) unpackSmall(reader.bytes, at, width, TABLES[sign], wanted, out);
  else {
    unpackPlanes(reader.bytes, at, width, count, wanted, out);
    if (sign !== PLUS) toSigned(out, wanted, sign, width);
  }
  if (layout.outliers > 0) {
    reader.at = at + packedLength(count, width);
    readOutliers(reader, layout.outliers, wanted, out);
  }
  if (sign === DRIFT) accumulateDrift(out, wanted, base, drift);
  else accumulate(out, wanted, order, base);
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

/** Adds each outlier to all sums from its position on, where it was packed as 0. */
function addOutliers(reader: ByteReader, outliers: number, wanted: number, out: Float64Array): void {
  let position = reader.varint();
  let sum = 0;
  for (let k = 1; k <= outliers && position < wanted; k++) {
    sum += reader.signedVarint();
    const next = k < outliers ? Math.min(position + reader.varint(), wanted) : wanted;
    for (let i = position; i < next; i++) out[i] += sum;
    position = next;
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

/** The usual step is kept as 32 times itself; so much more as it should grow by is just the residual. */
function accumulateDrift(out: Float64Array, count: number, base: number, drift: number): void {
  const most = mostOfDrift(drift);
  let usual = drift << DRIFT_BITS;
  let value = base;
  out[0] = base;
  for (let i = 1; i < count; i++) {
    const residual = out[i];
    value += residual + (usual >> DRIFT_BITS);
    out[i] = value;
    usual = (usual + Math.max(-most, Math.min(most, residual))) | 0;
  }
}
