// Reads one HTTP/1 answer from the pieces in which it comes. In: bytes, in any cuts. Out: its head, and the body put
// together in a buffer of the caller's, without the framing of chunks.

import { bug } from '../../base/errors.ts';
import type { BodyBuffer } from '../body-buffer.ts';
import { HttpError } from './errors.ts';
import { malformed, parseHead, type ResponseHead, UNKNOWN_LENGTH } from './response-head.ts';

/** Heads of interim answers, the answer's own and what follows its chunks, together. */
const LARGEST_HEADS_BYTES = 64 * 1024;
/** A chunk's size with its extensions. */
const LARGEST_CHUNK_LINE_BYTES = 4096;
/** Of what turns out not to be HTTP. */
const LARGEST_FIRST_LINE_BYTES = 4096;

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
/** What may follow a chunk's size: an extension, blanks, the line break. */
const AFTER_SIZE: ReadonlySet<number> = new Set([0x3b, CARRIAGE_RETURN, 0x20, 0x09]);
const NO_BYTES = Buffer.alloc(0);
const PROTOCOL = Buffer.from('HTTP/');

/** What the next byte belongs to. */
type State = 'head' | 'sizedBody' | 'openBody' | 'chunkSize' | 'chunk' | 'chunkEnd' | 'trailer' | 'done';

export class ResponseReader {
  /** Of the answer itself, once it was read. */
  head: ResponseHead | undefined;

  private state: State = 'done';
  private into: BodyBuffer | undefined;
  private bodyLimitBytes = 0;
  private tooLarge: () => Error = noLimit;
  /** What has come of a head that is not complete. */
  private partialHead = NO_BYTES;
  private headBytes = 0;
  private bodyBytes = 0;
  /** Of the body or the chunk, still to come. */
  private left = 0;
  /** Of the line that tells a chunk's size, or of a trailer. */
  private lineBytes = 0;
  private sizeDigits = 0;
  private isExtension = false;

  /** Expects another answer. A body of `bodyLimitBytes` or more fails with `tooLarge()`; only that of a 200 is kept. */
  begin(into: BodyBuffer, bodyLimitBytes: number, tooLarge: () => Error): void {
    into.clear();
    this.head = undefined;
    this.state = 'head';
    this.into = into;
    this.bodyLimitBytes = bodyLimitBytes;
    this.tooLarge = tooLarge;
    this.partialHead = NO_BYTES;
    this.headBytes = 0;
    this.bodyBytes = 0;
  }

  get isDone(): boolean {
    return this.state === 'done';
  }

  /** Reads the first `length` bytes of `bytes`, up to the end of the answer; returns how many. Throws HttpError, and `tooLarge()`. */
  read(bytes: Buffer, length: number): number {
    let at = 0;
    while (at < length && this.state !== 'done') {
      switch (this.state) {
        case 'head':
          at = this.readHead(bytes, at, length);
          break;
        case 'sizedBody':
          at = this.readBody(bytes, at, Math.min(length, at + this.left));
          if (this.left === 0) this.state = 'done';
          break;
        case 'openBody':
          at = this.readBody(bytes, at, length);
          break;
        case 'chunk':
          at = this.readBody(bytes, at, Math.min(length, at + this.left));
          if (this.left === 0) this.startLine('chunkEnd');
          break;
        case 'chunkSize':
          this.readChunkSize(bytes[at++]);
          break;
        case 'chunkEnd':
          this.readChunkEnd(bytes[at++]);
          break;
        default:
          this.readTrailer(bytes[at++]);
      }
    }
    return at;
  }

  /** The other side has closed the connection: the end of a body whose length was not told. Throws HttpError for any other. */
  end(): void {
    if (this.state === 'openBody') this.state = 'done';
    if (this.state === 'done') return;
    if (this.partialHead.length > 0) checkProtocol(this.partialHead, true);
    throw new HttpError('closed', 'the connection was closed before the end of the answer');
  }

  private readHead(bytes: Buffer, at: number, length: number): number {
    const before = this.partialHead.length;
    const fresh = bytes.subarray(at, length);
    const head = before === 0 ? fresh : Buffer.concat([this.partialHead, fresh]);
    checkProtocol(head, false);
    const size = sizeOfHead(head);
    if (size < 0) {
      this.checkHeads(head.length);
      this.partialHead = Buffer.from(head);
      return length;
    }
    this.countHead(size);
    this.partialHead = NO_BYTES;
    this.startBody(parseHead(head.toString('latin1', 0, size).trimEnd()));
    return at + size - before;
  }

  private startBody(head: ResponseHead): void {
    const { statusCode, isChunked, contentLength } = head;
    if (statusCode < 200) {
      if (statusCode === 101) throw malformed('the connection changes its protocol, which nobody asked for');
      return;
    }
    this.head = head;
    if (statusCode === 204 || statusCode === 304 || contentLength === 0) this.state = 'done';
    else if (isChunked) this.startLine('chunkSize');
    else if (contentLength === UNKNOWN_LENGTH) {
      this.state = 'openBody';
      this.left = Number.POSITIVE_INFINITY;
      head.keepsAlive = false;
    } else {
      this.state = 'sizedBody';
      this.left = contentLength;
    }
  }

  private readBody(bytes: Buffer, at: number, end: number): number {
    this.left -= end - at;
    this.bodyBytes += end - at;
    if (this.bodyBytes >= this.bodyLimitBytes) throw this.tooLarge();
    if (this.head?.statusCode === 200) this.into?.append(bytes, at, end);
    return end;
  }

  private startLine(state: State): void {
    this.state = state;
    this.lineBytes = 0;
    this.sizeDigits = 0;
    this.isExtension = false;
    if (state === 'chunkSize') this.left = 0;
  }

  private readChunkSize(byte: number): void {
    if (++this.lineBytes > LARGEST_CHUNK_LINE_BYTES) throw malformed('header line too long');
    if (byte === LINE_FEED) {
      if (this.sizeDigits === 0) throw malformed('invalid byte in chunk length');
      if (this.left === 0) this.startLine('trailer');
      else this.state = 'chunk';
      return;
    }
    if (this.isExtension) return;
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.sizeDigits > 12) throw malformed('http chunk length too large');
      this.left = this.left * 16 + digit;
    } else if (AFTER_SIZE.has(byte)) this.isExtension = true;
    else throw malformed('invalid byte in chunk length');
  }

  private readChunkEnd(byte: number): void {
    if (byte === CARRIAGE_RETURN && this.lineBytes++ === 0) return;
    if (byte !== LINE_FEED) throw malformed('malformed chunked encoding');
    this.startLine('chunkSize');
  }

  /** Trailers are passed over: an empty line ends them. */
  private readTrailer(byte: number): void {
    this.countHead(1);
    if (byte === LINE_FEED) {
      if (this.lineBytes === 0) this.state = 'done';
      this.lineBytes = 0;
    } else if (byte !== CARRIAGE_RETURN) this.lineBytes++;
  }

  private countHead(bytes: number): void {
    this.checkHeads(bytes);
    this.headBytes += bytes;
  }

  private checkHeads(more: number): void {
    if (this.headBytes + more <= LARGEST_HEADS_BYTES) return;
    throw malformed(`net/http: server response headers exceeded ${LARGEST_HEADS_BYTES} bytes; aborted`);
  }
}

/** Throws where this is not the beginning of an answer. `isAll`: nothing follows. */
function checkProtocol(head: Buffer, isAll: boolean): void {
  const known = Math.min(head.length, PROTOCOL.length);
  if (head.compare(PROTOCOL, 0, known, 0, known) === 0) return;
  const lineEnd = head.indexOf(LINE_FEED);
  if (lineEnd < 0 && !isAll && head.length < LARGEST_FIRST_LINE_BYTES) return;
  parseHead(head.toString('latin1', 0, lineEnd < 0 ? head.length : lineEnd));
  bug('what does not begin like an answer is refused');
}

/** With the empty line that ends it; -1 where that has not come. */
function sizeOfHead(bytes: Buffer): number {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at + 1] === LINE_FEED) return at + 2;
    if (bytes[at + 1] === CARRIAGE_RETURN && bytes[at + 2] === LINE_FEED) return at + 3;
  }
  return -1;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const noLimit = (): Error => malformed('no limit was told');
