// The whole scraper: real targets, real timers, a storage; reloads, failures, targets that come and go.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import type { ScrapeConfig } from '../../src/config/contract.ts';
import type { Scraper } from '../../src/scraper/contract.ts';
import { createScraper } from '../../src/scraper/manager.ts';
import type { CommitReport, Row } from '../../src/storage/contract.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { config, rule, scrapeConfig, staticTargets } from './support/config.ts';
import { sendText, TestServer } from './support/http-server.ts';
import { stored } from './support/stored.ts';

/** Lets a test wait until what is stored satisfies it. */
class WatchedStorage extends MemoryStorage {
  private waiting: (() => void)[] = [];

  override commit(rows: readonly Row[]): CommitReport {
    const report = super.commit(rows);
    setImmediate(() => {
      for (const wake of this.waiting.splice(0)) wake();
    });
    return report;
  }

  async until(satisfied: () => boolean): Promise<void> {
    while (!satisfied()) await new Promise<void>(resolve => this.waiting.push(resolve));
  }
}

let server: TestServer;
let storage: WatchedStorage;
let registry: Registry;
let scraper: Scraper;

beforeEach(async () => {
  server = await TestServer.start((_, response) => sendText(response, '# TYPE a counter\na 1\nb{x="y"} 2\n'));
  storage = new WatchedStorage();
  registry = new Registry();
  scraper = create(new Set());
});

afterEach(async () => {
  await scraper.stop(1000);
  await server.stop();
});

const create = (features: ReadonlySet<string>) =>
  createScraper({ storage, clock: systemClock, log: silentLogger, registry, version: 'test', features });

const quick = (overrides: Partial<ScrapeConfig> = {}): ScrapeConfig =>
  scrapeConfig({
    scrapeIntervalMs: 100,
    scrapeTimeoutMs: 100,
    staticConfigs: staticTargets(server.address),
    ...overrides,
  });

const samplesOf = (series: string) => stored(storage)[series] ?? [];
const valuesOf = (series: string) => samplesOf(series).map(([, value]) => value);
const lastOf = (series: string) => valuesOf(series).at(-1);
const target = (pool = 0) => scraper.pools()[pool].active[0];

test('samples and the report share the timestamp of the scrape', async () => {
  // Long enough for a first scrape while all else starts, too.
  await scraper.apply(config(quick({ scrapeIntervalMs: 500, scrapeTimeoutMs: 500 })));
  await storage.until(() => valuesOf('up').length >= 3);
  await scraper.stop(1000);
  const all = stored(storage);
  expect(Object.keys(all)).toEqual([
    'a',
    'b{x=y}',
    'scrape_duration_seconds',
    'scrape_samples_post_metric_relabeling',
    'scrape_samples_scraped',
    'scrape_series_added',
    'up',
  ]);
  const times = all.up.map(([timestampMs]) => timestampMs);
  for (const samples of Object.values(all))
    expect(samples.map(([timestampMs]) => timestampMs)).toEqual(times);
  expect(new Set(valuesOf('up'))).toEqual(new Set([1]));
  expect(new Set(valuesOf('scrape_samples_scraped'))).toEqual(new Set([2]));
  expect(valuesOf('scrape_series_added').slice(0, 2)).toEqual([2, 0]);
  expect(target()).toMatchObject({
    health: 'up',
    lastError: '',
    scrapePool: 'job',
    scrapeUrl: server.url,
    scrapeIntervalMs: 500,
  });
  expect(target().metadata.get('a')).toEqual({ type: 'counter', help: '', unit: '' });
});

test('extra-scrape-metrics', async () => {
  await scraper.stop(0);
  registry = new Registry();
  scraper = create(new Set(['extra-scrape-metrics']));
  await scraper.apply(config(quick({ sampleLimit: 7 })));
  await storage.until(() => valuesOf('up').length >= 1);
  expect(valuesOf('scrape_timeout_seconds')[0]).toBe(0.1);
  expect(valuesOf('scrape_sample_limit')[0]).toBe(7);
  expect(valuesOf('scrape_body_size_bytes')[0]).toBe(
    Buffer.byteLength('# TYPE a counter\na 1\nb{x="y"} 2\n'),
  );
});

test('a failing target: markers, up 0, its error; then all is well again', async () => {
  await scraper.apply(config(quick()));
  await storage.until(() => lastOf('up') === 1);
  const { handler } = server;
  server.handler = (_, response) => response.writeHead(503).end();
  await storage.until(() => lastOf('up') === 0);
  expect(lastOf('a')).toBe('stale');
  expect(target()).toMatchObject({
    health: 'down',
    lastError: 'server returned HTTP status 503 Service Unavailable',
  });
  server.handler = handler;
  await storage.until(() => lastOf('up') === 1);
  expect(lastOf('a')).toBe(1);
  expect(target().lastError).toBe('');
});

test.each<[string, string, string, Partial<ScrapeConfig>]>([
  [
    'text/plain',
    'a 1\nb x\n',
    'strconv.ParseFloat: parsing "x": invalid syntax while parsing: "b x" (line 2)',
    {},
  ],
  ['application/openmetrics-text', 'a 1\n', 'data does not end with # EOF (line 2)', {}],
  [
    'text/html',
    'a 1\n',
    'received unsupported Content-Type "text/html" and no fallback_scrape_protocol specified for target',
    {},
  ],
  ['text/plain', 'a 1\nb 1\n', 'sample limit exceeded', { sampleLimit: 1 }],
  ['text/plain', 'a 1\nb 1\n', 'body size limit exceeded', { bodySizeLimitBytes: 5 }],
  [
    'text/plain',
    'a 1\n',
    'target_limit exceeded (number of targets: 2, limit: 1)',
    {
      targetLimit: 1,
      staticConfigs: [{ targets: ['127.0.0.1:1', '127.0.0.1:2'], labels: {}, source: '0' }],
    },
  ],
])('%s %j: %s', async (contentType, body, message, overrides) => {
  server.handler = (_, response) => response.writeHead(200, { 'content-type': contentType }).end(body);
  await scraper.apply(config(quick(overrides)));
  await storage.until(() => valuesOf('up').length > 0 && target().health === 'down');
  expect(target().lastError).toBe(message);
  expect(valuesOf('a')).toEqual([]);
});

test('a body without a content type is read as the fallback says', async () => {
  server.handler = (_, response) => response.end('a 1\n');
  await scraper.apply(config(quick({ fallbackScrapeProtocol: 'PrometheusText0.0.4' })));
  await storage.until(() => valuesOf('a').includes(1));
  expect(target()).toMatchObject({ health: 'up', lastError: '' });
});

test('duplicates are counted', async () => {
  server.handler = (_, response) => sendText(response, 'a 1\na 2\na 3 1\n');
  await scraper.apply(config(quick({ honorTimestamps: false })));
  await storage.until(() => valuesOf('up').length >= 1);
  await scraper.stop(1000);
  const metric = await registry
    .getSingleMetric('prometheus_target_scrapes_sample_duplicate_timestamp_total')
    ?.get();
  expect(metric?.values[0].value).toBe(2 * valuesOf('up').length);
});

test('a reload with the same configuration changes nothing; another job comes beside it', async () => {
  await scraper.apply(config(quick()));
  await storage.until(() => valuesOf('up').length >= 1);
  const before = target().lastScrapeMs;
  await scraper.apply(config(quick()));
  expect(target().lastScrapeMs).toBe(before);
  await scraper.apply(config(quick({ jobName: 'first' }), quick()));
  expect(scraper.pools().map(pool => pool.name)).toEqual(['first', 'job']);
  expect(target(1).lastScrapeMs).toBeGreaterThanOrEqual(before ?? 0);
  expect(valuesOf('a')).not.toContain('stale');
});

test('a changed job keeps its targets, and series that it now drops end', async () => {
  await scraper.apply(config(quick()));
  await storage.until(() => valuesOf('up').length >= 1);
  const metricRelabelRules = [rule({ action: 'drop', sourceLabels: ['__name__'], regex: 'a' })];
  await scraper.apply(config(quick({ metricRelabelRules })));
  await storage.until(() => lastOf('a') === 'stale');
  expect(lastOf('b{x=y}')).toBe(2);
  expect(valuesOf('b{x=y}')).not.toContain('stale');
  expect(valuesOf('up')).not.toContain('stale');
});

test('a target that goes ends all its series, the report included', async () => {
  await scraper.apply(config(quick()));
  await storage.until(() => valuesOf('up').length >= 1);
  await scraper.apply(config(quick({ staticConfigs: [] })));
  expect(scraper.pools()[0].active).toEqual([]);
  await storage.until(() => lastOf('up') === 'stale');
  for (const values of Object.values(stored(storage))) expect(values.at(-1)?.[1]).toBe('stale');
});

test('a target that comes back in time goes on', async () => {
  await scraper.apply(config(quick()));
  await storage.until(() => valuesOf('up').length >= 1);
  await scraper.apply(config());
  await scraper.apply(config(quick()));
  const count = valuesOf('up').length;
  await storage.until(() => valuesOf('up').length >= count + 4);
  for (const series of ['a', 'up']) expect(valuesOf(series)).not.toContain('stale');
});

test('a shutdown waits for the scrape under way and writes no markers', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  await scraper.apply(config(quick()));
  await storage.until(() => valuesOf('up').length >= 1);
  server.handler = (_, response) => {
    ask();
    setTimeout(() => sendText(response, 'a 5\nb{x="y"} 2\n'), 30);
  };
  await asked;
  await scraper.stop(5000);
  expect(lastOf('a')).toBe(5);
  expect(valuesOf('up')).not.toContain('stale');
});

test('dropped targets are shown', async () => {
  const relabelRules = [rule({ action: 'drop', sourceLabels: ['__address__'] })];
  await scraper.apply(config(quick({ relabelRules })));
  const [pool] = scraper.pools();
  expect(pool.active).toEqual([]);
  expect(pool.dropped[0].discoveredLabels.get('__address__')).toBe(server.address);
});

test('a configuration that can not be applied leaves the old one', async () => {
  await scraper.apply(config(quick()));
  const tls = { ...scrapeConfig().tls, caFile: '/does/not/exist' };
  await expect(scraper.apply(config(quick({ tls })))).rejects.toThrow('/does/not/exist');
  expect(scraper.pools()[0].active).toHaveLength(1);
});

test('a target of a later configuration, or of a changed one, does not wait for its place in the interval', async () => {
  const hour = { scrapeIntervalMs: 3_600_000, scrapeTimeoutMs: 100 };
  await scraper.apply(config());
  await scraper.apply(config(quick(hour)));
  await storage.until(() => valuesOf('up').length === 1);
  const other = staticTargets(server.address).map(group => ({ ...group, labels: { zone: 'b' } }));
  await scraper.apply(config(quick({ ...hour, staticConfigs: other })));
  await storage.until(() => valuesOf('up{zone=b}').length === 1);
});

test('another interval in the middle of a scrape: the next one comes after it, by the new one', async () => {
  let underWay = 0;
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  server.handler = async (_, response) => {
    expect(++underWay).toBe(1);
    asked.resolve();
    await answered.promise;
    underWay--;
    sendText(response, 'a 1\n');
  };
  const slow = { scrapeIntervalMs: 3_600_000, scrapeTimeoutMs: 60_000 };
  await scraper.apply(config());
  await scraper.apply(config(quick(slow)));
  await asked.promise;
  await scraper.apply(config(quick({ scrapeTimeoutMs: 50 })));
  answered.resolve();
  await storage.until(() => valuesOf('a').length >= 3);
});
