// Configurations made by hand: everything that a test does not say has its default.

import type { Config, ScrapeConfig } from '../../../src/config/contract.ts';
import { Labels } from '../../../src/model/labels.ts';
import { AnchoredRegex } from '../../../src/model/regex.ts';
import type { RelabelRule } from '../../../src/model/relabel.ts';
import { NO_RETENTION } from '../../../src/model/retention.ts';

export function scrapeConfig(overrides: Partial<ScrapeConfig> = {}): ScrapeConfig {
  return {
    jobName: 'job',
    scrapeIntervalMs: 60_000,
    scrapeTimeoutMs: 10_000,
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
    staticConfigs: [],
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
    sampleLimit: 0,
    targetLimit: 0,
    labelLimit: 0,
    labelNameLengthLimit: 0,
    labelValueLengthLimit: 0,
    bodySizeLimitBytes: 0,
    ...overrides,
  };
}

export function config(...scrapeConfigs: ScrapeConfig[]): Config {
  return {
    global: {
      scrapeIntervalMs: 60_000,
      scrapeTimeoutMs: 10_000,
      evaluationIntervalMs: 60_000,
      externalLabels: Labels.EMPTY,
    },
    scrapeConfigs,
    storage: { outOfOrderWindowMs: 0, retention: NO_RETENTION, maxExemplars: 0 },
    yaml: '',
    file: 'prometheus.yml',
    warnings: [],
  };
}

export const staticTargets = (...targets: string[]): ScrapeConfig['staticConfigs'] => [
  { targets, labels: {}, source: '0' },
];

export interface RuleText extends Partial<Omit<RelabelRule, 'regex'>> {
  readonly regex?: string;
}

/** A relabelling rule with Prometheus' defaults. */
export const rule = ({ regex = '(.*)', ...others }: RuleText): RelabelRule => ({
  action: 'replace',
  sourceLabels: [],
  separator: ';',
  regex: new AnchoredRegex(regex),
  modulus: 0,
  targetLabel: '',
  replacement: '$1',
  ...others,
});
