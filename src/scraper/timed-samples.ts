// Samples that bring their own timestamps: a group of their own, a row for each timestamp.
//
// They are few, and come from targets that relay others' data; so maps serve here.

import type { Labels } from '../model/labels.ts';
import { writeStale } from '../model/stale.ts';
import { Row, type Storage } from '../storage/contract.ts';
import { GroupColumns } from './group-columns.ts';
import type { Pace } from './turns.ts';

interface LastSample {
  timestampMs: number;
  value: number;
}

export class TimedSamples {
  /** How many the scrape under way has. */
  samples = 0;

  private readonly storage: Storage;
  private readonly key: string;
  /** Once there was a sample. */
  private columns: GroupColumns | undefined;
  private byTimestamp = new Map<number, Row>();
  /** By column, what this scrape and the one before it had last. */
  private seen = new Map<number, LastSample>();
  private seenBefore = new Map<number, LastSample>();

  constructor(storage: Storage, key: string) {
    this.storage = storage;
    this.key = key;
  }

  begin(): void {
    this.samples = 0;
    if (this.byTimestamp.size > 0) this.byTimestamp = new Map();
    if (this.seen.size > 0) this.seen = new Map();
  }

  column(labels: Labels): number {
    return this.opened().of(labels);
  }

  /** How many columns are given out. */
  get columnCount(): number {
    return this.columns?.count ?? 0;
  }

  /** Whether the scrape under way has a sample of the series. */
  has(column: number): boolean {
    return this.seen.has(column);
  }

  /** Takes a sample, or says why not. The same sample again is taken as done. */
  add(column: number, timestampMs: number, value: number): 'out_of_order' | 'duplicate' | undefined {
    const last = this.seen.get(column);
    if (last !== undefined) {
      if (timestampMs < last.timestampMs) return 'out_of_order';
      if (timestampMs === last.timestampMs) return Object.is(value, last.value) ? undefined : 'duplicate';
      last.timestampMs = timestampMs;
      last.value = value;
    } else {
      this.seen.set(column, { timestampMs, value });
    }
    this.rowAt(timestampMs).add(column, value);
    this.samples++;
    return undefined;
  }

  /** In order of time; with `markVanished`, series of the last scrape that are gone end at `scrapeTimeMs`. */
  rows(scrapeTimeMs: number, markVanished: boolean): Row[] {
    if (markVanished) {
      for (const column of this.seenBefore.keys()) {
        if (this.seen.has(column)) continue;
        const row = this.rowAt(scrapeTimeMs);
        row.add(column, 0);
        writeStale(row.values, row.length - 1);
      }
    }
    return [...this.byTimestamp.values()].sort((a, b) => a.timestampMs - b.timestampMs);
  }

  finish(): void {
    [this.seenBefore, this.seen] = [this.seen, this.seenBefore];
  }

  /** After finish(): begins to look for columns that neither these lines nor the last scrape use. */
  startReview(columns: Int32Array, length: number): void {
    if (!this.columns) return;
    this.columns.startReview();
    this.columns.keep(columns, length);
    for (const column of this.seenBefore.keys()) this.columns.keepOne(column);
  }

  /** As GroupColumns.retireOthers. */
  retireOthers(pace: Pace, retired?: (column: number) => void): boolean {
    return this.columns?.retireOthers(pace, retired) ?? true;
  }

  release(): void {
    this.columns?.group.release();
  }

  /** The row of the samples at a timestamp. */
  rowAt(timestampMs: number): Row {
    let row = this.byTimestamp.get(timestampMs);
    if (row === undefined) {
      row = new Row(this.opened().group, timestampMs, 8);
      this.byTimestamp.set(timestampMs, row);
    }
    return row;
  }

  private opened(): GroupColumns {
    this.columns ??= new GroupColumns(this.storage.group(this.key));
    return this.columns;
  }
}
