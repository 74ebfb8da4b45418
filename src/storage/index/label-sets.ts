// Label sets by number: what a label set is made of, packed into one column of pair numbers, and a hash table over
// them that finds a set's number without any string that joins its labels.

import { Labels } from '../../model/labels.ts';
import { LabelPairs } from './label-pairs.ts';
import { LazyOrder } from './lazy-order.ts';

const EMPTY = 0xffffffff;
/** Label sets that are kept as objects, so that asking again for what was just asked for makes nothing. */
const REMEMBERED = 8192;

export class LabelSets {
  readonly pairs = new LabelPairs();
  /** At a set's offset: how many pairs; then their numbers, sorted by name. */
  private words: Uint32Array = new Uint32Array(1024);
  private wordsUsed = 0;
  private wordsFree = 0;
  /** By set: where it stands in `words`; EMPTY where there is no such set. */
  private offsets = new Uint32Array(64).fill(EMPTY);
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
    const length = labels.size;
    if (set >= this.offsets.length) this.offsets = enlarged(this.offsets, set + 1, EMPTY);
    if (this.wordsUsed + length + 1 > this.words.length) this.makeRoom(length + 1);
    const { words, wanted } = this;
    const offset = this.wordsUsed;
    this.wordsUsed += length + 1;
    words[offset] = length;
    for (let i = 0; i < length; i++) {
      if (wanted[i] === EMPTY) wanted[i] = this.pairs.make(pairs[2 * i], pairs[2 * i + 1]);
      this.pairs.use(wanted[i]);
      words[offset + 1 + i] = wanted[i];
    }
    this.offsets[set] = offset;
    this.count++;
    if (this.count * 4 > this.table.length * 3) this.rebuildTable(this.table.length * 2);
    else this.enter(set);
    this.order.add(set);
  }

  /** Takes the labels out; the number is free again. */
  remove(set: number): void {
    this.order.remove(set);
    this.leave(set);
    const offset = this.offsets[set];
    const length = this.words[offset];
    for (let i = 1; i <= length; i++) this.pairs.release(this.words[offset + i]);
    this.wordsFree += length + 1;
    this.offsets[set] = EMPTY;
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
    const offset = this.offsets[set];
    const length = this.words[offset];
    const texts = new Array<string>(length * 2);
    for (let i = 0; i < length; i++) {
      const pair = this.words[offset + 1 + i];
      texts[2 * i] = this.pairs.nameOf(pair);
      texts[2 * i + 1] = this.pairs.valueOf(pair);
    }
    const labels = Labels.fromSorted(texts);
    this.rememberedSets[slot] = set;
    this.remembered[slot] = labels;
    return labels;
  }

  /** The order of labels. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const { words } = this;
    const atA = this.offsets[a];
    const atB = this.offsets[b];
    const shared = Math.min(words[atA], words[atB]);
    for (let i = 1; i <= shared; i++) {
      if (words[atA + i] !== words[atB + i]) return this.pairs.compare(words[atA + i], words[atB + i]);
    }
    return words[atA] - words[atB];
  }

  /** The same sets in the order of labels. None may stand there twice. */
  sorted(sets: Uint32Array): Uint32Array {
    return this.order.sorted(sets);
  }

  /** Finds the pairs; false where some are in no set. A pair is often the one that was there in the labels before. */
  private resolve({ pairs }: Labels): boolean {
    const length = pairs.length / 2;
    if (length > this.wanted.length) this.wanted = enlarged(this.wanted, length, EMPTY);
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

  private compareRanks(a: number, b: number): number {
    const { words, pairRanks } = this;
    const atA = this.offsets[a];
    const atB = this.offsets[b];
    const shared = Math.min(words[atA], words[atB]);
    for (let i = 1; i <= shared; i++) {
      const pairA = words[atA + i];
      const pairB = words[atB + i];
      if (pairA !== pairB) return pairRanks[pairA] - pairRanks[pairB];
    }
    return words[atA] - words[atB];
  }

  private holds(set: number, wanted: Uint32Array, length: number): boolean {
    const { words } = this;
    const offset = this.offsets[set];
    if (words[offset] !== length) return false;
    for (let i = 0; i < length; i++) if (words[offset + 1 + i] !== wanted[i]) return false;
    return true;
  }

  private homeOf(set: number): number {
    const offset = this.offsets[set];
    return hashOf(this.words, offset + 1, this.words[offset]) & (this.table.length - 1);
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
    for (let set = 0; set < this.offsets.length; set++) if (this.offsets[set] !== EMPTY) this.enter(set);
  }

  /** Packs the words anew where much of them is free, else takes a larger column. */
  private makeRoom(length: number): void {
    const live = this.wordsUsed - this.wordsFree;
    const words = new Uint32Array(live + length + (live >> 3) + 1024);
    if (this.wordsFree === 0) {
      words.set(this.words.subarray(0, this.wordsUsed));
    } else {
      let used = 0;
      for (let set = 0; set < this.offsets.length; set++) {
        const offset = this.offsets[set];
        if (offset === EMPTY) continue;
        this.offsets[set] = used;
        for (let i = 0, size = this.words[offset] + 1; i < size; i++) words[used++] = this.words[offset + i];
      }
      this.wordsUsed = used;
      this.wordsFree = 0;
    }
    this.words = words;
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

function enlarged(column: Uint32Array, least: number, filling: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, column.length + (column.length >> 2)));
  larger.set(column);
  larger.fill(filling, column.length);
  return larger;
}
