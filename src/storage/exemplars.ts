// Exemplars, in memory only: a ring of fixed size over all series, the oldest making way for the newest.
//
//   slots    0   1   2   3   4        each with its series, its exemplar, and the slot of the series' next one
//            a1  b1  a2  c1  b2   ·   next: 2, 4, none, none, none
//                ↑ place: the oldest, and where the next one goes
//
// There may be 100,000 of them: their labels are kept as one short text each.

import type { Exemplar } from '../model/exemplar.ts';
import { compareLabels, Labels } from '../model/labels.ts';
import { type Matcher, matchesAll } from '../model/matcher.ts';
import type { SeriesExemplars } from './contract.ts';

interface SeriesEntry {
  readonly labels: Labels;
  /** Slots of its first and last exemplar. */
  oldest: number;
  newest: number;
}

interface Slot {
  readonly entry: SeriesEntry;
  /** Names and values as JSON. */
  readonly labels: string;
  readonly value: number;
  readonly timestampMs: number;
  next: number;
}

const NONE = -1;

export class ExemplarRing {
  /** Taken and refused since the start. */
  appended = 0;
  outOfOrder = 0;
  private limit: number;
  private slots: Slot[] = [];
  private readonly bySeries = new Map<string, SeriesEntry>();
  private place = 0;

  /** With a capacity of 0 nothing is kept. */
  constructor(capacity: number) {
    this.limit = capacity;
  }

  get capacity(): number {
    return this.limit;
  }

  get size(): number {
    return this.slots.length;
  }

  /** Series that have one at least. */
  get seriesCount(): number {
    return this.bySeries.size;
  }

  /** Of the one that makes way next; 0 where there is none. */
  get oldestTimeMs(): number {
    return this.slots[this.oldestPlace]?.timestampMs ?? 0;
  }

  /** Keeps it, unless the series has a newer one or just this one already. */
  append(labels: Labels, exemplar: Exemplar): void {
    if (this.limit === 0) return;
    const known = this.bySeries.get(labels.key);
    const last = known && this.slots[known.newest];
    const { value, timestampMs } = exemplar;
    if (last && timestampMs < last.timestampMs) {
      this.outOfOrder++;
      return;
    }
    const text = JSON.stringify(exemplar.labels.pairs);
    const isSame = last?.timestampMs === timestampMs && Object.is(last.value, value) && last.labels === text;
    if (isSame) return;
    this.put(labels, { labels: text, value, timestampMs });
    this.appended++;
  }

  /** Makes room for more, or leaves the newest of them. */
  resize(capacity: number): void {
    if (capacity === this.limit) return;
    const kept = this.inOrder().slice(Math.max(0, this.slots.length - capacity));
    this.limit = capacity;
    this.slots = [];
    this.place = 0;
    this.bySeries.clear();
    for (const slot of kept) this.put(slot.entry.labels, slot);
  }

  /** Of the series that satisfy all matchers of any list, sorted; series without one in the range are left out. */
  select(matcherLists: readonly (readonly Matcher[])[], minMs: number, maxMs: number): SeriesExemplars[] {
    const found: SeriesExemplars[] = [];
    for (const entry of this.bySeries.values()) {
      const { labels } = entry;
      if (!matcherLists.some(matchers => matchesAll(labels, matchers))) continue;
      const inRange = this.exemplarsOf(entry, minMs, maxMs);
      if (inRange.length > 0) found.push({ labels, exemplars: inRange });
    }
    return found.sort((a, b) => compareLabels(a.labels, b.labels));
  }

  private get oldestPlace(): number {
    return this.slots.length === this.limit ? this.place : 0;
  }

  private put(series: Labels, { labels, value, timestampMs }: Omit<Slot, 'entry' | 'next'>): void {
    const { place } = this;
    if (this.slots.length === this.limit) this.evict(this.slots[place]);
    // Asked for after that, since the one that made way may have been the series' only one.
    let entry = this.bySeries.get(series.key);
    if (entry) this.slots[entry.newest].next = place;
    else {
      entry = { labels: series, oldest: place, newest: place };
      this.bySeries.set(series.key, entry);
    }
    entry.newest = place;
    this.slots[place] = { entry, labels, value, timestampMs, next: NONE };
    this.place = (place + 1) % this.limit;
  }

  /** The slot holds the oldest of all, so the oldest of its series. */
  private evict({ entry, next }: Slot): void {
    if (next === NONE) this.bySeries.delete(entry.labels.key);
    else entry.oldest = next;
  }

  private exemplarsOf(entry: SeriesEntry, minMs: number, maxMs: number): Exemplar[] {
    const exemplars: Exemplar[] = [];
    for (let place = entry.oldest; place !== NONE; place = this.slots[place].next) {
      const { labels, value, timestampMs } = this.slots[place];
      if (timestampMs < minMs || timestampMs > maxMs) continue;
      exemplars.push({ labels: Labels.fromSorted(JSON.parse(labels)), value, timestampMs });
    }
    return exemplars;
  }

  /** Every slot, the oldest first. */
  private inOrder(): Slot[] {
    const { oldestPlace } = this;
    return [...this.slots.slice(oldestPlace), ...this.slots.slice(0, oldestPlace)];
  }
}
