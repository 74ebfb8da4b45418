// A set of series refs: which series carry a label pair. Sorted when it is looked at.
//
// Kept as what is shortest: a single ref, a list, or runs of neighbours. Whether runs are shorter is found out when a
// list is full, and when series have left it.

import { countLeft, countRuns, fromRuns, runsLeft, toRuns } from './ref-runs.ts';

const NONE = new Uint32Array(0);
/** Shorter lists stay lists. */
const FEWEST_IN_RUNS = 32;

export class Postings {
  length = 0;
  /** The ref of a set of one, which has no words. Most sets of a label with many values are such. */
  private only = 0;
  /** Refs, of which the first `length` count; or runs, of which the first `settled` words do. */
  private words: Uint32Array | undefined = undefined;
  private isRuns = false;
  /** Of a list: how many of the first refs are in order. */
  private settled = 0;

  /** The refs, ascending. Maybe a view: not to be kept or changed. */
  view(): Uint32Array {
    if (this.length === 0) return NONE;
    if (!this.words) return Uint32Array.of(this.only);
    if (this.isRuns) return fromRuns(this.words, this.settled, this.length);
    this.sort();
    return this.length === this.words.length ? this.words : this.words.subarray(0, this.length);
  }

  /** The ref must not be in. */
  add(ref: number): void {
    if (this.length === 0) {
      this.only = ref;
      this.length = 1;
    } else if (!(this.isRuns && this.addToRuns(ref))) {
      this.addToList(ref);
    }
  }

  /** Takes out the refs that `marks` has a 1 for. */
  removeMarked(marks: Uint8Array): void {
    if (this.isRuns && this.removeFromRuns(marks)) return;
    const refs = this.words ?? Uint32Array.of(this.only);
    let kept = 0;
    let settled = 0;
    for (let i = 0; i < this.length; i++) {
      const ref = refs[i];
      if (marks[ref] === 1) continue;
      if (i < this.settled) settled++;
      refs[kept++] = ref;
    }
    this.length = kept;
    this.settled = settled;
    if (kept <= 1) {
      this.only = refs[0];
      this.words = undefined;
    } else if (!this.compress() && kept < refs.length - (refs.length >> 2)) {
      this.words = refs.slice(0, kept);
    }
  }

  /** False where what is left is to be a list, which it is then. */
  private removeFromRuns(marks: Uint8Array): boolean {
    const words = this.words as Uint32Array;
    const { refs, runs } = countLeft(words, this.settled, marks);
    if (refs < FEWEST_IN_RUNS || runs * 4 > refs) {
      this.expand(this.length);
      return false;
    }
    if (refs === this.length) return true;
    this.words = runsLeft(words, this.settled, marks, runs);
    this.settled = 2 * runs;
    this.length = refs;
    return true;
  }

  /** False where it must become a list for that: the ref is not the largest, or the runs are too short. */
  private addToRuns(ref: number): boolean {
    const words = this.words as Uint32Array;
    const last = words[this.settled - 1];
    if (ref === last + 1) {
      words[this.settled - 1] = ref;
    } else if (ref > last && this.settled + 2 <= this.length) {
      const room = this.settled + 2 > words.length ? enlarged(words, this.settled + 2) : words;
      room[this.settled] = ref;
      room[this.settled + 1] = ref;
      this.words = room;
      this.settled += 2;
    } else {
      this.expand(this.length + 1 + (this.length >> 2));
      return false;
    }
    this.length++;
    return true;
  }

  private addToList(ref: number): void {
    if (!this.words) {
      this.words = Uint32Array.of(this.only, ref);
      this.settled = this.only < ref ? 2 : 1;
      this.length = 2;
      return;
    }
    if (this.length === this.words.length) {
      if (this.compress()) {
        this.add(ref);
        return;
      }
      this.words = enlarged(this.words, this.length + 1);
    }
    if (this.settled === this.length && this.words[this.length - 1] < ref) this.settled++;
    this.words[this.length++] = ref;
  }

  /** Makes a list runs, where that at least halves it. */
  private compress(): boolean {
    if (this.length < FEWEST_IN_RUNS) return false;
    const refs = this.view();
    const runs = countRuns(refs);
    if (runs * 4 > this.length) return false;
    this.words = toRuns(refs, runs);
    this.settled = 2 * runs;
    this.isRuns = true;
    return true;
  }

  private expand(capacity: number): void {
    this.words = fromRuns(this.words as Uint32Array, this.settled, capacity);
    this.settled = this.length;
    this.isRuns = false;
  }

  /** Merges what came out of order into a list, from the end. */
  private sort(): void {
    if (this.settled === this.length) return;
    const refs = this.words as Uint32Array;
    const tail = refs.slice(this.settled, this.length).sort();
    let head = this.settled - 1;
    let at = this.length - 1;
    for (let i = tail.length - 1; i >= 0; at--) {
      if (head >= 0 && refs[head] > tail[i]) refs[at] = refs[head--];
      else refs[at] = tail[i--];
    }
    this.settled = this.length;
  }
}

/** A copy with room for `least` and a quarter more than there was. */
function enlarged(words: Uint32Array, least: number): Uint32Array {
  const larger = new Uint32Array(Math.max(least, words.length + (words.length >> 2)));
  larger.set(words);
  return larger;
}
