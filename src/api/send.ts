// Turns an Answer into an HTTP reply: headers, compression, back-pressure.
//
// gzip or nothing: some versions of Grafana pass on what they cannot read. A reply that fits into one piece goes
// out with its length; a longer one is streamed, each piece made when the socket has taken the last.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import { nextTurn } from './turns.ts';

const gzipBuffer = promisify(gzip);

/** Smaller bodies are not worth compressing: they fit into one packet as they are. */
const LEAST_COMPRESSED_BYTES = 1024;
const GZIP_OPTIONS = { level: constants.Z_BEST_SPEED };

/** Sends the answer; resolves to the number of body bytes, also where the client left before the end. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  mayCompress: boolean,
): Promise<number> {
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.contentType !== undefined) response.setHeader('content-type', answer.contentType);
  if (mayCompress) addVary(response, 'Accept-Encoding');
  response.statusCode = answer.status;
  const compress = mayCompress && acceptsGzip(request.headers['accept-encoding']);
  if (typeof answer.body === 'string') return sendText(response, answer.body, compress);
  if (answer.body instanceof Uint8Array) return sendWhole(response, answer.body, compress);

  const pieces = answer.body[Symbol.iterator]();
  const first = pieces.next();
  if (first.done) return sendWhole(response, new Uint8Array(0), false);
  const second = pieces.next();
  if (second.done) return sendWhole(response, first.value, compress);
  return stream(response, joined([first.value, second.value], pieces), compress);
}

/** Whether `gzip` is one of the encodings named; as in Prometheus, `gzip;q=…` is not. */
export function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  return String(acceptEncoding ?? '')
    .split(',')
    .some(encoding => encoding.trim() === 'gzip');
}

/** Adds one name to the Vary header. */
export function addVary(response: ServerResponse, name: string): void {
  const present = response.getHeader('vary');
  response.setHeader('vary', present === undefined ? name : `${present}, ${name}`);
}

function sendText(response: ServerResponse, body: string, compress: boolean): Promise<number> | number {
  if (compress && body.length >= LEAST_COMPRESSED_BYTES) {
    return sendWhole(response, Buffer.from(body), compress);
  }
  const bytes = Buffer.byteLength(body);
  if (response.statusCode !== 204) response.setHeader('content-length', bytes);
  response.end(body);
  return bytes;
}

async function sendWhole(response: ServerResponse, body: Uint8Array, compress: boolean): Promise<number> {
  let bytes = body;
  if (compress && body.length >= LEAST_COMPRESSED_BYTES) {
    response.setHeader('content-encoding', 'gzip');
    bytes = await gzipBuffer(body, GZIP_OPTIONS);
  }
  if (response.statusCode !== 204) response.setHeader('content-length', bytes.length);
  response.end(bytes);
  return bytes.length;
}

async function stream(
  response: ServerResponse,
  pieces: Iterable<Uint8Array>,
  compress: boolean,
): Promise<number> {
  let sentBytes = 0;
  const count = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      sentBytes += piece.length;
      yield piece;
    }
  };
  const source = Readable.from(unhurried(pieces), { highWaterMark: 1 });
  try {
    if (compress) {
      response.setHeader('content-encoding', 'gzip');
      await pipeline(source, createGzip(GZIP_OPTIONS), count, response);
    } else {
      await pipeline(source, count, response);
    }
  } catch (thrown) {
    // The client has gone: nobody is left to tell.
    if (!response.destroyed) throw thrown;
  }
  return sentBytes;
}

/** A fast client takes piece after piece at once: others get their turn in between. */
async function* unhurried(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
}

function* joined(
  start: readonly Uint8Array[],
  rest: Iterator<Uint8Array, unknown, undefined>,
): Generator<Uint8Array> {
  yield* start;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}
