// Simple ways to store the columns of a block, which the chunk codec is measured against. Values only, without times
// and directory.

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** One way: columns of a block to bytes, and back. */
export interface RivalCodec {
  readonly name: string;
  encode(columns: readonly Float64Array[]): Uint8Array;
  decode(stored: Uint8Array, count: number, length: number): Float64Array[];
}

export const RIVALS: readonly RivalCodec[] = [
  { name: 'doubles, zstd 1', encode: columns => packed(columns, bytesOf, 1), decode: readBytes },
  { name: 'XOR byte planes, zstd 1', encode: columns => packed(columns, xorPlanes, 1), decode: readPlanes },
  { name: 'XOR byte planes, zstd 19', encode: columns => packed(columns, xorPlanes, 19), decode: readPlanes },
];

function packed(
  columns: readonly Float64Array[],
  encode: (values: Float64Array) => Uint8Array,
  level: number,
): Uint8Array {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return zstdCompressSync(Buffer.concat(columns.map(encode)), { params });
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function readBytes(stored: Uint8Array, count: number, length: number): Float64Array[] {
  const all = new Float64Array(new Uint8Array(zstdDecompressSync(stored)).buffer);
  return Array.from({ length: count }, (_, i) => all.subarray(i * length, (i + 1) * length));
}

/** Each value's bits XOR those of the one before, all lowest bytes first. */
function xorPlanes(values: Float64Array): Uint8Array {
  const bytes = bytesOf(values);
  const out = new Uint8Array(bytes.length);
  let at = 0;
  for (let plane = 0; plane < 8; plane++) {
    let before = 0;
    for (let i = plane; i < bytes.length; i += 8) {
      out[at++] = bytes[i] ^ before;
      before = bytes[i];
    }
  }
  return out;
}

function readPlanes(stored: Uint8Array, count: number, length: number): Float64Array[] {
  const planes = zstdDecompressSync(stored);
  return Array.from({ length: count }, (_, column) => {
    const values = new Float64Array(length);
    const bytes = bytesOf(values);
    let at = column * length * 8;
    for (let plane = 0; plane < 8; plane++) {
      let byte = 0;
      for (let i = plane; i < bytes.length; i += 8) {
        byte ^= planes[at++];
        bytes[i] = byte;
      }
    }
    return values;
  });
}
