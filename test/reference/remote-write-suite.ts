// A real Prometheus scrapes node_exporter, itself and pages that change once a second, and remote-writes all of it to
// promlite. After a while it stops scraping, and once its queue is empty both must answer alike: every sample of
// every series, queries, metadata, exemplars.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Point, ResultSeries } from './api-client.ts';
import { Child, freePort } from './child.ts';
import { differences } from './compare.ts';
import { requireProgram } from './debian.ts';
import type { Report } from './report.ts';
import { type Server, startPrometheus, startPromlite } from './servers.ts';
import { type Pages, startPages } from './written-pages.ts';

export interface RemoteWriteOptions {
  /** How long is scraped and written. */
  readonly seconds: number;
}

const POLL_MS = 200;
const QUEUE_EMPTY_WITHIN_MS = 120_000;
const METADATA_WITHIN_MS = 30_000;
const SUITE = 'remote write';

interface Both {
  readonly prometheus: Server;
  readonly promlite: Server;
}

export async function runRemoteWriteSuite(report: Report, { seconds }: RemoteWriteOptions): Promise<void> {
  const parts: { stop(): Promise<unknown> }[] = [];
  const started = async <T extends { stop(): Promise<unknown> }>(part: Promise<T>): Promise<T> => {
    parts.unshift(await part);
    return part;
  };
  try {
    const pages = await started(startPages());
    const exporter = `127.0.0.1:${await freePort()}`;
    await started(startNodeExporter(exporter));
    const promlite = await started(startPromlite());
    const prometheus = await started(
      startPrometheus({ flags: ['--web.enable-lifecycle', '--enable-feature=exemplar-storage'] }),
    );
    const both = { prometheus, promlite };
    const startMs = Date.now();
    await configure(both, scrapeConfigs(prometheus, exporter, pages));
    await delay(seconds * 1000);
    await compareMetadata(report, both);
    await configure(both, '');
    await queueEmpty(prometheus);
    const endMs = Date.now() + 1000;
    const milliseconds = await compareSamples(report, both, startMs, endMs);
    await compareQueries(report, both, { startMs, endMs, millisecond: freeMillisecond(milliseconds) });
    await compareExemplars(report, both, startMs, endMs);
  } finally {
    for (const part of parts) await part.stop();
  }
}

function startNodeExporter(address: string): Promise<Child> {
  return Child.start({
    command: requireProgram('prometheus-node-exporter'),
    args: [`--web.listen-address=${address}`],
    readyUrl: `http://${address}/metrics`,
  });
}

/** Gives Prometheus these scrape configurations; the remote write stays as it is. */
async function configure({ prometheus, promlite }: Both, scrapes: string): Promise<void> {
  const text =
    'global: { scrape_interval: 1s, scrape_timeout: 1s }\n' +
    `remote_write:\n  - url: ${promlite.url}/api/v1/write\n    send_exemplars: true\n` +
    `    metadata_config: { send_interval: 5s }\n${scrapes}`;
  writeFileSync(join(prometheus.dataFolder, 'prometheus.yml'), text);
  const response = await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
  if (!response.ok) throw new Error(`reload: ${response.status} ${await response.text()}`);
}

function scrapeConfigs(prometheus: Server, exporter: string, { address }: Pages): string {
  const job = (name: string, target: string, path = '/metrics') =>
    `  - { job_name: ${name}, metrics_path: ${path}, static_configs: [{ targets: ['${target}'] }] }\n`;
  return (
    `scrape_configs:\n${job('node', exporter)}${job('prometheus', new URL(prometheus.url).host)}` +
    `${job('text', address, '/text')}${job('openmetrics', address, '/openmetrics')}` +
    // A target that is never up.
    job('down', '127.0.0.1:1')
  );
}

/** Resolves once everything that Prometheus scraped has been sent. */
async function queueEmpty(prometheus: Server): Promise<void> {
  const deadlineMs = Date.now() + QUEUE_EMPTY_WITHIN_MS;
  for (let quiet = 0; quiet < 3; ) {
    const page = await (await fetch(`${prometheus.url}/metrics`)).text();
    const value = (name: string) =>
      Number(new RegExp(`^prometheus_remote_storage_${name}.* (\\S+)$`, 'm').exec(page)?.[1]);
    const isEmpty =
      value('samples_pending') === 0 &&
      value('exemplars_pending') === 0 &&
      value('queue_highest_sent_timestamp_seconds') >= value('highest_timestamp_in_seconds');
    quiet = isEmpty ? quiet + 1 : 0;
    if (Date.now() > deadlineMs) throw new Error('Prometheus did not send all that it had');
    await delay(POLL_MS);
  }
}

/** Returns the milliseconds of the second at which there are samples. */
async function compareSamples(
  report: Report,
  both: Both,
  startMs: number,
  endMs: number,
): Promise<Set<number>> {
  const names = await both.prometheus.api.metricNames();
  const written = await both.promlite.api.metricNames();
  const surplus = written.filter(name => !names.includes(name));
  report.record(
    `${SUITE}, samples`,
    'metric names',
    surplus.map(name => `surplus metric ${name}`),
  );

  const milliseconds = new Set<number>();
  let [seriesCount, samples, differing] = [0, 0, 0];
  for (const name of names) {
    const query = `{__name__="${name}"}[${Math.ceil((endMs - startMs) / 1000) + 1}s]`;
    const prometheus = await both.prometheus.api.instant(query, endMs);
    const promlite = await both.promlite.api.instant(query, endMs);
    const found = differences(prometheus, promlite, { tolerance: 0 });
    report.record(`${SUITE}, samples`, query, found, { prometheus, promlite });
    if (found.length > 0) differing++;
    for (const { values = [] } of (prometheus.body.data?.result ?? []) as ResultSeries[]) {
      seriesCount++;
      samples += values.length;
      for (const [seconds] of values as Point[]) milliseconds.add(Math.round(seconds * 1000) % 1000);
    }
  }
  const failed = samples === 0 ? ['nothing was written'] : [];
  report.record(`${SUITE}, samples`, 'something to compare', failed);
  process.stdout.write(
    `remote write: ${names.length} metrics, ${seriesCount} series, ${samples} samples; ${differing} metrics differ\n`,
  );
  return milliseconds;
}

/** A millisecond of the second at which there is no sample, so that all versions see the same windows. */
function freeMillisecond(taken: ReadonlySet<number>): number {
  for (let millisecond = 0; millisecond < 1000; millisecond++) {
    if (!taken.has(millisecond)) return millisecond;
  }
  throw new Error('there are samples at every millisecond');
}

const QUERIES = [
  '{job=~".+"}',
  'up',
  'count by (job, __name__) ({job=~".+"})',
  'sum by (job) (scrape_samples_scraped)',
  'count_over_time({job=~".+",__name__!~"page_brief"}[10s])',
  'last_over_time({job="node"}[10s])',
  'max_over_time({job="node"}[10s]) - min_over_time({job="node"}[10s])',
  'changes({job="prometheus"}[15s])',
  'resets({job="prometheus"}[15s])',
  'irate(node_cpu_seconds_total[5s])',
  'page_brief',
  'count(page_brief)',
  'count_over_time(page_brief[7s])',
  'absent(page_brief{number="3"})',
  'page_edge == page_edge',
  'rate(page_requests_total[10s])',
  'increase(page_requests_total{code="500"}[20s])',
  'histogram_quantile(0.9, rate(page_latency_seconds_bucket[10s]))',
  'sum by (le) (rate(page_latency_seconds_bucket[10s]))',
  'delta(node_memory_MemFree_bytes[10s])',
  'node_memory_MemTotal_bytes - node_memory_MemFree_bytes',
];

async function compareQueries(
  report: Report,
  { prometheus, promlite }: Both,
  { startMs, endMs, millisecond }: { startMs: number; endMs: number; millisecond: number },
): Promise<void> {
  const onGrid = (timeMs: number) => Math.floor(timeMs / 1000) * 1000 + millisecond;
  const middleMs = onGrid((startMs + endMs) / 2);
  const steps = { startMs: onGrid(startMs), endMs: onGrid(endMs), stepMs: 1000 };
  for (const query of QUERIES) {
    const instant = {
      prometheus: await prometheus.api.instant(query, middleMs),
      promlite: await promlite.api.instant(query, middleMs),
    };
    const options = { tolerance: 1e-12 };
    report.record(
      `${SUITE}, instant`,
      query,
      differences(instant.prometheus, instant.promlite, options),
      instant,
    );
    const ranged = {
      prometheus: await prometheus.api.range(query, steps),
      promlite: await promlite.api.range(query, steps),
    };
    report.record(`${SUITE}, range`, query, differences(ranged.prometheus, ranged.promlite, options), ranged);
  }
}

type MetadataAnswer = Readonly<Record<string, readonly object[]>>;

/** While Prometheus still has its targets, whose metadata it shows and sends. */
async function compareMetadata(report: Report, { prometheus, promlite }: Both): Promise<void> {
  const deadlineMs = Date.now() + METADATA_WITHIN_MS;
  const expected = await metadataOf(prometheus);
  let missing = [...expected];
  while (missing.length > 0 && Date.now() < deadlineMs) {
    const actual = await metadataOf(promlite);
    missing = [...expected].filter(entry => !actual.has(entry));
    await delay(POLL_MS);
  }
  const found = missing.slice(0, 5).map(entry => `missing ${entry}`);
  report.record(`${SUITE}, metadata`, `${expected.size} entries`, found);
}

/** Family and entry as text. */
async function metadataOf({ url }: Server): Promise<Set<string>> {
  const { data } = (await (await fetch(`${url}/api/v1/metadata`)).json()) as { data: MetadataAnswer };
  return new Set(
    Object.entries(data).flatMap(([family, entries]) =>
      entries.map(entry => `${family} ${JSON.stringify(entry, Object.keys(entry).sort())}`),
    ),
  );
}

async function compareExemplars(report: Report, both: Both, startMs: number, endMs: number): Promise<void> {
  const parameters = new URLSearchParams({
    query: 'page_requests_total',
    start: String(startMs / 1000),
    end: String(endMs / 1000),
  });
  const ask = async ({ url }: Server) => {
    const response = await fetch(`${url}/api/v1/query_exemplars?${parameters}`);
    const { data } = (await response.json()) as { data: ExemplarAnswer[] };
    return data.map(textOfExemplars).sort();
  };
  const [expected, actual] = [await ask(both.prometheus), await ask(both.promlite)];
  const found = expected
    .filter((text, i) => text !== actual[i])
    .map(text => `differs: ${text.slice(0, 300)}`);
  if (expected.length === 0) found.push('Prometheus returned nothing to compare with');
  if (expected.length !== actual.length) found.push(`${actual.length} series, expected ${expected.length}`);
  report.record(`${SUITE}, exemplars`, `${expected.length} series`, found);
}

interface ExemplarAnswer {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
    readonly timestamp: number;
  }[];
}

function textOfExemplars({ seriesLabels, exemplars }: ExemplarAnswer): string {
  const labels = Object.entries(seriesLabels).sort().join(' ');
  return `${labels}: ${exemplars.map(one => `${one.labels.trace_id} ${one.value} ${one.timestamp}`).join(', ')}`;
}
