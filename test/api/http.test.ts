// The HTTP layer: methods, forms, compression, CORS, prefixes, readiness, sizes, connections.
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import type { InstantRequest, MatrixSeries, QueryEngine } from '../../src/query/contract.ts';
import { parseExpr } from '../../src/query/syntax/parse.ts';
import { MemoryStoredStorage } from '../support/memory-stored-storage.ts';
import { fixedEngine, harmlessDependencies, NOW_MS, type RunningApi, resultOf, startApi } from './fixture.ts';

const SCALAR = '{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}';

let api: RunningApi;
let asked: InstantRequest[] = [];
beforeAll(async () => {
  api = await startApi({ engine: recordingEngine() });
});
afterAll(() => api.close());

function recordingEngine(): QueryEngine {
  const { range } = fixedEngine({ kind: 'matrix', series: [] });
  return {
    range,
    parse: parseExpr,
    instant: async request => {
      asked.push(request);
      return resultOf({ kind: 'scalar', timestampMs: 4000, value: 2 });
    },
  };
}

async function lastAsked(
  path: string,
  options?: Parameters<RunningApi['request']>[1],
): Promise<InstantRequest> {
  asked = [];
  const reply = await api.request(path, options);
  expect(reply.text).toBe(SCALAR);
  return asked[0];
}

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART =
  '--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n1+1\r\n' +
  '--x\r\ncontent-disposition: form-data; name="time"\r\n\r\n4\r\n--x--\r\n';

test.each([
  ['GET', '/api/v1/query?query=1%2B1&time=4', {}],
  ['POST form', '/api/v1/query', { form: 'query=1%2B1&time=4' }],
  [
    'POST form with charset',
    '/api/v1/query',
    { form: 'query=1%2B1&time=4', headers: { 'content-type': `${FORM};charset=UTF-8` } },
  ],
  ['POST with everything in the URL', '/api/v1/query?query=1%2B1&time=4', { method: 'POST' }],
  ['POST, split', '/api/v1/query?stats=&time=4', { form: 'query=1%2B1' }],
  ['POST, body wins', '/api/v1/query?time=7&query=x', { form: 'query=1%2B1&time=4' }],
  [
    'POST multipart',
    '/api/v1/query',
    { method: 'POST', body: MULTIPART, headers: { 'content-type': 'multipart/form-data; boundary=x' } },
  ],
  [
    'GET with a content type',
    '/api/v1/query?query=1%2B1&time=4',
    { headers: { 'content-type': `${FORM};charset=utf-8` } },
  ],
])('%s asks the same', async (_name, path, options) => {
  const { query, timeMs } = await lastAsked(path, options);
  expect([query, timeMs]).toEqual(['1+1', 4000]);
});

test.each(['application/json', 'text/plain', ';;', ''])('a body of type %j is no form', async type => {
  const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
  const { query } = await lastAsked('/api/v1/query', { method: 'POST', body: 'query=1', headers });
  expect(query).toBe('');
});

test.each([
  ['4', 4000],
  ['1795382176.2559168', 1_795_382_176_256],
  ['1e9', 1e12],
  ['-1.5', -1500],
  ['0x10p0', 16_000],
  ['1_0', 10_000],
  ['2009-02-03T1:02:03,5Z', 1_233_622_923_500],
  ['2026-11-22T22:36:16.255Z', 1_795_386_976_255],
  ['2026-11-23T00:36:16.255999%2B02:00', 1_795_386_976_255],
  ['0009-01-01T00:00:00Z', -61_883_136_000_000],
  ['', NOW_MS],
])('time=%s', async (text, timeMs) => {
  expect((await lastAsked(`/api/v1/query?query=1&time=${text}`)).timeMs).toBe(timeMs);
});

test('timeout, lookback_delta and stats reach the engine', async () => {
  const request = await api.request(
    '/api/v1/query?query=1&timeout=1m0s&lookback_delta=5m0s&stats=all&limit=&x=y',
  );
  expect(JSON.parse(request.text).data.stats.samples.totalQueryableSamples).toBe(3);
  expect(asked.at(-1)).toMatchObject({ timeoutMs: 60_000, lookbackDeltaMs: 300_000, statsPerStep: true });
});

const vector = (count: number) =>
  fixedEngine({
    kind: 'vector',
    timestampMs: 1000,
    samples: Array.from({ length: count }, (_, i) => ({ labels: Labels.of({ i: String(i) }), value: i })),
  });

test('limit cuts the result and says so', async () => {
  const many = await startApi({ engine: vector(3) });
  const cut = JSON.parse((await many.request('/api/v1/query?query=x&limit=2')).text);
  expect([cut.data.result.length, cut.warnings]).toEqual([2, ['results truncated due to limit']]);
  const whole = JSON.parse((await many.request('/api/v1/query?query=x&limit=3')).text);
  expect([whole.data.result.length, whole.warnings]).toEqual([3, undefined]);
  await many.close();
});

test('gzip or nothing, and never for what is small', async () => {
  const many = await startApi({ engine: vector(500) });
  const path = '/api/v1/query?query=x';
  const plain = await many.request(path);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers.vary).toBe('Origin, Accept-Encoding');
  for (const accepted of ['gzip', 'gzip, deflate, br, zstd', 'br, gzip']) {
    const reply = await many.request(path, { headers: { 'accept-encoding': accepted } });
    expect(reply.headers['content-encoding']).toBe('gzip');
    expect(Number(reply.headers['content-length'])).toBe(reply.body.length);
    expect(gunzipSync(reply.body).toString()).toBe(plain.text);
  }
  for (const accepted of ['identity', 'br', 'deflate', 'zstd', 'gzip;q=0', '*']) {
    const reply = await many.request(path, { headers: { 'accept-encoding': accepted } });
    expect([reply.headers['content-encoding'], reply.text]).toEqual([undefined, plain.text]);
  }
  await many.close();
  const small = await api.request('/api/v1/query?query=1', { headers: { 'accept-encoding': 'gzip' } });
  expect([small.headers['content-encoding'], small.text]).toEqual([undefined, SCALAR]);
});

function bigMatrix(points: number): QueryEngine {
  const series: MatrixSeries = {
    labels: Labels.of({ a: 'b' }),
    timestampsMs: Float64Array.from({ length: points }, (_, i) => i * 1000),
    values: Float64Array.from({ length: points }, (_, i) => i / 7),
    present: undefined,
    histograms: undefined,
    length: points,
  };
  return fixedEngine({ kind: 'matrix', series: Array.from({ length: 20 }, () => series) });
}

test('a large reply is streamed, plain and compressed alike', async () => {
  const large = await startApi({ engine: bigMatrix(10_000) });
  const path = '/api/v1/query_range?query=x&start=0&end=9999&step=1';
  const plain = await large.request(path);
  expect(plain.headers['transfer-encoding']).toBe('chunked');
  expect(JSON.parse(plain.text).data.result).toHaveLength(20);
  const zipped = await large.request(path, { headers: { 'accept-encoding': 'gzip' } });
  expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
  await large.close();
});

test('a client that leaves in the middle of a reply does no harm', async () => {
  const large = await startApi({ engine: bigMatrix(10_000) });
  const outgoing = httpRequest({
    port: large.port,
    path: '/api/v1/query_range?query=x&start=0&end=9999&step=1',
  });
  outgoing.end();
  const [incoming] = await once(outgoing, 'response');
  await once(incoming, 'data');
  incoming.destroy();
  await once(incoming, 'close');
  expect((await large.request('/-/healthy')).status).toBe(200);
  await large.close();
});

test('a client that leaves aborts its query', async () => {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const waiting = await startApi({
    engine: {
      parse: parseExpr,
      range: () => Promise.reject(new Error('not asked')),
      instant: ({ signal }) => {
        start();
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            resolve();
            reject(new Error('gone'));
          });
        });
      },
    },
  });
  const outgoing = httpRequest({ port: waiting.port, path: '/api/v1/query?query=1' });
  outgoing.on('error', () => {});
  outgoing.end();
  await started;
  outgoing.destroy();
  await aborted;
  await waiting.close();
});

test.each([
  ['DELETE', '/api/v1/query', 405, 'Method Not Allowed\n', 'GET, OPTIONS, POST'],
  ['PUT', '/api/v1/labels', 405, 'Method Not Allowed\n', 'GET, OPTIONS, POST'],
  ['HEAD', '/api/v1/query', 405, '', 'GET, OPTIONS, POST'],
  ['GET', '/api/v1/write', 405, 'Method Not Allowed\n', 'OPTIONS, POST'],
  ['HEAD', '/metrics', 405, '', 'GET, OPTIONS'],
  ['DELETE', '/-/healthy', 405, 'Method Not Allowed\n', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/-/reload', 405, 'Method Not Allowed\n', 'GET, OPTIONS, POST, PUT'],
  ['OPTIONS', '/-/healthy', 200, '', 'GET, HEAD, OPTIONS'],
  ['GET', '/-/reload', 405, 'Only POST or PUT requests allowed', undefined],
  ['GET', '/-/quit', 405, 'Only POST or PUT requests allowed', undefined],
  ['POST', '/-/reload', 403, 'Lifecycle API is not enabled.', undefined],
  ['PUT', '/-/quit', 403, 'Lifecycle API is not enabled.', undefined],
  ['OPTIONS', '/api/v1/query', 204, '', undefined],
  ['OPTIONS', '/api/v1/nope', 204, '', undefined],
  ['GET', '/api/v1/nope', 404, '404 page not found\n', undefined],
  ['GET', '/rules/test/test', 404, '404 page not found\n', undefined],
  ['GET', '/config/v1/rules', 404, '404 page not found\n', undefined],
  ['GET', '/api/v1/search/metric_names', 404, '404 page not found\n', undefined],
  ['POST', '/nope', 404, '404 page not found\n', undefined],
  ['GET', '/-/healthy', 200, 'Prometheus Server is Healthy.\n', undefined],
  ['HEAD', '/-/healthy', 200, '', undefined],
  ['GET', '/-/ready', 200, 'Prometheus Server is Ready.\n', undefined],
  [
    'POST',
    '/api/v1/write',
    404,
    'remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n',
    undefined,
  ],
  ['GET', '/federate', 200, '', undefined],
])('%s %s is answered with %d %j', async (method, path, status, body, allow) => {
  const reply = await api.request(path, { method });
  expect([reply.status, reply.text, reply.headers.allow]).toEqual([status, body, allow]);
  if (status >= 400) expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8');
});

test('read endpoints take POST as well', async () => {
  for (const path of ['label/job/values', 'metadata', 'targets', 'rules', 'status/buildinfo']) {
    expect((await api.request(`/api/v1/${path}`, { method: 'POST' })).status).toBe(200);
  }
});

test('CORS', async () => {
  const { headers } = await api.request('/api/v1/query?query=1', { headers: { origin: 'http://x' } });
  expect(headers).toMatchObject({
    'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-expose-headers': 'Date',
    'access-control-allow-origin': '*',
  });
  const preflight = await api.request('/api/v1/query', {
    method: 'OPTIONS',
    headers: { origin: 'http://x' },
  });
  expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, '*']);
  const none = await api.request('/api/v1/query?query=1');
  expect(none.headers['access-control-allow-origin']).toBeUndefined();
});

const options = harmlessDependencies(new MemoryStoredStorage(), new Registry()).options;

test('CORS for certain origins', async () => {
  const strict = await startApi({ options: { ...options, corsOrigin: 'https?://(a|b)\\.org' } });
  const originOf = async (origin: string) =>
    (await strict.request('/api/v1/alerts', { headers: { origin } })).headers['access-control-allow-origin'];
  expect(await originOf('https://a.org')).toBe('https://a.org');
  expect(await originOf('https://a.org.evil')).toBeUndefined();
  await strict.close();
});

test('a route prefix', async () => {
  const prefixed = await startApi({ options: { ...options, routePrefix: '/prom' } });
  expect((await prefixed.request('/prom/api/v1/query?query=1')).text).toBe(SCALAR);
  expect((await prefixed.request('/api/v1/query?query=1')).text).toBe('404 page not found\n');
  expect((await prefixed.request('/prom/-/ready')).status).toBe(200);
  expect((await prefixed.request('/prom/api/v1/nope', { method: 'OPTIONS' })).status).toBe(204);
  const locations = [
    ['/', '/prom/'],
    ['/prom', '/prom/'],
    ['/prom/', '/prom/query'],
    ['/prom/graph?g0.expr=up&x=1', '/prom/query?g0.expr=up&x=1'],
  ];
  for (const [path, location] of locations) {
    const reply = await prefixed.request(path);
    expect([path, reply.status, reply.headers.location]).toEqual([path, 302, location]);
  }
  await prefixed.close();
});

test('the page, and the ways to it', async () => {
  expect((await api.request('/')).headers.location).toBe('/query');
  expect((await api.request('/graph')).headers.location).toBe('/query');
  expect((await api.request('/graph?g0.expr=up')).headers.location).toBe('/query?g0.expr=up');
  const page = await api.request('/query?g0.expr=up');
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
});

test.each([
  [{ ready: false, stopping: false }, 'false'],
  [{ ready: true, stopping: true }, 'true'],
])('while %o only what needs no data is served', async (state, header) => {
  const { runtime } = harmlessDependencies(new MemoryStoredStorage(), new Registry());
  const waiting = await startApi({ runtime: { ...runtime, ...state } });
  for (const path of ['/-/ready', '/api/v1/query?query=1', '/federate']) {
    const reply = await waiting.request(path);
    expect([reply.status, reply.text, reply.headers['x-prometheus-stopping']]).toEqual([
      503,
      'Service Unavailable',
      header,
    ]);
  }
  for (const path of ['/-/healthy', '/metrics', '/version', '/api/v1/status/walreplay']) {
    expect((await waiting.request(path)).status).toBe(200);
  }
  expect((await waiting.request('/metrics')).text).toContain('\nprometheus_ready 0\n');
  await waiting.close();
});

test('reload and quit, where they are enabled', async () => {
  const calls: string[] = [];
  let fault: Error | undefined;
  const enabled = await startApi({
    options: { ...options, lifecycleEnabled: true },
    reload: async () => {
      calls.push('reload');
      if (fault) throw fault;
    },
    quit: () => calls.push('quit'),
  });
  const post = (path: string) => enabled.request(path, { method: 'POST' });
  expect(await post('/-/reload')).toMatchObject({ status: 200, text: '' });
  fault = new Error('line 3: what');
  expect(await post('/-/reload')).toMatchObject({
    status: 500,
    text: 'failed to reload config: line 3: what\n',
  });
  expect(await post('/-/quit')).toMatchObject({ status: 200, text: 'Requesting termination... Goodbye!' });
  expect(calls).toEqual(['reload', 'reload', 'quit']);
  await enabled.close();
});

test('a form of 5 MB and a URL of 100 kB', async () => {
  const long = `1${' + 1'.repeat(1_250_000)}`;
  const { query } = await lastAsked('/api/v1/query', {
    form: new URLSearchParams({ query: long }).toString(),
  });
  expect(query === long).toBe(true);
  const path = `/api/v1/query?query=${'1%2B'.repeat(25_000)}1`;
  expect((await lastAsked(path)).query).toHaveLength(50_001);
});

test('a form beyond all measure is refused, and the server lives', async () => {
  const form = `query=${'1'.repeat(17 * 1024 * 1024)}`;
  const reply = await api.request('/api/v1/query', { form }).catch(() => undefined);
  // Where the server closes before all was sent, the answer may be lost.
  expect([undefined, 413]).toContain(reply?.status);
  expect((await api.request('/-/healthy')).status).toBe(200);
});

test.each([
  ['GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n', '400 Bad Request'],
  ['FOO /api/v1/query HTTP/1.1\r\nhost: x\r\n\r\n', '400 Bad Request'],
  ['\x16\x03\x01\x00', '400 Bad Request'],
  [`GET /?${'a'.repeat(2 ** 21)} HTTP/1.1\r\n`, '431 Request Header Fields Too Large'],
])('nonsense on the wire is refused, and the server lives', async (bytes, status) => {
  const socket = connect(api.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  const [answer] = await once(socket, 'data');
  expect(String(answer).split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
  socket.destroy();
  expect((await api.request('/-/healthy')).status).toBe(200);
});

test('connections are kept for longer than clients keep them', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const outgoing = httpRequest({ port: api.port, path: '/-/healthy', agent });
  outgoing.end();
  const [incoming] = await once(outgoing, 'response');
  incoming.resume();
  expect(incoming.headers['keep-alive']).toBe('timeout=300');
  await once(incoming, 'end');
  agent.destroy();
});

test('many at once', async () => {
  const replies = await Promise.all(Array.from({ length: 20 }, () => api.request('/api/v1/query?query=1')));
  expect(new Set(replies.map(reply => reply.text))).toEqual(new Set([SCALAR]));
});

test('requests are counted by route', async () => {
  const counting = await startApi();
  await counting.request('/api/v1/query?query=1');
  await counting.request('/api/v1/query?query=1&time=x');
  await counting.request('/api/v1/label/a/values');
  await counting.request('/nope');
  const { text, headers } = await counting.request('/metrics');
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toContain('prometheus_http_requests_total{handler="/api/v1/query",code="200"} 1\n');
  expect(text).toContain('prometheus_http_requests_total{handler="/api/v1/query",code="400"} 1\n');
  expect(text).toContain(
    'prometheus_http_requests_total{handler="/api/v1/label/:name/values",code="200"} 1\n',
  );
  expect(text).toContain('prometheus_http_response_size_bytes_sum{handler="/api/v1/query"} ');
  expect(text).toContain('prometheus_http_request_duration_seconds_count{handler="/api/v1/query"} 2\n');
  expect(text).toMatch(/prometheus_build_info\{.*version="3\.14\.0\+promlite\.0\.1\.0"\} 1/);
  expect(text).toContain('prometheus_ready 1\n');
  expect(text).toContain('process_cpu_seconds_total ');
  expect(text).not.toContain('nope');
  await counting.close();
});

test('memory is saved after what may be large, and not while somebody waits, in whatever way it ends', async () => {
  const calls: string[] = [];
  const note = (call: string) => () => calls.push(call);
  const memorySaving = { begin: note('begin'), suspend: note('suspend'), resume: note('resume') };
  const engine = { ...fixedEngine({ kind: 'scalar', timestampMs: 0, value: 1 }) };
  const api = await startApi({ memorySaving, engine });
  try {
    for (const path of ['/-/healthy', '/metrics', '/version', '/query']) await api.request(path);
    expect(calls).toEqual([]);
    await api.request('/api/v1/write', { method: 'POST', body: 'no samples' });
    expect(calls.splice(0)).toEqual(['begin']);
    await api.request('/api/v1/query?query=1');
    await api.request('/federate?match[]=up');
    engine.range = () => Promise.reject(new Error('broken'));
    await api.request('/api/v1/query_range?query=1&start=1&end=2&step=1');
    await api.request('/api/v1/query_range?query=', { method: 'DELETE' });
    expect(calls).toEqual(Array(4).fill(['suspend', 'resume']).flat());
  } finally {
    await api.close();
  }
});
