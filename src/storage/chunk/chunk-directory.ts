// The directory of a chunk: which columns it has, and where each lies in the bytes. Drawn in docs/format/chunk.md.
//
// In: a reader at the start of a chunk's body. Out: time columns and entries, in the order of their payloads, checked:
// every payload lies within the body, every reference exists and leads on to lower slots.

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
  readonly slot: number;
  readonly times: TimeColumn;
  readonly values: Column;
  readonly starts: Column | undefined;
  readonly histogramCount: number;
  readonly histogramsAt: number;
}

export interface ChunkDirectory {
  readonly times: readonly TimeColumn[];
  readonly entries: readonly ChunkEntry[];
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

/** Throws where the bytes are damaged. */
export function parseDirectory(reader: ByteReader): ChunkDirectory {
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
  const layouts: EntryLayout[] = [];
  for (let i = 0; i < entryCount; i++) layouts.push(readEntry(reader, counts));

  const column = (layout: ColumnLayout, count: number): Column => {
    const at = reader.skip(payloadLength(layout, count));
    return { layout, count, at, reference: undefined, isReference: false };
  };
  const times = timeLayouts.map((layout, i): TimeColumn => {
    return { times: column(layout, counts[i]), count: counts[i], timesMs: undefined, isAscending: false };
  });
  const values = layouts.map(entry => column(entry.values, counts[entry.timeColumn]));
  const starts = layouts.map(entry => entry.starts && column(entry.starts, counts[entry.timeColumn]));
  const entries = layouts.map((entry, i): ChunkEntry => {
    return {
      slot: entry.slot,
      times: times[entry.timeColumn],
      values: values[i],
      starts: starts[i],
      histogramCount: entry.histogramCount,
      histogramsAt: reader.skip(entry.histogramBytes),
    };
  });
  link(entries);
  return { times, entries };
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

/** Leads references to their columns. */
function link(entries: readonly ChunkEntry[]): void {
  const ofSlot = new Map(entries.map(entry => [entry.slot, entry]));
  for (const { slot, values } of entries) {
    if (values.layout.method !== 'integers' || values.layout.reference === undefined) continue;
    const reference = ofSlot.get(values.layout.reference)?.values;
    const fits = reference?.layout.method === 'integers' && reference.count === values.count;
    if (!reference || !fits || values.layout.reference >= slot) damaged('a reference is missing');
    values.reference = reference;
    reference.isReference = true;
  }
}
