// Long requests let others have their turn: the event loop comes round between their parts.
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { send } from '../../src/api/send.ts';
import { Labels } from '../../src/model/labels.ts';
import { Row } from '../../src/storage/contract.ts';
import { NOW_MS, type RunningApi, startApi } from './fixture.ts';

const SERIES = 5000;

let api: RunningApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** How often the event loop comes round while the work is under way. */
async function rounds(work: Promise<unknown>): Promise<number> {
  let count = 0;
  let running = true;
  const probe = () => {
    count++;
    if (running) setImmediate(probe);
  };
  setImmediate(probe);
  await work;
  running = false;
  return count;
}

test.each(['', 'gzip'])(
  'no two pieces of a body are made in one round (accept-encoding: %s)',
  async encoding => {
    let pieces = 0;
    let pending = 0;
    let most = 0;
    function* body(): Generator<Uint8Array> {
      for (; pieces < 200; pieces++) {
        if (pending++ === 0) setImmediate(() => (pending = 0));
        most = Math.max(most, pending);
        yield Buffer.alloc(1000, pieces);
      }
    }
    const server = createServer((request, response) => {
      void send(request, response, { status: 200, contentType: 'text/plain', body: body() }, encoding !== '');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const sent = get({ port, host: '127.0.0.1', headers: { 'accept-encoding': encoding }, agent: false });
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    server.close();
    expect(pieces).toBe(200);
    // The first two are made together, to see whether there is more than one.
    expect(most).toBeLessThanOrEqual(3);
  },
);

test('federation of many series is done in parts, and all are there', async () => {
  api = await startApi();
  const row = new Row(api.storage.group('g'), NOW_MS - 1000);
  for (let i = SERIES; i-- > 0; ) {
    row.add(row.group.column(Labels.of({ __name__: `m_${i % 3}`, i: String(i).padStart(4, '0') })), i);
  }
  api.storage.commit([row]);
  const reply = api.request('/federate?match[]={i=~".%2B"}&match[]={__name__="m_1"}');
  expect(await rounds(reply)).toBeGreaterThan(10);
  const { text } = await reply;
  const lines = text.trimEnd().split('\n');
  expect(lines.filter(line => line.startsWith('#'))).toEqual([
    '# TYPE m_0 untyped',
    '# TYPE m_1 untyped',
    '# TYPE m_2 untyped',
  ]);
  const samples = lines.filter(line => !line.startsWith('#'));
  expect(samples).toHaveLength(SERIES);
  expect(samples).toEqual(samples.toSorted());
  expect(samples[0]).toBe(`m_0{i="0000",instance=""} 0 ${NOW_MS - 1000}`);
});

test('a long list of series is the same in parts as it is in one', async () => {
  api = await startApi();
  const row = new Row(api.storage.group('g'), NOW_MS - 1000);
  const all = Array.from({ length: SERIES }, (_, i) =>
    Labels.of({ __name__: 'm', i: String(i).padStart(4, '0'), long: 'x'.repeat(300) }),
  );
  for (const labels of all) row.add(row.group.column(labels), 1);
  api.storage.commit([row]);
  for (const path of [
    'series?match[]=m',
    'series?match[]=m&match[]={i="0001"}',
    'series?match[]=m&limit=9',
  ]) {
    const { text } = await api.request(`/api/v1/${path}`);
    const count = path.endsWith('9') ? 9 : SERIES;
    expect(JSON.parse(text)).toEqual({
      status: 'success',
      data: all.slice(0, count).map(labels => labels.toObject()),
      ...(count < SERIES && { warnings: ['results truncated due to limit'] }),
    });
  }
  expect(JSON.parse((await api.request('/api/v1/series?match[]=none')).text).data).toEqual([]);
});
