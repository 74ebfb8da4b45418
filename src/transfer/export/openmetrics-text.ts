// Series and samples as OpenMetrics writes them, so that Prometheus' own reader gives back the same bits.

import { isLegacyLabelName, isLegacyMetricName, type Labels, METRIC_NAME } from '../../model/labels.ts';

export const END = '# EOF\n';

/** Whether a name in the label set can't be written without quotes, which Prometheus reads from 3.0 on. */
export function needsQuotedNames(labels: Labels): boolean {
  if (!isLegacyMetricName(labels.metricName)) return true;
  for (const [name] of labels.entries()) if (!isLegacyLabelName(name)) return true;
  return false;
}

/** The line that opens a metric family. The storage keeps no types. */
export function familyText(name: string): string {
  return `# TYPE ${isLegacyMetricName(name) ? name : quoted(name)} unknown\n`;
}

/** `name{label="value"}`, or `{"name",label="value"}` where the name needs quotes. */
export function seriesText(labels: Labels): string {
  const pairs: string[] = [];
  for (const [name, value] of labels.entries()) {
    if (name !== METRIC_NAME) pairs.push(`${isLegacyLabelName(name) ? name : quoted(name)}=${quoted(value)}`);
  }
  const name = labels.metricName;
  if (!isLegacyMetricName(name)) return `{${[quoted(name), ...pairs].join(',')}}`;
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

/** The shortest decimal that reads back as the same double. */
export function valueText(value: number): string {
  if (value !== value) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return value === 0 && Object.is(value, -0) ? '-0' : String(value);
}

/**
 * The time in seconds, with three decimals where it needs any. Prometheus reads it as a double and cuts the product
 * with 1000, which may fall 1 ms short (before 2004 and from 2038 on); then a fourth decimal makes up for it.
 */
export function timeText(timestampMs: number): string {
  const seconds = Math.floor(timestampMs / 1000);
  const rest = timestampMs - seconds * 1000;
  if (rest === 0) return String(seconds);
  const text = `${seconds}.${String(rest).padStart(3, '0')}`;
  return Math.trunc((timestampMs / 1000) * 1000) === timestampMs ? text : `${text}1`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
}
