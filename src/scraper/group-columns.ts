// The columns that a target's series have in one group of the storage: given out on first sight, noted when a scrape
// has them, and given back when no line of the target stands for them any more, so that a target whose series come
// and go takes no more room than one whose series stay.

import type { Labels } from '../model/labels.ts';
import type { SeriesGroup } from '../storage/contract.ts';
import type { Pace } from './turns.ts';

/** So many columns are given back before the pace is asked. */
const RETIRED_AT_ONCE = 64;

export class GroupColumns {
  readonly group: SeriesGroup;
  /** By column: the number of the last scrape that had it. */
  private seenAt = new Uint32Array(64);
  private serial = 0;
  /** By column: whether the group gave it out and did not get it back. */
  private held = new Uint8Array(64);
  /** By column: the last review that found it in use. */
  private keptAt = new Uint32Array(64);
  private review = 0;
  /** What the review has come to; columns from `limit` on were never given out. */
  private reviewed = 0;
  private limit = 0;
  private readonly lasting = new Map<Labels, number>();

  constructor(group: SeriesGroup) {
    this.group = group;
  }

  /** A scrape begins: it has seen nothing. */
  begin(): void {
    this.serial++;
  }

  /** The column of a series. */
  of(labels: Labels): number {
    const column = this.group.column(labels);
    if (column >= this.held.length) this.grow(column);
    if (column >= this.limit) this.limit = column + 1;
    this.held[column] = 1;
    return column;
  }

  /** The same of a series that the target has for good, whatever its lines say. `labels` is the same object each time. */
  ofLasting(labels: Labels): number {
    let column = this.lasting.get(labels);
    if (column === undefined) {
      column = this.of(labels);
      this.lasting.set(labels, column);
    }
    return column;
  }

  isSeen(column: number): boolean {
    return this.seenAt[column] === this.serial;
  }

  /** Notes that the scrape has this column. */
  see(column: number): void {
    this.seenAt[column] = this.serial;
  }

  /** How many are given out. */
  get count(): number {
    let count = 0;
    for (let column = 0; column < this.limit; column++) count += this.held[column];
    return count;
  }

  /** Begins to look for columns that are no longer in use; an earlier review that was not ended is given up. */
  startReview(): void {
    this.review++;
    this.reviewed = 0;
    for (const column of this.lasting.values()) this.keptAt[column] = this.review;
  }

  /** The first `length` of these are in use; negative ones are none. */
  keep(columns: Int32Array | Uint32Array, length: number): void {
    const { keptAt, review } = this;
    for (let i = 0; i < length; i++) if (columns[i] >= 0) keptAt[columns[i]] = review;
  }

  keepOne(column: number): void {
    this.keptAt[column] = this.review;
  }

  /** Gives back what the review did not find in use, passing each to `retired`; false where the pace was over before the end. */
  retireOthers(pace: Pace, retired?: (column: number) => void): boolean {
    let count = 0;
    for (; this.reviewed < this.limit; this.reviewed++) {
      const column = this.reviewed;
      if (this.held[column] === 0 || this.keptAt[column] === this.review) continue;
      if (count++ === RETIRED_AT_ONCE) {
        if (pace.isOver()) return false;
        count = 0;
      }
      this.held[column] = 0;
      this.group.retire(column);
      retired?.(column);
    }
    return true;
  }

  private grow(column: number): void {
    const capacity = Math.max(column + 1, this.held.length * 2);
    const held = new Uint8Array(capacity);
    held.set(this.held);
    this.held = held;
    this.seenAt = grown(this.seenAt, capacity);
    this.keptAt = grown(this.keptAt, capacity);
  }
}

function grown(from: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(capacity);
  to.set(from);
  return to;
}
