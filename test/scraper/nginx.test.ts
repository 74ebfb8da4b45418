// An nginx that is scraped without an exporter: what is stored while it is up, when it is down, and when it comes
// back; and how a target is told to be one.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ANY_PORTS, startFleet } from '../../demo/fleet/fleet.ts';
import { ManualClock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import type { ScrapeConfig } from '../../src/config/contract.ts';
import { parseConfig } from '../../src/config/load.ts';
import { Fetcher } from '../../src/scraper/fetch.ts';
import { createScraper } from '../../src/scraper/manager.ts';
import { createScraperMetrics } from '../../src/scraper/metrics.ts';
import { TargetScraper } from '../../src/scraper/scrape.ts';
import { type Target, targetsOf } from '../../src/scraper/target.ts';
import { Turns } from '../../src/scraper/turns.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { config, rule, scrapeConfig } from './support/config.ts';
import { sendText, TestServer } from './support/http-server.ts';
import { stored } from './support/stored.ts';

const page = (requests: number) =>
  `Active connections: 2 \nserver accepts handled requests\n 5 5 ${requests} \nReading: 0 Writing: 1 Waiting: 1 \n`;

const NAMES = [
  'nginx_connections_accepted',
  'nginx_connections_active',
  'nginx_connections_handled',
  'nginx_connections_reading',
  'nginx_connections_waiting',
  'nginx_connections_writing',
  'nginx_http_requests_total',
  'nginx_up',
];
const FORMAT = { __promlite_format__: 'nginx_stub_status' };

let server: TestServer;
let storage: MemoryStorage;
let body: string | undefined;
let requests: number;
let timestampMs: number;
const fetchers: Fetcher[] = [];

beforeEach(async () => {
  requests = 100;
  timestampMs = 0;
  body = undefined;
  storage = new MemoryStorage();
  server = await TestServer.start((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(body ?? page(requests));
  });
});

afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) fetcher.destroy();
  await server.stop();
});

const targetsFor = (config: ScrapeConfig, labels: Record<string, string>, address = server.address) =>
  targetsOf({ targets: [address], labels, source: '0' }, config);

function scraperFor(config: ScrapeConfig, [target]: readonly Target[]): TargetScraper {
  const fetcher = new Fetcher(config, 'test');
  fetchers.push(fetcher);
  const metrics = createScraperMetrics(new Registry());
  const dependencies = {
    storage,
    clock: new ManualClock(0),
    log: silentLogger,
    metrics,
    turns: new Turns(systemClock),
    extraMetrics: false,
  };
  return new TargetScraper(target, config, fetcher.target(target.url), dependencies);
}

function nginxScraper(overrides: Partial<ScrapeConfig> = {}): TargetScraper {
  const config = scrapeConfig(overrides);
  return scraperFor(config, targetsFor(config, FORMAT).active);
}

async function scrape(scraper: TargetScraper): Promise<void> {
  timestampMs += 15_000;
  await scraper.scrape(timestampMs, 5000, new AbortController().signal);
}

const valuesOf = (series: string) => (stored(storage)[series] ?? []).map(([, value]) => value);

test('the series of the exporter, from the page itself', async () => {
  const scraper = nginxScraper();
  await scrape(scraper);
  requests = 142;
  await scrape(scraper);
  expect(Object.keys(stored(storage, 'nginx.*'))).toEqual(NAMES);
  expect(valuesOf('nginx_http_requests_total')).toEqual([100, 142]);
  expect(valuesOf('nginx_up')).toEqual([1, 1]);
  expect(valuesOf('scrape_samples_scraped')).toEqual([8, 8]);
  expect(valuesOf('scrape_series_added')).toEqual([8, 0]);
  expect(scraper.health).toMatchObject({ health: 'up', lastError: '' });
  expect(scraper.metadata.get('nginx_http_requests_total')).toEqual({
    type: 'counter',
    help: 'Total http requests',
    unit: '',
  });
});

test('down and up again: nginx_up is what up is, the other series end', async () => {
  const scraper = nginxScraper();
  await scrape(scraper);
  server.handler = (_, response) => response.writeHead(502).end();
  await scrape(scraper);
  await scrape(scraper);
  server.handler = (_, response) => sendText(response, page(7));
  await scrape(scraper);
  expect(valuesOf('up')).toEqual([1, 0, 0, 1]);
  expect(valuesOf('nginx_up')).toEqual([1, 0, 0, 1]);
  expect(valuesOf('nginx_http_requests_total')).toEqual([100, 'stale', 7]);
  expect(valuesOf('nginx_connections_active')).toEqual([2, 'stale', 2]);
  expect(valuesOf('scrape_samples_scraped')).toEqual([8, 0, 0, 8]);
  expect(valuesOf('scrape_samples_post_metric_relabeling')).toEqual([8, 0, 0, 8]);
  expect(valuesOf('scrape_series_added')).toEqual([8, 0, 0, 0]);
});

test('down from the start: nginx_up 0 is there all the same', async () => {
  const scraper = nginxScraper();
  await server.stop();
  await scrape(scraper);
  await scrape(scraper);
  expect(valuesOf('up')).toEqual([0, 0]);
  expect(valuesOf('nginx_up')).toEqual([0, 0]);
  expect(Object.keys(stored(storage, 'nginx.*'))).toEqual(['nginx_up']);
  expect(scraper.health.lastError).toContain('connection refused');
});

test('another page fails the scrape and says what is wrong', async () => {
  const scraper = nginxScraper();
  await scrape(scraper);
  body = '<html>Welcome to nginx!</html>';
  await scrape(scraper);
  body = '';
  await scrape(scraper);
  body = '# TYPE a counter\na 1\n';
  await scrape(scraper);
  expect(valuesOf('up')).toEqual([1, 0, 0, 0]);
  expect(valuesOf('nginx_up')).toEqual([1, 0, 0, 0]);
  expect(valuesOf('a')).toEqual([]);
  expect(scraper.health).toMatchObject({
    health: 'down',
    lastError:
      'not nginx\'s stub_status page: expected "Active connections: <number>", got "# TYPE a counter" (line 1)',
  });
});

test('a target that is gone ends nginx_up too', async () => {
  const scraper = nginxScraper();
  await scrape(scraper);
  body = '';
  await scrape(scraper);
  scraper.endSeries(timestampMs + 15_000);
  expect(valuesOf('nginx_up')).toEqual([1, 0, 'stale']);
  expect(valuesOf('nginx_http_requests_total')).toEqual([100, 'stale']);
});

test('metric relabelling has its say, down or up', async () => {
  const rename = rule({
    regex: 'nginx_up',
    sourceLabels: ['__name__'],
    targetLabel: 'place',
    replacement: 'a',
  });
  const scraper = nginxScraper({ metricRelabelRules: [rename] });
  await scrape(scraper);
  body = '';
  await scrape(scraper);
  expect(valuesOf('nginx_up{place=a}')).toEqual([1, 0]);
  expect(valuesOf('nginx_up')).toEqual([]);
});

test('limits hold: beyond them the scrape fails, and nginx_up 0 is written where it is within them', async () => {
  await scrape(nginxScraper({ sampleLimit: 7 }));
  expect(valuesOf('up')).toEqual([0]);
  expect(valuesOf('nginx_up')).toEqual([0]);

  storage = new MemoryStorage();
  const scraper = nginxScraper({ labelLimit: 1 });
  await scrape(scraper);
  await scrape(scraper);
  expect(valuesOf('up')).toEqual([0, 0]);
  expect(valuesOf('nginx_up')).toEqual([]);
  expect(scraper.health.lastError).toContain('label_limit exceeded');
});

test('without the label a status page is no metrics, as with Prometheus', async () => {
  const config = scrapeConfig();
  const scraper = scraperFor(config, targetsFor(config, {}).active);
  await scrape(scraper);
  expect(valuesOf('up')).toEqual([0]);
  expect(Object.keys(stored(storage, 'nginx.*'))).toEqual([]);
});

test('the label leaves no trace in series, and makes another target', () => {
  const config = scrapeConfig({ metricsPath: '/stub_status' });
  const [plain] = targetsFor(config, {}).active;
  const [nginx] = targetsFor(config, FORMAT).active;
  expect([plain.format, nginx.format]).toEqual(['', 'nginx_stub_status']);
  expect(nginx.labels.toObject()).toEqual(plain.labels.toObject());
  expect(nginx.url).toBe(`http://${server.address}/stub_status`);
  expect(nginx.key).not.toBe(plain.key);
});

test('relabelling can set the label', () => {
  const bySuffix = rule({
    sourceLabels: ['__metrics_path__'],
    regex: '/stub_status',
    targetLabel: '__promlite_format__',
    replacement: 'nginx_stub_status',
  });
  const config = scrapeConfig({ metricsPath: '/stub_status', relabelRules: [bySuffix] });
  expect(targetsFor(config, {}).active[0].format).toBe('nginx_stub_status');
});

test("the guide's jobs are valid; the first is read as nginx's page, the one for going back is not", () => {
  const guide = readFileSync(new URL('../../docs/guides/nginx.md', import.meta.url), 'utf8');
  const jobs = [...guide.matchAll(/^( *)```yaml\n([^`]+)```/gm)].map(([, indent, yaml]) =>
    yaml.replaceAll(`\n${indent}`, '\n').replace(indent, ''),
  );
  const formats = jobs.map(job => {
    const { scrapeConfigs, warnings } = parseConfig(`scrape_configs:\n${job}`, 'prometheus.yml');
    expect(warnings).toEqual([]);
    return targetsOf(scrapeConfigs[0].staticConfigs[0], scrapeConfigs[0]).active[0].format;
  });
  expect(formats).toEqual(['nginx_stub_status', '']);
});

test('an unknown format makes no target, an empty one is none', () => {
  expect(targetsFor(scrapeConfig(), { __promlite_format__: '' }).active[0].format).toBe('');
  const { active, failures } = targetsFor(scrapeConfig(), { __promlite_format__: 'apache' });
  expect(active).toEqual([]);
  expect(failures).toEqual([
    'instance 0 in group 0: unknown __promlite_format__ "apache", expected nginx_stub_status',
  ]);
});

test('a reload may add the label: the page is read from then on', async () => {
  const options = { clock: systemClock, log: silentLogger, registry: new Registry(), version: 'test' };
  const scraper = createScraper({ storage, ...options, features: new Set() });
  const withLabels = (labels: Record<string, string>) =>
    config(
      scrapeConfig({
        scrapeIntervalMs: 100,
        scrapeTimeoutMs: 100,
        staticConfigs: [{ targets: [server.address], labels, source: '0' }],
      }),
    );
  try {
    await scraper.apply(withLabels({}));
    await vi.waitFor(() => expect(valuesOf('up')).toContain(0), 5000);
    await scraper.apply(withLabels(FORMAT));
    // Long enough for the series of the former target to have been ended, were they not the same.
    await vi.waitFor(() => expect(valuesOf('nginx_up').length).toBeGreaterThan(5), 5000);
    expect(valuesOf('up').at(-1)).toBe(1);
    expect(valuesOf('up').slice(-4)).not.toContain('stale');
    expect(scraper.pools()[0].active[0].discoveredLabels.get('__promlite_format__')).toBe(
      'nginx_stub_status',
    );
  } finally {
    await scraper.stop(1000);
  }
});

test("the demo's frontend: the page and its metrics say the same", async () => {
  const clock = new ManualClock(Date.UTC(2026, 2, 4, 12));
  const fleet = await startFleet({ clock, seed: 1, ports: ANY_PORTS });
  try {
    clock.advance(60_000);
    const { address } = fleet.services.find(({ job }) => job === 'frontend') ?? fleet.services[6];
    const scraped = async (overrides: Partial<ScrapeConfig>, labels: Record<string, string>) => {
      storage = new MemoryStorage();
      const config = scrapeConfig(overrides);
      await scrape(scraperFor(config, targetsFor(config, labels, address).active));
      const samples = Object.entries(stored(storage, 'nginx_.+')).map(([name, [[, value]]]) => [name, value]);
      return Object.fromEntries(samples);
    };
    const direct = await scraped({ metricsPath: '/stub_status' }, FORMAT);
    expect(Object.keys(direct)).toEqual(NAMES);
    expect(direct).toEqual(await scraped({}, {}));
  } finally {
    await fleet.stop();
  }
});
