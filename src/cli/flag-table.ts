// Every flag of the server that Prometheus knows, from 2.51 on: name, kind of value, default, and whether it has an
// effect here. The parser, the help and /api/v1/status/flags are made of this table.

export type FlagKind =
  | 'text'
  | 'boolean'
  | 'duration'
  | 'goDuration'
  | 'integer'
  | 'number'
  | 'bytes'
  | 'choice';

export interface Flag {
  readonly name: string;
  readonly kind: FlagKind;
  /** As it would be written. */
  readonly fallback: string;
  /** May be given more than once; the values are joined by commas for display. */
  readonly repeatable: boolean;
  /** For a choice. */
  readonly choices: readonly string[];
  /** undefined: accepted, with a warning that it has no effect. */
  readonly help: FlagHelp | undefined;
}

export interface FlagHelp {
  readonly group: 'Configuration' | 'Storage' | 'Queries' | 'Web' | 'Log' | 'Other';
  readonly text: string;
}

type Group = FlagHelp['group'];

function flag(
  group: Group,
  name: string,
  kind: FlagKind,
  fallback: string,
  text: string,
  more: { repeatable?: boolean; choices?: readonly string[] } = {},
): Flag {
  const { repeatable = false, choices = [] } = more;
  return { name, kind, fallback, repeatable, choices, help: { group, text } };
}

/** A flag that is accepted so that an existing command line starts. */
function inert(name: string, kind: FlagKind, fallback = '', choices: readonly string[] = []): Flag {
  return { name, kind, fallback, repeatable: false, choices, help: undefined };
}

const WITH_EFFECT: readonly Flag[] = [
  flag('Configuration', 'config.file', 'text', 'prometheus.yml', 'Configuration file.'),
  flag(
    'Configuration',
    'config.auto-reload-interval',
    'duration',
    '5s',
    'How often the configuration file is looked at for changes.',
  ),
  flag('Storage', 'storage.tsdb.path', 'text', 'data/', 'Folder for everything that is stored.'),
  flag(
    'Storage',
    'storage.tsdb.retention.time',
    'duration',
    '15d',
    'How long samples are kept. Units: y, w, d, h, m, s, ms. No limit where only a size is given.',
  ),
  flag(
    'Storage',
    'storage.tsdb.retention.size',
    'bytes',
    '0B',
    'How much may be stored; the oldest goes first. Units: B, KB, MB, GB, TB, PB, EB. 0: no limit.',
  ),
  flag(
    'Queries',
    'query.lookback-delta',
    'duration',
    '5m',
    'How far back a query looks for the last sample.',
  ),
  flag('Queries', 'query.timeout', 'duration', '2m', 'How long a query may take.'),
  flag('Queries', 'query.max-concurrency', 'integer', '20', 'How many queries run at the same time.'),
  flag(
    'Queries',
    'query.max-samples',
    'integer',
    '50000000',
    'How many samples one query may hold in memory.',
  ),
  flag(
    'Web',
    'web.listen-address',
    'text',
    '0.0.0.0:9090',
    'Address to listen on: host:port or :port. May be repeated.',
    {
      repeatable: true,
    },
  ),
  flag('Web', 'web.external-url', 'text', '', 'URL under which this server is reached from outside.'),
  flag(
    'Web',
    'web.route-prefix',
    'text',
    '',
    'Prefix of all paths; by default the path of --web.external-url.',
  ),
  flag('Web', 'web.max-connections', 'integer', '512', 'How many connections may be open at the same time.'),
  flag('Web', 'web.cors.origin', 'text', '.*', 'Regular expression of origins that CORS allows, anchored.'),
  flag('Web', 'web.enable-lifecycle', 'boolean', 'false', 'Allows POST /-/reload and /-/quit.'),
  flag(
    'Web',
    'web.enable-admin-api',
    'boolean',
    'false',
    'Allows deleting series and taking snapshots on /api/v1/admin/tsdb/.',
  ),
  flag('Web', 'web.enable-remote-write-receiver', 'boolean', 'false', 'Takes samples on /api/v1/write.'),
  flag('Log', 'log.level', 'choice', 'info', 'The least severe messages that are logged.', {
    choices: ['debug', 'info', 'warn', 'error'],
  }),
  flag('Log', 'log.format', 'choice', 'logfmt', 'How messages are written.', { choices: ['logfmt', 'json'] }),
  flag('Other', 'enable-feature', 'text', '', 'Names of features, separated by commas. May be repeated.', {
    repeatable: true,
  }),
];

const COMPRESSIONS = ['snappy', 'zstd'];

const WITHOUT_EFFECT: readonly Flag[] = [
  inert('agent', 'boolean', 'false'),
  inert('auto-gomaxprocs', 'boolean', 'true'),
  inert('auto-gomemlimit', 'boolean', 'true'),
  inert('auto-gomemlimit.ratio', 'number', '0.9'),
  inert('web.config.file', 'text'),
  inert('web.read-timeout', 'duration', '5m'),
  inert('web.max-notifications-subscribers', 'integer', '16'),
  inert('web.user-assets', 'text'),
  inert('web.local-assets', 'text'),
  inert('web.remote-write-receiver.accepted-protobuf-messages', 'text', 'prometheus.WriteRequest'),
  inert('web.enable-otlp-receiver', 'boolean', 'false'),
  inert('web.console.templates', 'text', 'consoles'),
  inert('web.console.libraries', 'text', 'console_libraries'),
  inert('web.page-title', 'text', 'Prometheus Time Series Collection and Processing Server'),
  inert('storage.tsdb.min-block-duration', 'duration', '2h'),
  inert('storage.tsdb.max-block-duration', 'duration', '1d12h'),
  inert('storage.tsdb.max-block-chunk-segment-size', 'bytes', '0B'),
  inert('storage.tsdb.wal-segment-size', 'bytes', '0B'),
  inert('storage.tsdb.retention', 'duration', '0s'),
  inert('storage.tsdb.no-lockfile', 'boolean', 'false'),
  inert('storage.tsdb.use-lockfile', 'boolean', 'false'),
  inert('storage.tsdb.allow-overlapping-blocks', 'boolean', 'true'),
  inert('storage.tsdb.allow-overlapping-compaction', 'boolean', 'true'),
  inert('storage.tsdb.wal-compression', 'boolean', 'true'),
  inert('storage.tsdb.wal-compression-type', 'choice', 'snappy', COMPRESSIONS),
  inert('storage.tsdb.head-chunks-write-queue-size', 'integer', '0'),
  inert('storage.tsdb.samples-per-chunk', 'integer', '120'),
  inert('storage.tsdb.delayed-compaction.max-percent', 'integer', '10'),
  inert('storage.tsdb.delay-compact-file.path', 'text'),
  inert('storage.tsdb.block-reload-interval', 'duration', '1m'),
  inert('storage.agent.path', 'text', 'data-agent/'),
  inert('storage.agent.wal-segment-size', 'bytes', '0B'),
  inert('storage.agent.wal-compression', 'boolean', 'true'),
  inert('storage.agent.wal-compression-type', 'choice', 'snappy', COMPRESSIONS),
  inert('storage.agent.wal-truncate-frequency', 'duration', '0s'),
  inert('storage.agent.retention.min-time', 'duration', '0s'),
  inert('storage.agent.retention.max-time', 'duration', '0s'),
  inert('storage.agent.no-lockfile', 'boolean', 'false'),
  inert('storage.agent.use-lockfile', 'boolean', 'false'),
  inert('storage.remote.flush-deadline', 'duration', '1m'),
  inert('storage.remote.read-sample-limit', 'integer', '50000000'),
  inert('storage.remote.read-concurrent-limit', 'integer', '10'),
  inert('storage.remote.read-max-bytes-in-frame', 'integer', '1048576'),
  inert('rules.alert.for-outage-tolerance', 'duration', '1h'),
  inert('rules.alert.for-grace-period', 'duration', '10m'),
  inert('rules.alert.resend-delay', 'duration', '1m'),
  inert('rules.max-concurrent-evals', 'integer', '4'),
  inert('scrape.adjust-timestamps', 'boolean', 'true'),
  inert('scrape.timestamp-tolerance', 'goDuration', '2ms'),
  inert('scrape.discovery-reload-interval', 'duration', '5s'),
  inert('scrape.name-escaping-scheme', 'choice', 'values', ['values', 'underscores', 'dots']),
  inert('alertmanager.timeout', 'text'),
  inert('alertmanager.notification-queue-capacity', 'integer', '10000'),
  inert('alertmanager.notification-batch-size', 'integer', '256'),
  inert('alertmanager.drain-notification-queue-on-shutdown', 'boolean', 'true'),
];

/** By name, without dashes. */
export const FLAGS: ReadonlyMap<string, Flag> = new Map(
  [...WITH_EFFECT, ...WITHOUT_EFFECT].map(entry => [entry.name, entry]),
);

/** Names of earlier or later versions, kept out of the list of flags unless given. */
export const HIDDEN_UNLESS_GIVEN: ReadonlySet<string> = new Set([
  'web.local-assets',
  'storage.tsdb.retention',
  'storage.tsdb.use-lockfile',
  'storage.tsdb.allow-overlapping-blocks',
  'storage.agent.use-lockfile',
  'scrape.name-escaping-scheme',
  'alertmanager.timeout',
]);

/** Names that --enable-feature knows. */
export const FEATURES: readonly string[] = [
  'agent',
  'auto-gomaxprocs',
  'auto-gomemlimit',
  'auto-reload-config',
  'concurrent-rule-eval',
  'created-timestamp-zero-ingestion',
  'delayed-compaction',
  'exemplar-storage',
  'expand-external-labels',
  'extra-scrape-metrics',
  'memory-snapshot-on-shutdown',
  'metadata-wal-records',
  'native-histograms',
  'new-service-discovery-manager',
  'no-default-scrape-port',
  'old-ui',
  'otlp-deltatocumulative',
  'otlp-native-delta-ingestion',
  'otlp-write-receiver',
  'promql-at-modifier',
  'promql-binop-fill-modifiers',
  'promql-delayed-name-removal',
  'promql-duration-expr',
  'promql-experimental-functions',
  'promql-extended-range-selectors',
  'promql-negative-offset',
  'promql-per-step-stats',
  'remote-write-receiver',
  'st-storage',
  'st-synthesis',
  'type-and-unit-labels',
  'use-start-timestamps',
  'use-uncached-io',
  'utf8-names',
  'xor2-encoding',
];

/** Those that change what promlite does. */
export const FEATURES_TO_ENABLE: ReadonlySet<string> = new Set([
  'created-timestamp-zero-ingestion',
  'extra-scrape-metrics',
  'promql-binop-fill-modifiers',
  'promql-delayed-name-removal',
  'promql-experimental-functions',
  'promql-extended-range-selectors',
  'promql-per-step-stats',
  'st-storage',
  'type-and-unit-labels',
  'use-start-timestamps',
]);

/** Those whose effect is there in any case. */
export const FEATURES_ALWAYS_ON: ReadonlySet<string> = new Set([
  'auto-reload-config',
  'exemplar-storage',
  'expand-external-labels',
  'no-default-scrape-port',
  'promql-at-modifier',
  'promql-duration-expr',
  'promql-negative-offset',
  'utf8-names',
]);
