// Where the series of a selection stand in day files: of each its places, oldest day first, as chains in columns.

import type { SampleBuffer } from '../../model/sample-buffer.ts';
import type { DayBlock } from '../day/day-block.ts';
import type { DayReader, FoundBlock } from '../day/day-reader.ts';

/** What a selection found in one day. */
export interface DayFound {
  readonly reader: DayReader;
  /** In no certain order; a label set may be in more than one. */
  readonly blocks: readonly FoundBlock[];
}

const NONE = -1;

export class DayPlaces {
  /** How many there will be in all. */
  readonly count: number;
  private readonly readers: DayReader[] = [];
  private readonly blocks: DayBlock[] = [];
  /** By place: its block's number, its slot, and the next place of the same series. */
  private readonly blockOf: Uint32Array;
  private readonly slotOf: Uint8Array;
  private readonly next: Int32Array;
  /** By series: its first place and its last. */
  private readonly first: number[] = [];
  private readonly last: number[] = [];
  private added = 0;

  constructor(days: readonly DayFound[]) {
    this.count = days.reduce((sum, day) => day.blocks.reduce((all, { slots }) => all + slots.length, sum), 0);
    this.blockOf = new Uint32Array(this.count);
    this.slotOf = new Uint8Array(this.count);
    this.next = new Int32Array(this.count);
  }

  /** What is added next stands in that block. */
  startBlock(reader: DayReader, block: DayBlock): void {
    this.readers.push(reader);
    this.blocks.push(block);
  }

  /** A place of a series comes behind those that it has. */
  add(series: number, slot: number): void {
    const place = this.added++;
    this.blockOf[place] = this.blocks.length - 1;
    this.slotOf[place] = slot;
    this.next[place] = NONE;
    while (this.first.length <= series) {
      this.first.push(NONE);
      this.last.push(NONE);
    }
    if (this.last[series] === NONE) this.first[series] = place;
    else this.next[this.last[series]] = place;
    this.last[series] = place;
  }

  /** Adds the samples of a series in the range; a time may come twice. */
  read(series: number, minMs: number, maxMs: number, into: SampleBuffer): void {
    if (series >= this.first.length) return;
    for (let place = this.first[series]; place !== NONE; place = this.next[place]) {
      const number = this.blockOf[place];
      const reader = this.readers[number];
      if (reader.maxTimeMs < minMs || reader.minTimeMs > maxMs) continue;
      reader.read({ block: this.blocks[number], slot: this.slotOf[place] }, minMs, maxMs, into);
    }
  }
}
