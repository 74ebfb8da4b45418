// Remote write over HTTP, as far as the API shows of it: metadata that was written beside what targets tell.
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { createRemoteWriteReceiver } from '../../src/remote/receiver.ts';
import { scraperOf, startApi, targetOf } from '../api/fixture.ts';
import { MemoryStoredStorage } from '../support/memory-stored-storage.ts';
import { bodyOf } from './write-request.ts';

test('metadata that was written stands beside that of targets, each entry once', async () => {
  const storage = new MemoryStoredStorage();
  const registry = new Registry();
  const remoteWrite = createRemoteWriteReceiver({ storage, clock: systemClock, registry, log: silentLogger });
  const own = { type: 'counter', help: 'Requests.', unit: '' } as const;
  const scraper = scraperOf([
    { name: 'a', active: [targetOf({ metadata: new Map([['requests', own]]) })], dropped: [] },
  ]);
  const api = await startApi({ storage, registry, remoteWrite, scraper });
  const sent = [
    { family: 'requests', type: 1, help: 'Requests.' },
    { family: 'requests', type: 1, help: 'All requests.' },
    { family: 'size', type: 2, help: 'Size.', unit: 'bytes' },
  ];
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  const written = await api.request('/api/v1/write', { method: 'POST', body: bodyOf([], sent), headers });
  expect(written.status).toBe(204);
  const answer = async (query: string) =>
    JSON.parse((await api.request(`/api/v1/metadata${query}`)).text).data as unknown;
  expect(await answer('')).toEqual({
    requests: [own, { ...own, help: 'All requests.' }],
    size: [{ type: 'gauge', help: 'Size.', unit: 'bytes' }],
  });
  expect(await answer('?metric=requests&limit_per_metric=1')).toEqual({ requests: [own] });
  expect(await answer('?limit=1')).toEqual({ requests: [own, { ...own, help: 'All requests.' }] });
  await api.close();
  remoteWrite.close();
});
