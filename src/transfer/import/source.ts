// A text to import: a file or standard input, gzipped or not, as a stream of its bytes from any place on.

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../base/errors.ts';
import { TransferError } from '../contract.ts';

export const STANDARD_INPUT = '-';

const HEAD_BYTES = 64 * 1024;
const READ_BYTES = 1024 * 1024;

export class TextSource {
  readonly file: string;
  /** Of the file as it lies there; undefined for standard input. */
  readonly totalBytes: number | undefined;
  /** Tells this file, as it is now, from others, whatever its path; undefined for standard input. */
  readonly identity: string | undefined;
  /** How many bytes have been read of it, compressed ones where it is. */
  bytesRead = 0;
  private readonly isGzip: boolean;
  private readonly standardInput: AsyncIterable<Uint8Array>;

  /** Throws TransferError where the file can't be read. */
  constructor(file: string, standardInput: AsyncIterable<Uint8Array>) {
    this.file = file;
    this.standardInput = standardInput;
    const facts = file === STANDARD_INPUT ? undefined : readFacts(file);
    this.totalBytes = facts?.bytes;
    this.identity = facts?.identity;
    this.isGzip = facts?.isGzip ?? false;
  }

  /** The text's bytes from that one on. Standard input starts where it is. To be read once. */
  async *read(fromByte: number): AsyncGenerator<Uint8Array, void> {
    if (this.file === STANDARD_INPUT) {
      yield* unzipped(this.counted(this.standardInput));
    } else if (this.isGzip) {
      yield* skipping(unzipped(this.counted(this.open(0))), fromByte);
    } else {
      this.bytesRead = fromByte;
      yield* this.counted(this.open(fromByte));
    }
  }

  private open(start: number): AsyncIterable<Uint8Array> {
    return createReadStream(this.file, { start, highWaterMark: READ_BYTES });
  }

  private async *counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of chunks) {
      this.bytesRead += chunk.length;
      yield chunk;
    }
  }
}

function readFacts(file: string): { bytes: number; identity: string; isGzip: boolean } {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const stat = fstatSync(handle);
    const buffer = Buffer.alloc(HEAD_BYTES);
    const head = buffer.subarray(0, readSync(handle, buffer, 0, HEAD_BYTES, 0));
    const hash = createHash('sha256').update(head).digest('hex');
    return { bytes: stat.size, identity: `${stat.size}-${stat.mtimeMs}-${hash}`, isGzip: isGzip(head) };
  } catch (thrown) {
    throw new TransferError('file_unusable', `can't read ${file}: ${messageOf(thrown)}`, { cause: thrown });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Unpacks what begins as gzip does; everything else passes as it is. */
async function* unzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  if (!isGzip(first.value)) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  const packed = Readable.from(all);
  packed.on('error', failure => gunzip.destroy(failure));
  yield* packed.pipe(gunzip);
}

async function* skipping(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array, void> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
