// From closed rows, time-major, to the samples of each series and day, as a day file takes them.

import type { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { dayOf, startOfDayMs } from '../day/day.ts';
import type { SeriesSource } from '../day/day-writer.ts';
import type { ClosedRows } from './contract.ts';

/** The sources of every day that the rows touch, oldest day first. `labelsOf` gives the labels of a series id. */
export function sourcesByDay(
  all: readonly ClosedRows[],
  floorMs: number,
  labelsOf: (seriesId: number) => Labels,
): Map<number, SeriesSource[]> {
  const columns = columnsOf(all);
  const sources = new Map<number, SeriesSource[]>();
  for (const day of daysOf(all, floorMs)) {
    const minMs = Math.max(startOfDayMs(day), floorMs);
    const endMs = startOfDayMs(day + 1);
    const ofDay: SeriesSource[] = [];
    for (const [seriesId, places] of columns) {
      ofDay.push(new RowsSource(seriesId, places, minMs, endMs, labelsOf));
    }
    sources.set(day, ofDay);
  }
  return sources;
}

interface Column {
  readonly rows: ClosedRows;
  readonly position: number;
}

function columnsOf(all: readonly ClosedRows[]): Map<number, Column[]> {
  const columns = new Map<number, Column[]>();
  for (const rows of all) {
    rows.seriesIds.forEach((seriesId, position) => {
      if (seriesId === 0) return;
      const known = columns.get(seriesId);
      if (known) known.push({ rows, position });
      else columns.set(seriesId, [{ rows, position }]);
    });
  }
  return columns;
}

function daysOf(all: readonly ClosedRows[], floorMs: number): number[] {
  const days = new Set<number>();
  for (const { rows, timesMs } of all) {
    for (let row = 0; row < rows; row++) if (timesMs[row] >= floorMs) days.add(dayOf(timesMs[row]));
  }
  return [...days].sort((a, b) => a - b);
}

class RowsSource implements SeriesSource {
  readonly seriesId: number;
  private readonly columns: readonly Column[];
  private readonly minMs: number;
  private readonly endMs: number;
  private readonly labelsOf: (seriesId: number) => Labels;

  /** Of the samples with minMs <= t < endMs. */
  constructor(
    seriesId: number,
    columns: readonly Column[],
    minMs: number,
    endMs: number,
    labelsOf: (seriesId: number) => Labels,
  ) {
    this.seriesId = seriesId;
    this.columns = columns;
    this.minMs = minMs;
    this.endMs = endMs;
    this.labelsOf = labelsOf;
  }

  labels(): Labels {
    return this.labelsOf(this.seriesId);
  }

  read(into: SampleBuffer): void {
    into.clear();
    for (const { rows, position } of this.columns) this.readColumn(rows, position, into);
  }

  private readColumn(closed: ClosedRows, position: number, into: SampleBuffer): void {
    const { rows, timesMs, values, startsMs, histograms } = closed;
    const width = closed.seriesIds.length;
    into.reserve(rows);
    const { timestampsMs: outTimesMs, values: outValues } = into;
    let out = into.length;
    for (let row = 0, cell = position; row < rows; row++, cell += width) {
      const timeMs = timesMs[row];
      if (timeMs < this.minMs || timeMs >= this.endMs) continue;
      outTimesMs[out] = timeMs;
      outValues[out] = values[cell];
      const histogram = histograms?.get(cell);
      if (histogram) {
        into.histograms ??= [];
        into.histograms[out] = histogram;
      }
      if (startsMs && startsMs[cell] !== 0) into.withStarts()[out] = startsMs[cell];
      out++;
    }
    into.length = out;
  }
}
