// A column of whole numbers as residuals of a prediction, packed. Drawn in docs/format/chunk.md.
//
// The prediction is nothing but a base (order 0: noisy gauges), the number before (order 1: counters; where they are
// busy, the number before and a step that follows the steps so far), or a straight line through the two before (order
// 2: times). Residuals that do not fit the width that suits the others are outliers, kept apart with their position: so
// a counter's reset costs a few bytes. integer-decoder.ts is the way back.

import type { ByteWriter } from './byte-writer.ts';
import { DRIFT, DRIFT_BITS, type IntegerLayout, MINUS, mostOfDrift, PLUS, ZIGZAG } from './integer-layout.ts';
import { pack, packedLength, WIDTHS } from './packing.ts';
import { bitsOf, type Prediction } from './prediction.ts';

let residuals = new Float64Array(512);
let packed = new Float64Array(512);
/** How many of `packed` have so many bits; the last: do not fit any width. */
const ofBits = new Uint32Array(58);

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
