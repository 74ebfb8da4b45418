// What command lines ask for, and which are refused with which words.
import { expect, test } from 'vitest';
import { FLAGS } from '../../src/cli/flag-table.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import type { Settings } from '../../src/cli/settings.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { VERSION } from '../../src/cli/version.ts';
import { NO_RETENTION } from '../../src/model/retention.ts';

function serve(...argv: string[]): Settings {
  const command = parseCommandLine(argv);
  if (command.kind !== 'serve') throw new Error(`expected serve, got ${command.kind}`);
  return command.settings;
}

function refusal(...argv: string[]): string {
  try {
    parseCommandLine(argv);
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

test('without flags everything is as in Prometheus', () => {
  const { flags, warnings, features, ...settings } = serve();
  expect(settings).toEqual({
    configFile: 'prometheus.yml',
    configPollIntervalMs: 5000,
    storagePath: 'data/',
    retention: NO_RETENTION,
    listenAddresses: ['0.0.0.0:9090'],
    externalUrl: '',
    routePrefix: '',
    corsOrigin: '.*',
    maxConnections: 512,
    lifecycleEnabled: false,
    adminEnabled: false,
    remoteWriteReceiverEnabled: false,
    queryTimeoutMs: 120_000,
    queryMaxSamples: 50_000_000,
    queryMaxConcurrency: 20,
    queryLookbackDeltaMs: 300_000,
    logLevel: 'info',
    logFormat: 'logfmt',
  });
  expect([warnings, [...features]]).toEqual([[], []]);
  expect(flags).toMatchObject({
    'config.file': 'prometheus.yml',
    'storage.tsdb.retention.time': '15d',
    'storage.remote.read-sample-limit': '50000000',
    'web.route-prefix': '/',
    'web.page-title': 'Prometheus Time Series Collection and Processing Server',
    'web.enable-lifecycle': 'false',
    'enable-feature': '',
  });
});

test.each<[string[], Partial<Settings>]>([
  [['--config.file=a.yml'], { configFile: 'a.yml' }],
  [['--config.file', 'a.yml'], { configFile: 'a.yml' }],
  [['--config.auto-reload-interval=30s'], { configPollIntervalMs: 30_000 }],
  [['--storage.tsdb.path=/prometheus'], { storagePath: '/prometheus' }],
  [['--storage.tsdb.retention.time=1d12h'], { retention: { ...NO_RETENTION, timeMs: 36 * 3_600_000 } }],
  [['--storage.tsdb.retention.time=0'], { retention: NO_RETENTION }],
  [
    ['--storage.tsdb.retention=7d'],
    {
      retention: { ...NO_RETENTION, timeMs: 7 * 86_400_000 },
      warnings: ['--storage.tsdb.retention is deprecated, use --storage.tsdb.retention.time instead'],
    },
  ],
  [
    ['--storage.tsdb.retention=7d', '--storage.tsdb.retention.time=2d'],
    { retention: { ...NO_RETENTION, timeMs: 2 * 86_400_000 } },
  ],
  [
    ['--storage.tsdb.retention.size=512MB'],
    { retention: { ...NO_RETENTION, sizeBytes: 512 * 1024 ** 2 }, warnings: [] },
  ],
  [
    ['--storage.tsdb.retention.size=1.5GB', '--storage.tsdb.retention.time=30d'],
    { retention: { ...NO_RETENTION, timeMs: 30 * 86_400_000, sizeBytes: 1.5 * 1024 ** 3 } },
  ],
  [['--web.listen-address=:9091'], { listenAddresses: [':9091'] }],
  [
    ['--web.listen-address=[::1]:1', '--web.listen-address=a:2'],
    { listenAddresses: ['[::1]:1', 'a:2'], warnings: [] },
  ],
  [['--web.enable-lifecycle'], { lifecycleEnabled: true }],
  [['--web.enable-lifecycle=false'], { lifecycleEnabled: false }],
  [['--no-web.enable-lifecycle'], { lifecycleEnabled: false }],
  [['--web.enable-remote-write-receiver'], { remoteWriteReceiverEnabled: true }],
  [['--web.enable-admin-api'], { adminEnabled: true, warnings: [] }],
  [['--web.external-url=http://a.example/prom/'], { routePrefix: '/prom' }],
  [['--web.external-url=/prom'], { routePrefix: '/prom' }],
  [['--web.external-url=http://a/x', '--web.route-prefix=/'], { routePrefix: '' }],
  [['--web.route-prefix=a/b/'], { routePrefix: '/a/b' }],
  [['--query.timeout=30s'], { queryTimeoutMs: 30_000 }],
  [['--query.max-samples=1e6'], { queryMaxSamples: 1_000_000 }],
  [['--query.max-concurrency=4'], { queryMaxConcurrency: 4 }],
  [['--query.lookback-delta=90s'], { queryLookbackDeltaMs: 90_000 }],
  [['--log.level=debug', '--log.format=json'], { logLevel: 'debug', logFormat: 'json' }],
])('%j', (argv, expected) => {
  expect(serve(...argv)).toMatchObject(expected);
});

test('features come as lists, and in several flags', () => {
  const { features, warnings, flags } = serve(
    '--enable-feature=promql-experimental-functions,memory-snapshot-on-shutdown',
    '--enable-feature=native-histogram',
  );
  expect([...features]).toEqual([
    'promql-experimental-functions',
    'memory-snapshot-on-shutdown',
    'native-histogram',
  ]);
  expect(warnings).toEqual([
    '--enable-feature=memory-snapshot-on-shutdown is accepted and has no effect in promlite',
    'unknown option for --enable-feature: native-histogram, did you mean native-histograms?',
  ]);
  expect(flags['enable-feature']).toBe(
    'promql-experimental-functions,memory-snapshot-on-shutdown,native-histogram',
  );
});

test('the flags of an existing compose file are accepted, with a warning each', () => {
  const { warnings, flags } = serve(
    '--config.file=/etc/prometheus/prometheus.yml',
    '--storage.tsdb.path=/prometheus',
    '--web.console.libraries=/usr/share/prometheus/console_libraries',
    '--web.console.templates=/usr/share/prometheus/consoles',
    '--storage.tsdb.retention.size=512MB',
    '--no-storage.tsdb.wal-compression',
  );
  expect(warnings).toEqual(
    ['--web.console.libraries', '--web.console.templates', '--storage.tsdb.wal-compression'].map(
      flag => `${flag} is accepted and has no effect in promlite`,
    ),
  );
  expect(flags).toMatchObject({
    'storage.tsdb.retention.size': '512MiB',
    // As in Prometheus: with a size alone, age does not count.
    'storage.tsdb.retention.time': '0s',
    'storage.tsdb.wal-compression': 'false',
  });
});

test.each([...FLAGS.values()].map(flag => [flag.name, flag] as const))('--%s takes a value', (name, flag) => {
  const value = { text: 'a:1', goDuration: '5ms', bytes: '1GB', number: '0.5', integer: '7', duration: '3m' };
  const argument =
    flag.kind === 'boolean'
      ? `--no-${name}`
      : `--${name}=${flag.kind === 'choice' ? flag.choices[0] : value[flag.kind]}`;
  const special: Record<string, string> = { 'web.external-url': '--web.external-url=http://a:1' };
  const { flags, warnings } = serve(special[name] ?? argument);
  expect(flags).toHaveProperty([name]);
  const isSilent = flag.help !== undefined;
  expect(warnings.filter(warning => !warning.startsWith('unknown option'))).toHaveLength(isSilent ? 0 : 1);
});

test.each([
  [['--config.fil=x'], "unknown long flag '--config.fil', did you mean '--config.file'?"],
  [
    ['--storage.tsdb.retention-time=1d'],
    "unknown long flag '--storage.tsdb.retention-time', did you mean '--storage.tsdb.retention.time'?",
  ],
  [
    ['--no-web.enable-lifecycel'],
    "unknown long flag '--no-web.enable-lifecycel', did you mean '--no-web.enable-lifecycle'?",
  ],
  [['--no-config.file'], "unknown long flag '--no-config.file', see --help for those there are"],
  [['--xyz'], "unknown long flag '--xyz', see --help for those there are"],
  [['-x'], "unknown short flag '-x', expected a long one such as --config.file"],
  [['--config.file'], "expected argument for flag '--config.file': --config.file=prometheus.yml"],
  [
    ['--config.file', '--web.enable-lifecycle'],
    "expected argument for flag '--config.file': --config.file=prometheus.yml",
  ],
  [['--config.file=a', '--config.file=b'], "flag 'config.file' cannot be repeated, expected it once"],
  [['--config.file='], 'invalid value "" for --config.file: expected a path'],
  [
    ['--log.level=wrn'],
    'invalid value "wrn" for --log.level: expected one of debug, info, warn, error; did you mean warn?',
  ],
  [
    ['--query.timeout=1.5m'],
    'invalid value "1.5m" for --query.timeout: expected a duration such as 30s, 5m or 15d',
  ],
  [['--query.timeout=0s'], 'invalid value "0" for --query.timeout: expected a duration above 0, such as 5m'],
  [['--query.max-samples=many'], 'invalid value "many" for --query.max-samples: expected a whole number'],
  [
    ['--query.max-concurrency=0'],
    'invalid value "0" for --query.max-concurrency: expected a whole number above 0',
  ],
  [
    ['--storage.tsdb.retention.size=5'],
    'invalid value "5" for --storage.tsdb.retention.size: expected a size with its unit, such as 512MB',
  ],
  [['--web.enable-lifecycle=yes'], 'invalid value "yes" for --web.enable-lifecycle: expected true or false'],
  [
    ['--web.listen-address=9090'],
    'invalid value "9090" for --web.listen-address: expected host:port, :port or [address]:port',
  ],
  [
    ['--web.listen-address=:70000'],
    'invalid value ":70000" for --web.listen-address: expected host:port, :port or [address]:port',
  ],
  [
    ['--web.external-url=ftp://a'],
    'invalid value "ftp://a" for --web.external-url: expected a URL such as http://host/path',
  ],
  [
    ['--web.cors.origin=('],
    'could not compile CORS regex string "(": error parsing regexp: missing closing ): `(`, expected a regular expression such as https?://(a|b)\\.example',
  ],
  [
    ['prometheus.yml'],
    'unexpected prometheus.yml, expected flags such as --config.file, or check config FILE',
  ],
  [['chekc', 'config'], 'unexpected chekc, did you mean check?'],
  [['help'], 'unexpected help, expected --help'],
  [['check'], 'check what? expected check config, check healthy or check ready'],
  [['check', 'confg', 'a'], 'unknown check confg, did you mean check config?'],
  [['check', 'config'], 'check config: no file given, expected check config FILE…'],
  [['check', 'config', 'a', '--log.level=info'], 'unexpected --log.level, expected none with check config'],
  [['check', 'ready', 'a'], 'unexpected a, expected check ready --url=URL'],
  [
    ['check', 'ready', '--url=localhost'],
    'invalid value "localhost" for --url: expected a URL such as http://localhost:9090',
  ],
])('%j is refused', (argv, message) => {
  expect(refusal(...argv)).toBe(message);
});

test('check commands', () => {
  expect(parseCommandLine(['check', 'config', 'a.yml', 'b.yml'])).toEqual({
    kind: 'check',
    what: 'config',
    files: ['a.yml', 'b.yml'],
  });
  expect(parseCommandLine(['check', 'config', '--', '--odd.yml'])).toMatchObject({ files: ['--odd.yml'] });
  expect(parseCommandLine(['check', 'ready'])).toEqual({
    kind: 'check',
    what: 'ready',
    url: 'http://localhost:9090',
  });
  expect(parseCommandLine(['check', 'healthy', '--url', 'http://a:1/p'])).toMatchObject({
    what: 'healthy',
    url: 'http://a:1/p',
  });
});

test.each(['-h', '--help', '--help-long'])('%s explains every flag with an effect', argument => {
  const command = parseCommandLine([argument]);
  if (command.kind !== 'help') throw new Error('expected help');
  for (const flag of FLAGS.values()) {
    if (flag.help) expect(command.text).toContain(flag.name);
  }
  expect(command.text).toContain('--storage.tsdb.retention.time=15d');
  expect(command.text).toContain('promlite check config');
  expect(Math.max(...command.text.split('\n').map(line => line.length))).toBeLessThanOrEqual(100);
});

test('--version prints as Prometheus does', () => {
  expect(parseCommandLine(['--version'])).toEqual({
    kind: 'version',
    text: expect.stringMatching(
      new RegExp(`^promlite, version ${VERSION}\\n  node version: +v\\d+.*\\n  platform: +\\w+/\\w+\\n$`),
    ),
  });
  expect(VERSION).toMatch(/^\d+\.\d+\.\d+/);
});
