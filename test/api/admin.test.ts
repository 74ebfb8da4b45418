// Deleting series, cleaning up and snapshots over HTTP: in Prometheus' words, and with its effects.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Registry } from '../../src/base/metrics.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { StorageError } from '../../src/storage/errors.ts';
import { MemoryStoredStorage } from '../support/memory-stored-storage.ts';
import { fill, harmlessDependencies, NOW_MS, type Reply, type RunningApi, startApi } from './fixture.ts';

let api: RunningApi;
beforeEach(async () => {
  const { options } = harmlessDependencies(new MemoryStoredStorage(), new Registry());
  api = await startApi({ options: { ...options, adminEnabled: true } });
  for (const timeMs of [NOW_MS - 2000, NOW_MS - 1000]) {
    fill(
      api.storage,
      [{ __name__: 'up', job: 'a' }, { __name__: 'up', job: 'b' }, { __name__: 'x' }],
      timeMs,
    );
  }
});
afterEach(() => api.close());

const ask = (path: string, method = 'POST'): Promise<Reply> =>
  api.request(`/api/v1/admin/tsdb/${path}`, { method });
const encoded = encodeURIComponent;

/** Labels of what has samples in a range. */
function seriesIn(minTimeMs: number, maxTimeMs: number): string[] {
  const querier = api.storage.querier(minTimeMs, maxTimeMs);
  const { labels } = querier.select([new Matcher('!=', '__name__', '')]);
  querier.close();
  return labels.map(String);
}

test.each(['POST', 'PUT'])('%s deletes the series that any selector names, and no others', async method => {
  const reply = await ask(
    `delete_series?match[]=${encoded('up{job="a"}')}&match[]=${encoded('{job="b"}')}`,
    method,
  );
  expect(reply).toMatchObject({ status: 204, text: '' });
  expect(seriesIn(0, NOW_MS)).toEqual(['{__name__="x"}']);
});

test('only in the range that is given', async () => {
  const end = (NOW_MS - 1500) / 1000;
  expect(await ask(`delete_series?match[]=up&start=0&end=${end}`)).toMatchObject({ status: 204 });
  expect(seriesIn(NOW_MS - 2000, NOW_MS - 2000)).toEqual(['{__name__="x"}']);
  expect(seriesIn(NOW_MS - 1000, NOW_MS - 1000)).toHaveLength(3);
});

test('parameters may come in a body', async () => {
  const reply = await api.request('/api/v1/admin/tsdb/delete_series', { form: 'match[]=up' });
  expect(reply.status).toBe(204);
  expect(seriesIn(0, NOW_MS)).toEqual(['{__name__="x"}']);
});

test('an empty range deletes nothing', async () => {
  expect(await ask('delete_series?match[]=up&start=5&end=3')).toMatchObject({ status: 204 });
  expect(api.storage.asked).toEqual([]);
});

test.each([
  ['delete_series', 'no match[] parameter provided'],
  [
    `delete_series?match[]=x&match[]=${encoded('up{')}`,
    'invalid parameter "match[]": 1:4: parse error: unexpected end of input inside braces',
  ],
  [
    'delete_series?match[]=up&start=x',
    `invalid parameter "start": invalid time value for 'start': cannot parse "x" to a valid timestamp`,
  ],
  [
    'delete_series?match[]=up&end=y',
    `invalid parameter "end": invalid time value for 'end': cannot parse "y" to a valid timestamp`,
  ],
  ['delete_series?match[]=%zz', 'error parsing form values: invalid URL escape "%zz"'],
  [
    'snapshot?skip_head=x',
    'invalid parameter "skip_head": unable to parse boolean: strconv.ParseBool: parsing "x": invalid syntax',
  ],
])('%s is refused', async (path, error) => {
  const reply = await ask(path);
  expect(reply.status).toBe(400);
  expect(JSON.parse(reply.text)).toEqual({ status: 'error', errorType: 'bad_data', error });
  expect(api.storage.asked).toEqual([]);
});

test('selectors without a condition are taken, as in Prometheus', async () => {
  expect(await ask(`delete_series?match[]=${encoded('{job=""}')}`)).toMatchObject({ status: 204 });
  expect(seriesIn(0, NOW_MS)).toHaveLength(2);
});

test('cleaning up answers when it is done', async () => {
  expect(await ask('clean_tombstones')).toMatchObject({ status: 204, text: '' });
  expect(api.storage.asked).toEqual(['cleanTombstones']);
});

test.each([
  ['snapshot', 'snapshot with head'],
  ['snapshot?skip_head=', 'snapshot with head'],
  ['snapshot?skip_head=false', 'snapshot with head'],
  ['snapshot?skip_head=T', 'snapshot without head'],
])('%s', async (path, asked) => {
  expect(await ask(path)).toMatchObject({
    status: 200,
    text: '{"status":"success","data":{"name":"20261122T010203Z-0123456789abcdef"}}',
  });
  expect(api.storage.asked).toEqual([asked]);
});

test.each([
  ['delete_series?match[]=up', 'disk is full'],
  ['clean_tombstones', 'disk is full'],
  ['snapshot', 'create snapshot: disk is full'],
])('%s tells what the storage could not do', async (path, error) => {
  api.storage.failure = new StorageError('write_failed', 'disk is full');
  const reply = await ask(path);
  expect(reply.status).toBe(500);
  expect(JSON.parse(reply.text)).toEqual({ status: 'error', errorType: 'internal', error });
});

test.each(['GET', 'DELETE'])('%s is not how it is asked', async method => {
  const reply = await ask('snapshot', method);
  expect(reply).toMatchObject({ status: 405, text: 'Method Not Allowed\n' });
  expect(reply.headers.allow).toBe('OPTIONS, POST, PUT');
});

test('without its flag nothing is done', async () => {
  const plain = await startApi();
  for (const path of ['delete_series?match[]=up', 'delete_series', 'clean_tombstones', 'snapshot']) {
    const reply = await plain.request(`/api/v1/admin/tsdb/${path}`, { method: 'POST' });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      500,
      { status: 'error', errorType: 'unavailable', error: 'admin APIs disabled' },
    ]);
  }
  expect(plain.storage.asked).toEqual([]);
  await plain.close();
});
