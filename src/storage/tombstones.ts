// What deleteSeries() has hidden: time ranges by series, kept in head.db until they are gone from disk.

import { Labels } from '../model/labels.ts';
import type { SampleBuffer } from '../model/sample-buffer.ts';
import { hideSamples, type Interval } from './day/interval.ts';
import type { HeadTables } from './head/head-tables.ts';
import type { Hidden } from './maintenance/contract.ts';

interface Tombstone extends Interval {
  /** Its row in head.db; rises. */
  readonly id: number;
}

/** A range of one series that is to be hidden. */
export interface Deletion extends Interval {
  readonly labels: Labels;
}

/** What is hidden at one moment. Never modified. */
export class HiddenRanges {
  private readonly bySeries: ReadonlyMap<string, readonly Tombstone[]>;

  constructor(bySeries: ReadonlyMap<string, readonly Tombstone[]>) {
    this.bySeries = bySeries;
  }

  /** Takes out the samples that are hidden. */
  apply(labels: Labels, samples: SampleBuffer): void {
    if (this.bySeries.size === 0) return;
    const intervals = this.bySeries.get(labels.key);
    if (intervals) hideSamples(samples, Number.NEGATIVE_INFINITY, intervals);
  }
}

export class Tombstones {
  private readonly tables: HeadTables;
  /** Replaced as a whole by every change. */
  private bySeries: ReadonlyMap<string, readonly Tombstone[]> = new Map();
  private hiddenRanges: HiddenRanges;

  constructor(tables: HeadTables) {
    this.tables = tables;
    const found = tables.allTombstones().map(({ id, labels, min_ms, max_ms }) => {
      const { key } = Labels.fromSorted(JSON.parse(labels));
      return { key, tombstone: { id, minMs: min_ms, maxMs: max_ms } };
    });
    this.hiddenRanges = this.replace(found);
  }

  /** What is hidden now: whoever keeps it goes on hiding that, though it may be gone from disk. */
  get hidden(): HiddenRanges {
    return this.hiddenRanges;
  }

  /** Of the one that was added last; 0 where there is none. */
  get lastId(): number {
    let last = 0;
    for (const tombstones of this.bySeries.values())
      for (const { id } of tombstones) last = Math.max(last, id);
    return last;
  }

  /** In one transaction. Throws SQLite's error where it can't write; then nothing is hidden. */
  add(deletions: readonly Deletion[]): void {
    const added = this.tables.database.transaction(() =>
      deletions.map(({ labels, minMs, maxMs }) => {
        const id = this.tables.insertTombstone(JSON.stringify(labels.pairs), minMs, maxMs);
        return { key: labels.key, tombstone: { id, minMs, maxMs } };
      }),
    );
    this.replace(added);
  }

  /** Those that touch the range, as the maintenance takes them. */
  within(minMs: number, maxMs: number): Hidden {
    const found: [string, Interval[]][] = [];
    for (const [key, tombstones] of this.bySeries) {
      const touching = tombstones.filter(one => one.minMs <= maxMs && one.maxMs >= minMs);
      if (touching.length > 0)
        found.push([key, touching.map(one => ({ minMs: one.minMs, maxMs: one.maxMs }))]);
    }
    return found;
  }

  /** Drops, in one transaction, those up to `lastId` that hide nothing from `timeMs` on. */
  removeBefore(timeMs: number, lastId: number): void {
    const isDone = ({ id, maxMs }: Tombstone): boolean => id <= lastId && maxMs < timeMs;
    const done = [...this.bySeries.values()].flat().filter(isDone);
    if (done.length === 0) return;
    this.tables.database.transaction(() => {
      for (const { id } of done) this.tables.deleteTombstone(id);
    });
    const left = new Map<string, readonly Tombstone[]>();
    for (const [key, tombstones] of this.bySeries) {
      const others = tombstones.filter(one => !isDone(one));
      if (others.length > 0) left.set(key, others);
    }
    this.bySeries = left;
    this.hiddenRanges = new HiddenRanges(left);
  }

  private replace(added: readonly { readonly key: string; readonly tombstone: Tombstone }[]): HiddenRanges {
    const bySeries = new Map(this.bySeries);
    for (const { key, tombstone } of added) bySeries.set(key, [...(bySeries.get(key) ?? []), tombstone]);
    this.bySeries = bySeries;
    this.hiddenRanges = new HiddenRanges(bySeries);
    return this.hiddenRanges;
  }
}
