// A group in memory: its columns (which series they are) and its recent rows as a list of segments, oldest first.

import type { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import type { SeriesGroup } from '../contract.ts';
import type { Series, SeriesRegistry } from '../series.ts';
import { Layout } from './layout.ts';
import { type HeadRow, Segment } from './segment.ts';

/** How many layouts a group remembers, so that a target that changes to and fro does not write each anew. */
const REMEMBERED_LAYOUTS = 4;

export class HeadGroup implements SeriesGroup {
  readonly key: string;
  /** Its row in SQLite; 0 before its first row. */
  id: number;
  /** By column. */
  readonly series: Series[] = [];
  /** By column: the series' ref. */
  refs = new Uint32Array(8);
  segments: Segment[] = [];
  /** Rows in all segments. */
  rows = 0;
  /** Somebody asked for it and has not let it go. */
  held = false;
  /** When it was first seen without a holder, by the monotonic clock, ms. */
  unheldSinceMs: number | undefined;
  /** Taken out of memory; it takes no more rows. */
  forgotten = false;
  private readonly registry: SeriesRegistry;
  private readonly segmentRows: number;
  private readonly layouts: Layout[] = [];

  constructor(key: string, id: number, registry: SeriesRegistry, segmentRows: number) {
    this.key = key;
    this.id = id;
    this.registry = registry;
    this.segmentRows = segmentRows;
  }

  column(labels: Labels): number {
    return this.columnOf(this.registry.open(labels));
  }

  columnOf(series: Series): number {
    const known = series.columnIn(this);
    if (known >= 0) return known;
    const column = this.series.length;
    if (column === this.refs.length) {
      const refs = new Uint32Array(column * 2);
      refs.set(this.refs);
      this.refs = refs;
    }
    this.series.push(series);
    this.refs[column] = series.ref;
    series.addPlace(this, column);
    return column;
  }

  /** Columns are not given out anew. */
  retire(): void {}

  release(): void {
    this.held = false;
  }

  /** The layout of these columns; they are copied where they are new. */
  layoutOf(columns: Uint32Array, length: number): Layout {
    for (const layout of this.layouts) if (layout.equals(columns, length)) return layout;
    const layout = new Layout(columns.slice(0, length));
    this.layouts.unshift(layout);
    if (this.layouts.length > REMEMBERED_LAYOUTS) this.layouts.pop();
    return layout;
  }

  append(layout: Layout, row: HeadRow, journalId: number, commit: number): void {
    let segment = this.segments.at(-1);
    if (!segment || segment.layout !== layout || segment.full) {
      segment = new Segment(layout, this.segmentRows);
      this.segments.push(segment);
    }
    segment.append(row, journalId, commit);
    this.rows++;
  }

  read(column: number, minMs: number, maxMs: number, commit: number, into: SampleBuffer): void {
    for (const segment of this.segments) segment.read(column, minMs, maxMs, commit, into);
  }

  /** The layouts that no other segment of the group has: when these segments go, their rows may go. */
  layoutsOnlyIn(segments: Iterable<Segment>): Layout[] {
    const uses = new Map<Layout, number>();
    for (const { layout } of segments) uses.set(layout, (uses.get(layout) ?? 0) + 1);
    return [...uses].filter(([layout, count]) => layout.segments === count).map(([layout]) => layout);
  }

  /** Takes these segments out; their rows are elsewhere, or gone for good. */
  remove(segments: ReadonlySet<Segment>): void {
    this.segments = this.segments.filter(segment => !segments.has(segment));
    for (const segment of segments) {
      segment.layout.segments--;
      this.rows -= segment.rows;
    }
  }

  /** Gives up the columns of a group that nobody holds. */
  forget(): void {
    this.forgotten = true;
    for (const series of this.series) {
      series.removePlace(this);
      this.registry.closeIfUnused(series);
    }
  }
}
