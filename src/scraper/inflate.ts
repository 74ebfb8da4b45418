// Gzip bodies of scrapes inflated, with Go's words for what is wrong with them.
//
// Small ones at once on this thread: handing them to another one costs several times what inflating them does. The
// last four bytes of a gzip body tell how long it was; where they do not tell the truth, the other way is taken.

import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { messageOf } from '../base/errors.ts';
import { ScrapeError } from './sample-labels.ts';

/** Up to here it takes about a millisecond. */
const SMALL_BYTES = 512 * 1024;
/** By zlib's words, Go's. */
const PROBLEMS: Readonly<Record<string, string>> = {
  'incorrect header check': 'invalid header',
  'incorrect data check': 'invalid checksum',
  'incorrect length check': 'invalid checksum',
};

const LARGE_CHUNK_BYTES = 256 * 1024;

const inflateElsewhere = promisify(gunzip);

export function bodyTooLarge(): ScrapeError {
  return new ScrapeError('body_size', 'body size limit exceeded');
}

/** Rejects with ScrapeError where it is no gzip, or has `limitBytes` or more. */
export async function inflated(zipped: Buffer, limitBytes: number): Promise<Buffer> {
  const toldBytes = zipped.length < 18 ? 0 : zipped.readUInt32LE(zipped.length - 4);
  if (zipped.length <= SMALL_BYTES && toldBytes > 0 && toldBytes <= SMALL_BYTES && toldBytes < limitBytes) {
    try {
      return gunzipSync(zipped, { chunkSize: Math.max(64, toldBytes + 1), maxOutputLength: toldBytes });
    } catch (thrown) {
      if (codeOf(thrown) !== 'ERR_BUFFER_TOO_LARGE') throw failureOf(thrown, zipped);
    }
  }
  try {
    return await inflateElsewhere(zipped, { maxOutputLength: limitBytes - 1, chunkSize: LARGE_CHUNK_BYTES });
  } catch (thrown) {
    throw failureOf(thrown, zipped);
  }
}

const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code;

function failureOf(thrown: unknown, zipped: Buffer): ScrapeError {
  const code = codeOf(thrown);
  if (code === 'ERR_BUFFER_TOO_LARGE') return bodyTooLarge();
  if (code === 'Z_BUF_ERROR') {
    return new ScrapeError('fetch', zipped.length === 0 ? 'EOF' : 'unexpected EOF');
  }
  const message = messageOf(thrown);
  return new ScrapeError('fetch', `gzip: ${PROBLEMS[message] ?? message}`);
}
