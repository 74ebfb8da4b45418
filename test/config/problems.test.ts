// Files that are refused: every problem with file, line, column, what is wrong and what was expected.
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/config/contract.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';

function problems(text: string): string[] {
  try {
    parseConfig(text, 'p.yml');
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.message.split('\n');
  }
  return [];
}

/** The problems of one scrape configuration that starts in column 18. */
const inJob = (keys: string) => problems(`scrape_configs: [{job_name: a, ${keys}}]`);

test.each([
  ['globl: {}', 'p.yml:1:1: field globl not found in the file, did you mean global?'],
  ['- a', 'p.yml:1:1: the file cannot be a list, expected a map of keys and values'],
  ['hello', 'p.yml:1:1: the file cannot be "hello", expected a map of keys and values'],
  ['global: [1]', 'p.yml:1:9: global cannot be a list, expected a map of keys and values'],
  ['scrape_configs: {a: 1}', 'p.yml:1:17: scrape_configs cannot be a map, expected a list'],
  [
    'global:\n  scrape_interval: 5s\n  scrape_interval: 6s',
    'p.yml:3:3: field scrape_interval already set in line 2, expected each key once',
  ],
  [
    'global: {scrape_interval: 1.5s}',
    'p.yml:1:27: not a valid duration string: "1.5s", expected a duration such as 15s or 1m30s',
  ],
  [
    'global: {scrape_interval: 5s, scrape_timeout: 6s}',
    'p.yml:1:31: global scrape timeout greater than scrape interval, expected it to be at most 5s',
  ],
  [
    'global: {metric_name_validation_scheme: legacy, external_labels: {a.b: c}}',
    'p.yml:1:67: "a.b" is not a valid label name, expected letters, digits and underscores',
  ],
  ['scrape_configs: [null]', 'p.yml:1:18: empty or null scrape config section, expected a map with job_name'],
  ['scrape_configs: [{}]', 'p.yml:1:18: job_name is missing, expected it in scrape_configs'],
  ['scrape_configs: [{job_name: ""}]', 'p.yml:1:19: job_name is empty, expected a name'],
  ['scrape_configs: [{job_name: }]', 'p.yml:1:19: job_name is empty, expected a value'],
  [
    'scrape_configs:\n- job_name: a\n- job_name: b\n- job_name: a',
    'p.yml:4:3: found multiple scrape configs with job name "a", expected each name once',
  ],
  [
    'rule_files: ["a*/b.yml"]',
    'p.yml:1:13: invalid rule file path "a*/b.yml", expected a * in the last part of the path only',
  ],
  ['remote_write: [{name: a}]', 'p.yml:1:16: url is missing, expected it in remote_write'],
  [
    'remote_write: [{url: nowhere}]',
    'p.yml:1:22: url cannot be "nowhere", expected a URL such as http://host:port/path',
  ],
  ['otlp: {strategy: x}', 'p.yml:1:8: field strategy not found in otlp, expected one of'],
  ['storage: {tsdb: {out_of_order_time_window: -30m}}', 'p.yml:1:44: not a valid duration string: "-30m"'],
  [
    'storage: {tsdb: {retention: {percentage: 101}}}',
    'p.yml:1:30: invalid retention percentage 101, expected a share of the disk from 0 to 100',
  ],
  ['storage: {tsdb: {retention: {time: long}}}', 'p.yml:1:36: not a valid duration string: "long"'],
  ['global: {a: [1}', 'p.yml:1:15: not valid YAML:'],
  ['global: {scrape_protocols: [Text]}', 'p.yml:1:29: scrape_protocols cannot be "Text", expected'],
  ['global: *b', 'p.yml:1:9: unknown alias *b, expected an anchor before it'],
])('%s', (text, message) => {
  expect(problems(text)[0]).toContain(message);
});

test.each([
  [
    'scrape_intrval: 1s',
    ':32: field scrape_intrval not found in scrape_configs, did you mean scrape_interval?',
  ],
  ['xyzzy: 1', ':32: field xyzzy not found in scrape_configs, expected a key that Prometheus knows'],
  [
    'scrape_interval: 5s, scrape_timeout: 6s',
    ':53: scrape timeout greater than scrape interval for scrape config with job name "a", expected at most 5s',
  ],
  ['sample_limit: -4', ':46: sample_limit cannot be "-4", expected a whole number that is not negative'],
  ['honor_labels: "yes"', ':46: honor_labels cannot be "yes", expected true or false'],
  ['body_size_limit: 10', ':49: body_size_limit cannot be "10", expected a size with its unit, such as 10MB'],
  ['scheme: ftp', ':40: scheme cannot be "ftp", expected http or https'],
  ['params: {a: b}', ':44: a cannot be "b", expected a list'],
  ['metrics_path: [a]', ':46: metrics_path cannot be a list, expected text'],
  [
    'static_configs: [{targets: ["http://x"]}]',
    ':50: "http://x" is not a valid hostname, expected host:port',
  ],
  ['static_configs: [{targets: [null]}]', ':60: a target is empty, expected an address such as host:port'],
  ['static_configs: [{target: [a]}]', ':50: field target not found in static_configs, did you mean targets?'],
  ['file_sd_configs: [{}]', ':50: file service discovery config must contain at least one path name'],
  ['file_sd_configs: [{files: [a.txt]}]', ':51: path name "a.txt" is not valid for file discovery'],
  [
    'bearer_token: a, bearer_token_file: b',
    ':49: at most one of bearer_token & bearer_token_file must be configured, expected one of them',
  ],
  [
    'basic_auth: {username: u}, authorization: {credentials: x}',
    ':59: at most one of basic_auth, oauth2 & authorization must be configured, expected one of them',
  ],
  [
    'authorization: {type: Basic}',
    ':48: authorization type cannot be set to "basic", use "basic_auth" instead',
  ],
  [
    'authorization: {credentials: a, credentials_file: b}',
    ':64: at most one of authorization credentials & credentials_file must be configured',
  ],
  [
    'basic_auth: {password: a, password_file: b}',
    ':58: at most one of basic_auth password & password_file must be configured',
  ],
  ['http_headers: {user-agent: {values: [x]}}', ':47: setting header "User-Agent" is not allowed'],
  ['http_headers: {"a b": {values: [x]}}', ':47: "a b" is no header name'],
  ['no_proxy: a', ':32: if no_proxy is configured, proxy_url must also be configured'],
  [
    'tls_config: {cert_file: a}',
    ':45: exactly one of key or key_file must be configured when a client certificate',
  ],
  [
    'tls_config: {min_version: TLS9}',
    ':58: min_version cannot be "TLS9", expected TLS10, TLS11, TLS12 or TLS13',
  ],
  ['kubernetes_sd_configs: [{role: pods}]', ':63: role cannot be "pods", expected endpoints,'],
  [
    'metric_name_escaping_scheme: allow-utf-8, metric_name_validation_scheme: legacy',
    ':32: utf8 metric names',
  ],
])('in a scrape configuration: %s', (keys, message) => {
  expect(inJob(keys).join('\n')).toContain(`p.yml:1${message}`);
});

test.each([
  ['action: keeep', ':60: unknown relabel action "keeep", expected one of replace, keep,'],
  ['action: keep, regex: "a(b"', ':73: error parsing regexp: missing closing ): `a(b`, expected a regular'],
  ['action: keep, regex: "a(?=b)"', ':73: error parsing regexp:'],
  ['action: hashmod, target_label: x', ':51: relabel configuration for hashmod requires non-zero modulus'],
  ['action: replace', ":52: relabel configuration for replace action requires 'target_label' value"],
  ['action: labelmap, replacement: ""', ':70: "" is invalid \'replacement\' for labelmap action'],
  [
    'action: labeldrop, source_labels: [a]',
    ":71: labeldrop action requires only 'regex', and no other fields, expected no source_labels",
  ],
  [
    'action: dropequal, target_label: x, regex: a',
    ":88: dropequal action requires only 'source_labels' and `target_label`, and no other fields, expected no regex",
  ],
  [
    'action: lowercase, target_label: x, replacement: y',
    ":88: 'replacement' can not be set for lowercase action",
  ],
  ['source_labels: [""], target_label: x', ':52: "" is not a valid label name'],
  [
    'source_label: [a], target_label: x',
    ':52: field source_label not found in relabel_configs, did you mean',
  ],
])('in a relabel rule: %s', (keys, message) => {
  expect(inJob(`relabel_configs: [ {${keys}}]`).join('\n')).toContain(`p.yml:1${message}`);
});

test('under the legacy scheme, relabelling may not make other names', () => {
  const scheme = 'metric_name_validation_scheme: legacy';
  expect(inJob(`${scheme}, relabel_configs: [{target_label: a.b}]`)[0]).toMatch(
    /"a\.b" is invalid 'target_label' for replace action/,
  );
  expect(inJob(`${scheme}, relabel_configs: [{target_label: 'a_$1'}]`)).toEqual([]);
  expect(inJob('relabel_configs: [{target_label: a.b}]')).toEqual([]);
});

test('all problems of a file are told, in the order of the text', () => {
  const text = `global:
  scrape_interval: soon
  evaluation: 5s
scrape_configs:
  - job_name: a
    sample_limit: many
    relabel_configs:
      - action: keep
        regex: '['
  - metrics_path: /x
`;
  expect(problems(text)).toEqual([
    'p.yml:2:20: not a valid duration string: "soon", expected a duration such as 15s or 1m30s',
    'p.yml:3:3: field evaluation not found in global, expected a key that Prometheus knows',
    'p.yml:6:19: sample_limit cannot be "many", expected a whole number that is not negative',
    'p.yml:9:16: error parsing regexp: missing closing ]: `[`, expected a regular expression of the RE2 syntax',
    'p.yml:10:5: job_name is missing, expected it in scrape_configs',
  ]);
});

test('a problem that an alias shows twice is told once', () => {
  const text = 'scrape_configs: [{job_name: a, params: &p {x: y}}, {job_name: b, params: *p}]';
  expect(problems(text)).toEqual(['p.yml:1:47: x cannot be "y", expected a list']);
});

test('a key without a name is shown as what it is', () => {
  const text = 'scrape_configs: [{job_name: a, http_headers: {"": []}}]';
  expect(problems(text)).toEqual(['p.yml:1:51: "" cannot be a list, expected a map of keys and values']);
});

test('a file that is not there', () => {
  expect(() => loadConfig('/nowhere/p.yml')).toThrow(
    /^\/nowhere\/p\.yml: cannot be read: ENOENT.*expected a file/,
  );
});
