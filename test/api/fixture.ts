// A running API server over a storage in memory, with an engine and a scraper that say what a test wants, and a
// client that shows replies as they are on the wire.

import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { ApiDependencies } from '../../src/api/contract.ts';
import { createApiServer } from '../../src/api/server.ts';
import { ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import type { Config } from '../../src/config/contract.ts';
import { Labels } from '../../src/model/labels.ts';
import { NO_RETENTION } from '../../src/model/retention.ts';
import type { QueryEngine, QueryResult, QueryStats, QueryValue } from '../../src/query/contract.ts';
import { parseExpr } from '../../src/query/syntax/parse.ts';
import type { PoolStatus, Scraper, TargetStatus } from '../../src/scraper/contract.ts';
import { Row } from '../../src/storage/contract.ts';
import { MemoryStoredStorage } from '../support/memory-stored-storage.ts';

export const NOW_MS = 1_795_382_176_255;

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Form parameters, sent as a POST body. */
  readonly form?: string;
}

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  readonly storage: MemoryStoredStorage;
  readonly registry: Registry;
  request(path: string, options?: RequestOptions): Promise<Reply>;
  close(): Promise<void>;
}

/** Starts a server on a free port. What `overrides` leaves out is harmless. */
export async function startApi(overrides: Partial<ApiDependencies> = {}): Promise<RunningApi> {
  const storage = new MemoryStoredStorage();
  const registry = new Registry();
  const server = createApiServer({ ...harmlessDependencies(storage, registry), ...overrides });
  const { host, port } = await server.listen('127.0.0.1:0');
  return {
    url: `http://${host}:${port}`,
    port,
    storage,
    registry,
    request: (path, options) => send(port, path, options),
    close: () => server.close(1000),
  };
}

export function harmlessDependencies(storage: MemoryStoredStorage, registry: Registry): ApiDependencies {
  return {
    engine: fixedEngine({ kind: 'scalar', timestampMs: 4000, value: 2 }),
    storage,
    scraper: scraperOf([]),
    remoteWrite: undefined,
    config: () => CONFIG,
    runtime: {
      startTimeMs: NOW_MS - 1000,
      ready: true,
      stopping: false,
      reloadSucceeded: true,
      lastConfigTimeMs: NOW_MS - 1000,
      retentionText: '15d',
    },
    reload: async () => {},
    quit: () => {},
    memorySaving: { begin() {}, suspend() {}, resume() {} },
    options: {
      flags: { 'web.listen-address': ':9090', 'config.file': 'prometheus.yml' },
      version: '0.1.0',
      lifecycleEnabled: false,
      adminEnabled: false,
      routePrefix: '',
      corsOrigin: '.*',
      maxConnections: 512,
      queryTimeoutMs: 120_000,
    },
    registry,
    clock: new ManualClock(NOW_MS),
    log: silentLogger,
  };
}

export const CONFIG: Config = {
  global: {
    scrapeIntervalMs: 15_000,
    scrapeTimeoutMs: 10_000,
    evaluationIntervalMs: 15_000,
    externalLabels: Labels.EMPTY,
  },
  scrapeConfigs: [],
  storage: { outOfOrderWindowMs: 0, retention: NO_RETENTION, maxExemplars: 100_000 },
  yaml: 'global:\n  scrape_interval: 15s\n',
  file: 'prometheus.yml',
  warnings: [],
};

export const NO_STATS: QueryStats = {
  timings: {
    evalTotalTime: 0.5,
    resultSortTime: 0,
    queryPreparationTime: 0.25,
    innerEvalTime: 0.125,
    execQueueTime: 0,
    execTotalTime: 1,
  },
  samples: { totalQueryableSamples: 3, samplesRead: 3, peakSamples: 2 },
};

export function resultOf(value: QueryValue, more: Partial<QueryResult> = {}): QueryResult {
  return { value, warnings: [], infos: [], stats: NO_STATS, ...more };
}

/** An engine that gives this answer to everything. */
export function fixedEngine(value: QueryValue, more: Partial<QueryResult> = {}): QueryEngine {
  return {
    parse: parseExpr,
    instant: async () => resultOf(value, more),
    range: async () => resultOf(value, more),
  };
}

/** An engine that fails with this. */
export function failingEngine(error: Error): QueryEngine {
  return { parse: parseExpr, instant: () => Promise.reject(error), range: () => Promise.reject(error) };
}

export function scraperOf(pools: readonly PoolStatus[]): Scraper {
  return { apply: async () => {}, pools: () => pools, stop: async () => {} };
}

export function targetOf(more: Partial<TargetStatus> = {}): TargetStatus {
  return {
    discoveredLabels: Labels.of({ __address__: 'a:1', job: 'one' }),
    labels: Labels.of({ instance: 'a:1', job: 'one' }),
    scrapePool: 'one',
    scrapeUrl: 'http://a:1/metrics',
    globalUrl: 'http://a:1/metrics',
    lastError: '',
    lastScrapeMs: NOW_MS,
    lastScrapeDurationMs: 12.5,
    health: 'up',
    scrapeIntervalMs: 15_000,
    scrapeTimeoutMs: 10_000,
    metadata: new Map(),
    ...more,
  };
}

/** Puts one sample of each series into the storage. */
export function fill(
  storage: MemoryStoredStorage,
  series: readonly Readonly<Record<string, string>>[],
  timestampMs: number,
  value = 1,
): void {
  const group = storage.group('test');
  const row = new Row(group, timestampMs);
  for (const labels of series) row.add(group.column(Labels.of(labels)), value);
  storage.commit([row]);
}

async function send(port: number, path: string, options: RequestOptions = {}): Promise<Reply> {
  const { form, method = form === undefined ? 'GET' : 'POST', body = form } = options;
  const formType = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const headers = { ...formType, ...length, ...options.headers };
  const outgoing = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
  // A server that answers before it has read all may close: what it said counts.
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [incoming] = await once(outgoing, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const received = Buffer.concat(chunks);
  return {
    status: incoming.statusCode,
    headers: incoming.headers,
    body: received,
    text: received.toString('utf8'),
  };
}
