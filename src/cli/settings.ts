// What the command line asks of the server, typed and with units. In: the flags that were given. Out: Settings.

import type { LogFormat, LogLevel } from '../base/log.ts';
import { nearestName } from '../base/nearest.ts';
import { parseBytes } from '../model/bytes.ts';
import { formatDuration, parseDuration } from '../model/duration.ts';
import { AnchoredRegex, RegexError } from '../model/regex.ts';
import { NO_RETENTION, type Retention, retentionInForce } from '../model/retention.ts';
import {
  FEATURES,
  FEATURES_ALWAYS_ON,
  FEATURES_TO_ENABLE,
  FLAGS,
  HIDDEN_UNLESS_GIVEN,
} from './flag-table.ts';
import { UsageError } from './usage-error.ts';

export interface Settings {
  readonly configFile: string;
  /** How often the configuration file is looked at. */
  readonly configPollIntervalMs: number;
  readonly storagePath: string;
  /** 0 where the flags say nothing. */
  readonly retention: Retention;
  /** One at least; each `host:port`, `:port` or `[::1]:port`. */
  readonly listenAddresses: readonly string[];
  /** As given; '' where it was not. */
  readonly externalUrl: string;
  /** '' or `/prefix`, without a slash at the end. */
  readonly routePrefix: string;
  /** A regular expression, anchored when it is used. */
  readonly corsOrigin: string;
  readonly maxConnections: number;
  readonly lifecycleEnabled: boolean;
  readonly adminEnabled: boolean;
  readonly remoteWriteReceiverEnabled: boolean;
  readonly queryTimeoutMs: number;
  readonly queryMaxSamples: number;
  readonly queryMaxConcurrency: number;
  readonly queryLookbackDeltaMs: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Names given to --enable-feature. */
  readonly features: ReadonlySet<string>;
  /** Every flag by its name without dashes, as /api/v1/status/flags shows it. */
  readonly flags: Readonly<Record<string, string>>;
  /** One line each, to be logged at the start. */
  readonly warnings: readonly string[];
}

const EARLIER_RETENTION = 'storage.tsdb.retention';

type Given = ReadonlyMap<string, readonly string[]>;

/** The values must have been checked by their kind. Throws UsageError for those that are wrong in other ways. */
export function buildSettings(given: Given): Settings {
  const warnings = inertWarnings(given);
  const features = readFeatures(given, warnings);
  const text = (name: string) => given.get(name)?.at(-1) ?? FLAGS.get(name)?.fallback ?? '';
  const durationMs = (name: string) =>
    positive(name, parseDuration(text(name)) ?? 0, 'a duration above 0, such as 5m');
  const count = (name: string) => positive(name, Number(text(name)), 'a whole number above 0');
  const externalUrl = text('web.external-url');
  const routePrefix = readRoutePrefix(text('web.route-prefix'), externalUrl);
  const retention = readRetention(given);
  return Object.freeze({
    configFile: nonEmpty('config.file', text('config.file')),
    configPollIntervalMs: durationMs('config.auto-reload-interval'),
    storagePath: nonEmpty('storage.tsdb.path', text('storage.tsdb.path')),
    retention,
    listenAddresses: readAddresses(given.get('web.listen-address') ?? [text('web.listen-address')]),
    externalUrl,
    routePrefix,
    corsOrigin: readCorsOrigin(text('web.cors.origin')),
    maxConnections: count('web.max-connections'),
    lifecycleEnabled: text('web.enable-lifecycle') === 'true',
    adminEnabled: text('web.enable-admin-api') === 'true',
    remoteWriteReceiverEnabled: text('web.enable-remote-write-receiver') === 'true',
    queryTimeoutMs: durationMs('query.timeout'),
    queryMaxSamples: count('query.max-samples'),
    queryMaxConcurrency: count('query.max-concurrency'),
    queryLookbackDeltaMs: durationMs('query.lookback-delta'),
    logLevel: text('log.level') as LogLevel,
    logFormat: text('log.format') as LogFormat,
    features,
    flags: Object.freeze({
      ...shownFlags(given),
      'web.route-prefix': routePrefix || '/',
      'storage.tsdb.retention.time': formatDuration(retentionInForce(retention, NO_RETENTION).timeMs),
    }),
    warnings: Object.freeze(warnings),
  });
}

function inertWarnings(given: Given): string[] {
  const inert = [...given.keys()].filter(name => FLAGS.get(name)?.help === undefined);
  return inert.map(name =>
    name === EARLIER_RETENTION
      ? `--${name} is deprecated, use --storage.tsdb.retention.time instead`
      : `--${name} is accepted and has no effect in promlite`,
  );
}

/** The earlier name of the time's flag still counts where the later one is not given or 0. */
function readRetention(given: Given): Retention {
  const durationMs = (name: string) => parseDuration(given.get(name)?.at(-1) ?? '0') ?? 0;
  return Object.freeze({
    timeMs: durationMs('storage.tsdb.retention.time') || durationMs(EARLIER_RETENTION),
    sizeBytes: parseBytes(given.get('storage.tsdb.retention.size')?.at(-1) ?? '0') ?? 0,
    diskPercent: 0,
  });
}

function readFeatures(given: Given, warnings: string[]): ReadonlySet<string> {
  const names = (given.get('enable-feature') ?? [])
    .flatMap(value => value.split(','))
    .filter(name => name !== '');
  const features = new Set(names);
  for (const name of features) {
    if (FEATURES_TO_ENABLE.has(name) || FEATURES_ALWAYS_ON.has(name)) continue;
    if (FEATURES.includes(name)) {
      warnings.push(`--enable-feature=${name} is accepted and has no effect in promlite`);
      continue;
    }
    const near = nearestName(name, FEATURES);
    warnings.push(`unknown option for --enable-feature: ${name}${near ? `, did you mean ${near}?` : ''}`);
  }
  return features;
}

function readAddresses(addresses: readonly string[]): readonly string[] {
  for (const address of addresses) {
    const port = /^(?:\[[\da-fA-F:.%\w]+\]|[^:[\]\s]*):(\d{1,5})$/.exec(address)?.[1];
    if (port === undefined || Number(port) > 65_535) {
      const expected = 'expected host:port, :port or [address]:port';
      throw new UsageError(`invalid value "${address}" for --web.listen-address: ${expected}`);
    }
  }
  return Object.freeze([...addresses]);
}

function readRoutePrefix(prefix: string, externalUrl: string): string {
  const isPath = externalUrl === '' || externalUrl.startsWith('/');
  const url = isPath ? undefined : parseHttpUrl(externalUrl);
  if (!isPath && !url) {
    const expected = 'expected a URL such as http://host/path';
    throw new UsageError(`invalid value "${externalUrl}" for --web.external-url: ${expected}`);
  }
  const path = prefix || (url ? url.pathname : externalUrl);
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `/${trimmed}`;
}

function parseHttpUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

function readCorsOrigin(source: string): string {
  try {
    new AnchoredRegex(source);
    return source;
  } catch (thrown) {
    if (!(thrown instanceof RegexError)) throw thrown;
    const expected = 'expected a regular expression such as https?://(a|b)\\.example';
    throw new UsageError(`could not compile CORS regex string "${source}": ${thrown.message}, ${expected}`);
  }
}

function positive(name: string, value: number, expected: string): number {
  if (value > 0) return value;
  throw new UsageError(`invalid value "${value}" for --${name}: expected ${expected}`);
}

function nonEmpty(name: string, value: string): string {
  if (value !== '') return value;
  throw new UsageError(`invalid value "" for --${name}: expected a path`);
}

function shownFlags(given: Given): Record<string, string> {
  const shown = [...FLAGS.values()].filter(
    flag => given.has(flag.name) || !HIDDEN_UNLESS_GIVEN.has(flag.name),
  );
  const entries = shown.map((flag): [string, string] => [
    flag.name,
    given.get(flag.name)?.join(',') ?? flag.fallback,
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
