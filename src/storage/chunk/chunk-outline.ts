// What stands where in the body of a chunk, read once from end to end and checked: every payload lies within the body,
// every reference exists and leads on to lower slots. Drawn in docs/format/chunk.md.
//
// In: a reader at the start of a chunk's body. Out: positions, from the start of the body.

import { type ByteReader, damaged } from './byte-reader.ts';
import { type ColumnLayout, MOST_SAMPLES, payloadLength, readLayout } from './column-codec.ts';

/** By time column. */
export interface TimeOutline {
  /** How many times it has. */
  readonly counts: Uint32Array;
  readonly layoutsAt: Uint32Array;
  readonly payloadsAt: Uint32Array;
}

/** Where one slot's things stand. */
export interface SlotOutline {
  readonly slot: number;
  readonly entryAt: number;
  valuesAt: number;
  startsAt: number;
  histogramsAt: number;
  /** Whether other columns are written as differences from its values. */
  isReference: boolean;
}

export interface ChunkOutline {
  readonly times: TimeOutline;
  readonly slots: readonly SlotOutline[];
  /** Whether any slot has start timestamps or histograms. */
  readonly hasExtras: boolean;
}

/** An entry as it is written, before the places of the payloads are known. */
export interface EntryLayout {
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

/** Throws where the bytes are damaged. */
export function readOutline(reader: ByteReader): ChunkOutline {
  const [timeCount, entryCount] = [reader.varint(), reader.varint()];
  if (timeCount > entryCount || entryCount > SLOT + 1) damaged('it has too many columns');
  const times = {
    counts: new Uint32Array(timeCount),
    layoutsAt: new Uint32Array(timeCount),
    payloadsAt: new Uint32Array(timeCount),
  };
  const timeLayouts = readTimes(reader, times);
  const entries: EntryLayout[] = [];
  const slots: SlotOutline[] = [];
  for (let i = 0; i < entryCount; i++) {
    const entryAt = reader.at;
    const entry = readEntry(reader, times.counts, 0, timeCount);
    entries.push(entry);
    slots.push({
      slot: entry.slot,
      entryAt,
      valuesAt: 0,
      startsAt: 0,
      histogramsAt: 0,
      isReference: false,
    });
  }
  timeLayouts.forEach((layout, i) => {
    times.payloadsAt[i] = reader.skip(payloadLength(layout, times.counts[i]));
  });
  placePayloads(reader, entries, slots, times.counts);
  noteReferences(entries, slots, times.counts);
  const hasExtras = entries.some(({ starts, histogramCount }) => starts || histogramCount > 0);
  return { times, slots, hasExtras };
}

function readTimes(reader: ByteReader, { counts, layoutsAt }: TimeOutline): ColumnLayout[] {
  const layouts: ColumnLayout[] = [];
  for (let i = 0; i < counts.length; i++) {
    const count = reader.varint();
    if (count === 0 || count > MOST_SAMPLES) damaged('a column has too many values or none');
    counts[i] = count;
    layoutsAt[i] = reader.at;
    layouts.push(readLayout(reader, count));
  }
  return layouts;
}

/** The counts of the chunk's time columns stand in `counts` from `countsAt` on. Throws where the bytes are damaged. */
export function readEntry(
  reader: ByteReader,
  counts: Uint32Array,
  countsAt: number,
  timeCount: number,
): EntryLayout {
  const flags = reader.u8();
  const timeColumn = reader.varint();
  if (timeColumn >= timeCount) damaged('a time column is missing');
  const count = counts[countsAt + timeColumn];
  const values = readLayout(reader, count);
  const starts = flags & HAS_STARTS ? readLayout(reader, count) : undefined;
  const histogramCount = flags & HAS_HISTOGRAMS ? reader.varint() : 0;
  const histogramBytes = flags & HAS_HISTOGRAMS ? reader.varint() : 0;
  return { slot: flags & SLOT, timeColumn, values, starts, histogramCount, histogramBytes };
}

/** First all values, then all start timestamps, then all histograms. */
function placePayloads(
  reader: ByteReader,
  entries: readonly EntryLayout[],
  slots: readonly SlotOutline[],
  counts: Uint32Array,
): void {
  entries.forEach(({ values, timeColumn }, i) => {
    slots[i].valuesAt = reader.skip(payloadLength(values, counts[timeColumn]));
  });
  entries.forEach(({ starts, timeColumn }, i) => {
    if (starts) slots[i].startsAt = reader.skip(payloadLength(starts, counts[timeColumn]));
  });
  entries.forEach(({ histogramBytes }, i) => {
    slots[i].histogramsAt = reader.skip(histogramBytes);
  });
}

function noteReferences(
  entries: readonly EntryLayout[],
  slots: readonly SlotOutline[],
  counts: Uint32Array,
): void {
  const ofSlot = new Map(entries.map(({ slot }, i) => [slot, i]));
  for (const { slot, values, timeColumn } of entries) {
    if (values.method !== 'integers' || values.reference === undefined) continue;
    const found = ofSlot.get(values.reference) ?? damaged('a reference is missing');
    const reference = entries[found];
    const fits =
      reference.values.method === 'integers' && counts[reference.timeColumn] === counts[timeColumn];
    if (!fits || reference.slot >= slot) damaged('a reference is missing');
    slots[found].isReference = true;
  }
}
