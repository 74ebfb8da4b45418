// What a million scraped samples cost in CPU time, stage by stage: fetch; parse and append; all of a scrape, the
// commit to disk included. Threads of the process count, too.
//
//   node bench/scraper/cpu.ts [series a target] [targets]      targets run in a process of their own

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import { ScrapeAppender } from '../../src/scraper/append.ts';
import { createParser } from '../../src/scraper/exposition/negotiate.ts';
import { Fetcher } from '../../src/scraper/fetch.ts';
import { createScraperMetrics } from '../../src/scraper/metrics.ts';
import { TargetScraper } from '../../src/scraper/scrape.ts';
import { targetsOf } from '../../src/scraper/target.ts';
import { Turns } from '../../src/scraper/turns.ts';
import { openStorage } from '../../src/storage/open.ts';
import { scrapeConfig } from '../../test/scraper/support/config.ts';
import { MemoryStorage } from '../../test/support/memory-storage.ts';
import { bodyOf } from './exposition.ts';

const ROUNDS = 5;
const STEPS = 16;

const [series = 1000, targets = 7] = processArguments().map(Number);
/** Scrapes of one target in a measurement: about 100,000 samples of all. */
const SCRAPES = Math.max(3, Math.round(100_000 / series / targets));

/** Prints the median and the best of some measurements, in seconds of CPU for a million samples. */
async function measure(name: string, work: () => Promise<void> | void): Promise<void> {
  await work();
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / (SCRAPES * targets * series));
  }
  seconds.sort((a, b) => a - b);
  const [best, median] = [seconds[0], seconds[ROUNDS >> 1]].map(one => one.toFixed(3));
  process.stdout.write(`${name.padEnd(36)} median ${median} s per million samples   best ${best}\n`);
}

const child = fork(join(import.meta.dirname, 'target-process.ts'), [String(series)], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const folder = mkdtempSync(join(tmpdir(), 'promlite-bench-'));
try {
  const [port] = await once(child.stdout!, 'data');
  const address = `127.0.0.1:${String(port).trim()}`;
  const signal = new AbortController().signal;

  for (const enableCompression of [true, false]) {
    const fetcher = new Fetcher(scrapeConfig({ enableCompression }), 'bench');
    const targetFetcher = fetcher.target(`http://${address}/metrics`);
    await measure(`fetch, ${enableCompression ? 'gzip' : 'identity'}`, async () => {
      for (let i = 0; i < SCRAPES * targets; i++) {
        await targetFetcher.fetch(10_000, signal);
      }
    });
    fetcher.destroy();
  }

  const bodies = Array.from({ length: STEPS }, (_, step) => bodyOf(series, step));
  const appender = new ScrapeAppender(new MemoryStorage(), 'bench', Labels.of({ job: 'b' }), scrapeConfig());
  let scrapes = 0;
  await measure('parse and append', () => {
    for (let i = 0; i < SCRAPES * targets; i++) {
      appender.begin(++scrapes);
      appender.append(createParser('text/plain', bodies[scrapes % STEPS]), Number.MAX_SAFE_INTEGER);
      appender.finish(true);
      appender.tidy();
    }
  });

  const registry = new Registry();
  const storage = openStorage({
    folder,
    retentionMs: Number.POSITIVE_INFINITY,
    clock: systemClock,
    log: silentLogger,
    registry,
  });
  const config = scrapeConfig();
  const labels = Array.from({ length: targets }, (_, i) => ({ zone: String(i) }));
  const fetcher = new Fetcher(config, 'bench');
  const dependencies = {
    storage,
    clock: systemClock,
    log: silentLogger,
    metrics: createScraperMetrics(registry),
    turns: new Turns(systemClock),
    extraMetrics: false,
  };
  const scrapers = labels
    .flatMap(group => targetsOf({ targets: [address], labels: group, source: '' }, config).active)
    .map(target => new TargetScraper(target, config, fetcher.target(target.url), dependencies));
  let timestampMs = systemClock.nowMs() - 86_400_000;
  await measure('all of a scrape, with its commit', async () => {
    for (let i = 0; i < SCRAPES; i++) {
      timestampMs += 1000;
      for (const scraper of scrapers) await scraper.scrape(timestampMs, 10_000, signal);
    }
  });
  fetcher.destroy();
  storage.close();
} finally {
  child.disconnect();
  rmSync(folder, { recursive: true });
}
