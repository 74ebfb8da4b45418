// The plainest storage that keeps the contract of src/storage/contract.ts, in memory and for tests: what engine
// tests load into, and what the real storage is compared with.
//
// A series is one append-only SampleBuffer; a querier remembers how long each was when it was opened, which is all
// that its consistent view takes.

import type { Exemplar } from '../../src/model/exemplar.ts';
import type { Histogram } from '../../src/model/histogram.ts';
import { compareLabels, type Labels } from '../../src/model/labels.ts';
import { type Matcher, matchesAll } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { compareText } from '../../src/model/text-order.ts';
import type {
  CommitReport,
  Querier,
  Refusal,
  RefusedSample,
  Row,
  SeriesExemplars,
  SeriesGroup,
  SeriesSet,
  Storage,
  StorageStats,
} from '../../src/storage/contract.ts';
import { StorageError } from '../../src/storage/errors.ts';

const EXEMPLAR_LIMIT = 100_000;

interface MemorySeries {
  readonly labels: Labels;
  samples: SampleBuffer;
}

export class MemoryStorage implements Storage {
  private readonly groups = new Map<string, MemoryGroup>();
  private readonly series = new Map<string, MemorySeries>();
  private readonly kept: { readonly labels: Labels; readonly exemplar: Exemplar }[] = [];
  private samplesAppended = 0;
  private closed = false;

  group(key: string): SeriesGroup {
    this.assertOpen();
    const known = this.groups.get(key);
    if (known) return known;
    const opened = new MemoryGroup(key, () => this.groups.delete(key));
    this.groups.set(key, opened);
    return opened;
  }

  commit(rows: readonly Row[]): CommitReport {
    this.assertOpen();
    const refused: Record<Refusal, number> = { out_of_order: 0, duplicate: 0, too_old: 0, out_of_bounds: 0 };
    let firstRefused: RefusedSample | undefined;
    let appended = 0;
    let newSeries = 0;
    for (const row of rows) {
      const group = row.group as MemoryGroup;
      for (let i = 0; i < row.length; i++) {
        const labels = group.labels[row.columns[i]];
        const series = this.series.get(labels.key) ?? { labels, samples: new SampleBuffer(4) };
        const refusal = append(series.samples, row, i);
        if (refusal) {
          refused[refusal]++;
          firstRefused ??= { refusal, labels, timestampMs: row.timestampMs };
          continue;
        }
        appended++;
        if (!this.series.has(labels.key)) newSeries++;
        this.series.set(labels.key, series);
      }
    }
    this.samplesAppended += appended;
    return { appended, refused, firstRefused, newSeries };
  }

  register(): boolean {
    return true;
  }

  /** Late samples are never taken. */
  configure(): void {}

  querier(minTimeMs: number, maxTimeMs: number): Querier {
    this.assertOpen();
    const views = [...this.series.values()]
      .map(({ labels, samples }) => new SeriesView(labels, samples, minTimeMs, maxTimeMs))
      .filter(view => !view.isEmpty)
      .sort((a, b) => compareLabels(a.labels, b.labels));
    return new MemoryQuerier(views);
  }

  appendExemplar(series: Labels, exemplar: Exemplar): void {
    this.kept.push({ labels: series, exemplar });
    if (this.kept.length > EXEMPLAR_LIMIT) this.kept.shift();
  }

  exemplars(
    matcherLists: readonly (readonly Matcher[])[],
    minTimeMs: number,
    maxTimeMs: number,
  ): SeriesExemplars[] {
    const bySeries = new Map<string, { labels: Labels; exemplars: Exemplar[] }>();
    for (const { labels, exemplar } of this.kept) {
      if (exemplar.timestampMs < minTimeMs || exemplar.timestampMs > maxTimeMs) continue;
      if (!matcherLists.some(matchers => matchesAll(labels, matchers))) continue;
      const entry = bySeries.get(labels.key) ?? { labels, exemplars: [] };
      entry.exemplars.push(exemplar);
      bySeries.set(labels.key, entry);
    }
    for (const { exemplars } of bySeries.values()) exemplars.sort((a, b) => a.timestampMs - b.timestampMs);
    return [...bySeries.values()].sort((a, b) => compareLabels(a.labels, b.labels));
  }

  dropBefore(timeMs: number): number {
    this.assertOpen();
    for (const [key, series] of this.series) {
      const rest = new SampleBuffer(4);
      copyRange(series.samples, lowerBound(series.samples, timeMs), series.samples.length, rest);
      if (rest.length === 0) this.series.delete(key);
      else series.samples = rest;
    }
    return 0;
  }

  stats(): StorageStats {
    const all = [...this.series.values()].map(({ samples }) => samples);
    const least = all.reduce((time, { timestampsMs }) => Math.min(time, timestampsMs[0]), Infinity);
    const most = all.reduce((time, one) => Math.max(time, one.timestampsMs[one.length - 1]), -Infinity);
    return {
      headSeries: this.series.size,
      minTimeMs: all.length > 0 ? least : undefined,
      maxTimeMs: all.length > 0 ? most : undefined,
      bytesOnDisk: 0,
      samplesAppended: this.samplesAppended,
    };
  }

  close(): void {
    this.closed = true;
  }

  private assertOpen(): void {
    if (this.closed) throw new StorageError('closed', 'the storage is closed');
  }
}

class MemoryGroup implements SeriesGroup {
  readonly key: string;
  readonly labels: Labels[] = [];
  private readonly columns = new Map<string, number>();
  private readonly forget: () => void;

  constructor(key: string, forget: () => void) {
    this.key = key;
    this.forget = forget;
  }

  column(labels: Labels): number {
    const known = this.columns.get(labels.key);
    if (known !== undefined) return known;
    this.columns.set(labels.key, this.labels.length);
    return this.labels.push(labels) - 1;
  }

  /** Columns are not given out anew; a first sight of the same labels gets another one. */
  retire(column: number): void {
    this.columns.delete(this.labels[column].key);
  }

  release(): void {
    this.forget();
  }
}

class MemoryQuerier implements Querier {
  private readonly views: readonly SeriesView[];

  constructor(views: readonly SeriesView[]) {
    this.views = views;
  }

  select(matchers: readonly Matcher[]): SeriesSet {
    const views = this.matching(matchers);
    return {
      labels: views.map(view => view.labels),
      read: (index, minTimeMs, maxTimeMs, into) => views[index].read(minTimeMs, maxTimeMs, into),
    };
  }

  // biome-ignore lint/correctness/useYield: it is done at once
  *selecting(matchers: readonly Matcher[]): Generator<void, SeriesSet> {
    return this.select(matchers);
  }

  // biome-ignore lint/correctness/useYield: it is done at once
  *listingLabelNames(matchers: readonly Matcher[]): Generator<void, string[]> {
    return this.labelNames(matchers);
  }

  // biome-ignore lint/correctness/useYield: it is done at once
  *listingLabelValues(name: string, matchers: readonly Matcher[]): Generator<void, string[]> {
    return this.labelValues(name, matchers);
  }

  labelNames(matchers: readonly Matcher[]): string[] {
    const names = new Set(
      this.matching(matchers).flatMap(view => [...view.labels.entries()].map(([n]) => n)),
    );
    return [...names].sort(compareText);
  }

  labelValues(name: string, matchers: readonly Matcher[]): string[] {
    const values = new Set(this.matching(matchers).map(view => view.labels.get(name)));
    values.delete('');
    return [...values].sort(compareText);
  }

  close(): void {}

  private matching(matchers: readonly Matcher[]): SeriesView[] {
    return this.views.filter(view => matchesAll(view.labels, matchers));
  }
}

/** The samples of one series that lay in a time range when the view was made. */
class SeriesView {
  readonly labels: Labels;
  private readonly samples: SampleBuffer;
  private readonly first: number;
  private readonly end: number;

  constructor(labels: Labels, samples: SampleBuffer, minTimeMs: number, maxTimeMs: number) {
    this.labels = labels;
    this.samples = samples;
    this.first = lowerBound(samples, minTimeMs);
    this.end = upperBound(samples, maxTimeMs);
  }

  get isEmpty(): boolean {
    return this.first >= this.end;
  }

  read(minTimeMs: number, maxTimeMs: number, into: SampleBuffer): void {
    const from = Math.max(this.first, lowerBound(this.samples, minTimeMs));
    const to = Math.min(this.end, upperBound(this.samples, maxTimeMs));
    into.clear();
    copyRange(this.samples, from, to, into);
  }
}

/** The first index whose time is at or after `timeMs`. */
function lowerBound(samples: SampleBuffer, timeMs: number): number {
  let index = 0;
  while (index < samples.length && samples.timestampsMs[index] < timeMs) index++;
  return index;
}

/** The first index whose time is after `timeMs`. */
function upperBound(samples: SampleBuffer, timeMs: number): number {
  let index = samples.length;
  while (index > 0 && samples.timestampsMs[index - 1] > timeMs) index--;
  return index;
}

/** Appends samples from … to - 1; into an empty buffer. */
function copyRange(source: SampleBuffer, from: number, to: number, into: SampleBuffer): void {
  const count = Math.max(0, to - from);
  into.reserve(count);
  into.timestampsMs.set(source.timestampsMs.subarray(from, from + count));
  into.values.set(source.values.subarray(from, from + count));
  if (source.startTimestampsMs) {
    into.startTimestampsMs = new Float64Array(into.values.length);
    into.startTimestampsMs.set(source.startTimestampsMs.subarray(from, from + count));
  }
  if (source.histograms) into.histograms = source.histograms.slice(from, from + count);
  into.length = count;
}

/** Appends entry `i` of the row, or says why not. */
function append(samples: SampleBuffer, row: Row, i: number): Refusal | undefined {
  const histogram = row.histograms?.[i];
  const last = samples.length - 1;
  if (last >= 0) {
    if (row.timestampMs < samples.timestampsMs[last]) return 'out_of_order';
    if (row.timestampMs === samples.timestampsMs[last]) {
      return isSame(samples, last, row.values, i, histogram) ? undefined : 'duplicate';
    }
  }
  pushSample(samples, row.timestampMs, row.values, i, histogram);
  setStart(samples, row.startTimestampsMs?.[i] ?? 0);
  return undefined;
}

function isSame(
  samples: SampleBuffer,
  at: number,
  values: Float64Array,
  i: number,
  histogram: Histogram | undefined,
): boolean {
  const stored = samples.histograms?.[at];
  if (stored || histogram) return JSON.stringify(stored) === JSON.stringify(histogram);
  const a = new BigUint64Array(samples.values.slice(at, at + 1).buffer);
  const b = new BigUint64Array(values.slice(i, i + 1).buffer);
  return a[0] === b[0];
}

/** Copies a value from column to column, so that the payload of a NaN survives. */
function pushSample(
  into: SampleBuffer,
  timestampMs: number,
  values: Float64Array,
  i: number,
  histogram: Histogram | undefined,
): void {
  if (histogram) {
    into.pushHistogram(timestampMs, histogram);
    return;
  }
  into.push(timestampMs, 0);
  into.values.set(values.subarray(i, i + 1), into.length - 1);
}

/** The start time of the sample pushed last; the column appears with the first known one. */
function setStart(samples: SampleBuffer, startMs: number): void {
  if (startMs === 0 && !samples.startTimestampsMs) return;
  samples.startTimestampsMs ??= new Float64Array(samples.values.length);
  samples.startTimestampsMs[samples.length - 1] = startMs;
}
