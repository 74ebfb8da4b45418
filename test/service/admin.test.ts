// The admin API as a real Prometheus has it: the same answers, the same samples left; and a snapshot that starts.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { prometheus } from '../monitoring/support/counterparts.ts';
import type { ResultSeries } from '../reference/api-client.ts';
import { remoteWrite } from '../reference/remote-write.ts';
import { type Server, startPrometheus, startPromlite } from '../reference/servers.ts';
import { PromliteProcess } from './promlite-process.ts';

const hasPrometheus = prometheus() !== undefined;

let stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.map(stop => stop()));
  stops = [];
});

async function startBoth(flags: readonly string[]): Promise<Server[]> {
  const servers = await Promise.all([startPrometheus({ flags }), startPromlite({ flags })]);
  stops.push(...servers.map(server => server.stop));
  return servers;
}

interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly allow: string | null;
  readonly body: string;
}

/** What a server says, without what differs by version (capitals) and by nature (the name of a snapshot). */
async function ask({ url }: { url: string }, method: string, path: string): Promise<Reply> {
  const reply = await fetch(`${url}/api/v1/admin/tsdb/${path}`, { method });
  const body = (await reply.text())
    .replace(/"\d{8}T\d{6}Z-[0-9a-f]{16}"/, '"NAME"')
    .replaceAll('Invalid', 'invalid');
  return {
    status: reply.status,
    type: reply.headers.get('content-type'),
    allow: reply.headers.get('allow'),
    body,
  };
}

const encoded = encodeURIComponent;
const REQUESTS: readonly (readonly [string, string])[] = [
  ['POST', 'delete_series'],
  ['PUT', 'delete_series?match[]=up'],
  ['POST', `delete_series?match[]=${encoded('up{')}`],
  ['POST', 'delete_series?match[]=up&start=x'],
  ['POST', 'delete_series?match[]=up&end=y'],
  ['POST', 'delete_series?match[]=up&start=5&end=3'],
  ['POST', `delete_series?match[]=${encoded('{a=""}')}`],
  ['GET', 'delete_series?match[]=up'],
  ['DELETE', 'delete_series?match[]=up'],
  ['OPTIONS', 'delete_series'],
  ['POST', 'clean_tombstones'],
  ['GET', 'clean_tombstones'],
  ['POST', 'snapshot'],
  ['PUT', 'snapshot?skip_head=true'],
  ['POST', 'snapshot?skip_head=x'],
  ['GET', 'snapshot'],
  ['POST', 'nothing'],
];

test.skipIf(!hasPrometheus).each([
  ['with its flag', ['--web.enable-admin-api']],
  ['without', []],
])('answers as Prometheus, %s', async (_, flags) => {
  const [theirs, ours] = await startBoth(flags);
  for (const [method, path] of REQUESTS) {
    expect([method, path, await ask(ours, method, path)]).toEqual([
      method,
      path,
      await ask(theirs, method, path),
    ]);
  }
});

const MINUTE_MS = 60_000;

/** Ten samples each of four series, a minute apart, off the grid of queries. */
async function write(url: string, endMs: number): Promise<void> {
  const series = ['a', 'b'].flatMap(job =>
    ['m', 'n'].map(name => ({
      labels: [
        ['__name__', name],
        ['job', job],
      ] as const,
      samples: Array.from({ length: 10 }, (_, i) => [endMs - (9 - i) * MINUTE_MS, i] as const),
    })),
  );
  await remoteWrite(url, series);
}

/** Every sample of the last hour. */
async function samplesOf({ api }: Pick<Server, 'api'>, timeMs: number): Promise<string[]> {
  const { body } = await api.instant('{__name__=~"m|n"}[1h]', timeMs);
  const result = (body.data?.result ?? []) as ResultSeries[];
  return result.map(({ metric, values }) => JSON.stringify([Object.entries(metric).sort(), values])).sort();
}

test.skipIf(!hasPrometheus)('deletes what Prometheus deletes, and keeps it deleted', async () => {
  const servers = await startBoth(['--web.enable-admin-api']);
  const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 137;
  await Promise.all(servers.map(({ url }) => write(url, endMs)));
  const deletions = [
    `delete_series?match[]=${encoded('m{job="a"}')}&start=${(endMs - 5 * MINUTE_MS) / 1000}`,
    `delete_series?match[]=${encoded('n{job="a"}')}&match[]=${encoded('{job=~"b|c",__name__="n"}')}&end=${(endMs - 3 * MINUTE_MS) / 1000}`,
    'delete_series?match[]=nothing',
    'clean_tombstones',
  ];
  for (const deletion of deletions) {
    const [theirs, ours] = await Promise.all(
      servers.map(async server => {
        expect((await ask(server, 'POST', deletion)).status).toBe(204);
        return samplesOf(server, endMs + 1000);
      }),
    );
    expect(ours).toEqual(theirs);
  }
  expect(await samplesOf(servers[1], endMs + 1000)).toHaveLength(4);
  // What comes after a deletion is there.
  for (const { url } of servers) {
    await remoteWrite(url, [
      {
        labels: [
          ['__name__', 'm'],
          ['job', 'a'],
        ],
        samples: [[endMs + 500, 1]],
      },
    ]);
  }
  const [theirs, ours] = await Promise.all(servers.map(server => samplesOf(server, endMs + 1000)));
  expect(ours).toEqual(theirs);
});

test('another promlite starts with a snapshot and has every sample', async () => {
  const flags = ['--web.enable-admin-api', '--web.enable-remote-write-receiver'];
  const promlite = await PromliteProcess.prepare(undefined, flags);
  stops.push(() => promlite.stop('SIGKILL'));
  await promlite.start();
  const endMs = Date.now() - MINUTE_MS;
  await write(promlite.url, endMs);
  const before = await samplesOf(promlite, endMs + 1000);
  const reply = await fetch(`${promlite.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
  const { data } = (await reply.json()) as { data: { name: string } };
  expect(data.name).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{16}$/);
  const snapshot = join(promlite.folder, 'data', 'snapshots', data.name);

  const other = await PromliteProcess.prepare();
  cpSync(snapshot, join(other.folder, 'data'), { recursive: true });
  stops.push(() => other.stop('SIGKILL'));
  await other.start();
  expect(await samplesOf(other, endMs + 1000)).toEqual(before);
  expect(before).toHaveLength(4);
});
