// A target scraped into the real storage: what is read back is what a storage in memory would hold.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import { ScrapeAppender } from '../../src/scraper/append.ts';
import { createParser } from '../../src/scraper/exposition/negotiate.ts';
import type { Storage } from '../../src/storage/contract.ts';
import { openStorage } from '../../src/storage/open.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { scrapeConfig } from './support/config.ts';
import { stored } from './support/stored.ts';

const START_MS = 1_700_000_000_000;
const RETENTION_MS = 15 * 86_400_000;

let folder: string;
let clock: ManualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promlite-scrape-'));
  clock = new ManualClock(START_MS);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = (): Storage =>
  openStorage({ folder, retentionMs: RETENTION_MS, clock, log: silentLogger, registry: new Registry() });

/** Scrapes that differ in every way: series that come and go, timestamps, duplicates, failures. */
const BODIES: readonly (string | undefined)[] = [
  '# TYPE a counter\na 1\nb{x="y"} 2\nc 3 1699999999000\n',
  '# TYPE a counter\na 2\nb{x="y"} 2\nc 4 1699999999500\n',
  'b{x="y"} 3\na 3\nc 4 1699999999500\n',
  undefined,
  'a NaN\nb{x="y"} -0\nb{x="y"} 7\nd +Inf\n',
  'a 5\nc 6 1700000001000\nc 5 1699999999000\n',
  '',
  'a 6\nb{x="z"} 1.25e-7\n',
];

function scrapeAll(storage: Storage): void {
  const labels = Labels.of({ job: 'job', instance: 'host:1' });
  const appender = new ScrapeAppender(storage, 'key', labels, scrapeConfig());
  BODIES.forEach((body, i) => {
    appender.begin(START_MS + i * 15_000);
    if (body === undefined) appender.markAllStale();
    else appender.append(createParser('text/plain', Buffer.from(body)), Number.MAX_SAFE_INTEGER);
    storage.commit(appender.rows());
    appender.finish(body !== undefined);
    appender.tidy();
  });
}

test('the same as in memory, also after it was opened again', () => {
  clock.advance(BODIES.length * 15_000);
  const memory = new MemoryStorage();
  scrapeAll(memory);
  const expected = stored(memory);
  expect(Object.keys(expected)).toEqual(['a', 'b{x=y}', 'b{x=z}', 'c', 'd']);

  const storage = open();
  scrapeAll(storage);
  expect(stored(storage)).toEqual(expected);
  storage.close();
  const again = open();
  expect(stored(again)).toEqual(expected);
  again.close();
});
