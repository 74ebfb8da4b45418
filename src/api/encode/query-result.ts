// A query's result as the JSON reply of /api/v1/query and /api/v1/query_range, in pieces.
//
// Comes in: a QueryResult. Goes out: buffers that together are
//   {"status":"success","data":{"resultType":…,"result":…,"stats":…},"warnings":[…],"infos":[…]}
// in exactly this order, since Grafana reads the reply as a stream. A piece is made when it is asked for.

import type { MatrixSeries, QueryResult, QueryStats, VectorSample } from '../../query/contract.ts';
import { ByteWriter } from './byte-writer.ts';
import { histogramJson } from './histogram.ts';
import { jsonText, labelsJson, makeLabelsJson } from './json.ts';
import { formatFloat, MAX_NUMBER_BYTES, timestampText, writeFloat } from './number.ts';
import { StepPrefixes } from './step-prefixes.ts';

const QUOTE = 34;
const COMMA = 44;
const CLOSE_BRACKET = 93;
/** The most bytes that one sample of a matrix takes. */
const POINT_BYTES = 2 * MAX_NUMBER_BYTES + 8;
/** Label sets of larger results are not kept as JSON: a map of very many holds everything up when it grows. */
const MOST_KEPT = 8192;
/** How many samples are written before the size of the piece is looked at again. */
const POINTS_AT_ONCE = 128;

/** `withStats`: whether the client asked for `stats`. */
export function* encodeQueryResult(result: QueryResult, withStats: boolean): Generator<Buffer, void> {
  const out = new ByteWriter();
  const { value } = result;
  out.text(`{"status":"success","data":{"resultType":"${value.kind}","result":`);
  switch (value.kind) {
    case 'scalar':
      out.text(`[${value.timestampMs / 1000},${jsonText(formatScalar(value.value))}]`);
      break;
    case 'string':
      out.text(`[${value.timestampMs / 1000},${jsonText(value.value)}]`);
      break;
    case 'vector':
      yield* encodeVector(out, value.timestampMs, value.samples);
      break;
    case 'matrix':
      yield* encodeMatrix(out, value.series);
  }
  if (withStats) out.text(`,"stats":${statsJson(result.stats)}`);
  out.text('}');
  if (result.warnings.length > 0) out.text(`,"warnings":${jsonText(result.warnings)}`);
  if (result.infos.length > 0) out.text(`,"infos":${jsonText(result.infos)}`);
  out.text('}');
  yield out.take();
}

function* encodeVector(out: ByteWriter, timeMs: number, samples: readonly VectorSample[]): Generator<Buffer> {
  const time = timestampText(timeMs);
  const toJson = samples.length > MOST_KEPT ? makeLabelsJson : labelsJson;
  out.text('[');
  for (let i = 0; i < samples.length; i++) {
    const { labels, value, histogram } = samples[i];
    out.text(i === 0 ? '{"metric":' : ',{"metric":');
    out.text(toJson(labels));
    if (histogram) {
      out.text(`,"histogram":[${time},${histogramJson(histogram)}]}`);
    } else {
      out.text(`,"value":[${time},"`);
      out.reserve(MAX_NUMBER_BYTES);
      out.length = writeFloat(out.bytes, out.length, value);
      out.text('"]}');
    }
    if (out.full) yield out.take();
  }
  out.text(']');
}

function* encodeMatrix(out: ByteWriter, series: readonly MatrixSeries[]): Generator<Buffer> {
  const prefixes = new StepPrefixes();
  const toJson = series.length > MOST_KEPT ? makeLabelsJson : labelsJson;
  out.text('[');
  for (let i = 0; i < series.length; i++) {
    const one = series[i];
    out.text(i === 0 ? '{"metric":' : ',{"metric":');
    out.text(toJson(one.labels));
    if (hasFloats(one)) {
      prefixes.use(one.timestampsMs, one.length);
      out.text(',"values":[');
      for (let from = 0; from < one.length; from += POINTS_AT_ONCE) {
        writePoints(out, one, prefixes, from, Math.min(from + POINTS_AT_ONCE, one.length));
        if (out.full) yield out.take();
      }
      out.text(']');
    }
    if (one.histograms) yield* encodeHistograms(out, one, one.histograms);
    out.text('}');
    if (out.full) yield out.take();
  }
  out.text(']');
}

/** Writes the float samples with from <= index < to, a comma before each but the first of the series. */
function writePoints(
  out: ByteWriter,
  series: MatrixSeries,
  prefixes: StepPrefixes,
  from: number,
  to: number,
): void {
  const { values, present, histograms } = series;
  out.reserve((to - from) * POINT_BYTES);
  const { bytes } = out;
  let at = out.length;
  let first = from === 0 || !someFloat(series, from);
  for (let i = from; i < to; i++) {
    if ((present && present[i] === 0) || histograms?.[i]) continue;
    if (!first) bytes[at++] = COMMA;
    first = false;
    at = prefixes.write(i, bytes, at);
    at = writeFloat(bytes, at, values[i]);
    bytes[at++] = QUOTE;
    bytes[at++] = CLOSE_BRACKET;
  }
  out.length = at;
}

const hasFloats = (series: MatrixSeries): boolean => someFloat(series, series.length);

/** Whether there is a float sample before index `end`. */
function someFloat({ present, histograms }: MatrixSeries, end: number): boolean {
  for (let i = 0; i < end; i++) if (present?.[i] !== 0 && !histograms?.[i]) return true;
  return false;
}

function* encodeHistograms(
  out: ByteWriter,
  series: MatrixSeries,
  histograms: NonNullable<MatrixSeries['histograms']>,
): Generator<Buffer> {
  let opened = false;
  for (let i = 0; i < series.length; i++) {
    const histogram = histograms[i];
    if (!histogram || series.present?.[i] === 0) continue;
    out.text(opened ? ',' : ',"histograms":[');
    opened = true;
    out.text(`[${timestampText(series.timestampsMs[i])},${histogramJson(histogram)}]`);
    if (out.full) yield out.take();
  }
  if (opened) out.text(']');
}

/** Scalars, unlike samples, are never written with an exponent. */
function formatScalar(value: number): string {
  const text = formatFloat(value);
  return text.includes('e') ? withoutExponent(text) : text;
}

function withoutExponent(text: string): string {
  const [mantissa, exponentText] = text.split('e');
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return sign + digits + '0'.repeat(exponent - fraction.length);
}

function statsJson({ timings, samples }: QueryStats): string {
  return JSON.stringify({
    timings: {
      evalTotalTime: timings.evalTotalTime,
      resultSortTime: timings.resultSortTime,
      queryPreparationTime: timings.queryPreparationTime,
      innerEvalTime: timings.innerEvalTime,
      execQueueTime: timings.execQueueTime,
      execTotalTime: timings.execTotalTime,
    },
    samples: {
      totalQueryableSamplesPerStep: samples.totalQueryableSamplesPerStep,
      totalQueryableSamples: samples.totalQueryableSamples,
      samplesRead: samples.samplesRead,
      peakSamples: samples.peakSamples,
    },
  });
}
