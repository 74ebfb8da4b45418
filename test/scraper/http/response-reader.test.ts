// Answers in any framing, cut anywhere, beside Node's own parser; and what is no answer.
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BodyBuffer } from '../../../src/scraper/body-buffer.ts';
import { HttpError } from '../../../src/scraper/http/errors.ts';
import { ResponseReader } from '../../../src/scraper/http/response-reader.ts';

const LIMIT = 100_000;
const tooLarge = () => new Error('too large');

interface ReadAnswer {
  readonly statusCode: number | undefined;
  readonly body: string;
  readonly isDone: boolean;
  readonly keepsAlive: boolean | undefined;
  /** How many bytes were left over. */
  readonly rest: number;
}

/** Reads `text` in pieces of these lengths, the last one over and over; then the connection is closed, if it must. */
function readAll(text: Buffer, lengths: readonly number[], isClosed = true): ReadAnswer {
  const reader = new ResponseReader();
  const into = new BodyBuffer();
  reader.begin(into, LIMIT, tooLarge);
  // One piece of memory for all pieces, as connections have it: nothing may be kept in there.
  const shared = Buffer.alloc(text.length);
  let at = 0;
  for (let i = 0; at < text.length && !reader.isDone; i++) {
    const length = Math.min(text.length - at, Math.max(1, lengths[Math.min(i, lengths.length - 1)]));
    shared.fill(0xff);
    text.copy(shared, 0, at, at + length);
    at += reader.read(shared, length);
  }
  if (!reader.isDone && isClosed) reader.end();
  const { head, isDone } = reader;
  return {
    statusCode: head?.statusCode,
    body: into.body().toString('latin1'),
    isDone,
    keepsAlive: head?.keepsAlive,
    rest: text.length - at,
  };
}

const lineBreak = fc.constantFrom('\r\n', '\n');
const body = fc.string({ unit: 'binary-ascii', maxLength: 300 });
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
const headers = fc.array(
  fc.tuple(fc.constantFrom('Date', 'X-a', 'content-type'), fc.constantFrom('', 'a', ' b c ', '\t"d"')),
  { maxLength: 4 },
);
const trailers = fc.array(fc.constantFrom('X-Sum: 12', 'a:'), { maxLength: 2 });
const interims = fc.array(fc.constantFrom('HTTP/1.1 100 Continue', 'HTTP/1.1 103 Early Hints'), {
  maxLength: 2,
});

/** An answer as it may come: the same body in one of three framings. */
const answer = fc
  .record({
    lineBreak,
    body,
    headers,
    trailers,
    interims,
    framing: fc.constantFrom('length', 'chunks', 'close'),
    chunk: fc.integer({ min: 1, max: 100 }),
    extension: fc.constantFrom('', ';a=b', ' ', ';"x"'),
  })
  .map(options => ({ ...options, text: Buffer.from(textOf(options), 'latin1') }));

interface AnswerOptions {
  readonly lineBreak: string;
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly trailers: readonly string[];
  readonly interims: readonly string[];
  readonly framing: string;
  readonly chunk: number;
  readonly extension: string;
}

function textOf(options: AnswerOptions): string {
  const { lineBreak: br, interims: before, framing, headers: others } = options;
  const lines = ['HTTP/1.1 200 OK', ...others.map(([name, value]) => `${name}:${value}`)];
  if (framing === 'length') lines.push(`Content-Length: ${options.body.length}`);
  if (framing === 'chunks') lines.push('Transfer-Encoding: chunked');
  const interim = before.map(line => `${line}${br}${br}`).join('');
  return `${interim}${lines.join(br)}${br}${br}${framing === 'chunks' ? chunksOf(options) : options.body}`;
}

function chunksOf({ body: text, chunk, extension, lineBreak: br, trailers: after }: AnswerOptions): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += chunk) {
    const part = text.slice(at, at + chunk);
    parts.push(`${part.length.toString(16).toUpperCase()}${extension}${br}${part}${br}`);
  }
  return `${parts.join('')}0${extension}${br}${after.map(line => line + br).join('')}${br}`;
}

test('any framing in any pieces', () => {
  fc.assert(
    fc.property(answer, cuts, ({ text, body: expected, framing }, lengths) => {
      expect(readAll(text, lengths)).toEqual({
        statusCode: 200,
        body: expected,
        isDone: true,
        keepsAlive: framing !== 'close',
        rest: 0,
      });
    }),
    { numRuns: 2000 },
  );
});

test('Node’s own client reads the same', async () => {
  // What Node is stricter with is left out.
  const sampled = fc
    .sample(answer, 150)
    .filter(({ lineBreak: br, extension }) => br === '\r\n' && ['', ';a=b'].includes(extension));
  expect(sampled.length).toBeGreaterThan(10);
  let sent = Buffer.alloc(0);
  const server = createServer(socket => socket.once('data', () => socket.end(sent)));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const { text } of sampled) {
    sent = text;
    const theirs = await new Promise<string>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, agent: false }, response => {
        response.setEncoding('latin1');
        let all = '';
        response.on('data', chunk => (all += chunk));
        response.on('end', () => resolve(all));
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(readAll(text, [text.length]).body).toBe(theirs);
  }
  server.close();
});

test('what follows an answer is left', () => {
  const text = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcHTTP/1.1 200');
  expect(readAll(text, [text.length])).toMatchObject({ body: 'abc', isDone: true, rest: 12 });
});

test.each<[string, Partial<ReadAnswer>]>([
  ['HTTP/1.1 204 No Content\r\n\r\n', { statusCode: 204, isDone: true, keepsAlive: true }],
  [
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
    { statusCode: 304, isDone: true, keepsAlive: true },
  ],
  ['HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\na', { body: 'a', keepsAlive: false }],
  ['HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', { body: 'a', keepsAlive: false }],
  [
    'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\na',
    { body: 'a', keepsAlive: true },
  ],
  ['HTTP/1.1 200\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na', { statusCode: 200, body: 'a' }],
  // Told both ways: the chunks count, and the connection is not trusted further.
  [
    'HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    { body: 'a', isDone: true, keepsAlive: false },
  ],
  // Only the body of a 200 is kept.
  [
    'HTTP/1.1 500 Oh\r\ncontent-length: 3\r\n\r\nabc',
    { statusCode: 500, body: '', isDone: true, keepsAlive: true },
  ],
])('%j', (text, expected) => {
  expect(readAll(Buffer.from(text), [1])).toMatchObject(expected);
});

test.each([
  ['hello\n', 'malformed HTTP response "hello"'],
  ['hello', 'malformed HTTP response "hello"'],
  ['x', 'malformed HTTP response "x"'],
  ['SSH-2.0-OpenSSH_9.2 Debian\r\n', 'malformed HTTP version "SSH-2.0-OpenSSH_9.2"'],
  ['HTTP/2.0 200 OK\r\n\r\n', 'malformed HTTP version "HTTP/2.0"'],
  ['HTTP/1.1 2x0 OK\r\n\r\n', 'malformed HTTP status code "2x0"'],
  ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', 'malformed MIME header line: no colon'],
  ['HTTP/1.1 200 OK\r\na b: c\r\n\r\n', 'malformed MIME header line: a b: c'],
  ['HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n', 'malformed MIME header line:  folded'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1x\r\n\r\n', 'bad Content-Length "1x"'],
  ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', 'bad Content-Length "-1"'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 'bad Content-Length "2"'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n', 'unsupported transfer encoding: "gzip"'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n', 'invalid byte in chunk length'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n', 'invalid byte in chunk length'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab', 'malformed chunked encoding'],
  [`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1'.repeat(13)}`, 'http chunk length too large'],
  [`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${'a'.repeat(4096)}`, 'header line too long'],
  ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'changes its protocol'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab', 'closed before the end'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab', 'closed before the end'],
  ['HTTP/1.1 200 OK\r\n', 'closed before the end'],
  ['', 'closed before the end'],
])('%j is refused', (text, message) => {
  for (const lengths of [[1], [1000]]) {
    expect(() => readAll(Buffer.from(text), lengths)).toThrow(HttpError);
    expect(() => readAll(Buffer.from(text), lengths)).toThrow(message);
  }
});

test('heads without end, in front of the body, between interim answers or behind the chunks', () => {
  const line = `x: ${'y'.repeat(1000)}\r\n`;
  const inFront = `HTTP/1.1 200 OK\r\n${line.repeat(70)}`;
  const between = `HTTP/1.1 100 Continue\r\n${line.repeat(10)}\r\n`.repeat(7);
  const behind = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${line.repeat(70)}`;
  for (const text of [inFront, `${inFront}\r\n`, between, behind]) {
    expect(() => readAll(Buffer.from(text), [1500])).toThrow('response headers exceeded 65536 bytes');
  }
});

test('a body that is too large, whatever its framing', () => {
  const large = 'x'.repeat(LIMIT);
  for (const framing of ['length', 'chunks', 'close']) {
    const options = { lineBreak: '\r\n', body: large, headers: [], trailers: [], interims: [] };
    const text = textOf({ ...options, framing, chunk: 5000, extension: '' });
    expect(() => readAll(Buffer.from(text), [1500])).toThrow('too large');
    const fits = textOf({ ...options, body: large.slice(1), framing, chunk: 5000, extension: '' });
    expect(readAll(Buffer.from(fits), [1500]).body).toHaveLength(LIMIT - 1);
  }
});

test('damaged answers are refused, waited for or read, and nothing else', () => {
  fc.assert(
    fc.property(
      answer,
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      cuts,
      ({ text }, where, byte, lengths) => {
        const damaged = Buffer.from(text);
        damaged[where % damaged.length] = byte;
        try {
          readAll(damaged, lengths);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HttpError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
