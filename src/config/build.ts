// From the values of the file, keyed as in YAML, to the configuration that the rest of promlite works with.

import { resolve } from 'node:path';
import { Labels } from '../model/labels.ts';
import { NO_RETENTION } from '../model/retention.ts';
import type {
  Authorization,
  GlobalConfig,
  HttpHeader,
  ScrapeConfig,
  StorageConfig,
  TlsConfig,
} from './contract.ts';
import { toRelabelRule } from './schema/relabel.ts';
import type { GlobalValue, StorageValue } from './schema/root.ts';
import type { ScrapeConfigValue } from './schema/scrape.ts';

export function buildGlobal(value: GlobalValue): GlobalConfig {
  return Object.freeze({
    scrapeIntervalMs: value.scrape_interval,
    scrapeTimeoutMs: value.scrape_timeout,
    evaluationIntervalMs: value.evaluation_interval,
    externalLabels: Labels.of(value.external_labels ?? {}),
  });
}

/** As Prometheus, where the file says nothing. */
const DEFAULT_MAX_EXEMPLARS = 100_000;

export function buildStorage(value: StorageValue | undefined): StorageConfig {
  const { tsdb, exemplars } = value ?? {};
  const retention = tsdb?.retention;
  return Object.freeze({
    outOfOrderWindowMs: tsdb?.out_of_order_time_window ?? 0,
    retention: retention
      ? Object.freeze({
          timeMs: retention.time,
          sizeBytes: retention.size,
          diskPercent: retention.percentage,
        })
      : NO_RETENTION,
    maxExemplars: exemplars ? Math.max(exemplars.max_exemplars, 0) : DEFAULT_MAX_EXEMPLARS,
  });
}

/** The value must have been completed from `global`. */
export function buildScrapeConfig(value: ScrapeConfigValue): ScrapeConfig {
  return Object.freeze({
    jobName: value.job_name,
    scrapeIntervalMs: value.scrape_interval,
    scrapeTimeoutMs: value.scrape_timeout,
    metricsPath: value.metrics_path,
    scheme: value.scheme,
    params: Object.freeze({ ...value.params }),
    honorLabels: value.honor_labels,
    honorTimestamps: value.honor_timestamps,
    trackTimestampsStaleness: value.track_timestamps_staleness,
    enableCompression: value.enable_compression,
    scrapeProtocols: Object.freeze([...value.scrape_protocols]),
    fallbackScrapeProtocol: value.fallback_scrape_protocol,
    followRedirects: value.follow_redirects,
    relabelRules: Object.freeze((value.relabel_configs ?? []).map(toRelabelRule)),
    metricRelabelRules: Object.freeze((value.metric_relabel_configs ?? []).map(toRelabelRule)),
    staticConfigs: Object.freeze(
      (value.static_configs ?? []).map((group, i) =>
        Object.freeze({
          targets: Object.freeze([...(group.targets ?? [])]),
          labels: Object.freeze({ ...group.labels }),
          source: String(i),
        }),
      ),
    ),
    fileSdConfigs: Object.freeze(
      (value.file_sd_configs ?? []).map(config =>
        Object.freeze({
          files: Object.freeze((config.files ?? []).map(file => resolve(file))),
          refreshIntervalMs: config.refresh_interval,
        }),
      ),
    ),
    authorization: buildAuthorization(value),
    httpHeaders: buildHeaders(value.http_headers),
    tls: buildTls(value.tls_config),
    sampleLimit: value.sample_limit,
    targetLimit: value.target_limit,
    labelLimit: value.label_limit,
    labelNameLengthLimit: value.label_name_length_limit,
    labelValueLengthLimit: value.label_value_length_limit,
    bodySizeLimitBytes: value.body_size_limit,
  });
}

function buildAuthorization(value: ScrapeConfigValue): Authorization | undefined {
  const { basic_auth: basic, authorization } = value;
  if (basic) {
    const fromFiles = basic.username_file !== undefined || basic.password_file !== undefined;
    return Object.freeze({
      type: 'Basic',
      credentials: fromFiles ? undefined : base64(`${basic.username ?? ''}:${basic.password ?? ''}`),
      credentialsFile: undefined,
      basicFromFiles: fromFiles
        ? Object.freeze({
            username: basic.username ?? '',
            usernameFile: absolute(basic.username_file),
            password: basic.password ?? '',
            passwordFile: absolute(basic.password_file),
          })
        : undefined,
    });
  }
  if (!authorization) return undefined;
  const credentialsFile = absolute(authorization.credentials_file);
  return Object.freeze({
    type: authorization.type,
    credentials: credentialsFile === undefined ? (authorization.credentials ?? '') : undefined,
    credentialsFile,
  });
}

function buildHeaders(headers: ScrapeConfigValue['http_headers']): Readonly<Record<string, HttpHeader>> {
  const built = Object.entries(headers ?? {}).map(([name, header]): [string, HttpHeader] => [
    name,
    Object.freeze({
      values: Object.freeze([...(header.values ?? [])]),
      secrets: Object.freeze([...(header.secrets ?? [])]),
      files: Object.freeze((header.files ?? []).map(file => resolve(file))),
    }),
  ]);
  return Object.freeze(Object.fromEntries(built));
}

function buildTls(tls: ScrapeConfigValue['tls_config']): TlsConfig {
  return Object.freeze({
    caFile: absolute(tls?.ca_file),
    certFile: absolute(tls?.cert_file),
    keyFile: absolute(tls?.key_file),
    serverName: tls?.server_name || undefined,
    insecureSkipVerify: tls?.insecure_skip_verify ?? false,
  });
}

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

const absolute = (path: string | undefined) => (path ? resolve(path) : undefined);
