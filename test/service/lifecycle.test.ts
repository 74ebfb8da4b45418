// Start, reload, stop: what an operator does to the process, from outside.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { ResultSeries } from '../reference/api-client.ts';
import { CountingTarget } from './counting-target.ts';
import { PromliteProcess, runPromlite } from './promlite-process.ts';

let stopAll: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stopAll.map(stop => stop()));
  stopAll = [];
});

async function started(config?: string, flags: string[] = []): Promise<PromliteProcess> {
  const promlite = await PromliteProcess.prepare(config, flags);
  stopAll.push(() => promlite.stop('SIGKILL'));
  await promlite.start();
  return promlite;
}

async function counting(): Promise<CountingTarget> {
  const target = await CountingTarget.start();
  stopAll.push(() => target.stop());
  return target;
}

const post = (url: string) => fetch(url, { method: 'POST' });

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it with code 0, and everything is there after a restart',
  async signal => {
    const target = await counting();
    const promlite = await started(target.config());
    await target.scraped();
    await target.scraped();
    expect(await promlite.stop(signal)).toBe(0);
    const scrapes = target.count;
    await promlite.start();
    const { body } = await promlite.api.instant('max_over_time(scrapes_total[1h])', Date.now());
    const series = (body.data?.result ?? []) as ResultSeries[];
    // The last scrape may have been under way; the one before it was not.
    expect(Number(series[0].value?.[1])).toBeGreaterThanOrEqual(scrapes - 1);
  },
);

test.runIf(process.platform === 'linux')(
  'it runs in the process that was started, and saves memory',
  async () => {
    const promlite = await started();
    const command = readFileSync(`/proc/${promlite.child.pid}/cmdline`, 'utf8').split('\0');
    expect(command).toContain('--memory-saver-mode');
    expect(command.some(part => part.endsWith('main.ts'))).toBe(true);
    const settings = readFileSync(`/proc/${promlite.child.pid}/environ`, 'utf8');
    expect(settings).toMatch(/\0MALLOC_MMAP_THRESHOLD_=\d+\0/);
  },
);

test('a data folder in use is refused, and the message says so', async () => {
  const promlite = await started();
  const other = await PromliteProcess.prepare();
  const { code, output } = await runPromlite([
    ...other.args.slice(1).filter(flag => !flag.startsWith('--storage')),
    promlite.args.find(flag => flag.startsWith('--storage'))!,
  ]);
  expect(code).toBe(1);
  expect(output).toMatch(/in use/);
  expect(output).not.toMatch(/\n\s+at /);
});

test('an address in use is refused with a message that names it', async () => {
  const promlite = await started();
  const other = await PromliteProcess.prepare();
  const { code, output } = await runPromlite([
    ...other.args.slice(1).filter(flag => !flag.startsWith('--web')),
    promlite.args.find(flag => flag.startsWith('--web'))!,
  ]);
  expect(code).toBe(1);
  expect(output).toContain(promlite.url.replace('http://', ''));
  expect(output).not.toMatch(/\n\s+at /);
});

test('a changed configuration file is noticed; POST /-/reload reads it at once', async () => {
  const [first, second] = [await counting(), await counting()];
  const promlite = await started(first.config(), ['--web.enable-lifecycle']);
  await first.scraped();
  promlite.configure(second.config());
  expect((await post(`${promlite.url}/-/reload`)).status).toBe(200);
  await second.scraped();
  // Replaced by rename, as editors do; nobody asks for a reload.
  const next = `${promlite.configFile}.new`;
  writeFileSync(next, first.config());
  renameSync(next, promlite.configFile);
  await first.scraped();
});

test('an added target is scraped within one interval, by an edit of the file or a replacement', async () => {
  const [old, edited, replaced] = [await counting(), await counting(), await counting()];
  // The proportions of 5 s and 15 s, in a tenth of the time.
  const promlite = await started(old.config('1500ms'), ['--config.auto-reload-interval=500ms']);
  await old.scraped();

  promlite.configure(old.config('1500ms', edited));
  let before = old.count;
  await edited.scraped();
  // What is scraped every interval was scraped once meanwhile, at most.
  expect(old.count - before).toBeLessThanOrEqual(1);

  const next = `${promlite.configFile}.new`;
  writeFileSync(next, old.config('1500ms', edited, replaced));
  before = old.count;
  renameSync(next, promlite.configFile);
  await replaced.scraped();
  expect(old.count - before).toBeLessThanOrEqual(1);
});

test('SIGHUP reloads', async () => {
  const target = await counting();
  const promlite = await started();
  promlite.configure(target.config());
  process.kill(promlite.child.pid, 'SIGHUP');
  await target.scraped();
});

test('a bad configuration leaves the old one running and says where it is wrong', async () => {
  const target = await counting();
  const promlite = await started(target.config(), ['--web.enable-lifecycle']);
  promlite.configure('scrape_configs:\n  - job_name: a\n    scrape_intervall: 5s\n');
  const answer = await post(`${promlite.url}/-/reload`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).toMatch(/failed to reload config: .*prometheus\.yml:3:5: .*scrape_interval/s);
  await target.scraped();
  expect(await (await fetch(`${promlite.url}/api/v1/status/runtimeinfo`)).json()).toMatchObject({
    data: { reloadConfigSuccess: false },
  });
});

test('a bad configuration at start is refused with its position and without a stack', async () => {
  const promlite = await PromliteProcess.prepare('scrape_configs:\n  - job_name: [a]\n');
  const { code, output } = await runPromlite(promlite.args.slice(1));
  expect(code).toBe(1);
  expect(output).toMatch(/prometheus\.yml:2:\d+: /);
  expect(output).not.toMatch(/\n\s+at /);
});

test('flags of Prometheus that do nothing here are accepted; a misspelt one names the nearest', async () => {
  const promlite = await started(undefined, ['--web.console.templates=/etc/prometheus/consoles']);
  expect(promlite.child.output).toContain('web.console.templates');
  const { code, output } = await runPromlite(['--storage.tsdb.retention.tine=3d']);
  expect(code).not.toBe(0);
  expect(output).toContain('--storage.tsdb.retention.time');
});

test('SIGTERM under load ends it within eight seconds', async () => {
  const target = await counting();
  const promlite = await started(target.config());
  const start = performance.now();
  const requests = Array.from({ length: 20 }, () =>
    promlite.api.instant('scrapes_total', Date.now()).catch(() => 'cut off'),
  );
  await promlite.stop();
  await Promise.all(requests);
  expect(performance.now() - start).toBeLessThan(8000);
});
