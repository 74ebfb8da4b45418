// How the server starts and ends: addresses, requests under way, a deadline; and remote write over HTTP.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createApiServer } from '../../src/api/server.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import type { QueryEngine, QueryResult } from '../../src/query/contract.ts';
import { parseExpr } from '../../src/query/syntax/parse.ts';
import { createRemoteWriteReceiver } from '../../src/remote/receiver.ts';
import { bodyOf } from '../remote/write-request.ts';
import { MemoryStoredStorage } from '../support/memory-stored-storage.ts';
import { harmlessDependencies, NOW_MS, resultOf, startApi } from './fixture.ts';

const dependencies = () => harmlessDependencies(new MemoryStoredStorage(), new Registry());

test.each(['127.0.0.1:0', 'localhost:0', ':0', '0.0.0.0:0'])('listens on %s', async address => {
  const server = createApiServer(dependencies());
  const { port } = await server.listen(address);
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  socket.destroy();
  await server.close(1000);
});

test.each(['nonsense', '127.0.0.1', '127.0.0.1:99999', '1:2:3'])('%s is no address', async address => {
  const server = createApiServer(dependencies());
  await expect(server.listen(address)).rejects.toThrow(`invalid listen address "${address}"`);
  await server.close(0);
});

test('an address in use is said', async () => {
  const first = createApiServer(dependencies());
  const { port } = await first.listen('127.0.0.1:0');
  const second = createApiServer(dependencies());
  await expect(second.listen(`127.0.0.1:${port}`)).rejects.toThrow(/EADDRINUSE/);
  await Promise.all([first.close(0), second.close(0)]);
});

test('further addresses answer alike, and close with the first', async () => {
  const server = createApiServer(dependencies());
  const addresses = [await server.listen('127.0.0.1:0'), await server.listen('127.0.0.1:0')];
  addresses.push(await server.listen('localhost:0'));
  expect(new Set(addresses.map(one => one.port)).size).toBe(3);
  const idle: Socket[] = [];
  for (const { port } of addresses) {
    const reply = await fetch(`http://localhost:${port}/-/healthy`);
    expect(await reply.text()).toBe('Prometheus Server is Healthy.\n');
    idle.push(connect(port, 'localhost'));
  }
  await expect(server.listen(`127.0.0.1:${addresses[0].port}`)).rejects.toThrow(/EADDRINUSE/);
  await Promise.all(idle.map(socket => socket.readyState === 'open' || once(socket, 'connect')));
  const cut = idle.map(socket => once(socket, 'close'));
  await server.close(10);
  await Promise.all(cut);
  for (const { port } of addresses) {
    await expect(fetch(`http://localhost:${port}/-/healthy`)).rejects.toThrow();
  }
});

/** An engine whose one query is answered when the test says so. */
function heldEngine() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<QueryResult>();
  const instant = () => {
    asked.resolve();
    return answer.promise;
  };
  const engine: QueryEngine = { parse: parseExpr, instant, range: instant };
  return { engine, asked: asked.promise, release: () => answer.resolve(RESULT) };
}

const RESULT = resultOf({ kind: 'scalar', timestampMs: 0, value: 1 });

test('a request under way is answered before the server ends', async () => {
  const { engine, asked, release } = heldEngine();
  const api = await startApi({ engine });
  const reply = api.request('/api/v1/query?query=1');
  await asked;
  const closed = api.close();
  release();
  expect((await reply).status).toBe(200);
  await closed;
  await expect(api.request('/-/healthy')).rejects.toThrow(/ECONNREFUSED/);
});

test('what takes longer than the deadline is cut off', async () => {
  const { engine, asked, release } = heldEngine();
  const server = createApiServer({ ...dependencies(), engine });
  const { port } = await server.listen('127.0.0.1:0');
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/v1/query?query=1 HTTP/1.1\r\nhost: x\r\n\r\n');
  await asked;
  const cut = once(socket, 'close');
  await server.close(10);
  await cut;
  release();
});

test('an idle connection does not hold the server up', async () => {
  const server = createApiServer(dependencies());
  const { port } = await server.listen('127.0.0.1:0');
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'data');
  const ended = once(socket, 'close');
  await server.close(600_000);
  await ended;
});

test('remote write over HTTP', async () => {
  const storage = new MemoryStoredStorage();
  const registry = new Registry();
  const remoteWrite = createRemoteWriteReceiver({ storage, clock: systemClock, registry, log: silentLogger });
  const api = await startApi({ storage, registry, remoteWrite });
  const labels = [
    ['__name__', 'written'],
    ['job', 'a'],
  ] as const;
  const post = (samples: [number, number][], headers = {}) =>
    api.request('/api/v1/write', {
      method: 'POST',
      body: bodyOf([{ labels, samples }]),
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', ...headers },
    });
  expect(await post([[1, NOW_MS]])).toMatchObject({ status: 204, text: '' });
  expect(await post([[1, NOW_MS - 1]])).toMatchObject({ status: 400, text: 'out of order sample\n' });
  expect(await post([], { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
  const v2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
  expect(await post([], { 'content-type': v2 })).toMatchObject({ status: 415 });
  const series = await api.request('/api/v1/series?match[]=written');
  expect(JSON.parse(series.text).data).toEqual([{ __name__: 'written', job: 'a' }]);
  await api.close();
});
