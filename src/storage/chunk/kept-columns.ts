// Columns of a chunk that are kept decoded for a while, since others are written as differences from them: who reads a
// bucket of a histogram reads its neighbours next.
//
// There is room for some of them, each as long as the chunk's longest column, and a word for each: which room it is,
// and the slot whose values are there. The one used last stands at the end.

import type { ChunkMemory } from './chunk-memory.ts';

/** More than a chain of references is long. */
export const MOST_KEPT = 8;

/** In a word: the slot and one more (0: nothing is kept), above it the number of the room. */
const SLOT_MASK = 0xff;
const ROOM_AT = 8;

export class KeptColumns {
  readonly numbers: Float64Array;
  private readonly words: Uint32Array;
  private wordsAt = 0;
  private count = 0;
  private length = 0;
  private numbersAt = 0;

  constructor({ words, numbers }: ChunkMemory) {
    this.words = words;
    this.numbers = numbers;
  }

  /** Makes the words of `count` rooms with nothing in them. */
  static clear(words: Uint32Array, wordsAt: number, count: number): void {
    for (let i = 0; i < count; i++) words[wordsAt + i] = i << ROOM_AT;
  }

  /** Turns to a chunk: where its words and its numbers are, how many columns it keeps, and how long they are. */
  open(wordsAt: number, count: number, length: number, numbersAt: number): void {
    this.wordsAt = wordsAt;
    this.count = count;
    this.length = length;
    this.numbersAt = numbersAt;
  }

  /** Where the values of a slot are among the numbers; -1 where they are not kept. */
  find(slot: number): number {
    const { words, wordsAt, count } = this;
    for (let i = count - 1; i >= 0; i--) {
      const word = words[wordsAt + i];
      if ((word & SLOT_MASK) !== slot + 1) continue;
      this.moveToEnd(i, word);
      return this.numbersOf(word);
    }
    return -1;
  }

  /** Where the values of another slot may be written: whatever was unused for longest is forgotten. */
  makeRoom(): number {
    const { words, wordsAt } = this;
    words[wordsAt] &= ~SLOT_MASK;
    return this.numbersOf(words[wordsAt]);
  }

  /** The room that was made last now has the values of a slot. */
  note(slot: number): void {
    this.moveToEnd(0, this.words[this.wordsAt] | (slot + 1));
  }

  private moveToEnd(from: number, word: number): void {
    const { words, wordsAt } = this;
    const last = wordsAt + this.count - 1;
    for (let i = wordsAt + from; i < last; i++) words[i] = words[i + 1];
    words[last] = word;
  }

  private numbersOf(word: number): number {
    return this.numbersAt + (word >>> ROOM_AT) * this.length;
  }
}
