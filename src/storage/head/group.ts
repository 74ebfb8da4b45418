// A group in memory: its columns (which series they are, by ref) and its recent rows as a list of segments, oldest
// first.
//
// A segment is sealed when its rows are in day files and the journal has let them go; it stays in memory for a while
// after that, for queries of now. A column that was retired is given out anew when no segment has it any more.

import type { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import type { SeriesGroup } from '../contract.ts';
import type { Home } from '../places.ts';
import { NO_REF, type SeriesRegistry } from '../series.ts';
import { Layout, NO_COLUMN } from './layout.ts';
import { type HeadRow, Segment, type SegmentHome } from './segment.ts';

/** How many layouts a group remembers, so that a target that changes to and fro does not write each anew. */
const REMEMBERED_LAYOUTS = 4;

/** What a group needs of the storage. */
export interface GroupHome extends SegmentHome {
  readonly registry: SeriesRegistry;
  /** Where the refs of series go that get a column before they have a row in head.db. */
  readonly newcomers: Set<number>;
}

export class HeadGroup implements SeriesGroup, Home {
  readonly key: string;
  /** Its row in head.db; 0 before its first row. */
  id: number;
  /** By column: the series' ref, NO_REF where the column is free. Replaced when it grows. */
  refs: Uint32Array = new Uint32Array(8).fill(NO_REF);
  /** Columns are smaller than this. */
  columnLimit = 0;
  segments: Segment[] = [];
  /** Rows in segments that are not sealed. */
  unsealedRows = 0;
  newestMs = Number.NEGATIVE_INFINITY;
  /** Somebody asked for it and has not let it go. */
  held = false;
  /** When it was first seen without a holder, by the monotonic clock, ms. */
  unheldSinceMs: number | undefined;
  /** Taken out of memory; it takes no more rows. */
  forgotten = false;
  private readonly home: GroupHome;
  /** Its number as the home of series. */
  private readonly number: number;
  private layouts: Layout[] = [];
  private readonly retired = new Set<number>();
  private readonly free: number[] = [];

  constructor(key: string, id: number, home: GroupHome) {
    this.key = key;
    this.id = id;
    this.home = home;
    this.number = home.registry.places.enter(this);
  }

  column(labels: Labels): number {
    return this.columnOf(this.home.registry.open(labels));
  }

  columnOf(ref: number): number {
    const { places, columns } = this.home.registry;
    const known = places.columnIn(this.number, ref);
    if (known >= 0) {
      this.retired.delete(known);
      return known;
    }
    const column = this.free.pop() ?? this.columnLimit++;
    if (column >= this.refs.length) {
      const refs = new Uint32Array(column * 2).fill(NO_REF);
      refs.set(this.refs);
      this.refs = refs;
    }
    this.refs[column] = ref;
    places.add(ref, this.number, column);
    if (columns.ids[ref] === 0) this.home.newcomers.add(ref);
    return column;
  }

  retire(column: number): void {
    this.retired.add(column);
  }

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

  append(layout: Layout, row: HeadRow, journalId: number, commit: number): Segment {
    let segment = this.segments.at(-1);
    if (!segment || segment.layout !== layout || segment.full) {
      segment = new Segment(layout, this.home);
      this.segments.push(segment);
    }
    segment.append(row, journalId, commit);
    this.unsealedRows++;
    if (row.timestampMs > this.newestMs) this.newestMs = row.timestampMs;
    return segment;
  }

  /** As Segment.read, of all rows that are not in day files for a querier of that generation. */
  read(
    column: number,
    minMs: number,
    maxMs: number,
    commit: number,
    generation: number,
    into: SampleBuffer,
  ): void {
    for (const segment of this.segments) {
      if (segment.sealedIn > generation) segment.read(column, minMs, maxMs, commit, into);
    }
  }

  /** Notes that the rows of these segments are in day files. Their layouts may lose their rows in head.db. */
  noteSealed(segments: readonly Segment[], generation: number): void {
    for (const segment of segments) {
      segment.sealedIn = generation;
      segment.layout.segments--;
      this.unsealedRows -= segment.rows;
    }
  }

  /** Takes the segments out of memory, and frees the columns that only they had of those that were retired. */
  remove(segments: ReadonlySet<Segment>): void {
    this.segments = this.segments.filter(segment => !segments.has(segment));
    for (const segment of segments) {
      segment.recycle();
      if (segment.isSealed) continue;
      segment.layout.segments--;
      this.unsealedRows -= segment.rows;
    }
  }

  /** Frees the retired columns that no segment has; returns the refs of their series, which may have no place left. */
  freeRetired(): number[] {
    if (this.retired.size === 0) return [];
    const used = new Uint8Array(this.columnLimit);
    for (const layout of new Set(this.segments.map(segment => segment.layout))) {
      for (const column of layout.columns) if (column !== NO_COLUMN) used[column] = 1;
    }
    const freed: number[] = [];
    const isFree = new Uint8Array(this.columnLimit);
    for (const column of this.retired) {
      if (used[column] === 1) continue;
      this.retired.delete(column);
      if (this.refs[column] === NO_REF) continue;
      freed.push(this.leave(column));
      this.free.push(column);
      isFree[column] = 1;
    }
    if (freed.length === 0) return freed;
    // A layout that is remembered with such a column would stand for another series.
    this.layouts = this.layouts.filter(({ columns }) => !columns.some(column => isFree[column] === 1));
    return freed;
  }

  /** Gives up all columns; returns the refs of their series. */
  forget(): number[] {
    this.forgotten = true;
    const left: number[] = [];
    for (let column = 0; column < this.columnLimit; column++) {
      if (this.refs[column] !== NO_REF) left.push(this.leave(column));
    }
    this.home.registry.places.leave(this.number);
    return left;
  }

  /** Returns the ref that was there. */
  private leave(column: number): number {
    const ref = this.refs[column];
    this.refs[column] = NO_REF;
    this.home.registry.places.remove(ref, this.number);
    return ref;
  }
}
