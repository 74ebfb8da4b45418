// The configuration as the rest of promlite sees it: typed, complete (defaults filled in), frozen.
// Made from prometheus.yml by load.ts; a changed file makes a new one.

import { CodedError } from '../base/errors.ts';
import type { Labels } from '../model/labels.ts';
import type { RelabelRule } from '../model/relabel.ts';
import type { Retention } from '../model/retention.ts';

export interface Config {
  readonly global: GlobalConfig;
  readonly scrapeConfigs: readonly ScrapeConfig[];
  readonly storage: StorageConfig;
  /** The text as read, secrets replaced by `<secret>`, every default written out: what /api/v1/status/config shows. */
  readonly yaml: string;
  /** The file it was read from, for messages and for paths that are relative to it. */
  readonly file: string;
  /** One line each: keys that promlite knows of but does not act on (yet). */
  readonly warnings: readonly string[];
}

export interface GlobalConfig {
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly evaluationIntervalMs: number;
  readonly externalLabels: Labels;
}

/** What of the storage can be changed while promlite runs. */
export interface StorageConfig {
  /** How much older than the newest sample a sample may be that is not its series' newest, ms. */
  readonly outOfOrderWindowMs: number;
  /** 0 where the file says nothing: then the flags count. */
  readonly retention: Retention;
  /** How many exemplars are kept over all series; 0: none. */
  readonly maxExemplars: number;
}

export interface ScrapeConfig {
  readonly jobName: string;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly metricsPath: string;
  readonly scheme: 'http' | 'https';
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly enableCompression: boolean;
  /** What targets are asked for, the most wanted first. */
  readonly scrapeProtocols: readonly ScrapeProtocol[];
  /** How a body of no known content type is read; undefined: not at all. */
  readonly fallbackScrapeProtocol: ScrapeProtocol | undefined;
  readonly followRedirects: boolean;
  readonly relabelRules: readonly RelabelRule[];
  readonly metricRelabelRules: readonly RelabelRule[];
  readonly staticConfigs: readonly TargetGroup[];
  readonly fileSdConfigs: readonly FileSdConfig[];
  readonly authorization: Authorization | undefined;
  /** Header name to its values; values that are read from files are named by path. */
  readonly httpHeaders: Readonly<Record<string, HttpHeader>>;
  readonly tls: TlsConfig;
  /** 0: no limit. */
  readonly sampleLimit: number;
  readonly targetLimit: number;
  readonly labelLimit: number;
  readonly labelNameLengthLimit: number;
  readonly labelValueLengthLimit: number;
  readonly bodySizeLimitBytes: number;
}

export type ScrapeProtocol =
  | 'PrometheusProto'
  | 'OpenMetricsText0.0.1'
  | 'OpenMetricsText1.0.0'
  | 'PrometheusText0.0.4'
  | 'PrometheusText1.0.0';

export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Names the group among those of one discovery: `0`, `1`, … or `file:index`. */
  readonly source: string;
}

export interface FileSdConfig {
  /** Absolute; the last part may hold a `*`. */
  readonly files: readonly string[];
  readonly refreshIntervalMs: number;
}

export interface Authorization {
  /** The scheme of the header: `Bearer` unless said otherwise. */
  readonly type: string;
  /** One of these three is set; files are read again at each scrape. Of type `Basic`, credentials are base64. */
  readonly credentials: string | undefined;
  readonly credentialsFile: string | undefined;
  readonly basicFromFiles?: BasicFromFiles;
}

/** A basic authorization of which one part at least stands in a file. Paths are absolute. */
export interface BasicFromFiles {
  /** In force where there is no usernameFile. */
  readonly username: string;
  readonly usernameFile: string | undefined;
  readonly password: string;
  readonly passwordFile: string | undefined;
}

export interface HttpHeader {
  readonly values: readonly string[];
  readonly secrets: readonly string[];
  /** Absolute paths, each read again at each scrape. */
  readonly files: readonly string[];
}

export interface TlsConfig {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly serverName: string | undefined;
  readonly insecureSkipVerify: boolean;
}

/** A configuration that can't be used; the message holds file, line, column and what was expected, a line each. */
export class ConfigError extends CodedError<'config'> {
  constructor(message: string) {
    super('config', message);
  }
}
