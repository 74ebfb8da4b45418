// The commands as an operator runs them: on a folder, beside a server, killed in the middle, there and back again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { remoteWrite, type WriteSeries } from '../reference/remote-write.ts';
import { randomNumbers, writtenSeries } from '../reference/written-data.ts';
import { PromliteProcess, runPromlite } from '../service/promlite-process.ts';
import { temporaryFolder } from './support/importing.ts';
import { everySample, hardSeries, hasPrometheus, runPromtool, startOn } from './support/prometheus-data.ts';
import { linesOf, showValue } from './support/stored-series.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/promlite.cjs');
const INTERVAL_MS = 15_000;
/** Each command and server is a process of its own, and a machine may be busy. */
vi.setConfig({ testTimeout: 120_000 });

const SPAN_MS = 3_600_000 / 2;

let stopAll: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stopAll.map(stop => stop()));
  stopAll = [];
});

/** A promlite that is not running, its data path, and the flag for import and export. */
async function prepared(): Promise<{ promlite: PromliteProcess; path: string; onPath: string }> {
  const promlite = await PromliteProcess.prepare(undefined, [
    '--web.enable-remote-write-receiver',
    '--web.enable-admin-api',
  ]);
  stopAll.push(() => promlite.stop('SIGKILL'));
  const path = join(promlite.folder, 'data');
  return { promlite, path, onPath: `--storage.tsdb.path=${path}` };
}

function recentSeries(): WriteSeries[] {
  const startMs = Date.now() - SPAN_MS - 60_000;
  return [
    ...writtenSeries({ startMs, endMs: startMs + SPAN_MS, intervalMs: INTERVAL_MS }),
    ...hardSeries(startMs),
  ];
}

const shown = (written: readonly WriteSeries[], marker?: string): string[] =>
  linesOf(written, ([, value]) => (value === 'stale' ? marker : showValue(value)));

test.skipIf(!hasPrometheus)(
  'in: a folder of Prometheus is dumped, imported and answered by promlite',
  async () => {
    const folder = temporaryFolder();
    const written = recentSeries();
    const server = await startOn(folder);
    await remoteWrite(server.url, written);
    await server.child.stop();
    const dump = join(folder, 'dump.txt');
    writeFileSync(dump, runPromtool('tsdb', 'dump', join(folder, 'data')));

    const { promlite, onPath } = await prepared();
    const { code, output } = await runPromlite(['import', onPath, dump]);
    expect([code, output]).toEqual([0, expect.stringMatching(/^Stored [\d,]+ samples in /m)]);
    await promlite.start();
    expect(await everySample(promlite.api)).toEqual(shown(written, 'NaN'));
  },
);

test.skipIf(!hasPrometheus)(
  'out: what promlite was written is exported, made blocks of and answered by Prometheus',
  async () => {
    const folder = temporaryFolder();
    const written = recentSeries();
    const { promlite, onPath } = await prepared();
    await promlite.start();
    await remoteWrite(promlite.url, written);
    expect(await everySample(promlite.api)).toEqual(shown(written));
    expect(await promlite.stop()).toBe(0);

    const file = join(folder, 'all.om');
    const { code, output } = await runPromlite(['export', onPath, '-o', file]);
    expect([code, output]).toEqual([0, expect.stringContaining('1 staleness markers')]);
    runPromtool('tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data'));
    const server = await startOn(folder);
    stopAll.push(() => server.child.stop());
    expect(await everySample(server.api)).toEqual(shown(written));
  },
);

test('there and back: markers too, where both sides are told; gzipped, with a selector', {
  timeout: 60_000,
}, async () => {
  const folder = temporaryFolder();
  const written = recentSeries();
  const first = await prepared();
  await first.promlite.start();
  await remoteWrite(first.promlite.url, written);
  await first.promlite.stop();
  const file = join(folder, 'all.om.gz');
  const selection = '--match={__name__=~"requests_total|latency.*|ended|texts|col:on|target_info"}';
  await runPromlite(['export', first.onPath, '--stale-markers=nan', selection, '-o', file]);
  const text = gunzipSync(readFileSync(file)).toString();

  const second = await prepared();
  const imported = await runPromlite(['import', second.onPath, '--nan=stale', file]);
  expect(imported).toMatchObject({ code: 0, output: expect.stringContaining('1 values are NaN') });
  const again = await runPromlite(['export', second.onPath, '--stale-markers=nan']);
  expect(again.output).toContain(text);
});

test('while a server runs on the folder nothing is done, and the message says what to do', async () => {
  const { promlite, path, onPath } = await prepared();
  await promlite.start();
  const file = join(temporaryFolder(), 'a.om');
  writeFileSync(file, 'a 1 1\n# EOF\n');
  for (const command of [
    ['import', onPath, file],
    ['export', onPath],
  ]) {
    expect(await runPromlite(command)).toEqual({
      code: 1,
      output:
        `promlite: ${path} is in use by another process: stop the promlite that runs on it, and start it again ` +
        'afterwards\n',
    });
  }
});

test('a snapshot can be exported while the server runs', async () => {
  const { promlite, path } = await prepared();
  await promlite.start();
  const written = recentSeries();
  await remoteWrite(promlite.url, written);
  const response = await fetch(`${promlite.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
  const { data } = (await response.json()) as { data: { name: string } };
  const snapshot = join(path, 'snapshots', data.name);
  const { code, output } = await runPromlite([
    'export',
    `--storage.tsdb.path=${snapshot}`,
    '--stale-markers=nan',
  ]);
  const samples = written.reduce((sum, series) => sum + series.samples.length, 0);
  expect([code, output]).toEqual([
    0,
    expect.stringContaining(`Wrote ${samples.toLocaleString('en-US')} samples`),
  ]);
});

test('what is refused is printed, the rest stored, and the exit code is 1', async () => {
  const { path, onPath } = await prepared();
  const file = join(temporaryFolder(), 'a.om');
  const broken = Array.from({ length: 30 }, (_, i) => `broken${i}\n`).join('');
  writeFileSync(file, `a 1 1\na NaN 2\n${broken}a 4 4\n# EOF\n`);
  const { code, output } = await runPromlite(['import', onPath, file]);
  expect(code).toBe(1);
  expect(output.split('\n').filter(line => line.startsWith(`${file}:`))).toHaveLength(20);
  expect(output).toContain('WARNING: samples from 1970-01-01 are older than the retention of 15d');
  expect(output).toMatch(/Stored 3 samples in .*\nRefused: 30 × malformed line\.\n1 values are NaN/);
  const exported = await runPromlite(['export', onPath]);
  expect(exported.output).toContain('# TYPE a unknown\na 1 1\na NaN 2\na 4 4\n# EOF\n');
  expect(existsSync(join(path, 'promlite', 'import.json'))).toBe(false);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends an import that waits for its input', async signal => {
  const { path, onPath } = await prepared();
  const child = spawn(process.execPath, [LAUNCHER, 'import', onPath, '-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', chunk => (output += chunk));
  const closed = once(child, 'close');
  child.stdin.write('a 1 1\n');
  while (!existsSync(join(path, 'promlite', 'head.db'))) await delay(20);
  child.kill(signal);
  expect(await closed).toEqual([130, null]);
  expect(output).toContain('Interrupted: run the same command again to go on.');
});

test('a folder without data is told, and not made one', async () => {
  const { path, onPath } = await prepared();
  const { code, output } = await runPromlite(['export', onPath]);
  expect([code, output]).toEqual([1, `promlite: ${path} holds no data of promlite\n`]);
  expect(existsSync(path)).toBe(false);
});

test('killed again and again, an import goes on, and every sample is there once', {
  timeout: 180_000,
}, async () => {
  const { onPath, path } = await prepared();
  const folder = temporaryFolder();
  const startMs = Date.now() - 3 * 86_400_000;
  // Each file is flushed at its end, so that a kill finds some stored and some not, however fast the machine.
  const files = Array.from({ length: FILES }, (_, i) => join(folder, `part-${i}.txt`));
  files.forEach((file, i) => {
    writeFileSync(file, dumpText(startMs, (i * SERIES) / FILES, SERIES / FILES, SAMPLES));
  });
  const random = randomNumbers(7);
  const state = join(path, 'promlite', 'import.json');

  let resumed = 0;
  let output = '';
  for (;;) {
    const before = textOf(state);
    const child = spawn(process.execPath, [LAUNCHER, 'import', onPath, ...files], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    const closed = once(child, 'close');
    let isOver = false;
    void closed.then(() => (isOver = true));
    // Until something more is stored (the first time no longer: it must not be through by then); then a moment that
    // hits reading, storing or flushing.
    // An import that is through takes its state away, and is left to end.
    while (!isOver && ['', before].includes(textOf(state))) await delay(5);
    if (before !== '') await delay(random() * 500);
    child.kill('SIGKILL');
    const [code] = await closed;
    if (/goes on after|stored by the run before/.test(said)) resumed++;
    output = said;
    if (code !== null) break;
  }
  expect(output).toContain(`Stored ${(SERIES * SAMPLES).toLocaleString('en-US')} samples`);
  expect(resumed).toBeGreaterThan(0);

  const back = join(folder, 'back.om');
  const { code } = await runPromlite(['export', onPath, '-o', back]);
  expect(code).toBe(0);
  expect(firstDifference(readFileSync(back, 'utf8'), openMetricsText(startMs))).toBeUndefined();
});

/** What a file holds; the empty text where there is none, also where it goes at this moment. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

const SERIES = 1000;
const SAMPLES = 3000;
const FILES = 20;

const valueAt = (series: number, i: number): number => series + i / 8;

/** As promtool dumps them: series by series. */
function dumpText(startMs: number, first: number, series: number, samples: number): string {
  const parts: string[] = [];
  for (let s = first; s < first + series; s++) {
    const labels = `{__name__="m", s="${String(s).padStart(4, '0')}"}`;
    for (let i = 0; i < samples; i++) parts.push(`${labels} ${valueAt(s, i)} ${startMs + i * INTERVAL_MS}\n`);
  }
  return parts.join('');
}

function openMetricsText(startMs: number): string {
  const parts = ['# TYPE m unknown\n'];
  for (let s = 0; s < SERIES; s++) {
    const series = `m{s="${String(s).padStart(4, '0')}"}`;
    for (let i = 0; i < SAMPLES; i++) {
      const timeMs = startMs + i * INTERVAL_MS;
      const rest = timeMs % 1000;
      const seconds = `${Math.floor(timeMs / 1000)}${rest ? `.${String(rest).padStart(3, '0')}` : ''}`;
      parts.push(`${series} ${valueAt(s, i)} ${seconds}\n`);
    }
  }
  return [...parts, '# EOF\n'].join('');
}

/** What stands where the texts begin to differ; undefined where they don't. */
function firstDifference(a: string, b: string): readonly [string, string] | undefined {
  if (a === b) return undefined;
  let at = 0;
  while (a[at] === b[at]) at++;
  return [a.slice(at - 100, at + 100), b.slice(at - 100, at + 100)];
}
