// Inflates a request's body, a snappy block, the first bytes of which say how long the data will be.

import snappy from 'snappy';
import type { RemoteWriteAnswer } from './contract.ts';
import { readUncompressedLength } from './snappy-length.ts';

/** Larger bodies are inflated by another thread: this thread would be held for a millisecond and more. */
const HERE_BYTES = 1024 * 1024;

const CORRUPT: RemoteWriteAnswer = { status: 400, message: 'snappy: corrupt input' };
const TOO_LARGE: RemoteWriteAnswer = { status: 413, message: 'snappy: decoded block is too large' };

/** The data, or the answer to a body that is none or is larger than `limitBytes`, which is then never inflated. */
export function inflate(
  body: Uint8Array,
  limitBytes: number,
): Buffer | RemoteWriteAnswer | Promise<Buffer | RemoteWriteAnswer> {
  const declaredBytes = readUncompressedLength(body);
  if (declaredBytes === undefined) return CORRUPT;
  if (declaredBytes > limitBytes) return TOO_LARGE;
  const block = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (declaredBytes > HERE_BYTES) return snappy.uncompress(block).then(asBuffer, () => CORRUPT);
  try {
    return asBuffer(snappy.uncompressSync(block));
  } catch {
    return CORRUPT;
  }
}

const asBuffer = (data: string | Buffer): Buffer => (typeof data === 'string' ? Buffer.from(data) : data);
