// From closed rows, time-major, to the samples of each series and day, as a day file takes them.

import { bug } from '../../base/errors.ts';
import type { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { dayOf, startOfDayMs } from '../day/day.ts';
import type { SeriesSource } from '../day/day-writer.ts';
import { readPacked } from '../head/packed-rows.ts';
import type { ClosedRows } from './contract.ts';

/** The sources of every day that the rows touch, oldest day first. `labelsOf` gives the labels of a series id. */
export function sourcesByDay(
  all: readonly ClosedRows[],
  floorMs: number,
  labelsOf: (seriesId: number) => Labels,
): Map<number, SeriesSource[]> {
  const columns = new Columns(all);
  const sources = new Map<number, SeriesSource[]>();
  for (const day of daysOf(all, floorMs)) {
    const minMs = Math.max(startOfDayMs(day), floorMs);
    const span: Span = { columns, minMs, endMs: startOfDayMs(day + 1), labelsOf };
    const ofDay: SeriesSource[] = [];
    for (let index = 0; index < columns.seriesIds.length; index++) ofDay.push(new RowsSource(span, index));
    sources.set(day, ofDay);
  }
  return sources;
}

/**
 * Where each series stands in the rows. There may be very many: numbers in a few arrays, since objects that live as
 * long as a seal takes make the thread's heap grow, and its memory is not given back.
 *
 *   cell        a position of some rows, numbered through all of them
 *   cells       series after series, and of one series in the order of the rows
 *   seriesIds   each once; the cells of the one at `index` begin at firsts[index] and end before firsts[index + 1]
 */
class Columns {
  readonly all: readonly ClosedRows[];
  readonly seriesIds: Uint32Array;
  readonly firsts: Uint32Array;
  readonly cells: Uint32Array;
  /** By cell: index into `all`. */
  readonly rowsOfCell: Uint32Array;
  /** By index into `all`: the first of its cells. */
  readonly firstCells: Uint32Array;

  constructor(all: readonly ClosedRows[]) {
    this.all = all;
    const count = all.reduce((sum, { seriesIds }) => sum + seriesIds.length, 0);
    this.firstCells = new Uint32Array(all.length);
    this.rowsOfCell = new Uint32Array(count);
    const keys = this.sortedKeys(count);
    this.cells = new Uint32Array(keys.length);
    const seriesIds = new Uint32Array(keys.length);
    const firsts = new Uint32Array(keys.length + 1);
    let length = 0;
    for (let i = 0; i < keys.length; i++) {
      const seriesId = Math.floor(keys[i] / count);
      this.cells[i] = keys[i] - seriesId * count;
      if (length > 0 && seriesIds[length - 1] === seriesId) continue;
      seriesIds[length] = seriesId;
      firsts[length++] = i;
    }
    firsts[length] = keys.length;
    this.seriesIds = seriesIds.subarray(0, length);
    this.firsts = firsts.subarray(0, length + 1);
  }

  /** Of all cells that have a series: its id times `count`, plus the cell. Numbers the cells. */
  private sortedKeys(count: number): Float64Array {
    const keys = new Float64Array(count);
    let length = 0;
    let firstCell = 0;
    this.all.forEach(({ seriesIds }, index) => {
      this.firstCells[index] = firstCell;
      this.rowsOfCell.fill(index, firstCell, firstCell + seriesIds.length);
      for (let position = 0; position < seriesIds.length; position++) {
        if (seriesIds[position] === 0) continue;
        const key = seriesIds[position] * count + firstCell + position;
        if (key > Number.MAX_SAFE_INTEGER) bug('a seal has too many series with too large ids');
        keys[length++] = key;
      }
      firstCell += seriesIds.length;
    });
    return keys.subarray(0, length).sort();
  }
}

/** What the sources of one day share: samples with minMs <= t < endMs. */
interface Span {
  readonly columns: Columns;
  readonly minMs: number;
  readonly endMs: number;
  readonly labelsOf: (seriesId: number) => Labels;
}

function daysOf(all: readonly ClosedRows[], floorMs: number): number[] {
  const days = new Set<number>();
  for (const { rows, timesMs } of all) {
    for (let row = 0; row < rows; row++) if (timesMs[row] >= floorMs) days.add(dayOf(timesMs[row]));
  }
  return [...days].sort((a, b) => a - b);
}

class RowsSource implements SeriesSource {
  private readonly span: Span;
  private readonly index: number;

  /** Of the series at that index. */
  constructor(span: Span, index: number) {
    this.span = span;
    this.index = index;
  }

  get seriesId(): number {
    return this.span.columns.seriesIds[this.index];
  }

  labels(): Labels {
    return this.span.labelsOf(this.seriesId);
  }

  read(into: SampleBuffer): void {
    into.clear();
    const { all, firsts, cells, rowsOfCell, firstCells } = this.span.columns;
    for (let i = firsts[this.index]; i < firsts[this.index + 1]; i++) {
      const rows = rowsOfCell[cells[i]];
      readColumn(all[rows], cells[i] - firstCells[rows], this.span, into);
    }
  }
}

/** Adds the samples of one position that lie in the span. */
function readColumn(closed: ClosedRows, position: number, { minMs, endMs }: Span, into: SampleBuffer): void {
  const { rows, timesMs, startsMs, histograms } = closed;
  const width = closed.seriesIds.length;
  into.reserve(rows);
  const { timestampsMs: outTimesMs, values: outValues } = into;
  const values = valuesOf(closed, position);
  let out = into.length;
  for (let row = 0, cell = position; row < rows; row++, cell += width) {
    const timeMs = timesMs[row];
    if (timeMs < minMs || timeMs >= endMs) continue;
    outTimesMs[out] = timeMs;
    outValues[out] = values[row];
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

/** The values of one position, row by row. Good until the next call. */
let valuesOfPosition = new Float64Array(64);

function valuesOf({ cells, rows, seriesIds }: ClosedRows, position: number): Float64Array {
  if (valuesOfPosition.length < rows) valuesOfPosition = new Float64Array(rows);
  if (!(cells instanceof Float64Array)) readPacked(cells, position, valuesOfPosition);
  else
    for (let row = 0, at = position; row < rows; row++, at += seriesIds.length)
      valuesOfPosition[row] = cells[at];
  return valuesOfPosition;
}
