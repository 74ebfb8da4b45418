// Exports samples as OpenMetrics: family by family, series by series, each in the order of time.
//
// In: ExportOptions. Out: text in a stream, and an ExportSummary that counts what the text can't carry. In memory at a
// time: the label sets that were selected, and the samples of one series.

import { compareLabels, type Labels } from '../../model/labels.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import { isStaleAt } from '../../model/stale.ts';
import { compareText } from '../../model/text-order.ts';
import type { Querier, SeriesSet } from '../../storage/contract.ts';
import type { ExportOptions, ExportSummary } from '../contract.ts';
import { END, familyText, needsQuotedNames, seriesText, timeText, valueText } from './openmetrics-text.ts';
import { TextOutput } from './text-output.ts';

/** Characters that are handed on at once. */
const LONG_TEXT = 8192;

/** Between two reports of progress at least. */
const SERIES_PER_REPORT = 16;

interface SelectedSeries {
  readonly labels: Labels;
  readonly set: SeriesSet;
  readonly index: number;
}

interface MutableSummary {
  series: number;
  samples: number;
  bytes: number;
  staleMarkers: number;
  histograms: number;
  quotedNameSeries: number;
  namelessSeries: number;
}

/** Resolves when all text has been handed to the stream, which is left open. Rejects with what that fails with. */
export async function exportSamples(options: ExportOptions): Promise<ExportSummary> {
  const { storage, minTimeMs, maxTimeMs } = options;
  const querier = storage.querier(minTimeMs, maxTimeMs);
  try {
    return await new Exporter(options, querier).run();
  } finally {
    querier.close();
  }
}

class Exporter {
  private readonly options: ExportOptions;
  private readonly querier: Querier;
  private readonly output: TextOutput;
  private readonly buffer = new SampleBuffer();
  private readonly summary: MutableSummary = {
    series: 0,
    samples: 0,
    bytes: 0,
    staleMarkers: 0,
    histograms: 0,
    quotedNameSeries: 0,
    namelessSeries: 0,
  };

  constructor(options: ExportOptions, querier: Querier) {
    this.options = options;
    this.querier = querier;
    this.output = new TextOutput(options.output);
  }

  async run(): Promise<ExportSummary> {
    const { summary, output } = this;
    const selected = this.select();
    let family: string | undefined;
    for (const [done, series] of selected.entries()) {
      if (done % SERIES_PER_REPORT === 0) this.report(done, selected.length);
      if (!this.canWrite(series.labels)) continue;
      const name = series.labels.metricName;
      const before = summary.samples;
      await this.writeSeries(series, name === family ? '' : familyText(name));
      if (summary.samples === before) continue;
      family = name;
      summary.series++;
    }
    await output.write(END);
    await output.flush();
    this.report(selected.length, selected.length);
    summary.bytes = output.bytes;
    return summary;
  }

  /** Every series once, by metric name, then labels. */
  private select(): SelectedSeries[] {
    const byKey = new Map<string, SelectedSeries>();
    for (const matchers of this.options.matcherLists) {
      const set = this.querier.select(matchers);
      set.labels.forEach((labels, index) => {
        if (!byKey.has(labels.key)) byKey.set(labels.key, { labels, set, index });
      });
    }
    return [...byKey.values()].sort(
      (a, b) => compareText(a.labels.metricName, b.labels.metricName) || compareLabels(a.labels, b.labels),
    );
  }

  private canWrite(labels: Labels): boolean {
    if (labels.metricName === '') {
      this.summary.namelessSeries++;
      return false;
    }
    if (!this.options.quotedNames && needsQuotedNames(labels)) {
      this.summary.quotedNameSeries++;
      return false;
    }
    return true;
  }

  /** `head` goes before the first sample, if there is one. */
  private async writeSeries({ labels, set, index }: SelectedSeries, head: string): Promise<void> {
    const { buffer, summary } = this;
    const { minTimeMs, maxTimeMs } = this.options;
    const prefix = seriesText(labels);
    let text = head;
    set.read(index, minTimeMs, maxTimeMs, buffer);
    for (let i = 0; i < buffer.length; i++) {
      if (!this.carries(i)) continue;
      text += `${prefix} ${valueText(buffer.values[i])} ${timeText(buffer.timestampsMs[i])}\n`;
      summary.samples++;
      if (text.length < LONG_TEXT) continue;
      const pause = this.output.write(text);
      text = '';
      if (pause) await pause;
    }
    if (text !== head) await this.output.write(text);
  }

  /** Whether the text can say the sample at `i` of the buffer; counts it where it can't. */
  private carries(i: number): boolean {
    const { buffer, summary } = this;
    if (buffer.histograms?.[i]) {
      summary.histograms++;
      return false;
    }
    const value = buffer.values[i];
    if (value === value || !isStaleAt(buffer.values, i)) return true;
    summary.staleMarkers++;
    return this.options.stale === 'nan';
  }

  private report(series: number, totalSeries: number): void {
    const { samples } = this.summary;
    this.options.onProgress({ series, totalSeries, samples, bytes: this.output.bytes });
  }
}
