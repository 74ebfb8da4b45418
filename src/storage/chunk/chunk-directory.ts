// How a chunk lies in memory, with room for what is kept of it decoded: that is all there is of it, so that thousands
// of chunks come and go without an object for each of them.
//
//   header            words, below
//   kept columns      a word for each, see kept-columns.ts
//   time columns      their counts, then TIME_WORDS each
//   slots             up to the last one that has an entry, so many words each as the header says
//   numbers           times that were decoded, then kept columns
//   body              the chunk's bytes
//
// Positions in the body count from its start; all others are indices into the whole memory.

import { type ByteReader, damaged } from './byte-reader.ts';
import type { ChunkMemory } from './chunk-memory.ts';
import { type ChunkOutline, type EntryLayout, readEntry } from './chunk-outline.ts';
import { readLayout } from './column-codec.ts';
import type { Column } from './column-reader.ts';
import { KeptColumns, MOST_KEPT } from './kept-columns.ts';

const [BODY_AT, BODY_END, TIME_COUNT, SLOT_COUNT, WORDS_A_SLOT] = [0, 1, 2, 3, 4];
const [KEPT_COUNT, KEPT_LENGTH, KEPT_AT] = [5, 6, 7];
const HEADER_WORDS = 8;

/** Of a time column: where its layout and its payload are in the body, where its times are decoded, and whether. */
const [LAYOUT_AT, PAYLOAD_AT, NUMBERS_AT, STATE] = [0, 1, 2, 3];
const TIME_WORDS = 4;
export const UNKNOWN = 0;
export const ASCENDING = 1;
export const UNORDERED = 2;

/** Of a slot: twice where its entry is (0: it has none), one more where others refer to it; where its payloads are. */
const [ENTRY, VALUES_AT, STARTS_AT, HISTOGRAMS_AT] = [0, 1, 2, 3];
const PLAIN_WORDS = 2;
const EXTRA_WORDS = 4;

/** The samples of one slot. */
export interface ChunkEntry {
  readonly timeColumn: number;
  readonly values: Column;
  readonly starts: Column | undefined;
  readonly histogramCount: number;
  readonly histogramsAt: number;
}

/** The sizes that decide where everything lies. */
interface Plan {
  readonly slotCount: number;
  readonly wordsASlot: number;
  readonly keptCount: number;
  readonly keptLength: number;
  readonly words: number;
  readonly numbers: number;
}

function planOf({ times: { counts }, slots, hasExtras }: ChunkOutline): Plan {
  const slotCount = slots.reduce((most, { slot }) => Math.max(most, slot + 1), 0);
  const wordsASlot = hasExtras ? EXTRA_WORDS : PLAIN_WORDS;
  const keptCount = Math.min(MOST_KEPT, slots.filter(({ isReference }) => isReference).length);
  const keptLength = counts.reduce((most, count) => Math.max(most, count), 0);
  const words = HEADER_WORDS + keptCount + counts.length * (1 + TIME_WORDS) + slotCount * wordsASlot;
  const numbers = counts.reduce((sum, count) => sum + count, 0) + keptCount * keptLength;
  return { slotCount, wordsASlot, keptCount, keptLength, words: words + (words & 1), numbers };
}

/** How much memory a chunk takes, a multiple of 8. */
export function chunkBytes(outline: ChunkOutline, body: Uint8Array): number {
  const { words, numbers } = planOf(outline);
  return words * 4 + numbers * 8 + ((body.length + 7) & ~7);
}

/** Lays a chunk into the memory from byte `at` on. */
export function layChunk(outline: ChunkOutline, body: Uint8Array, memory: ChunkMemory, at: number): void {
  const { slotCount, wordsASlot, keptCount, keptLength, words: wordCount, numbers } = planOf(outline);
  const { words } = memory;
  const base = at >>> 2;
  const numbersAt = (base + wordCount) >>> 1;
  const timesNumbers = numbers - keptCount * keptLength;
  const bodyAt = (numbersAt + numbers) * 8;
  memory.bytes.set(body, bodyAt);
  words[base + BODY_AT] = bodyAt;
  words[base + BODY_END] = bodyAt + body.length;
  words[base + TIME_COUNT] = outline.times.counts.length;
  words[base + SLOT_COUNT] = slotCount;
  words[base + WORDS_A_SLOT] = wordsASlot;
  words[base + KEPT_COUNT] = keptCount;
  words[base + KEPT_LENGTH] = keptLength;
  words[base + KEPT_AT] = numbersAt + timesNumbers;
  KeptColumns.clear(words, base + HEADER_WORDS, keptCount);
  const countsAt = base + HEADER_WORDS + keptCount;
  layTimes(outline, words, countsAt, numbersAt);
  const slotsAt = countsAt + outline.times.counts.length * (1 + TIME_WORDS);
  laySlots(outline, words, slotsAt, slotCount, wordsASlot);
}

function layTimes({ times }: ChunkOutline, words: Uint32Array, countsAt: number, numbersAt: number): void {
  const { counts, layoutsAt, payloadsAt } = times;
  words.set(counts, countsAt);
  let to = numbersAt;
  for (let i = 0, word = countsAt + counts.length; i < counts.length; i++, word += TIME_WORDS) {
    words[word + LAYOUT_AT] = layoutsAt[i];
    words[word + PAYLOAD_AT] = payloadsAt[i];
    words[word + NUMBERS_AT] = to;
    words[word + STATE] = UNKNOWN;
    to += counts[i];
  }
}

function laySlots(
  { slots }: ChunkOutline,
  words: Uint32Array,
  slotsAt: number,
  slotCount: number,
  wordsASlot: number,
): void {
  words.fill(0, slotsAt, slotsAt + slotCount * wordsASlot);
  for (const { slot, entryAt, valuesAt, startsAt, histogramsAt, isReference } of slots) {
    const word = slotsAt + slot * wordsASlot;
    words[word + ENTRY] = entryAt * 2 + (isReference ? 1 : 0);
    words[word + VALUES_AT] = valuesAt;
    if (wordsASlot === PLAIN_WORDS) continue;
    words[word + STARTS_AT] = startsAt;
    words[word + HISTOGRAMS_AT] = histogramsAt;
  }
}

/** Reads what layChunk() laid, of one chunk at a time. */
export class ChunkDirectory {
  readonly kept: KeptColumns;
  private readonly words: Uint32Array;
  private readonly reader: ByteReader;
  private base = 0;
  private bodyAt = 0;
  private timeCount = 0;
  private countsAt = 0;
  private slotsAt = 0;
  private slotCount = 0;
  private wordsASlot = 0;

  /** The reader is over the bytes of the memory, and stays the directory's. */
  constructor(memory: ChunkMemory, reader: ByteReader) {
    this.words = memory.words;
    this.kept = new KeptColumns(memory);
    this.reader = reader;
  }

  /** Turns to the chunk that lies from byte `at` on. */
  open(at: number): void {
    const { words } = this;
    const base = at >>> 2;
    this.base = base;
    this.bodyAt = words[base + BODY_AT];
    this.reader.end = words[base + BODY_END];
    this.timeCount = words[base + TIME_COUNT];
    this.slotCount = words[base + SLOT_COUNT];
    this.wordsASlot = words[base + WORDS_A_SLOT];
    const keptCount = words[base + KEPT_COUNT];
    this.kept.open(base + HEADER_WORDS, keptCount, words[base + KEPT_LENGTH], words[base + KEPT_AT]);
    this.countsAt = base + HEADER_WORDS + keptCount;
    this.slotsAt = this.countsAt + this.timeCount * (1 + TIME_WORDS);
  }

  /** Where the body of the chunk ends. */
  get bodyEnd(): number {
    return this.words[this.base + BODY_END];
  }

  /** The slots that have samples, ascending. */
  slots(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.slotCount; slot++) if (this.entryWord(slot) !== 0) slots.push(slot);
    return slots;
  }

  /** Made on asking; undefined where the slot has no samples. */
  entry(slot: number): ChunkEntry | undefined {
    const layout = this.layoutOf(slot);
    if (!layout) return undefined;
    const { timeColumn, starts, histogramCount } = layout;
    const word = this.slotsAt + slot * this.wordsASlot;
    const hasExtras = this.wordsASlot === EXTRA_WORDS;
    return {
      timeColumn,
      values: this.valuesColumn(slot, layout),
      starts: starts && {
        layout: starts,
        count: this.countOf(timeColumn),
        at: this.bodyAt + this.words[word + STARTS_AT],
        keptAs: undefined,
      },
      histogramCount,
      histogramsAt: hasExtras ? this.bodyAt + this.words[word + HISTOGRAMS_AT] : 0,
    };
  }

  /** The values of a slot that has samples, as every reference has. */
  valuesOf(slot: number): Column {
    return this.valuesColumn(slot, this.layoutOf(slot) ?? damaged('a reference is missing'));
  }

  /** How many times a time column has. */
  countOf(timeColumn: number): number {
    return this.words[this.countsAt + timeColumn];
  }

  /** The column itself, to be decoded. */
  timesOf(timeColumn: number): Column {
    const word = this.timeWord(timeColumn);
    const count = this.countOf(timeColumn);
    this.reader.at = this.bodyAt + this.words[word + LAYOUT_AT];
    const layout = readLayout(this.reader, count);
    return { layout, count, at: this.bodyAt + this.words[word + PAYLOAD_AT], keptAs: undefined };
  }

  /** Where its times are kept once they are decoded, by whoever reads the chunk. */
  timesAt(timeColumn: number): number {
    return this.words[this.timeWord(timeColumn) + NUMBERS_AT];
  }

  /** Whether they are, and in which order. */
  stateOf(timeColumn: number): number {
    return this.words[this.timeWord(timeColumn) + STATE];
  }

  noteState(timeColumn: number, state: number): void {
    this.words[this.timeWord(timeColumn) + STATE] = state;
  }

  private timeWord(timeColumn: number): number {
    return this.countsAt + this.timeCount + timeColumn * TIME_WORDS;
  }

  private entryWord(slot: number): number {
    return slot < this.slotCount ? this.words[this.slotsAt + slot * this.wordsASlot + ENTRY] : 0;
  }

  private valuesColumn(slot: number, { values, timeColumn }: EntryLayout): Column {
    const word = this.slotsAt + slot * this.wordsASlot;
    return {
      layout: values,
      count: this.countOf(timeColumn),
      at: this.bodyAt + this.words[word + VALUES_AT],
      keptAs: (this.words[word + ENTRY] & 1) === 1 ? slot : undefined,
    };
  }

  private layoutOf(slot: number): EntryLayout | undefined {
    const entry = this.entryWord(slot);
    if (entry === 0) return undefined;
    this.reader.at = this.bodyAt + (entry >>> 1);
    return readEntry(this.reader, this.words, this.countsAt, this.timeCount);
  }
}
