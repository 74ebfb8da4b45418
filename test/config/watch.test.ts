// A changed configuration file is noticed: written in place, replaced by rename, gone and back.
import { mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConfigWatch, watchConfigFile } from '../../src/config/watch.ts';

let folder: string;
let file: string;
let watch: ConfigWatch;
let changes: number;
let waiting: (() => void)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'promlite-watch-'));
  file = join(folder, 'prometheus.yml');
  writeFileSync(file, 'global: {}\n');
  changes = 0;
  waiting = [];
  watch = watchConfigFile(
    file,
    () => {
      changes++;
      for (const resolve of waiting.splice(0)) resolve();
    },
    { intervalMs: () => 5 },
  );
  await watch.started;
});

afterEach(() => {
  watch.stop();
  rmSync(folder, { recursive: true });
});

/** Resolves at the next change that is noticed. */
const nextChange = () => new Promise<void>(resolve => waiting.push(resolve));

test('a file that is written in place', async () => {
  const change = nextChange();
  writeFileSync(file, 'global: {scrape_interval: 5s}\n');
  await change;
});

test('a file that is replaced by rename, of the same size and time', async () => {
  const { atime, mtime } = statSync(file);
  const other = join(folder, 'other.yml');
  writeFileSync(other, 'globul: {}\n');
  utimesSync(other, atime, mtime);
  const change = nextChange();
  renameSync(other, file);
  await change;
});

test('a file that goes and comes back with other content', async () => {
  rmSync(file);
  const change = nextChange();
  writeFileSync(file, 'global: {scrape_interval: 6s}\n');
  await change;
});

test('the same content written again is no change', async () => {
  writeFileSync(file, 'global: {}\n');
  utimesSync(file, new Date(0), new Date(0));
  const change = nextChange();
  writeFileSync(file, 'global: {scrape_interval: 7s}\n');
  await change;
  expect(changes).toBe(1);
});

test('each change is told', async () => {
  for (const interval of ['1s', '2s', '3s']) {
    const change = nextChange();
    writeFileSync(file, `global: {scrape_interval: ${interval}}\n`);
    await change;
  }
  expect(changes).toBe(3);
});
