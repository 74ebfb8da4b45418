// A storage that counts: which columns its groups have given out and not got back, and which it gives out again. What
// is done to a column that is not given out is a fault, and is told.

import type { Labels } from '../../../src/model/labels.ts';
import type { CommitReport, Row, SeriesGroup } from '../../../src/storage/contract.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';

export class CountingStorage extends MemoryStorage {
  readonly counting = new Map<string, CountingGroup>();
  /** So many calls of register() find more to do. */
  registrations = 0;

  override group(key: string): SeriesGroup {
    let group = this.counting.get(key);
    if (!group) {
      group = new CountingGroup(super.group(key));
      this.counting.set(key, group);
    }
    return group;
  }

  override commit(rows: readonly Row[]): CommitReport {
    const translated = rows.map(row => (row.group as CountingGroup).translate(row));
    return super.commit(translated);
  }

  override register(): boolean {
    return this.registrations-- <= 0;
  }

  get columnsInUse(): number {
    return [...this.counting.values()].reduce((sum, group) => sum + group.inUse.size, 0);
  }

  get highestColumn(): number {
    return Math.max(...[...this.counting.values()].map(group => group.given - 1));
  }
}

/** Gives out columns of its own, the lowest free one first, as a storage may. */
class CountingGroup implements SeriesGroup {
  readonly key: string;
  /** How many columns there have been at once. */
  given = 0;
  readonly inUse = new Map<number, Labels>();
  private readonly group: SeriesGroup;
  private readonly columns = new Map<string, number>();
  private readonly free: number[] = [];

  constructor(group: SeriesGroup) {
    this.key = group.key;
    this.group = group;
  }

  column(labels: Labels): number {
    const known = this.columns.get(labels.key);
    if (known !== undefined) return known;
    const column = this.free.pop() ?? this.given++;
    this.columns.set(labels.key, column);
    this.inUse.set(column, labels);
    return column;
  }

  retire(column: number): void {
    const labels = this.inUse.get(column);
    if (!labels) throw new Error(`column ${column} is not given out`);
    this.inUse.delete(column);
    this.columns.delete(labels.key);
    this.free.push(column);
    this.group.retire(this.group.column(labels));
  }

  release(): void {
    this.group.release();
  }

  translate(row: Row): Row {
    const columns = row.columns.map((column, i) => {
      if (i >= row.length) return 0;
      const labels = this.inUse.get(column);
      if (!labels) throw new Error(`column ${column} is not given out`);
      return this.group.column(labels);
    });
    return Object.assign(Object.create(Object.getPrototypeOf(row)), row, { group: this.group, columns });
  }
}
