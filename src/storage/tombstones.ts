// What deleteSeries() has hidden: time ranges by series, kept in head.db until they are gone from disk.

import { Labels } from '../model/labels.ts';
import type { SampleBuffer } from '../model/sample-buffer.ts';
import { hideSamples, type Interval } from './day/interval.ts';
import type { HeadTables } from './head/head-tables.ts';
import type { Hidden } from './maintenance/contract.ts';

interface Tombstone extends Interval {
  /** Its row in head.db. */
  readonly id: number;
}

export class Tombstones {
  private readonly tables: HeadTables;
  private readonly bySeries = new Map<string, Tombstone[]>();

  constructor(tables: HeadTables) {
    this.tables = tables;
    for (const { id, labels, min_ms, max_ms } of tables.allTombstones()) {
      this.keep(Labels.fromSorted(JSON.parse(labels)).key, { id, minMs: min_ms, maxMs: max_ms });
    }
  }

  get isEmpty(): boolean {
    return this.bySeries.size === 0;
  }

  /** Within the caller's transaction. */
  add(labels: Labels, minMs: number, maxMs: number): void {
    const id = this.tables.insertTombstone(JSON.stringify(labels.pairs), minMs, maxMs);
    this.keep(labels.key, { id, minMs, maxMs });
  }

  /** Takes out the samples that are hidden. */
  apply(labels: Labels, samples: SampleBuffer): void {
    const intervals = this.bySeries.get(labels.key);
    if (intervals) hideSamples(samples, Number.NEGATIVE_INFINITY, intervals);
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

  /** Drops, in one transaction, those of which `isDone` says that nothing is left to hide. */
  removeWhere(isDone: (interval: Interval) => boolean): void {
    if (this.isEmpty) return;
    this.tables.database.transaction(() => {
      for (const tombstones of this.bySeries.values()) {
        for (const one of tombstones) if (isDone(one)) this.tables.deleteTombstone(one.id);
      }
    });
    for (const [key, tombstones] of this.bySeries) {
      const left = tombstones.filter(one => !isDone(one));
      if (left.length > 0) this.bySeries.set(key, left);
      else this.bySeries.delete(key);
    }
  }

  private keep(key: string, tombstone: Tombstone): void {
    const known = this.bySeries.get(key);
    if (known) known.push(tombstone);
    else this.bySeries.set(key, [tombstone]);
  }
}
