// What an operator may change or ask of the storage while promlite runs, from outside.
import { afterEach, expect, test } from 'vitest';
import { remoteWrite } from '../reference/remote-write.ts';
import { PromliteProcess } from './promlite-process.ts';

let running: PromliteProcess[] = [];
afterEach(async () => {
  await Promise.all(running.map(promlite => promlite.stop('SIGKILL')));
  running = [];
});

async function started(config: string, flags: string[]): Promise<PromliteProcess> {
  const promlite = await PromliteProcess.prepare(config, flags);
  running.push(promlite);
  await promlite.start();
  return promlite;
}

const storage = (lines: string) => `scrape_configs: []\nstorage:\n  tsdb:\n${lines}`;

async function reload(promlite: PromliteProcess, config: string): Promise<Response> {
  promlite.configure(config);
  return fetch(`${promlite.url}/-/reload`, { method: 'POST' });
}

async function retentionOf(promlite: PromliteProcess): Promise<string> {
  const reply = await fetch(`${promlite.url}/api/v1/status/runtimeinfo`);
  return ((await reply.json()) as { data: { storageRetention: string } }).data.storageRetention;
}

async function metricOf(promlite: PromliteProcess, name: string): Promise<number> {
  const text = await (await fetch(`${promlite.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

test('the limits of retention come from flags, then from the file, and go back with it', async () => {
  const flags = ['--storage.tsdb.retention.size=512MB', '--storage.tsdb.retention.time=15d'];
  const promlite = await started('scrape_configs: []\n', [...flags, '--web.enable-lifecycle']);
  expect(await retentionOf(promlite)).toBe('15d or 512MiB');
  expect(await metricOf(promlite, 'prometheus_tsdb_retention_limit_bytes')).toBe(512 * 1024 ** 2);
  expect((await reload(promlite, storage('    retention: {time: 36h}\n'))).status).toBe(200);
  expect(await retentionOf(promlite)).toBe('1d12h or 512MiB');
  expect(await metricOf(promlite, 'prometheus_tsdb_retention_limit_seconds')).toBe(36 * 3600);
  expect((await reload(promlite, storage('    retention: {time: -1d}\n'))).status).toBe(500);
  expect(await retentionOf(promlite)).toBe('1d12h or 512MiB');
  expect((await reload(promlite, 'scrape_configs: []\n')).status).toBe(200);
  expect(await retentionOf(promlite)).toBe('15d or 512MiB');
});

test('late samples are taken within the window of the file, from the start and after a reload', async () => {
  const promlite = await started(storage('    out_of_order_time_window: 30m\n'), [
    '--web.enable-lifecycle',
    '--web.enable-remote-write-receiver',
  ]);
  const nowMs = Date.now();
  const write = (agoMs: number, value: number) =>
    remoteWrite(promlite.url, [{ labels: [['__name__', 'm']], samples: [[nowMs - agoMs, value]] }]);
  await write(0, 1);
  await write(20 * 60_000, 2);
  await expect(write(40 * 60_000, 3)).rejects.toThrow(/400/);
  await reload(promlite, storage('    out_of_order_time_window: 1h\n'));
  await write(40 * 60_000, 4);
  await reload(promlite, 'scrape_configs: []\n');
  await expect(write(10 * 60_000, 5)).rejects.toThrow(/400/);
  const { body } = await promlite.api.instant('count_over_time(m[1h])', nowMs + 1000);
  expect(body.data?.result).toMatchObject([{ value: [expect.anything(), '3'] }]);
});

test('as many exemplars are kept as the file says, from the start and after a reload', async () => {
  const exemplars = (max: number) => `scrape_configs: []\nstorage:\n  exemplars: {max_exemplars: ${max}}\n`;
  const promlite = await started(exemplars(500), ['--web.enable-lifecycle']);
  const name = 'prometheus_tsdb_exemplar_max_exemplars';
  expect(await metricOf(promlite, name)).toBe(500);
  await reload(promlite, exemplars(7));
  expect(await metricOf(promlite, name)).toBe(7);
  await reload(promlite, 'scrape_configs: []\n');
  expect(await metricOf(promlite, name)).toBe(100_000);
});

test('what the series in memory have most of, after the real storage', async () => {
  const promlite = await started('scrape_configs: []\n', ['--web.enable-remote-write-receiver']);
  const series = ['a', 'b', 'c'].map(job => ({
    labels: [
      ['__name__', 'm'],
      ['job', job],
    ] as const,
    samples: [[Date.now(), 1]] as const,
  }));
  await remoteWrite(promlite.url, series);
  const reply = await fetch(`${promlite.url}/api/v1/status/tsdb?limit=1`);
  expect((await reply.json()) as unknown).toMatchObject({
    data: {
      headStats: { numSeries: 3, numLabelPairs: 4, chunkCount: expect.any(Number) },
      seriesCountByMetricName: [{ name: 'm', value: 3 }],
      labelValueCountByLabelName: [{ name: 'job', value: 3 }],
      memoryInBytesByLabelName: [{ name: 'job', value: 3 }],
      seriesCountByLabelValuePair: [{ name: '__name__=m', value: 3 }],
    },
  });
});
