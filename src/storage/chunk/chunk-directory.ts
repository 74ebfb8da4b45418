// The directory of a chunk: which columns it has, and where each lies in the bytes. Drawn in docs/format/chunk.md.
//
// In: a reader at the start of a chunk's body. Out: time columns, and the entry of each slot, checked: every payload
// lies within the body, every reference exists and leads on to lower slots.
//
// Chunks are kept in memory by the thousand, with 64 slots each: all that is kept of a slot is where it stands. Its
// entry is made when it is asked for.

import { type ByteReader, damaged } from './byte-reader.ts';
import { type ColumnLayout, MOST_SAMPLES, payloadLength, readLayout } from './column-codec.ts';
import type { Column } from './column-reader.ts';

export interface TimeColumn {
  readonly times: Column;
  readonly count: number;
  /** Once decoded, by whoever reads the chunk; likewise whether they ascend. */
  timesMs: Float64Array | undefined;
  isAscending: boolean;
}

/** The samples of one slot. */
export interface ChunkEntry {
  readonly times: TimeColumn;
  readonly values: Column;
  readonly starts: Column | undefined;
  readonly histogramCount: number;
  readonly histogramsAt: number;
}

/** An entry as it is written, before the places of the payloads are known. */
interface EntryLayout {
  readonly slot: number;
  readonly timeColumn: number;
  readonly values: ColumnLayout;
  readonly starts: ColumnLayout | undefined;
  readonly histogramCount: number;
  readonly histogramBytes: number;
}

const SLOT = 63;
export const HAS_STARTS = 64;
export const HAS_HISTOGRAMS = 128;

/** What is kept of a slot, in words: where its entry stands (0: it has none), where its payloads, and a flag. */
const [ENTRY_AT, VALUES_AT, STARTS_AT, HISTOGRAMS_AT, IS_REFERENCE] = [0, 1, 2, 3, 4];
const WORDS = 5;

/** Of a time column's objects, about. */
const TIME_COLUMN_BYTES = 300;

export class ChunkDirectory {
  readonly times: readonly TimeColumn[];
  private readonly reader: ByteReader;
  /** By time column. */
  private readonly counts: readonly number[];
  /** Slot by slot, up to the last one that has an entry. */
  private readonly places: Uint32Array;

  /** The reader stays the directory's. Throws where the bytes are damaged. */
  constructor(reader: ByteReader) {
    this.reader = reader;
    const [timeCount, entryCount] = [reader.varint(), reader.varint()];
    if (timeCount > entryCount || entryCount > SLOT + 1) damaged('it has too many columns');
    const counts: number[] = [];
    const timeLayouts: ColumnLayout[] = [];
    for (let i = 0; i < timeCount; i++) {
      const count = reader.varint();
      if (count === 0 || count > MOST_SAMPLES) damaged('a column has too many values or none');
      counts.push(count);
      timeLayouts.push(readLayout(reader, count));
    }
    this.counts = counts;
    const entries: EntryLayout[] = [];
    const entriesAt: number[] = [];
    for (let i = 0; i < entryCount; i++) {
      entriesAt.push(reader.at);
      entries.push(readEntry(reader, counts));
    }
    this.times = timeLayouts.map((layout, i): TimeColumn => {
      const count = counts[i];
      const at = reader.skip(payloadLength(layout, count));
      return {
        times: { layout, count, at, keptAs: undefined },
        count,
        timesMs: undefined,
        isAscending: false,
      };
    });
    this.places = this.place(entries, entriesAt);
    this.checkReferences(entries);
  }

  /** Memory that it takes beside time columns' samples. */
  get byteLength(): number {
    return this.places.byteLength + this.times.length * TIME_COLUMN_BYTES;
  }

  /** The slots that have samples, ascending. */
  slots(): number[] {
    const slots: number[] = [];
    for (let at = 0; at < this.places.length; at += WORDS) if (this.places[at] !== 0) slots.push(at / WORDS);
    return slots;
  }

  /** How many columns others refer to. */
  get referenceCount(): number {
    let count = 0;
    for (let at = IS_REFERENCE; at < this.places.length; at += WORDS) count += this.places[at];
    return count;
  }

  /** Made on asking; undefined where the slot has no samples. */
  entry(slot: number): ChunkEntry | undefined {
    const layout = this.layoutOf(slot);
    if (!layout) return undefined;
    const times = this.times[layout.timeColumn];
    const { places } = this;
    const at = slot * WORDS;
    return {
      times,
      values: this.valuesColumn(slot, layout),
      starts: layout.starts && {
        layout: layout.starts,
        count: times.count,
        at: places[at + STARTS_AT],
        keptAs: undefined,
      },
      histogramCount: layout.histogramCount,
      histogramsAt: places[at + HISTOGRAMS_AT],
    };
  }

  /** The values of a slot that has samples, as every reference has. */
  valuesOf(slot: number): Column {
    return this.valuesColumn(slot, this.layoutOf(slot) ?? damaged('a reference is missing'));
  }

  private valuesColumn(slot: number, { values, timeColumn }: EntryLayout): Column {
    const at = slot * WORDS;
    return {
      layout: values,
      count: this.counts[timeColumn],
      at: this.places[at + VALUES_AT],
      keptAs: this.places[at + IS_REFERENCE] === 1 ? slot : undefined,
    };
  }

  private layoutOf(slot: number): EntryLayout | undefined {
    const at = slot * WORDS;
    if (at >= this.places.length || this.places[at + ENTRY_AT] === 0) return undefined;
    this.reader.at = this.places[at + ENTRY_AT];
    return readEntry(this.reader, this.counts);
  }

  /** Where entries and their payloads stand: first all values, then all start timestamps, then all histograms. */
  private place(entries: readonly EntryLayout[], entriesAt: readonly number[]): Uint32Array {
    const { reader, counts } = this;
    const places = new Uint32Array(entries.reduce((most, { slot }) => Math.max(most, slot + 1), 0) * WORDS);
    const countOf = ({ timeColumn }: EntryLayout) => counts[timeColumn];
    entries.forEach((entry, i) => {
      places[entry.slot * WORDS + ENTRY_AT] = entriesAt[i];
      places[entry.slot * WORDS + VALUES_AT] = reader.skip(payloadLength(entry.values, countOf(entry)));
    });
    for (const entry of entries) {
      if (!entry.starts) continue;
      places[entry.slot * WORDS + STARTS_AT] = reader.skip(payloadLength(entry.starts, countOf(entry)));
    }
    for (const { slot, histogramBytes } of entries) {
      places[slot * WORDS + HISTOGRAMS_AT] = reader.skip(histogramBytes);
    }
    return places;
  }

  /** And notes which columns are referred to. */
  private checkReferences(entries: readonly EntryLayout[]): void {
    const ofSlot = new Map(entries.map(entry => [entry.slot, entry]));
    const countOf = ({ timeColumn }: EntryLayout) => this.counts[timeColumn];
    for (const entry of entries) {
      const { slot, values } = entry;
      if (values.method !== 'integers' || values.reference === undefined) continue;
      const reference = ofSlot.get(values.reference);
      const fits = reference?.values.method === 'integers' && countOf(reference) === countOf(entry);
      if (!fits || values.reference >= slot) damaged('a reference is missing');
      this.places[values.reference * WORDS + IS_REFERENCE] = 1;
    }
  }
}

function readEntry(reader: ByteReader, counts: readonly number[]): EntryLayout {
  const flags = reader.u8();
  const timeColumn = reader.varint();
  if (timeColumn >= counts.length) damaged('a time column is missing');
  const count = counts[timeColumn];
  const values = readLayout(reader, count);
  const starts = flags & HAS_STARTS ? readLayout(reader, count) : undefined;
  const histogramCount = flags & HAS_HISTOGRAMS ? reader.varint() : 0;
  const histogramBytes = flags & HAS_HISTOGRAMS ? reader.varint() : 0;
  return { slot: flags & SLOT, timeColumn, values, starts, histogramCount, histogramBytes };
}
