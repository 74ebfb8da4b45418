// A column of any doubles, bit for bit: the bits of each, taken as a 64-bit whole number, less those of the one before,
// in byte planes. Drawn in docs/format/chunk.md.
//
// Where many values are the same as the one before, a bitmap says which are not, and only those have a difference. A
// difference is written as twice its absolute (less one where negative), so that small ones of both signs have zeros
// above; planes that are all zeros are left out.

import type { ByteWriter } from './byte-writer.ts';

/** How a column of doubles lies in a chunk. */
export interface FloatLayout {
  /** Bit b: plane b is there, 0 being the lowest byte. */
  readonly planes: number;
  /** How many values differ from the one before. */
  readonly changes: number;
  readonly hasMap: boolean;
  /** The first value's bits. */
  readonly baseLow: number;
  readonly baseHigh: number;
}

/** Words of the differences, low and high in turn. */
let differences = new Uint32Array(1024);
let bytesOfDifferences = new Uint8Array(differences.buffer);

function reserve(count: number): void {
  if (differences.length >= count * 2) return;
  differences = new Uint32Array(count * 2);
  bytesOfDifferences = new Uint8Array(differences.buffer);
}

/** Writes bitmap and planes of the first `count` (1 or more) values. */
export function encodeFloats(values: Float64Array, count: number, writer: ByteWriter): FloatLayout {
  const words = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  const changes = countChanges(words);
  // A repeat saves six bytes or so, the bitmap costs an eighth of one a value.
  const hasMap = changes > 0 && (count - 1 - changes) * 32 > count;
  if (hasMap) writeMap(words, count, writer);
  reserve(count);
  const written = subtract(words, hasMap);
  const planes = usedPlanes(written);
  writePlanes(planes, written, writer);
  return { planes, changes, hasMap, baseLow: words[0], baseHigh: words[1] };
}

function countChanges(words: Uint32Array): number {
  let changes = 0;
  for (let i = 2; i < words.length; i += 2) {
    if (words[i] !== words[i - 2] || words[i + 1] !== words[i - 1]) changes++;
  }
  return changes;
}

/** Bit i: value i differs from the one before. */
function writeMap(words: Uint32Array, count: number, writer: ByteWriter): void {
  const length = (count + 7) >>> 3;
  writer.reserve(length);
  const { bytes } = writer;
  bytes.fill(0, writer.length, writer.length + length);
  for (let i = 1; i < count; i++) {
    const differs = words[2 * i] !== words[2 * i - 2] || words[2 * i + 1] !== words[2 * i - 1];
    if (differs) bytes[writer.length + (i >>> 3)] |= 1 << (i & 7);
  }
  writer.length += length;
}

/** Fills `differences`, without the first value, and without repeats where asked; returns how many they are. */
function subtract(words: Uint32Array, withoutRepeats: boolean): number {
  let out = 0;
  for (let i = 2; i < words.length; i += 2) {
    const low = (words[i] - words[i - 2]) >>> 0;
    const high = (words[i + 1] - words[i - 1] - (words[i] < words[i - 2] ? 1 : 0)) | 0;
    if (withoutRepeats && (low | high) === 0) continue;
    const sign = high >> 31;
    differences[out++] = (low << 1) ^ sign;
    differences[out++] = ((high << 1) | (low >>> 31)) ^ sign;
  }
  return out / 2;
}

function usedPlanes(count: number): number {
  let [low, high] = [0, 0];
  for (let i = 0; i < count * 2; i += 2) {
    low |= differences[i];
    high |= differences[i + 1];
  }
  let planes = 0;
  for (let byte = 0; byte < 4; byte++) {
    if ((low >>> (byte * 8)) & 0xff) planes |= 1 << byte;
    if ((high >>> (byte * 8)) & 0xff) planes |= 16 << byte;
  }
  return planes;
}

function writePlanes(planes: number, count: number, writer: ByteWriter): void {
  writer.reserve(8 * count);
  const { bytes } = writer;
  let at = writer.length;
  for (let plane = 0; plane < 8; plane++) {
    if ((planes & (1 << plane)) === 0) continue;
    for (let i = 0; i < count; i++) bytes[at + i] = bytesOfDifferences[i * 8 + plane];
    at += count;
  }
  writer.length = at;
}

/** How many bytes the column takes. */
export function floatsLength(layout: FloatLayout, count: number): number {
  const map = layout.hasMap ? (count + 7) >>> 3 : 0;
  return map + planeCount(layout.planes) * (layout.hasMap ? layout.changes : count - 1);
}

function planeCount(planes: number): number {
  let count = 0;
  for (let bits = planes; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** Decodes the first `wanted` of `count` values, which lie at `at`, into the start of `out`. */
export function decodeFloats(
  bytes: Uint8Array,
  at: number,
  layout: FloatLayout,
  count: number,
  wanted: number,
  out: Float64Array,
): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, wanted * 2);
  const map = layout.hasMap ? at : -1;
  const written = layout.hasMap ? layout.changes : count - 1;
  const needed = layout.hasMap ? Math.min(written, wanted) : wanted - 1;
  readPlanes(bytes, layout.hasMap ? at + ((count + 7) >>> 3) : at, layout.planes, written, needed);
  let [low, high] = [layout.baseLow, layout.baseHigh];
  words[0] = low;
  words[1] = high;
  let next = 0;
  for (let i = 1; i < wanted; i++) {
    if (map < 0 || (bytes[map + (i >>> 3)] >>> (i & 7)) & 1) {
      const sign = -(differences[next] & 1);
      const lowStep = ((differences[next] >>> 1) | (differences[next + 1] << 31)) ^ sign;
      const sum = (low + lowStep) >>> 0;
      high = (high + ((differences[next + 1] >>> 1) ^ sign) + (sum < low ? 1 : 0)) | 0;
      low = sum;
      next += 2;
    }
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
}

/** Fills `differences` with the first `needed` of `count`. */
function readPlanes(bytes: Uint8Array, from: number, planes: number, count: number, needed: number): void {
  reserve(needed + 1);
  differences.fill(0, 0, needed * 2);
  let at = from;
  for (let plane = 0; plane < 8; plane++) {
    if ((planes & (1 << plane)) === 0) continue;
    for (let i = 0; i < needed; i++) bytesOfDifferences[i * 8 + plane] = bytes[at + i];
    at += count;
  }
}
