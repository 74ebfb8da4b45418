// How long scraping one large target holds the event loop: its first scrape and later ones, unchanged and with all
// its series new; the scraper alone (its storage takes everything and does nothing), and with the real storage.
//
//   node bench/scraper/hold.ts [series]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Fetcher } from '../../src/scraper/fetch.ts';
import { createScraperMetrics } from '../../src/scraper/metrics.ts';
import { TargetScraper } from '../../src/scraper/scrape.ts';
import { targetsOf } from '../../src/scraper/target.ts';
import { Turns } from '../../src/scraper/turns.ts';
import type { CommitReport, Row, Storage } from '../../src/storage/contract.ts';
import { openStorage } from '../../src/storage/open.ts';
import { rule, scrapeConfig } from '../../test/scraper/support/config.ts';
import { MemoryStorage } from '../../test/support/memory-storage.ts';
import { type Hold, longer, longestHold } from '../longest-hold.ts';

const STEADY_SCRAPES = 5;

const [series = '100000'] = processArguments();

class NoStorage extends MemoryStorage {
  override commit(rows: readonly Row[]): CommitReport {
    const appended = rows.reduce((sum, row) => sum + row.length, 0);
    const refused = { out_of_order: 0, duplicate: 0, too_old: 0, out_of_bounds: 0 };
    return { appended, refused, firstRefused: undefined, newSeries: 0 };
  }
}

async function measure(name: string, storage: Storage, address: string): Promise<void> {
  const config = scrapeConfig();
  const fetcher = new Fetcher(config, 'bench');
  const [target] = targetsOf({ targets: [address], labels: {}, source: '' }, config).active;
  const scraper = new TargetScraper(target, config, fetcher.target(target.url), {
    storage,
    clock: systemClock,
    log: silentLogger,
    metrics: createScraperMetrics(new Registry()),
    turns: new Turns(systemClock),
    extraMetrics: false,
  });
  const { signal } = new AbortController();
  let timestampMs = systemClock.nowMs() - 3_600_000;
  const scrape = async () => {
    timestampMs += 15_000;
    const hold = await longestHold(() => scraper.scrape(timestampMs, 60_000, signal));
    if (scraper.health.health !== 'up') throw new Error(scraper.health.lastError);
    return hold;
  };
  const tell = (what: string, { wallMs, cpuMs }: Hold) => {
    const [wall, cpu] = [wallMs, cpuMs].map(ms => ms.toFixed(1).padStart(7));
    process.stdout.write(
      `${name.padEnd(18)}${what.padEnd(20)}longest hold ${wall} ms   CPU time ${cpu} ms\n`,
    );
  };
  tell('first scrape', await scrape());
  let longest = await scrape();
  for (let i = 1; i < STEADY_SCRAPES; i++) longest = longer(longest, await scrape());
  tell('later scrapes', longest);
  const metricRelabelRules = [rule({ targetLabel: 'generation', replacement: '2' })];
  scraper.reconfigure(scrapeConfig({ metricRelabelRules }), fetcher.target(target.url));
  tell('all series new', await scrape());
  fetcher.destroy();
}

const child = fork(join(import.meta.dirname, 'target-process.ts'), [series], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const folder = mkdtempSync(join(tmpdir(), 'promlite-bench-'));
try {
  const [port] = await once(child.stdout!, 'data');
  const address = `127.0.0.1:${String(port).trim()}`;
  await measure('scraper alone', new NoStorage(), address);
  const storage = openStorage({
    folder,
    retentionMs: Number.POSITIVE_INFINITY,
    clock: systemClock,
    log: silentLogger,
    registry: new Registry(),
  });
  await measure('with the storage', storage, address);
  storage.close();
} finally {
  child.disconnect();
  rmSync(folder, { recursive: true });
}
