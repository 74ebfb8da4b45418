// The whole file: global, runtime, storage, and the lists of everything else.

import type { Reader } from '../reader.ts';
import { boolean, byteSize, count, duration, float, integer, path, shownBoolean, text } from '../scalars.ts';
import {
  defaultsOf,
  dictionary,
  list,
  object,
  optional,
  type Type,
  type TypeValue,
  unused,
  withDefault,
} from '../structure.ts';
import { alerting, otlp, otlpDefaults, remoteRead, remoteWrite, tracing } from './remote.ts';
import { escapingScheme, limitFields, scrapeConfig, scrapeProtocols, validationScheme } from './scrape.ts';

const DEFAULT_INTERVAL_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 10_000;

const globalFields = {
  scrape_interval: withDefault(duration, 0),
  scrape_timeout: withDefault(duration, 0),
  scrape_protocols: optional(scrapeProtocols),
  evaluation_interval: withDefault(duration, 0),
  rule_query_offset: unused(withDefault(duration, 0)),
  query_log_file: unused(optional(path)),
  scrape_failure_log_file: unused(optional(path)),
  external_labels: optional(dictionary(text, '')),
  ...limitFields,
  keep_dropped_targets: unused(withDefault(count, 0)),
  metric_name_validation_scheme: unused(withDefault(validationScheme, 'utf8')),
  metric_name_escaping_scheme: unused(optional(escapingScheme)),
  scrape_native_histograms: unused(withDefault(shownBoolean, false)),
  convert_classic_histograms_to_nhcb: unused(withDefault(boolean, false)),
  always_scrape_classic_histograms: unused(withDefault(boolean, false)),
  extra_scrape_metrics: unused(withDefault(boolean, false)),
};

const globalConfig = object('global', globalFields, (config, reader) => {
  config.scrape_interval ||= DEFAULT_INTERVAL_MS;
  if (config.scrape_timeout > config.scrape_interval) {
    const message = 'global scrape timeout greater than scrape interval, expected it to be at most';
    reader.faultIn(config, 'scrape_timeout', `${message} ${duration.show(config.scrape_interval)}`);
  }
  config.scrape_timeout ||= Math.min(DEFAULT_TIMEOUT_MS, config.scrape_interval);
  config.evaluation_interval ||= DEFAULT_INTERVAL_MS;
  config.metric_name_validation_scheme ||= 'utf8';
});
export type GlobalValue = TypeValue<typeof globalConfig>;

const defaultGlobal: GlobalValue = {
  ...defaultsOf(globalFields),
  scrape_interval: DEFAULT_INTERVAL_MS,
  scrape_timeout: DEFAULT_TIMEOUT_MS,
  evaluation_interval: DEFAULT_INTERVAL_MS,
};

const runtime = object('runtime', { gogc: withDefault(integer, 75) });

const retention = object(
  'storage.tsdb.retention',
  {
    time: withDefault(duration, 0),
    size: withDefault(byteSize, 0),
    percentage: withDefault(float, 0),
  },
  (value, reader) => {
    if (value.percentage >= 0 && value.percentage <= 100) return;
    const expected = 'expected a share of the disk from 0 to 100';
    reader.faultIn(value, 'percentage', `invalid retention percentage ${value.percentage}, ${expected}`);
  },
);

const storage = object('storage', {
  tsdb: optional(
    object('storage.tsdb', {
      out_of_order_time_window: withDefault(duration, 0),
      stale_series_compaction_threshold: unused(optional(float)),
      retention: optional(retention),
    }),
  ),
  exemplars: optional(object('storage.exemplars', { max_exemplars: withDefault(integer, 0) })),
});
export type StorageValue = TypeValue<typeof storage>;

const GLOB_IN_LAST_PART = /^[^*]*(\*[^/]*)?$/;

/** Paths with at most one `*`, in the last part. */
function globs(what: string): Type<readonly string[]> {
  const paths = list(path);
  return {
    read(node, reader: Reader, offset) {
      const value = paths.read(node, reader, offset);
      const place = reader.view(node, offset).offset;
      for (const glob of value ?? []) {
        if (GLOB_IN_LAST_PART.test(glob)) continue;
        reader.fault(
          place,
          `invalid ${what} file path "${glob}", expected a * in the last part of the path only`,
        );
      }
      return value;
    },
    show: value => paths.show(value),
  };
}

const rootFields = {
  global: withDefault(globalConfig, defaultGlobal),
  runtime: unused(withDefault(runtime, { gogc: 75 })),
  alerting: unused(optional(alerting)),
  rule_files: unused(optional(globs('rule'))),
  scrape_config_files: unused(optional(globs('scrape config'))),
  scrape_configs: optional(
    list(scrapeConfig, 'empty or null scrape config section, expected a map with job_name'),
  ),
  storage: optional(storage),
  tracing: unused(optional(tracing)),
  remote_write: unused(
    optional(list(remoteWrite, 'empty or null remote write config section, expected a map with url')),
  ),
  remote_read: unused(
    optional(list(remoteRead, 'empty or null remote read config section, expected a map with url')),
  ),
  otlp: unused(withDefault(otlp, otlpDefaults)),
};

export const root = object('', rootFields);
export type RootValue = TypeValue<typeof root>;

/** What an empty file means. */
export const rootDefaults = (): RootValue => defaultsOf(rootFields);
