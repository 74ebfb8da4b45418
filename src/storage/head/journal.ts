// What leaves head.db: journal rows that are in day files, layouts, series and groups that nobody needs. Done in small
// transactions, a bounded part in each call; what is left after a crash is found and sealed again, or not needed.

import type { Clock } from '../../base/clock.ts';
import type { Series } from '../series.ts';
import type { StorageState } from '../state.ts';
import type { HeadGroup } from './group.ts';
import { type Layout, NO_COLUMN } from './layout.ts';
import type { Segment } from './segment.ts';

/** Bytes of rows that one transaction deletes, about. */
const BYTES_A_TRANSACTION = 1024 * 1024;
const ROWS_A_TRANSACTION = 256;

/** Pages that are given back to the file system after a transaction. */
const PAGES_A_TRANSACTION = 256;

interface Doomed {
  readonly journalIds: readonly number[];
  readonly rowBytes: number;
  readonly layout: Layout;
  next: number;
}

export class Journal {
  private readonly state: StorageState;
  private readonly clock: Clock;
  private readonly forgotten: (seriesIds: Float64Array) => void;
  private readonly queue: Doomed[] = [];

  /** `forgotten` is told of series that have left. */
  constructor(state: StorageState, clock: Clock, forgotten: (seriesIds: Float64Array) => void) {
    this.state = state;
    this.clock = clock;
    this.forgotten = forgotten;
  }

  /** The rows of these segments, which are sealed, may go. */
  discard(group: HeadGroup, segments: readonly Segment[]): void {
    for (const { layout, journalIds, bytes } of segments) {
      this.state.unsealedBytes -= bytes;
      this.queue.push({ journalIds: journalIds.splice(0), rowBytes: layout.width * 8, layout, next: 0 });
    }
    this.noteLast(group, segments);
  }

  get hasWork(): boolean {
    return this.queue.length > 0;
  }

  /** Deletes rows for about `budgetMs`; returns whether there are more. */
  work(budgetMs: number): boolean {
    const endMs = this.clock.monotonicMs() + budgetMs;
    const { tables } = this.state;
    while (this.queue.length > 0) {
      tables.database.transaction(() => this.deleteSome());
      tables.database.execute(`PRAGMA incremental_vacuum(${PAGES_A_TRANSACTION})`);
      if (this.clock.monotonicMs() >= endMs) break;
    }
    return this.queue.length > 0;
  }

  /** Takes out of the head the series that no group has any more. */
  depart(series: readonly Series[]): void {
    const { tables } = this.state;
    const leaving = series.filter(one => !one.hasPlace);
    const known = leaving.filter(one => one.id !== 0);
    if (known.length > 0) {
      tables.database.transaction(() => {
        for (const one of known) tables.deleteSeries(one.id);
      });
      this.forgotten(Float64Array.from(known, one => one.id));
    }
    this.state.removeSeries(leaving);
  }

  removeGroup(id: number): void {
    this.state.removeGroupRow(id);
  }

  private deleteSome(): void {
    const { tables } = this.state;
    let bytes = 0;
    let rows = 0;
    for (let doomed = this.queue[0]; doomed; doomed = this.queue[0]) {
      const { journalIds, rowBytes, layout } = doomed;
      while (doomed.next < journalIds.length) {
        if (bytes >= BYTES_A_TRANSACTION || rows >= ROWS_A_TRANSACTION) return;
        tables.deleteRow(journalIds[doomed.next++]);
        bytes += rowBytes;
        rows++;
      }
      this.queue.shift();
      if (layout.segments > 0 || layout.id === 0) continue;
      tables.deleteLayout(layout.id);
      layout.id = 0;
    }
  }

  /** Writes down the newest samples that stand in these segments and in no row that stays. */
  private noteLast(group: HeadGroup, segments: readonly Segment[]): void {
    const { tables, registry } = this.state;
    const newestLeft = newestByColumn(group);
    const columns = new Set<number>();
    for (const layout of new Set(segments.map(segment => segment.layout))) {
      for (const column of layout.columns) {
        if (column === NO_COLUMN) continue;
        const series = group.series[column];
        if (series && series.id !== 0 && newestLeft[column] < registry.lastTimesMs[series.ref])
          columns.add(column);
      }
    }
    if (columns.size === 0) return;
    const value = new Float64Array(1);
    const bytes = new Uint8Array(value.buffer);
    tables.database.transaction(() => {
      for (const column of columns) {
        const { ref, id } = group.seriesAt(column);
        value[0] = registry.lastValues[ref];
        tables.noteLast(id, registry.lastTimesMs[ref], bytes);
      }
    });
  }
}

/** The newest time of the unsealed rows that a column stands in; -Infinity for none. */
function newestByColumn(group: HeadGroup): Float64Array {
  const newest = new Float64Array(group.series.length).fill(Number.NEGATIVE_INFINITY);
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
