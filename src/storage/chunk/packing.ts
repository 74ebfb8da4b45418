// Whole numbers from 0 up, each in the same number of bits: 1, 2, 4 (several a byte, the lowest bits first), or whole
// bytes, one *plane* after the other (the lowest bytes of all numbers, then the next bytes of all, …).
//
// So no number crosses a byte, and an entropy stage behind it (zstd) sees bytes of one kind side by side.

/** The widths in bits, by their code. */
export const WIDTHS = Uint8Array.of(0, 1, 2, 4, 8, 16, 24, 32, 40, 48, 56);

/** How many bytes `count` numbers of that width take. */
export function packedLength(count: number, width: number): number {
  return width < 8 ? (count * width + 7) >>> 3 : count * (width >>> 3);
}

/** Packs the first `count` numbers into `out` from `at` on. */
export function pack(numbers: Float64Array, count: number, width: number, out: Uint8Array, at: number): void {
  if (width === 0) return;
  if (width < 8) {
    packBits(numbers, count, width, out, at);
    return;
  }
  for (let i = 0; i < count; i++) out[at + i] = numbers[i];
  for (let plane = 1; plane < width >>> 3; plane++) {
    const scale = 256 ** plane;
    const start = at + plane * count;
    for (let i = 0; i < count; i++) out[start + i] = Math.floor(numbers[i] / scale);
  }
}

function packBits(numbers: Float64Array, count: number, width: number, out: Uint8Array, at: number): void {
  let byte = 0;
  let shift = 0;
  let next = at;
  for (let i = 0; i < count; i++) {
    byte |= numbers[i] << shift;
    shift += width;
    if (shift < 8) continue;
    out[next++] = byte;
    byte = 0;
    shift = 0;
  }
  if (shift > 0) out[next] = byte;
}

/**
 * Unpacks the first `wanted` of `count` numbers of 8 bits or fewer; each is looked up in `table`, which has an entry
 * for each number.
 */
export function unpackSmall(
  bytes: Uint8Array,
  at: number,
  width: number,
  table: Float64Array,
  wanted: number,
  out: Float64Array,
): void {
  if (width === 8) {
    for (let i = 0; i < wanted; i++) out[i] = table[bytes[at + i]];
    return;
  }
  const mask = (1 << width) - 1;
  for (let i = 0; i < wanted; i++) {
    const bit = i * width;
    out[i] = table[(bytes[at + (bit >>> 3)] >>> (bit & 7)) & mask];
  }
}

/** Like unpackSmall, but each becomes the sum of all up to it, and of `base`. */
export function sumSmall(
  bytes: Uint8Array,
  at: number,
  width: number,
  table: Float64Array,
  base: number,
  wanted: number,
  out: Float64Array,
): void {
  let sum = base;
  if (width === 8) {
    for (let i = 0; i < wanted; i++) {
      sum += table[bytes[at + i]];
      out[i] = sum;
    }
    return;
  }
  const mask = (1 << width) - 1;
  for (let i = 0; i < wanted; i++) {
    const bit = i * width;
    sum += table[(bytes[at + (bit >>> 3)] >>> (bit & 7)) & mask];
    out[i] = sum;
  }
}

/** Unpacks the first `wanted` of `count` numbers of 16 bits or more. */
export function unpackPlanes(
  bytes: Uint8Array,
  at: number,
  width: number,
  count: number,
  wanted: number,
  out: Float64Array,
): void {
  const second = at + count;
  for (let i = 0; i < wanted; i++) out[i] = bytes[at + i] | (bytes[second + i] << 8);
  for (let plane = 2; plane < width >>> 3; plane++) {
    const scale = 256 ** plane;
    const start = at + plane * count;
    for (let i = 0; i < wanted; i++) out[i] += bytes[start + i] * scale;
  }
}
