// Moves the label sets that are still known into columns of their own, in the order in which they come by now: forgotten
// ones are left out, and each stands behind the one that it follows, where it is told from it and compared fastest.
// In steps, between which others have their turn.

import { FORGOTTEN, KnownSets } from './known-sets.ts';
import { NOT_FOUND } from './label-table.ts';

/** In place of a new number + 1. */
const LEFT_OUT = -1;

export class Renumbering {
  readonly to: KnownSets;
  private readonly from: KnownSets;
  /** By number: the new one + 1, LEFT_OUT, or 0 where the set's turn has not come. */
  private readonly numbers: Int32Array;
  /** Where to look for a set that follows none that was moved. */
  private cursor = 0;
  /** The set whose turn it is; NOT_FOUND where one is to be looked for. */
  private next = NOT_FOUND;
  /** New number of the one before it. */
  private last = NOT_FOUND;

  /** `count`: how many will be left. */
  constructor(from: KnownSets, count: number) {
    this.from = from;
    this.to = new KnownSets(count);
    this.numbers = new Int32Array(from.length);
  }

  /** Goes on by `count` sets; returns whether all have been looked at. `from` is not to be changed before. */
  step(count: number): boolean {
    for (let i = 0; i < count; i++) {
      if (this.next === NOT_FOUND) {
        if (this.cursor === this.from.length) return true;
        this.next = this.cursor++;
        this.last = NOT_FOUND;
      }
      this.move(this.next);
    }
    return false;
  }

  /** The new number of a set, NOT_FOUND where it was left out. */
  numberOf(number: number): number {
    return Math.max(this.numbers[number] - 1, NOT_FOUND);
  }

  private move(number: number): void {
    const { from, to, numbers } = this;
    const isNew = numbers[number] === 0;
    if (isNew) {
      numbers[number] = from.sources[number] === FORGOTTEN ? LEFT_OUT : to.adopt(from, number) + 1;
    }
    this.next = isNew ? from.table.following(number) : NOT_FOUND;
    if (numbers[number] === LEFT_OUT) return;
    to.table.link(this.last, numbers[number] - 1);
    this.last = numbers[number] - 1;
  }
}
