// The running service: builds the parts from the settings, starts them in order, stops them in reverse.
//
// In: Settings of the command line. Out: a Service with its address, a reload and an orderly stop. No logic of
// scraping, storing or answering lives here.

import type { ApiOptions, ApiServer } from './api/contract.ts';
import { createApiServer } from './api/server.ts';
import type { Clock } from './base/clock.ts';
import { nodeFlags } from './base/environment.ts';
import { messageOf } from './base/errors.ts';
import type { Logger } from './base/log.ts';
import { createMemorySaving } from './base/memory-saving.ts';
import { Gauge, Registry } from './base/metrics.ts';
import type { Settings } from './cli/settings.ts';
import type { Config } from './config/contract.ts';
import { loadConfig } from './config/load.ts';
import { type ConfigWatch, watchConfigFile } from './config/watch.ts';
import { formatRetention, type Retention, retentionInForce } from './model/retention.ts';
import type { EngineLimits } from './query/contract.ts';
import { createEngine } from './query/engine.ts';
import type { RemoteWriteReceiver } from './remote/contract.ts';
import { createRemoteWriteReceiver } from './remote/receiver.ts';
import type { Scraper } from './scraper/contract.ts';
import { createScraper } from './scraper/manager.ts';
import { lookEveryMs } from './scraper/schedule.ts';
import type { StoredStorage } from './storage/contract.ts';
import { openStorage } from './storage/open.ts';
import { RetentionJob } from './storage/retention.ts';

/** Docker kills after 10 s; these leave room for the storage to close. */
const REQUESTS_END_WITHIN_MS = 3000;
const SCRAPES_END_WITHIN_MS = 3000;

export interface Service {
  /** Where it listens: the first address. */
  readonly host: string;
  readonly port: number;
  /** Reads the configuration again. Rejects with ConfigError where it is bad; the old one then stays in force. */
  reload(): Promise<void>;
  /** Ends requests and scrapes, closes the storage. Within 8 seconds; may be called twice. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly settings: Settings;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when a client asks the service to end. */
  readonly quit: () => void;
}

/** Resolves once it is ready; rejects with ConfigError, StorageError or what kept it from listening. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { settings, log } = options;
  for (const warning of settings.warnings) log.warn(warning);
  let reloadChanged = () => {};
  let shortestIntervalMs = () => Number.POSITIVE_INFINITY;
  const watch = watchConfigFile(settings.configFile, () => reloadChanged(), {
    // What a reload adds is to be scraped within its interval, however short.
    intervalMs: () => Math.min(settings.configPollIntervalMs, lookEveryMs(shortestIntervalMs())),
  });
  try {
    // What changes from here on is noticed, even while the parts are built.
    await watch.started;
    const parts = buildParts(options, watch);
    shortestIntervalMs = parts.shortestIntervalMs;
    reloadChanged = () => void parts.reload().catch(() => undefined);
    return await startParts(parts, options, watch);
  } catch (failure) {
    watch.stop();
    throw failure;
  }
}

interface Parts {
  readonly storage: StoredStorage;
  readonly retention: RetentionJob;
  readonly scraper: Scraper;
  readonly remoteWrite: RemoteWriteReceiver | undefined;
  readonly api: ApiServer;
  readonly state: ServiceState;
  readonly reload: () => Promise<void>;
  readonly applyFirst: () => Promise<void>;
  /** Of all jobs in force, ms. */
  readonly shortestIntervalMs: () => number;
}

/** Makes every part and hands each what it needs; only the storage's folder is touched. */
function buildParts({ settings, version, clock, log, quit }: ServiceOptions, watch: ConfigWatch): Parts {
  let config = readConfig(settings.configFile, log);
  const registry = new Registry();
  const state = new ServiceState(clock.nowMs(), registry);
  const shared = (component: string) => ({ clock, registry, version, log: log.child({ component }) });
  const { features, storagePath: folder } = settings;
  const retentionOf = ({ storage }: Config) => retentionInForce(settings.retention, storage.retention);

  const storage = openStorage({
    ...shared('storage'),
    folder,
    retentionMs: retentionOf(config).timeMs || Number.POSITIVE_INFINITY,
    outOfOrderWindowMs: config.storage.outOfOrderWindowMs,
  });
  const retention = new RetentionJob({ ...shared('retention'), storage, folder });
  const engine = createEngine({
    ...shared('query'),
    features,
    querierOf: (minTimeMs, maxTimeMs) => storage.querier(minTimeMs, maxTimeMs),
    limits: limitsOf(settings),
    evaluationIntervalMs: () => config.global.evaluationIntervalMs,
  });
  const scraper = createScraper({ ...shared('scraper'), features, storage });
  const apply = async (next: Config) => {
    await scraper.apply(next);
    storage.configure(next.storage);
    retention.apply(retentionOf(next));
    config = next;
    state.configured(clock.nowMs(), retentionOf(next));
  };
  const reload = async () => {
    await watch.refresh();
    await reloading(settings.configFile, log, state, apply);
  };
  const remoteWrite = settings.remoteWriteReceiverEnabled
    ? createRemoteWriteReceiver({ ...shared('remote-write'), storage })
    : undefined;
  const api = createApiServer({
    ...shared('web'),
    engine,
    storage,
    scraper,
    remoteWrite,
    config: () => config,
    runtime: state,
    reload,
    quit,
    memorySaving: createMemorySaving(nodeFlags()),
    options: apiOptionsOf(settings, version),
  });
  const applyFirst = () => apply(config);
  const shortestIntervalMs = () =>
    Math.min(...config.scrapeConfigs.map(({ scrapeIntervalMs }) => scrapeIntervalMs));
  return { storage, retention, scraper, remoteWrite, api, state, reload, applyFirst, shortestIntervalMs };
}

/** In the order in which each may need the one before; stop goes the other way. */
async function startParts(
  { storage, retention, scraper, remoteWrite, api, state, reload, applyFirst }: Parts,
  { settings, log }: ServiceOptions,
  watch: ConfigWatch,
): Promise<Service> {
  const address = await listenOn(settings.listenAddresses, api).catch(async failure => {
    await api.close(0);
    retention.stop();
    storage.close();
    throw failure;
  });
  await applyFirst();
  state.ready = true;

  const stop = async () => {
    state.stopping = true;
    watch.stop();
    await Promise.all([scraper.stop(SCRAPES_END_WITHIN_MS), api.close(REQUESTS_END_WITHIN_MS)]);
    retention.stop();
    remoteWrite?.close();
    storage.close();
    log.info('stopped');
  };
  let stopped: Promise<void> | undefined;
  return {
    ...address,
    reload,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Resolves to the first of the addresses, as it is in use. */
async function listenOn(
  addresses: readonly string[],
  api: ApiServer,
): Promise<{ readonly host: string; readonly port: number }> {
  const inUse: { readonly host: string; readonly port: number }[] = [];
  for (const address of addresses) inUse.push(await api.listen(address));
  return inUse[0];
}

function readConfig(file: string, log: Logger): Config {
  const config = loadConfig(file);
  for (const warning of config.warnings) log.warn({ file }, warning);
  return config;
}

/** Reads the file again and applies it; where it is bad, says so and lets the caller know. */
async function reloading(
  file: string,
  log: Logger,
  state: ServiceState,
  apply: (config: Config) => Promise<void>,
): Promise<void> {
  try {
    await apply(readConfig(file, log));
    log.info({ file }, 'configuration loaded');
  } catch (failure) {
    state.refusedConfig();
    log.error({ file, err: messageOf(failure) }, 'configuration not loaded, the old one stays in force');
    throw failure;
  }
}

function limitsOf(settings: Settings): EngineLimits {
  return {
    timeoutMs: settings.queryTimeoutMs,
    maxSamples: settings.queryMaxSamples,
    maxConcurrency: settings.queryMaxConcurrency,
    lookbackDeltaMs: settings.queryLookbackDeltaMs,
  };
}

function apiOptionsOf(settings: Settings, version: string): ApiOptions {
  return {
    flags: settings.flags,
    version,
    lifecycleEnabled: settings.lifecycleEnabled,
    adminEnabled: settings.adminEnabled,
    routePrefix: settings.routePrefix,
    corsOrigin: settings.corsOrigin,
    maxConnections: settings.maxConnections,
    queryTimeoutMs: settings.queryTimeoutMs,
  };
}

/** What the API shows of the service, and the metrics that Prometheus has for it. */
class ServiceState {
  readonly startTimeMs: number;
  ready = false;
  stopping = false;
  reloadSucceeded = true;
  lastConfigTimeMs: number;
  retentionText = '';
  private readonly reloadSuccess: Gauge;
  private readonly reloadTime: Gauge;

  constructor(startTimeMs: number, registry: Registry) {
    this.startTimeMs = startTimeMs;
    this.lastConfigTimeMs = startTimeMs;
    this.reloadSuccess = new Gauge({
      name: 'prometheus_config_last_reload_successful',
      help: 'Whether the last configuration reload attempt was successful.',
      registers: [registry],
    });
    this.reloadTime = new Gauge({
      name: 'prometheus_config_last_reload_success_timestamp_seconds',
      help: 'Timestamp of the last successful configuration reload.',
      registers: [registry],
    });
  }

  /** A configuration came into force. */
  configured(nowMs: number, retention: Retention): void {
    this.retentionText = formatRetention(retention);
    this.reloadSucceeded = true;
    this.lastConfigTimeMs = nowMs;
    this.reloadSuccess.set(1);
    this.reloadTime.set(nowMs / 1000);
  }

  /** A configuration was refused; the one before stays in force. */
  refusedConfig(): void {
    this.reloadSucceeded = false;
    this.reloadSuccess.set(0);
  }
}
