// What leaves head.db: journal rows that are in day files, layouts, series and groups that nobody needs. A queue, done
// in small transactions, a bounded part in each call; what is left after a crash is found and sealed again, or not
// needed.

import type { Clock } from '../../base/clock.ts';
import { NO_REF } from '../series.ts';
import type { SeriesColumns } from '../series-columns.ts';
import { SeriesList } from '../series-list.ts';
import type { StorageState } from '../state.ts';
import type { HeadGroup } from './group.ts';
import { type Layout, NO_COLUMN } from './layout.ts';
import type { Segment } from './segment.ts';

/** Bytes of rows that one transaction deletes, about. */
const BYTES_A_TRANSACTION = 1024 * 1024;
const ROWS_A_TRANSACTION = 256;
/** Series that one transaction changes or deletes: a millisecond or two. */
const SERIES_A_TRANSACTION = 500;

/** Pages that are given back to the file system after a transaction. */
const PAGES_A_TRANSACTION = 256;

/** Rows that are to be deleted. */
interface Rows {
  readonly kind: 'rows';
  readonly journalIds: readonly number[];
  readonly rowBytes: number;
  readonly layout: Layout;
  next: number;
}

/**
 * Series whose newest samples are to be written down before the rows behind them in the queue go; or that leave, where
 * no group has them by then.
 */
interface ManySeries {
  readonly kind: 'note' | 'depart';
  readonly series: SeriesList;
  next: number;
}

export class Journal {
  private readonly state: StorageState;
  private readonly clock: Clock;
  private readonly forgotten: (seriesIds: Uint32Array) => void;
  private readonly queue: (Rows | ManySeries)[] = [];

  /** `forgotten` is told of series that have left. */
  constructor(state: StorageState, clock: Clock, forgotten: (seriesIds: Uint32Array) => void) {
    this.state = state;
    this.clock = clock;
    this.forgotten = forgotten;
  }

  /** The rows of these segments, which are sealed, may go. */
  discard(group: HeadGroup, segments: readonly Segment[]): void {
    const { registry } = this.state;
    this.add('note', new SeriesList(registry, seriesOnlyIn(group, segments, registry.columns)));
    for (const { layout, journalIds, bytes } of segments) {
      this.state.unsealedBytes -= bytes;
      const rowBytes = layout.width * 8;
      this.queue.push({ kind: 'rows', journalIds: journalIds.splice(0), rowBytes, layout, next: 0 });
    }
  }

  /** Takes out of the head, in time, the series that no group has any more. */
  depart(series: SeriesList): void {
    this.add('depart', series);
  }

  removeGroup(id: number): void {
    this.state.removeGroupRow(id);
  }

  get hasWork(): boolean {
    return this.queue.length > 0;
  }

  /** Does what is to be done for about `budgetMs`; returns whether there is more. Throws SQLite's error. */
  work(budgetMs: number): boolean {
    const endMs = this.clock.monotonicMs() + budgetMs;
    while (this.queue.length > 0) {
      this.workSome(this.queue[0]);
      if (this.clock.monotonicMs() >= endMs) break;
    }
    return this.queue.length > 0;
  }

  private add(kind: ManySeries['kind'], series: SeriesList): void {
    if (series.length > 0) this.queue.push({ kind, series, next: 0 });
  }

  private workSome(first: Rows | ManySeries): void {
    const { database } = this.state.tables;
    if (first.kind === 'rows') {
      database.transaction(() => this.deleteSome());
      database.execute(`PRAGMA incremental_vacuum(${PAGES_A_TRANSACTION})`);
      return;
    }
    const end = first.next + SERIES_A_TRANSACTION;
    const refs = first.series.open(first.next, end);
    if (first.kind === 'note') database.transaction(() => this.noteLast(refs));
    else this.departNow(refs);
    first.next = end;
    if (end >= first.series.length) this.queue.shift();
  }

  private deleteSome(): void {
    const { tables } = this.state;
    let bytes = 0;
    let rows = 0;
    for (let first = this.queue[0]; first?.kind === 'rows'; first = this.queue[0]) {
      const { journalIds, rowBytes, layout } = first;
      while (first.next < journalIds.length) {
        if (bytes >= BYTES_A_TRANSACTION || rows >= ROWS_A_TRANSACTION) return;
        tables.deleteRow(journalIds[first.next++]);
        bytes += rowBytes;
        rows++;
      }
      this.queue.shift();
      if (layout.segments > 0 || layout.id === 0) continue;
      tables.deleteLayout(layout.id);
      layout.id = 0;
    }
  }

  private noteLast(refs: readonly number[]): void {
    const { tables, registry } = this.state;
    const { ids, lastTimesMs, lastValues } = registry.columns;
    const value = new Float64Array(1);
    const bytes = new Uint8Array(value.buffer);
    for (const ref of refs) {
      // Its samples have been dropped meanwhile.
      if (ids[ref] === 0) continue;
      value[0] = lastValues[ref];
      tables.noteLast(ids[ref], lastTimesMs[ref], bytes);
    }
  }

  private departNow(refs: readonly number[]): void {
    const { tables, registry } = this.state;
    const leaving = refs.filter(ref => !registry.places.has(ref));
    const ids = Uint32Array.from(leaving, ref => registry.columns.ids[ref]).filter(id => id !== 0);
    if (ids.length > 0) {
      tables.database.transaction(() => ids.forEach(tables.deleteSeries));
      this.forgotten(ids);
    }
    this.state.removeSeries(leaving);
  }
}

/** The series whose newest samples stand in these segments and in no row that stays. */
function seriesOnlyIn(
  group: HeadGroup,
  segments: readonly Segment[],
  { ids, lastTimesMs }: SeriesColumns,
): Uint32Array {
  const newestLeft = newestByColumn(group);
  const looked = new Uint8Array(group.columnLimit);
  const found: number[] = [];
  for (const layout of new Set(segments.map(segment => segment.layout))) {
    for (const column of layout.columns) {
      if (column === NO_COLUMN || looked[column] === 1) continue;
      looked[column] = 1;
      // Fast path: a row that stays has the newest sample.
      const ref = group.refs[column];
      if (newestLeft[column] >= lastTimesMs[ref]) continue;
      if (ref !== NO_REF && ids[ref] !== 0) found.push(ref);
    }
  }
  return Uint32Array.from(found);
}

/** The newest time of the unsealed rows that a column stands in; -Infinity for none. */
function newestByColumn(group: HeadGroup): Float64Array {
  const newest = new Float64Array(group.columnLimit).fill(Number.NEGATIVE_INFINITY);
  const byLayout = new Map<Layout, number>();
  for (const { layout, isSealed, maxTimeMs } of group.segments) {
    if (isSealed) continue;
    byLayout.set(layout, Math.max(byLayout.get(layout) ?? maxTimeMs, maxTimeMs));
  }
  for (const [layout, maxTimeMs] of byLayout) {
    for (const column of layout.columns) {
      if (column !== NO_COLUMN && maxTimeMs > newest[column]) newest[column] = maxTimeMs;
    }
  }
  return newest;
}
