// Fetching from real servers: what is sent, what is taken, and how failures read.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScrapeConfig } from '../../src/config/contract.ts';
import { Fetcher } from '../../src/scraper/fetch.ts';
import { scrapeConfig } from './support/config.ts';
import { sendText, TestServer } from './support/http-server.ts';

let server: TestServer;
let folder: string;
const fetchers: Fetcher[] = [];
const never = new AbortController().signal;

beforeEach(async () => {
  server = await TestServer.start((_, response) => sendText(response, 'a 1\n'));
  folder = mkdtempSync(join(tmpdir(), 'promlite-fetch-'));
});

afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) fetcher.destroy();
  await server.stop();
  rmSync(folder, { recursive: true });
});

function fetcher(overrides: Partial<ScrapeConfig> = {}): Fetcher {
  const made = new Fetcher(scrapeConfig(overrides), '1.2.3');
  fetchers.push(made);
  return made;
}

const fetchText = async (overrides: Partial<ScrapeConfig> = {}, url = server.url, timeoutMs = 5000) => {
  const { body } = await fetcher(overrides).target(url).fetch(timeoutMs, never);
  return Buffer.from(body).toString();
};

test('the headers of a scrape', async () => {
  expect(await fetchText({}, server.url, 7500)).toBe('a 1\n');
  expect(server.requests[0].headers).toMatchObject({
    accept:
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,' +
      'application/openmetrics-text;version=0.0.1;q=0.5,' +
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,' +
      'text/plain;version=0.0.4;q=0.3,' +
      '*/*;q=0.2',
    'accept-encoding': 'gzip',
    'user-agent': 'promlite/1.2.3',
    'x-prometheus-scrape-timeout-seconds': '7.5',
  });
});

test('scrape_protocols say what is asked for, in their order; protobuf is left out', async () => {
  await fetchText({ scrapeProtocols: ['PrometheusText0.0.4', 'PrometheusProto', 'OpenMetricsText1.0.0'] });
  expect(server.requests[0].headers.accept).toBe(
    'text/plain;version=0.0.4;q=0.6,' +
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,' +
      '*/*;q=0.4',
  );
});

test('the content type is handed on', async () => {
  const { contentType } = await fetcher().target(server.url).fetch(5000, never);
  expect(contentType).toBe('text/plain; version=0.0.4');
});

test('one connection serves many scrapes', async () => {
  const one = fetcher().target(server.url);
  for (let i = 0; i < 3; i++) {
    await one.fetch(5000, never);
    await new Promise(setImmediate);
  }
  expect(new Set(server.requests.map(request => request.socket)).size).toBe(1);
});

test('a connection that the target closed meanwhile is replaced', async () => {
  const one = fetcher().target(server.url);
  await one.fetch(5000, never);
  server.handler = (request, response) => {
    if (server.requests.length === 2) request.socket.destroy();
    else sendText(response, 'a 2\n');
  };
  expect(Buffer.from((await one.fetch(5000, never)).body).toString()).toBe('a 2\n');
});

test('gzip', async () => {
  server.handler = (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('zipped 1\n'));
  };
  expect(await fetchText()).toBe('zipped 1\n');
  await fetchText({ enableCompression: false });
  expect(server.requests[1].headers['accept-encoding']).toBe('identity');
});

test.each<[number, string]>([
  [401, 'server returned HTTP status 401 Unauthorized'],
  [404, 'server returned HTTP status 404 Not Found'],
  [500, 'server returned HTTP status 500 Internal Server Error'],
  [204, 'server returned HTTP status 204 No Content'],
])('status %i', async (status, message) => {
  server.handler = (_, response) => response.writeHead(status).end();
  await expect(fetchText()).rejects.toThrow(message);
});

test('authorization: text, file (read each time), basic from a file', async () => {
  const authorization = { type: 'Bearer', credentials: 'secret', credentialsFile: undefined };
  await fetchText({ authorization });
  const credentialsFile = join(folder, 'token');
  const fromFile = fetcher({ authorization: { type: 'Bearer', credentials: undefined, credentialsFile } });
  for (const token of ['one', 'two']) {
    writeFileSync(credentialsFile, `${token}\n`);
    await fromFile.target(server.url).fetch(5000, never);
  }
  const passwordFile = join(folder, 'token');
  const basicFromFiles = { username: 'me', usernameFile: undefined, password: '', passwordFile };
  await fetchText({
    authorization: { type: 'Basic', credentials: undefined, credentialsFile: undefined, basicFromFiles },
  });
  expect(server.requests.map(request => request.headers.authorization)).toEqual([
    'Bearer secret',
    'Bearer one',
    'Bearer two',
    `Basic ${Buffer.from('me:two').toString('base64')}`,
  ]);
  rmSync(credentialsFile);
  await expect(fromFile.target(server.url).fetch(5000, never)).rejects.toThrow(
    `unable to read authorization credentials file ${credentialsFile}`,
  );
});

test('a token that would break the request is refused, and not shown', async () => {
  const credentialsFile = join(folder, 'token');
  writeFileSync(credentialsFile, 'one\r\nx-other: two\n');
  const authorization = { type: 'Bearer', credentials: undefined, credentialsFile };
  await expect(fetchText({ authorization })).rejects.toThrow(
    /net\/http: invalid header field value for "authorization"$/,
  );
  expect(server.requests).toHaveLength(0);
});

test('http_headers: values, secrets, files', async () => {
  const file = join(folder, 'header');
  writeFileSync(file, 'from-file\n');
  await fetchText({
    httpHeaders: {
      'X-Metrics-Token': { values: [], secrets: ['token'], files: [] },
      'X-Many': { values: ['a'], secrets: ['b'], files: [file] },
    },
  });
  expect(server.requests[0].headers['x-metrics-token']).toBe('token');
  expect(server.requests[0].headersDistinct['x-many']).toEqual(['a', 'b', 'from-file']);
});

test('redirects are followed, unless they should not be', async () => {
  server.handler = (request, response) => {
    if (request.url === '/other') sendText(response, 'b 1\n');
    else response.writeHead(302, { location: '/other' }).end();
  };
  expect(await fetchText()).toBe('b 1\n');
  await expect(fetchText({ followRedirects: false })).rejects.toThrow(
    'server returned HTTP status 302 Found',
  );
});

test('redirects without end', async () => {
  server.handler = (_, response) => response.writeHead(302, { location: '/metrics' }).end();
  await expect(fetchText()).rejects.toThrow(`Get "${server.url}": stopped after 10 redirects`);
});

test('credentials do not follow to another origin', async () => {
  const other = await TestServer.start((_, response) => sendText(response, 'b 1\n'));
  server.handler = (_, response) => response.writeHead(302, { location: other.url }).end();
  const authorization = { type: 'Bearer', credentials: 'secret', credentialsFile: undefined };
  await fetchText({ authorization, httpHeaders: { 'X-Token': { values: [], secrets: ['t'], files: [] } } });
  expect(other.requests[0].headers).not.toHaveProperty('authorization');
  expect(other.requests[0].headers).not.toHaveProperty('x-token');
  await other.stop();
});

test('a port where nobody listens', async () => {
  const { url, address } = server;
  await server.stop();
  await expect(fetchText({}, url)).rejects.toThrow(
    `Get "${url}": dial tcp ${address}: connect: connection refused`,
  );
  server = await TestServer.start((_, response) => response.end());
});

test('a target that does not answer in time', async () => {
  server.handler = () => {};
  await expect(fetchText({}, server.url, 50)).rejects.toThrow(
    `Get "${server.url}": context deadline exceeded`,
  );
});

test('a target whose body does not end in time', async () => {
  server.handler = (_, response) => response.writeHead(200).write('a 1\n');
  await expect(fetchText({}, server.url, 100)).rejects.toThrow(/^context deadline exceeded$/);
});

test('a scrape that is called off', async () => {
  const stop = new AbortController();
  server.handler = () => stop.abort();
  await expect(fetcher().target(server.url).fetch(5000, stop.signal)).rejects.toThrow('context canceled');
});

test('a body cut short', async () => {
  server.handler = (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('a 1\n', () => response.destroy());
  };
  await expect(fetchText()).rejects.toThrow(/^unexpected EOF$/);
});

test('a gzip body cut short, or none at all', async () => {
  const send = (body: Buffer) => {
    server.handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  };
  send(gzipSync('a 1\n').subarray(0, 15));
  await expect(fetchText()).rejects.toThrow('unexpected EOF');
  send(Buffer.from('not gzip'));
  await expect(fetchText()).rejects.toThrow('gzip: invalid header');
  const damaged = gzipSync('a 1\n');
  send(damaged.fill(0, damaged.length - 8));
  await expect(fetchText()).rejects.toThrow('gzip: invalid checksum');
  send(Buffer.alloc(0));
  await expect(fetchText()).rejects.toThrow(/^EOF$/);
});

test('body_size_limit, before and after inflation', async () => {
  const bodySizeLimitBytes = 1000;
  const send = (size: number, zipped: boolean) => {
    const body = Buffer.alloc(size, 'x');
    server.handler = (_, response) => {
      if (zipped) response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
      else response.writeHead(200).end(body);
    };
  };
  for (const zipped of [false, true]) {
    send(999, zipped);
    expect(await fetchText({ bodySizeLimitBytes })).toHaveLength(999);
    send(1000, zipped);
    await expect(fetchText({ bodySizeLimitBytes })).rejects.toThrow('body size limit exceeded');
    send(50_000_000, zipped);
    await expect(fetchText({ bodySizeLimitBytes })).rejects.toThrow('body size limit exceeded');
  }
});

test('what is no HTTP', async () => {
  const plain = createServer(socket => socket.end('hello\n'));
  await new Promise<void>(resolve => plain.listen(0, '127.0.0.1', resolve));
  const address = plain.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await expect(fetchText({}, `http://127.0.0.1:${port}/`)).rejects.toThrow('malformed HTTP response');
  plain.close();
});

test('a status in words of its own', async () => {
  server.handler = (_, response) => response.writeHead(503, 'Not Right Now').end();
  await expect(fetchText()).rejects.toThrow('server returned HTTP status 503 Not Right Now');
});

test.each([
  ['//host:1/metrics', 'Get "//host:1/metrics": unsupported protocol scheme ""'],
  ['ftp://host:1/metrics', 'Get "ftp://host:1/metrics": unsupported protocol scheme "ftp"'],
])('%s is no address of HTTP', async (url, message) => {
  await expect(fetchText({}, url)).rejects.toThrow(message);
});
