// Which columns of which groups in memory a series has: in most cases one, which is in the columns of series by ref;
// what is beside it is in a map.
//
// A group is a home with a number of its own as long as it is in memory.

import { bug } from '../base/errors.ts';
import type { SampleBuffer } from '../model/sample-buffer.ts';
import type { SeriesColumns } from './series-columns.ts';

/** What is asked of a group through one of its series. */
export interface Home {
  read(
    column: number,
    minMs: number,
    maxMs: number,
    commit: number,
    generation: number,
    into: SampleBuffer,
  ): void;
}

interface Place {
  readonly home: number;
  readonly column: number;
}

const NO_HOME = 0;

export class Places {
  private readonly columns: SeriesColumns;
  /** By number. */
  private readonly homes: (Home | undefined)[] = [undefined];
  private readonly freeHomes: number[] = [];
  /** By ref: the places beside the first. */
  private readonly others = new Map<number, readonly Place[]>();

  constructor(columns: SeriesColumns) {
    this.columns = columns;
  }

  /** Gives the home a number. */
  enter(home: Home): number {
    const number = this.freeHomes.pop() ?? this.homes.length;
    this.homes[number] = home;
    return number;
  }

  /** The home must be in, and no series have a column there any more. */
  leave(home: number): void {
    if (!this.homes[home]) bug('a group leaves once');
    this.homes[home] = undefined;
    this.freeHomes.push(home);
  }

  has(ref: number): boolean {
    return this.columns.homes[ref] !== NO_HOME;
  }

  /** The series' column in that home, -1 for none. */
  columnIn(home: number, ref: number): number {
    if (this.columns.homes[ref] === home) return this.columns.homeColumns[ref];
    if (this.others.size === 0) return -1;
    return this.others.get(ref)?.find(place => place.home === home)?.column ?? -1;
  }

  /** The series must have no column in that home. */
  add(ref: number, home: number, column: number): void {
    if (this.has(ref)) this.others.set(ref, [...(this.others.get(ref) ?? []), { home, column }]);
    else this.setFirst(ref, home, column);
  }

  /** Nothing happens where the series has no column there. */
  remove(ref: number, home: number): void {
    let others = this.others.get(ref) ?? [];
    if (this.columns.homes[ref] === home) {
      this.setFirst(ref, others[0]?.home ?? NO_HOME, others[0]?.column ?? 0);
      others = others.slice(1);
    } else {
      others = others.filter(place => place.home !== home);
    }
    if (others.length > 0) this.others.set(ref, others);
    else this.others.delete(ref);
  }

  /** Home.read() of every column that the series has. */
  read(
    ref: number,
    minMs: number,
    maxMs: number,
    commit: number,
    generation: number,
    into: SampleBuffer,
  ): void {
    const { homes } = this;
    const first = this.columns.homes[ref];
    homes[first]?.read(this.columns.homeColumns[ref], minMs, maxMs, commit, generation, into);
    if (this.others.size === 0) return;
    for (const { home, column } of this.others.get(ref) ?? []) {
      homes[home]?.read(column, minMs, maxMs, commit, generation, into);
    }
  }

  private setFirst(ref: number, home: number, column: number): void {
    this.columns.homes[ref] = home;
    this.columns.homeColumns[ref] = column;
  }
}
