// What stands around a chunk's body on disk: its version, whether the body is compressed, and a checksum over the
// chunk's id and everything else, so that damage is told before anything is made of it, and so is a chunk that stands
// where another should. Drawn in docs/format/chunk.md.

import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { checksumOfKey } from '../row-checksum.ts';
import { damaged } from './byte-reader.ts';

const VERSION = 2;
const PLAIN = 0;
const ZSTD = 1;
const HEADER_BYTES = 6;
const CHECKSUM_BYTES = 4;

/** Of what zstd inflates into. */
const MOST_PIECE_BYTES = 4 * 1024 * 1024;

/** The stored form of the body of chunk `id`; compressed where a level of zstd is given. */
export function frame(id: number, body: Uint8Array, zstdLevel: number | undefined): Uint8Array {
  const options = { params: { [constants.ZSTD_c_compressionLevel]: zstdLevel ?? 0 } };
  const content = zstdLevel === undefined ? body : zstdCompressSync(body, options);
  const stored = Buffer.allocUnsafe(HEADER_BYTES + content.length + CHECKSUM_BYTES);
  stored[0] = VERSION;
  stored[1] = zstdLevel === undefined ? PLAIN : ZSTD;
  stored.writeUInt32LE(body.length, 2);
  stored.set(content, HEADER_BYTES);
  const end = HEADER_BYTES + content.length;
  stored.writeUInt32LE(crc32(stored.subarray(0, end), checksumOfKey(id)), end);
  return stored;
}

/**
 * The body of chunk `id`; a view of `stored` where it is not compressed. Throws where the bytes are damaged, of another
 * version or of another chunk.
 */
export function unframe(id: number, stored: Uint8Array): Buffer {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < HEADER_BYTES) damaged('it is too short');
  if (crc32(bytes.subarray(0, end), checksumOfKey(id)) !== bytes.readUInt32LE(end)) {
    damaged('its checksum is wrong');
  }
  if (bytes[0] !== VERSION) throw new Error(`a chunk of an unknown version: ${bytes[0]}`);
  const length = bytes.readUInt32LE(2);
  const content = bytes.subarray(HEADER_BYTES, end);
  const body = bytes[1] === ZSTD ? inflate(content, length) : content;
  if (body.length !== length) damaged('its length is wrong');
  return body;
}

/** Gives the memory of an inflated body back at once; nothing of it may be used any more. */
export function release(body: Buffer, stored: Uint8Array): void {
  if (body.buffer !== stored.buffer && body.buffer.byteLength > Buffer.poolSize) {
    (body.buffer as ArrayBuffer).transfer(0);
  }
}

/**
 * Into one piece of memory where the body is not extremely long, since pieces would have to be put together. It is longer
 * than Buffer's pool, so it is no part of that.
 *
 * zlib's object, and with it this memory, would not go before the garbage collector has looked at all memory.
 */
function inflate(content: Uint8Array, length: number): Buffer {
  const chunkSize = Math.max(Math.min(length, MOST_PIECE_BYTES), Buffer.poolSize) + 1;
  return zstdDecompressSync(content, { maxOutputLength: length, chunkSize });
}
