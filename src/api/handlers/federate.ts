// /federate: the newest sample of every series that some match[] selects, in the text format.
//
// A sample counts while it is younger than the default lookback; a series that ended is left out. External labels
// are added where the series has none of that name, and a missing `instance` is written as empty, so that the
// scraping side does not fill in its own.

import { sorting } from '../../base/sorting.ts';
import type { Histogram } from '../../model/histogram.ts';
import {
  compareLabels,
  isLegacyLabelName,
  isLegacyMetricName,
  type Labels,
  METRIC_NAME,
} from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import { isStaleAt } from '../../model/stale.ts';
import { compareText } from '../../model/text-order.ts';
import type { SeriesSet, Storage } from '../../storage/contract.ts';
import { textError, textParts } from '../answer.ts';
import { formatFloat } from '../encode/number.ts';
import { ApiError } from '../errors.ts';
import { badData, selectorParameters } from '../params.ts';
import type { Handler } from '../route.ts';
import { inTurns, selectInTurns } from '../turns.ts';

const LOOKBACK_MS = 5 * 60_000;
/** Series that are read, or written, in one turn. */
const SERIES_A_TURN = 1000;
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Newest {
  readonly labels: Labels;
  readonly timestampMs: number;
  readonly value: number;
}

export const federateHandler: Handler = async ({ form }, { storage, config, clock }) => {
  if (form.fault !== undefined) return textError(400, `error parsing form values: ${form.fault}`);
  let lists: Matcher[][];
  try {
    lists = selectorParameters(form, badData);
  } catch (thrown) {
    if (thrown instanceof ApiError) return textError(400, thrown.message);
    throw thrown;
  }
  const samples = await newestSamples(storage, lists, clock.nowMs());
  const parts = await inTurns(writing(samples, config().global.externalLabels));
  return { status: 200, contentType: CONTENT_TYPE, body: textParts(parts) };
};

async function newestSamples(
  storage: Storage,
  lists: readonly Matcher[][],
  nowMs: number,
): Promise<Newest[]> {
  const found = new Map<string, Newest>();
  const querier = storage.querier(nowMs - LOOKBACK_MS, nowMs);
  try {
    for (const matchers of lists) {
      const set = await selectInTurns(querier, matchers);
      await inTurns(reading(set, nowMs, found));
    }
  } finally {
    querier.close();
  }
  return inTurns(sorting([...found.values()], byMetric));
}

/** Adds those of the set that are not there. */
function* reading(set: SeriesSet, nowMs: number, found: Map<string, Newest>): Generator<void, void> {
  const buffer = new SampleBuffer();
  for (const [i, labels] of set.labels.entries()) {
    if (i > 0 && i % SERIES_A_TURN === 0) yield;
    if (found.has(labels.key)) continue;
    set.read(i, nowMs - LOOKBACK_MS, nowMs, buffer);
    const last = buffer.length - 1;
    const histogram: Histogram | undefined = buffer.histograms?.[last];
    if (last < 0 || histogram || isStaleAt(buffer.values, last)) continue;
    found.set(labels.key, { labels, timestampMs: buffer.timestampsMs[last], value: buffer.values[last] });
  }
}

const byMetric = (a: Newest, b: Newest): number =>
  compareText(a.labels.metricName, b.labels.metricName) || compareLabels(a.labels, b.labels);

function* writing(samples: readonly Newest[], externalLabels: Labels): Generator<void, string[]> {
  const parts: string[] = [];
  let family: string | undefined;
  for (let from = 0; from < samples.length; from += SERIES_A_TURN) {
    if (from > 0) yield;
    let part = '';
    for (const { labels, timestampMs, value } of samples.slice(from, from + SERIES_A_TURN)) {
      const name = labels.metricName;
      if (name === '') continue;
      if (name !== family) part += `# TYPE ${isLegacyMetricName(name) ? name : quoted(name)} untyped\n`;
      family = name;
      part += `${seriesText(labels, externalLabels)} ${sampleText(value)} ${timestampMs}\n`;
    }
    parts.push(part);
  }
  return parts;
}

/** The series' own labels first, then those that are added. */
function seriesText(labels: Labels, externalLabels: Labels): string {
  const own = [...labels.entries()].filter(([name]) => name !== METRIC_NAME);
  const names = new Set(own.map(([name]) => name));
  const added = new Map([['instance', ''], ...externalLabels.entries()]);
  const missing = [...added].filter(([name]) => !names.has(name)).sort((a, b) => compareText(a[0], b[0]));
  const inside = [...own, ...missing].map(
    ([name, value]) => `${isLegacyLabelName(name) ? name : quoted(name)}=${quoted(value)}`,
  );
  const metric = labels.metricName;
  if (isLegacyMetricName(metric)) return `${metric}{${inside.join(',')}}`;
  return `{${[quoted(metric), ...inside].join(',')}}`;
}

/** As the text format has it in Go: with an exponent below 1e-4 and from 1e6 on, and without a negative zero. */
function sampleText(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return formatFloat(value);
  const [mantissa, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
}
