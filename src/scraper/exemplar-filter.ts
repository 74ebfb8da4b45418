// Which exemplars of a scrape are stored: those that a series did not have before, with labels of bearable length.
//
// In: samples that may have an exemplar. Out: exemplars, handed to the storage once the samples are committed.

import type { Exemplar } from '../model/exemplar.ts';
import type { Labels } from '../model/labels.ts';
import type { Storage } from '../storage/contract.ts';
import type { Pace } from './turns.ts';

interface PendingExemplar {
  readonly labels: Labels;
  readonly exemplar: Exemplar;
}

const LABELS_LIMIT = 128;
/** So many are stored before the pace is asked. */
const STORED_AT_ONCE = 64;

/** Whether an exemplar's labels are short enough for it to be stored. */
export const isStorable = (exemplar: Exemplar): boolean =>
  exemplar.labels.pairs.join('').length <= LABELS_LIMIT;

export class ExemplarFilter {
  private pending: PendingExemplar[] = [];
  /** How many of them the storage has. */
  private stored = 0;
  /** By series: what tells its newest exemplar from another. */
  private readonly newest = new Map<string, string>();

  begin(): void {
    if (this.pending.length > 0) this.pending = [];
    this.stored = 0;
  }

  /** Takes the exemplar of a series' sample at `timestampMs`. */
  add(labels: Labels, exemplar: Exemplar, timestampMs: number): void {
    const ownTime = exemplar.timestampMs === timestampMs ? '' : exemplar.timestampMs;
    const fingerprint = `${exemplar.value} ${ownTime} ${exemplar.labels.key}`;
    if (this.newest.get(labels.key) === fingerprint) return;
    this.newest.set(labels.key, fingerprint);
    this.pending.push({ labels, exemplar });
  }

  /** Stores those added since begin(); false where the pace was over before the last one. */
  storeIn(storage: Storage, pace: Pace): boolean {
    for (let count = 1; this.stored < this.pending.length; count++) {
      const { labels, exemplar } = this.pending[this.stored++];
      storage.appendExemplar(labels, exemplar);
      if (count % STORED_AT_ONCE === 0 && pace.isOver()) return false;
    }
    this.begin();
    return true;
  }

  /** Forgets the past where it has grown beyond what a target of so many lines can have. */
  forget(lines: number): void {
    if (this.newest.size > 2 * lines) this.newest.clear();
  }
}
