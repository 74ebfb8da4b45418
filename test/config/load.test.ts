// What a good configuration file becomes: typed values with defaults, absolute paths, and its normalised text.
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Config, ScrapeConfig } from '../../src/config/contract.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';

const folder = import.meta.dirname;
const file = join(folder, 'full.yml');
let config: Config;

beforeAll(() => {
  process.env.PROMLITE_TEST_PLACE = 'the attic';
  config = loadConfig(file);
});

function job(name: string): ScrapeConfig {
  const found = config.scrapeConfigs.find(candidate => candidate.jobName === name);
  if (!found) throw new Error(`no job ${name}`);
  return found;
}

const parse = (text: string) => parseConfig(text, 'prometheus.yml');

test('the global part is typed, environment variables in external labels are replaced', () => {
  expect(config.global).toMatchObject({
    scrapeIntervalMs: 15_000,
    scrapeTimeoutMs: 5000,
    evaluationIntervalMs: 30_000,
  });
  expect(config.global.externalLabels.toObject()).toEqual({
    home: 'in the attic',
    monitor: 'main',
    number: '7',
    price: '$5',
  });
});

test('a job without settings has the defaults, limits come from global', () => {
  expect(job('prometheus')).toEqual({
    jobName: 'prometheus',
    scrapeIntervalMs: 15_000,
    scrapeTimeoutMs: 5000,
    metricsPath: '/metrics',
    scheme: 'http',
    params: {},
    honorLabels: false,
    honorTimestamps: true,
    trackTimestampsStaleness: false,
    enableCompression: true,
    scrapeProtocols: [
      'OpenMetricsText1.0.0',
      'OpenMetricsText0.0.1',
      'PrometheusText1.0.0',
      'PrometheusText0.0.4',
    ],
    fallbackScrapeProtocol: undefined,
    followRedirects: true,
    relabelRules: [],
    metricRelabelRules: [],
    staticConfigs: [{ targets: ['localhost:9090'], labels: {}, source: '0' }],
    fileSdConfigs: [],
    authorization: undefined,
    httpHeaders: {},
    tls: {
      caFile: undefined,
      certFile: undefined,
      keyFile: undefined,
      serverName: undefined,
      insecureSkipVerify: false,
    },
    sampleLimit: 20_000,
    targetLimit: 0,
    labelLimit: 0,
    labelNameLengthLimit: 0,
    labelValueLengthLimit: 0,
    bodySizeLimitBytes: 50 * 1024 * 1024,
  });
});

test('every setting of a job arrives, relative paths start from the folder of the file', () => {
  expect(job('services')).toMatchObject({
    scrapeIntervalMs: 60_000,
    scrapeTimeoutMs: 5000,
    metricsPath: '/internal/metrics',
    params: { format: ['prometheus'], 'match[]': ['{job="a"}', 'up'] },
    honorLabels: true,
    honorTimestamps: false,
    trackTimestampsStaleness: true,
    enableCompression: false,
    followRedirects: false,
    staticConfigs: [
      { targets: ['query-router:8000', 'optimizer:8000'], labels: { tier: 'back', empty: '' }, source: '0' },
      { targets: ['gateway:8080'], labels: {}, source: '1' },
    ],
    fileSdConfigs: [
      { files: [join(folder, 'targets/*.json'), '/etc/prometheus/targets.yml'], refreshIntervalMs: 90_000 },
    ],
    authorization: {
      type: 'Bearer',
      credentials: undefined,
      credentialsFile: join(folder, 'secrets/token'),
    },
    httpHeaders: {
      'X-Metrics-Token': { values: [], secrets: ['hidden'], files: [] },
      'X-Scope': { values: ['a', 'b'], secrets: [], files: [join(folder, 'secrets/scope')] },
    },
    tls: { caFile: join(folder, 'tls/ca.pem'), serverName: 'services.internal', insecureSkipVerify: false },
    sampleLimit: 5000,
    targetLimit: 50,
    labelLimit: 30,
    labelNameLengthLimit: 200,
    labelValueLengthLimit: 1000,
    bodySizeLimitBytes: 1.5 * 1024 * 1024,
  });
});

test('relabel rules of every action', () => {
  const rules = job('services').relabelRules.map(rule => ({ ...rule, regex: rule.regex.source }));
  expect(rules.map(rule => rule.action)).toEqual([
    'replace',
    'replace',
    'keep',
    'drop',
    'keepequal',
    'dropequal',
    'hashmod',
    'labelmap',
    'lowercase',
    'uppercase',
  ]);
  expect(rules[1]).toEqual({
    action: 'replace',
    sourceLabels: ['host', 'tier'],
    separator: '/',
    regex: '(.*)',
    modulus: 0,
    targetLabel: 'where',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the relabelling language
    replacement: '$1-${2}',
  });
  expect(rules[6]).toMatchObject({ modulus: 4, targetLabel: '__shard', separator: ';', replacement: '$1' });
  const [, , last] = job('services').metricRelabelRules;
  expect([last.regex.source, last.replacement]).toEqual(['', 'none']);
});

test('aliases and merge keys: own keys win over merged ones', () => {
  expect(job('gateway')).toMatchObject({
    scrapeIntervalMs: 60_000,
    scrapeTimeoutMs: 20_000,
    scheme: 'https',
    authorization: { type: 'Basic', credentials: Buffer.from('ops:p:ss').toString('base64') },
    tls: {
      caFile: join(folder, 'tls/ca.pem'),
      serverName: 'gateway.internal',
      insecureSkipVerify: true,
    },
  });
});

test('tokens and files of a basic authorization', () => {
  expect(job('old').authorization).toEqual({
    type: 'Bearer',
    credentials: 't0ken',
    credentialsFile: undefined,
  });
  expect(job('from-files')).toMatchObject({
    scrapeTimeoutMs: 2000,
    authorization: {
      type: 'Basic',
      credentials: undefined,
      basicFromFiles: {
        usernameFile: join(folder, 'user'),
        passwordFile: resolve('/run/secrets/password'),
      },
    },
  });
});

test('what has no effect is warned of once, with its place', () => {
  const inert = (path: string) => `${path} is accepted and has no effect in promlite`;
  expect(config.warnings.map(warning => warning.replace(`${file}:`, ''))).toEqual(
    [
      '6:3: global.rule_query_offset',
      '14:3: global.keep_dropped_targets',
      '16:1: runtime',
      '19:1: rule_files',
      '23:1: alerting',
      '115:5: scrape_configs.proxy_url',
      '122:31: PrometheusProto',
      '123:5: scrape_configs.metric_name_validation_scheme',
      '130:5: scrape_configs.dns_sd_configs',
      '135:1: remote_write',
      '139:1: remote_read',
      '149:1: tracing',
      '152:1: otlp',
    ].map(inert),
  );
});

test('what can be changed of the storage', () => {
  expect(config.storage).toEqual({
    outOfOrderWindowMs: 1_800_000,
    retention: { timeMs: 0, sizeBytes: 0, diskPercent: 0 },
    maxExemplars: 1000,
  });
  const { storage, warnings, yaml } = parse(`
storage:
  tsdb:
    retention: {time: 36h, size: 512MB, percentage: 2.5}
    stale_series_compaction_threshold: 0.5
  exemplars:
`);
  expect(storage).toEqual({
    outOfOrderWindowMs: 0,
    retention: { timeMs: 36 * 3_600_000, sizeBytes: 512 * 1024 ** 2, diskPercent: 2.5 },
    maxExemplars: 100_000,
  });
  expect(warnings.join()).toMatch(/storage\.tsdb\.stale_series_compaction_threshold is accepted and has no/);
  expect(yaml).toContain('retention:\n      time: 1d12h\n      size: 512MiB\n      percentage: 2.5\n');
  expect(parse('storage: {exemplars: {}}').storage.maxExemplars).toBe(0);
  expect(parse('storage: {exemplars: {max_exemplars: -1}}').storage.maxExemplars).toBe(0);
});

test('protocols of a job, of global, and of neither', () => {
  const { scrapeConfigs, warnings } = parse(`
global: {scrape_protocols: [PrometheusText0.0.4, OpenMetricsText0.0.1]}
scrape_configs:
  - {job_name: a, scrape_protocols: [PrometheusText1.0.0], fallback_scrape_protocol: OpenMetricsText1.0.0}
  - {job_name: b}
`);
  expect(scrapeConfigs.map(config => config.scrapeProtocols)).toEqual([
    ['PrometheusText1.0.0'],
    ['PrometheusText0.0.4', 'OpenMetricsText0.0.1'],
  ]);
  expect(scrapeConfigs.map(config => config.fallbackScrapeProtocol)).toEqual([
    'OpenMetricsText1.0.0',
    undefined,
  ]);
  expect(warnings).toEqual([]);
  expect(parse('scrape_configs: [{job_name: a}]').scrapeConfigs[0].scrapeProtocols).toEqual([
    'OpenMetricsText1.0.0',
    'OpenMetricsText0.0.1',
    'PrometheusText1.0.0',
    'PrometheusText0.0.4',
  ]);
});

test('an empty variable in an external label is warned of', () => {
  const { warnings, global } = parse('global: {external_labels: {a: "$PROMLITE_TEST_NONE", b: "x$"}}');
  expect(warnings).toEqual(['global.external_labels: environment variable PROMLITE_TEST_NONE is empty']);
  expect(global.externalLabels.toObject()).toEqual({ b: 'x$' });
});

test.each(['', '# nothing\n', '---\n', 'global:\nscrape_configs:\n', '{}', '\uFEFFglobal:\n'])(
  'an empty file is valid: %j',
  text => {
    const { global, scrapeConfigs, warnings } = parse(text);
    expect([global.scrapeIntervalMs, global.scrapeTimeoutMs, global.evaluationIntervalMs]).toEqual([
      60_000, 10_000, 60_000,
    ]);
    expect([scrapeConfigs, warnings]).toEqual([[], []]);
  },
);

test('Windows line ends mean the same', () => {
  const text = 'global:\n  scrape_interval: 5s\nscrape_configs:\n  - job_name: a\n    metrics_path: /x\n';
  expect(parse(text.replaceAll('\n', '\r\n')).yaml).toBe(parse(text).yaml);
});

test('of several documents the first counts', () => {
  const { global, warnings } = parse('global: {scrape_interval: 5s}\n---\nnonsense: 1\n');
  expect(global.scrapeIntervalMs).toBe(5000);
  expect(warnings).toEqual(['prometheus.yml: holds more than one YAML document; only the first is read']);
});

test('the timeout is at most the interval when it is not given', () => {
  const { scrapeConfigs } = parse('scrape_configs: [{job_name: a, scrape_interval: 3s}]');
  expect(scrapeConfigs[0].scrapeTimeoutMs).toBe(3000);
});

test('the result is frozen', () => {
  expect(Object.isFrozen(config) && Object.isFrozen(config.scrapeConfigs)).toBe(true);
  expect(Object.isFrozen(job('services')) && Object.isFrozen(job('services').params)).toBe(true);
});

test('the normalised text has every default, in the order of Prometheus', () => {
  const { yaml } = parse(`scrape_configs:
  - job_name: a
    relabel_configs: [{source_labels: [__address__, a], target_label: x}, {regex: '', target_label: y}]
    static_configs: [{targets: ['x:1'], labels: {yes: "true", n: "12", z: 'a: b'}}]
    authorization: {credentials: s}
`);
  expect(yaml).toBe(`global:
  scrape_interval: 1m
  scrape_timeout: 10s
  evaluation_interval: 1m
  metric_name_validation_scheme: utf8
  scrape_native_histograms: false
runtime:
  gogc: 75
scrape_configs:
- job_name: a
  honor_timestamps: true
  track_timestamps_staleness: false
  scrape_interval: 1m
  scrape_timeout: 10s
  scrape_protocols:
  - OpenMetricsText1.0.0
  - OpenMetricsText0.0.1
  - PrometheusText1.0.0
  - PrometheusText0.0.4
  scrape_native_histograms: false
  always_scrape_classic_histograms: false
  convert_classic_histograms_to_nhcb: false
  metrics_path: /metrics
  scheme: http
  enable_compression: true
  metric_name_validation_scheme: utf8
  metric_name_escaping_scheme: allow-utf-8
  extra_scrape_metrics: false
  authorization:
    type: Bearer
    credentials: <secret>
  follow_redirects: true
  enable_http2: true
  relabel_configs:
  - source_labels: [__address__, a]
    separator: ;
    target_label: x
    replacement: $1
    action: replace
  - separator: ;
    regex: null
    target_label: "y"
    replacement: $1
    action: replace
  static_configs:
  - targets:
    - x:1
    labels:
      "n": "12"
      "yes": "true"
      z: 'a: b'
otlp:
  translation_strategy: UnderscoreEscapingWithSuffixes
  label_name_underscore_sanitization: true
  label_name_preserve_multiple_underscores: true
`);
});

test('no secret is in the normalised text, and it reads as itself', () => {
  for (const hidden of ['open sesame', 'hidden', 'p:ss', 't0ken', 'user:secret']) {
    expect([hidden, config.yaml.includes(hidden)]).toEqual([hidden, false]);
  }
  // A dollar sign that was doubled is printed once, as in Prometheus.
  const again = parseConfig(config.yaml.replace('$5', '$$$$5'), file);
  expect(again.yaml).toBe(config.yaml);
});

test('parts without effect are printed with their defaults too', () => {
  expect(parse('remote_write: [{url: "http://a/write"}]').yaml).toContain(`remote_write:
- url: http://a/write
  remote_timeout: 30s
  protobuf_message: prometheus.WriteRequest
  follow_redirects: true
  enable_http2: false
  queue_config:
    capacity: 10000
    max_shards: 50
    min_shards: 1
    max_samples_per_send: 2000
    batch_send_deadline: 5s
    min_backoff: 30ms
    max_backoff: 5s
  metadata_config:
    send: true
    send_interval: 1m
    max_samples_per_send: 2000
otlp:
`);
});

test('what is written as its default is no reason to warn', () => {
  const { yaml } = parse('scrape_configs: [{job_name: a}]');
  expect(parse(yaml).warnings).toEqual([]);
});

test("the repository's own configuration watches promlite itself", () => {
  const own = loadConfig(resolve(folder, '../../prometheus.yml'));
  expect(own.warnings).toEqual([]);
  expect(own.scrapeConfigs[0].staticConfigs[0].targets).toEqual(['localhost:9090']);
});
