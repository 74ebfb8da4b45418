// Decodes a column of whole numbers. Drawn in docs/format/chunk.md; integer-column.ts writes it.

import type { ByteReader } from './byte-reader.ts';
import { DRIFT, DRIFT_BITS, type IntegerLayout, MINUS, mostOfDrift, PLUS, ZIGZAG } from './integer-layout.ts';
import { packedLength, sumSmall, unpackPlanes, unpackSmall } from './packing.ts';

/** By sign: what a packed byte stands for. */
const TABLES = [
  Float64Array.from({ length: 256 }, (_, packed) => packed),
  Float64Array.from({ length: 256 }, (_, packed) => 0 - packed),
  Float64Array.from({ length: 256 }, (_, packed) => (packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2)),
];
TABLES[DRIFT] = TABLES[ZIGZAG];

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
