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

/** The planes of the column that is being decoded. */
let spread = new Uint8Array(8192);

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

/** Decodes the first `wanted` (1 or more) of `count` values, which lie at `at`, into the start of `out`. */
export function decodeFloats(
  bytes: Uint8Array,
  at: number,
  layout: FloatLayout,
  count: number,
  wanted: number,
  out: Float64Array,
): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, wanted * 2);
  words[0] = layout.baseLow;
  words[1] = layout.baseHigh;
  if (layout.hasMap) {
    const { changes } = layout;
    const planesAt = at + ((count + 7) >>> 3);
    // One more, of whatever it is, since the last values may all be repeats.
    const stride = Math.min(changes, wanted) + 1;
    spreadPlanes(bytes, planesAt, layout.planes, changes, stride);
    addMapped(bytes, at, stride, wanted, words);
  } else {
    spreadPlanes(bytes, at, layout.planes, count - 1, wanted - 1);
    addAll(wanted - 1, wanted, words);
  }
}

/** Fills `spread` with all eight planes, `stride` bytes apart, those that were left out with zeros. */
function spreadPlanes(bytes: Uint8Array, from: number, planes: number, count: number, stride: number): void {
  if (spread.length < stride * 8) spread = new Uint8Array(stride * 8);
  const copied = Math.min(stride, count);
  let at = from;
  for (let plane = 0; plane < 8; plane++) {
    if ((planes & (1 << plane)) === 0) {
      spread.fill(0, plane * stride, plane * stride + stride);
      continue;
    }
    spread.set(bytes.subarray(at, at + copied), plane * stride);
    at += count;
  }
}

/** Adds up the differences: every value has one. */
function addAll(stride: number, wanted: number, words: Uint32Array): void {
  const planes = spread;
  let [low, high] = [words[0], words[1]];
  for (let i = 0, out = 2; i < wanted - 1; i++, out += 2) {
    const lowCode =
      planes[i] | (planes[i + stride] << 8) | (planes[i + 2 * stride] << 16) | (planes[i + 3 * stride] << 24);
    const at = i + 4 * stride;
    const highCode =
      planes[at] |
      (planes[at + stride] << 8) |
      (planes[at + 2 * stride] << 16) |
      (planes[at + 3 * stride] << 24);
    const sign = -(lowCode & 1);
    const sum = (low + (((lowCode >>> 1) | (highCode << 31)) ^ sign)) >>> 0;
    high = (high + ((highCode >>> 1) ^ sign) + (sum < low ? 1 : 0)) | 0;
    low = sum;
    words[out] = low;
    words[out + 1] = high;
  }
}

/** Adds up the differences: values have one where the bitmap at `map` says so. */
function addMapped(bytes: Uint8Array, map: number, stride: number, wanted: number, words: Uint32Array): void {
  const planes = spread;
  let [low, high] = [words[0], words[1]];
  let next = 0;
  for (let i = 1; i < wanted; i++) {
    const changed = (bytes[map + (i >>> 3)] >>> (i & 7)) & 1;
    // Without a branch, which could not be foreseen: a repeat adds nothing.
    const keep = -changed;
    const lowCode =
      planes[next] |
      (planes[next + stride] << 8) |
      (planes[next + 2 * stride] << 16) |
      (planes[next + 3 * stride] << 24);
    const at = next + 4 * stride;
    const highCode =
      planes[at] |
      (planes[at + stride] << 8) |
      (planes[at + 2 * stride] << 16) |
      (planes[at + 3 * stride] << 24);
    const sign = -(lowCode & 1);
    const sum = (low + ((((lowCode >>> 1) | (highCode << 31)) ^ sign) & keep)) >>> 0;
    high = (high + (((highCode >>> 1) ^ sign) & keep) + (sum < low ? 1 : 0)) | 0;
    low = sum;
    next += changed;
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
}
