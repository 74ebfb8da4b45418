// From series with their whole past to the samples of each day, as a day file takes them.

import { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { dayOf } from '../day/day.ts';
import type { SeriesSource } from '../day/day-writer.ts';
import type { LoadedSeries } from './contract.ts';

export function loadedByDay(all: readonly LoadedSeries[]): Map<number, SeriesSource[]> {
  const sources = new Map<number, SeriesSource[]>();
  for (const series of all) {
    const labels = Labels.fromSorted(series.pairs);
    for (const [day, indexes] of indexesByDay(series.timesMs)) {
      const ofDay = sources.get(day);
      const source = sourceOf(series, labels, indexes);
      if (ofDay) ofDay.push(source);
      else sources.set(day, [source]);
    }
  }
  return sources;
}

function indexesByDay(timesMs: Float64Array): Map<number, number[]> {
  const byDay = new Map<number, number[]>();
  for (let i = 0; i < timesMs.length; i++) {
    const day = dayOf(timesMs[i]);
    const known = byDay.get(day);
    if (known) known.push(i);
    else byDay.set(day, [i]);
  }
  return byDay;
}

function sourceOf(series: LoadedSeries, labels: Labels, indexes: readonly number[]): SeriesSource {
  const { timesMs, values, startsMs, histograms } = series;
  return {
    seriesId: 0,
    labels: () => labels,
    read(into: SampleBuffer) {
      into.clear();
      into.reserve(indexes.length);
      indexes.forEach((from, to) => {
        into.timestampsMs[to] = timesMs[from];
        into.values[to] = values[from];
        if (startsMs && startsMs[from] !== 0) into.withStarts()[to] = startsMs[from];
        const histogram = histograms?.[from];
        if (!histogram) return;
        into.histograms ??= [];
        into.histograms[to] = histogram;
      });
      into.length = indexes.length;
    },
  };
}
