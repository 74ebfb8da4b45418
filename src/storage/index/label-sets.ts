// Label sets by number: what a label set is made of, packed into one column of pair numbers, and a hash table over
// them that finds a set's number without any string that joins its labels.

import { Labels } from '../../model/labels.ts';
import { LabelPairs } from './label-pairs.ts';
import { LazyOrder } from './lazy-order.ts';
import { PackedLists } from './packed-lists.ts';

const EMPTY = 0xffffffff;
/** Label sets that are kept as objects, so that asking again for what was just asked for makes nothing. */
const REMEMBERED = 8192;

export class LabelSets {
  readonly pairs = new LabelPairs();
  /** By set: its pairs, sorted by name. */
  private readonly lists = new PackedLists();
  private count = 0;
  /** Open addressing with linear probing: sets, or EMPTY. The length is a power of two. */
  private table = new Uint32Array(128).fill(EMPTY);
  private pairRanks: Uint32Array = new Uint32Array(0);
  private readonly order = new LazyOrder(
    (a, b) => this.compareRanks(a, b),
    () => {
      this.pairRanks = this.pairs.ranks();
    },
  );
  /** By the lowest bits of the set's number. */
  private readonly remembered = new Array<Labels | undefined>(REMEMBERED).fill(undefined);
  private readonly rememberedSets = new Uint32Array(REMEMBERED).fill(EMPTY);
  /** The pairs of the label set that was last looked for, EMPTY for those that no set has. */
  private wanted: Uint32Array = new Uint32Array(64).fill(EMPTY);

  get size(): number {
    return this.count;
  }

  /** Whether the number has labels. */
  has(set: number): boolean {
    return this.lists.has(set);
  }

  /** The number of these labels, -1 where they are not in. */
  find(labels: Labels): number {
    if (!this.resolve(labels)) return -1;
    const { wanted } = this;
    const length = labels.size;
    const mask = this.table.length - 1;
    let slot = hashOf(wanted, 0, length) & mask;
    while (this.table[slot] !== EMPTY) {
      const set = this.table[slot];
      if (this.holds(set, wanted, length)) return set;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** Gives the labels that find() was just called with, in vain, the number `set`, which must be free. */
  add(set: number, labels: Labels): void {
    const { pairs } = labels;
    const { wanted } = this;
    for (let i = 0; i < labels.size; i++) {
      if (wanted[i] === EMPTY) wanted[i] = this.pairs.make(pairs[2 * i], pairs[2 * i + 1]);
      this.pairs.use(wanted[i]);
    }
    this.lists.add(set, wanted, labels.size);
    this.count++;
    if (this.count * 4 > this.table.length * 3) this.rebuildTable(this.table.length * 2);
    else this.enter(set);
    this.order.add(set);
  }

  /** Takes the labels out; the number is free again. */
  remove(set: number): void {
    this.order.remove(set);
    this.leave(set);
    const { words } = this.lists;
    const offset = this.lists.offsetOf(set);
    for (let at = offset + 1; at <= offset + words[offset]; at++) this.pairs.release(words[at]);
    this.lists.remove(set);
    this.count--;
    const slot = set % REMEMBERED;
    if (this.rememberedSets[slot] === set) {
      this.rememberedSets[slot] = EMPTY;
      this.remembered[slot] = undefined;
    }
  }

  /** The label set of that number. Its texts are shared; the object may be another one each time. */
  labels(set: number): Labels {
    const slot = set % REMEMBERED;
    if (this.rememberedSets[slot] === set) return this.remembered[slot] as Labels;
    const offset = this.lists.offsetOf(set);
    const length = this.lists.words[offset];
    const texts = new Array<string>(length * 2);
    for (let i = 0; i < length; i++) {
      const pair = this.lists.words[offset + 1 + i];
      texts[2 * i] = this.pairs.nameOf(pair);
      texts[2 * i + 1] = this.pairs.valueOf(pair);
    }
    const labels = Labels.fromSorted(texts);
    this.rememberedSets[slot] = set;
    this.remembered[slot] = labels;
    return labels;
  }

  /** The value of one label, '' where the set has none. */
  valueOf(set: number, name: string): string {
    const start = this.lists.offsetOf(set) + 1;
    const end = start + this.lists.words[start - 1];
    for (let at = start; at < end; at++) {
      if (this.pairs.nameOf(this.lists.words[at]) === name) return this.pairs.valueOf(this.lists.words[at]);
    }
    return '';
  }

  /** The names that stand in any of these sets. */
  namesIn(sets: Uint32Array): Set<string> {
    const names = new Set<string>();
    for (const pair of this.pairsIn(sets)) names.add(this.pairs.nameOf(pair));
    return names;
  }

  /** The values that the label has in any of these sets. */
  valuesIn(name: string, sets: Uint32Array): Set<string> {
    const values = new Set<string>();
    for (const pair of this.pairsIn(sets)) {
      if (this.pairs.nameOf(pair) === name) values.add(this.pairs.valueOf(pair));
    }
    return values;
  }

  /** The same sets in the order of labels. None may stand there twice. */
  sorted(sets: Uint32Array): Uint32Array {
    return this.order.sorted(sets);
  }

  /** Finds the pairs; false where some are in no set. A pair is often the one that was there in the labels before. */
  private resolve({ pairs }: Labels): boolean {
    const length = pairs.length / 2;
    if (length > this.wanted.length) this.wanted = new Uint32Array(length * 2).fill(EMPTY);
    const { wanted } = this;
    let complete = true;
    for (let i = 0; i < length; i++) {
      const name = pairs[2 * i];
      const value = pairs[2 * i + 1];
      if (this.pairs.is(wanted[i], name, value)) continue;
      const pair = this.pairs.find(name, value);
      wanted[i] = pair < 0 ? EMPTY : pair;
      if (pair < 0) complete = false;
    }
    return complete;
  }

  /** Each pair once. */
  private pairsIn(sets: Uint32Array): number[] {
    const { words } = this.lists;
    const seen = new Uint8Array(this.pairs.limit);
    const found: number[] = [];
    for (let i = 0; i < sets.length; i++) {
      const start = this.lists.offsetOf(sets[i]) + 1;
      const end = start + words[start - 1];
      for (let at = start; at < end; at++) {
        const pair = words[at];
        if (seen[pair] === 1) continue;
        seen[pair] = 1;
        found.push(pair);
      }
    }
    return found;
  }

  private compareRanks(a: number, b: number): number {
    const { pairRanks } = this;
    const { words } = this.lists;
    const atA = this.lists.offsetOf(a);
    const atB = this.lists.offsetOf(b);
    const shared = Math.min(words[atA], words[atB]);
    for (let i = 1; i <= shared; i++) {
      const pairA = words[atA + i];
      const pairB = words[atB + i];
      if (pairA !== pairB) return pairRanks[pairA] - pairRanks[pairB];
    }
    return words[atA] - words[atB];
  }

  private holds(set: number, wanted: Uint32Array, length: number): boolean {
    const { words } = this.lists;
    const offset = this.lists.offsetOf(set);
    if (words[offset] !== length) return false;
    for (let i = 0; i < length; i++) if (words[offset + 1 + i] !== wanted[i]) return false;
    return true;
  }

  private homeOf(set: number): number {
    const offset = this.lists.offsetOf(set);
    return hashOf(this.lists.words, offset + 1, this.lists.words[offset]) & (this.table.length - 1);
  }

  private enter(set: number): void {
    const mask = this.table.length - 1;
    let slot = this.homeOf(set);
    while (this.table[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.table[slot] = set;
  }

  /** Takes the set out of the table; those behind it that its slot was in the way of move up. */
  private leave(set: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let hole = this.homeOf(set);
    while (table[hole] !== set) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; table[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const distance = (slot - this.homeOf(table[slot])) & mask;
      if (distance < ((slot - hole) & mask)) continue;
      table[hole] = table[slot];
      hole = slot;
    }
    table[hole] = EMPTY;
  }

  private rebuildTable(length: number): void {
    this.table = new Uint32Array(length).fill(EMPTY);
    for (let set = 0; set < this.lists.limit; set++) if (this.lists.has(set)) this.enter(set);
  }
}

function hashOf(words: Uint32Array, start: number, length: number): number {
  let hash = length;
  for (let i = start; i < start + length; i++) {
    hash = Math.imul(hash ^ words[i], 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
