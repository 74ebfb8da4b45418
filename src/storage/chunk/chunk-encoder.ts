// Makes a chunk: the samples of the series of one block over a span, column by column. Drawn in docs/format/chunk.md.
//
// In: samples of a block's slots, a whole span of each. Out: the bytes that chunk.ts reads. Series with equal times
// share one time column. How much effort is spent is chosen by what the chunk is for.

import { bug } from '../../base/errors.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { ByteWriter } from './byte-writer.ts';
import { frame } from './chunk-frame.ts';
import { HAS_HISTOGRAMS, HAS_STARTS } from './chunk-outline.ts';
import {
  type ColumnLayout,
  encodeScaled,
  encodeUnscaled,
  MOST_SAMPLES,
  writeLayout,
} from './column-codec.ts';
import { type ScaledColumn, scaleColumn } from './decimals.ts';
import { writeHistogram } from './histogram-codec.ts';
import { NumberArena } from './number-arena.ts';
import { choosePrediction, neverFalls, STEPS } from './prediction.ts';
import { chooseReferences } from './references.ts';

/** Slots of a block, and the most entries of a chunk. */
export const SLOTS = 64;

/**
 * fresh: some 32 samples a series, soon to be merged: no compression, whose calls cost more than the rest together.
 * merged: some 500 samples a series. finished: a day, or a good part of one, read for years.
 */
export type ChunkSpan = 'fresh' | 'merged' | 'finished';

export interface ChunkOptions {
  readonly span: ChunkSpan;
}

const ZSTD_LEVELS = { fresh: undefined, merged: 1, finished: 3 } as const;
/** Histograms of fresh chunks are compressed from so many bytes on: they are long, and much alike. */
const HISTOGRAM_BYTES = 2048;

interface Entry {
  readonly slot: number;
  readonly timeColumn: number;
  readonly values: Float64Array;
  readonly scaled: ScaledColumn | undefined;
  readonly starts: Float64Array | undefined;
  readonly histograms: Uint8Array | undefined;
  readonly histogramCount: number;
}

/** A column's layout, and where its payload lies among all. */
interface EncodedColumn {
  readonly layout: ColumnLayout;
  readonly from: number;
  readonly to: number;
}

/** Of the chunk that is being finished. */
const payload = new ByteWriter();
const body = new ByteWriter();

/** Makes one chunk. */
export class ChunkEncoder {
  private readonly span: ChunkSpan;
  private readonly times: Float64Array[] = [];
  private readonly entries: Entry[] = [];
  private readonly taken: boolean[] = new Array(SLOTS).fill(false);
  private readonly arena = new NumberArena();

  constructor({ span }: ChunkOptions = { span: 'fresh' }) {
    this.span = span;
  }

  /** Adds the samples of a slot, which may be added once; they are copied. None at all leaves it out. */
  add(slot: number, samples: SampleBuffer): void {
    const { length, startTimestampsMs } = samples;
    if (this.taken[slot] !== false) bug(`slot ${slot} is free`);
    if (length > MOST_SAMPLES) bug(`a chunk takes ${length} samples a series`);
    if (length === 0) return;
    this.taken[slot] = true;
    const values = this.arena.copy(samples.values, length);
    const [histograms, histogramCount] = histogramsOf(samples);
    this.entries.push({
      slot,
      timeColumn: this.timeColumnOf(samples),
      values,
      scaled: scaleColumn(values, this.arena.take(length)),
      starts: startTimestampsMs && this.arena.copy(startTimestampsMs, length),
      histograms,
      histogramCount,
    });
  }

  /** The finished chunk, whose id will be `id`. The encoder has done its work. */
  finish(id: number): Uint8Array {
    payload.length = 0;
    body.length = 0;
    const times = this.times.map(column => this.encodeColumn(column));
    this.entries.sort((a, b) => a.slot - b.slot);
    const values = this.encodeValues();
    const starts = this.entries.map(entry => entry.starts && this.encodeColumn(entry.starts));
    const order = this.payloadOrder(values);

    body.varint(times.length);
    body.varint(this.entries.length);
    times.forEach(({ layout }, column) => {
      body.varint(this.times[column].length);
      writeLayout(layout, body);
    });
    for (const i of order) this.writeEntry(this.entries[i], values[i], starts[i]);
    const copy = (column: EncodedColumn | undefined) => {
      if (column) body.raw(payload.bytes.subarray(column.from, column.to));
    };
    for (const column of times) copy(column);
    for (const i of order) copy(values[i]);
    for (const i of order) copy(starts[i]);
    let histogramBytes = 0;
    for (const i of order) {
      const { histograms } = this.entries[i];
      if (!histograms) continue;
      body.raw(histograms);
      histogramBytes += histograms.length;
    }
    this.arena.release();
    const level = histogramBytes >= HISTOGRAM_BYTES ? ZSTD_LEVELS.merged : undefined;
    return frame(id, body.view(), ZSTD_LEVELS[this.span] ?? level);
  }

  private writeEntry(entry: Entry, values: EncodedColumn, starts: EncodedColumn | undefined): void {
    body.u8(entry.slot | (starts ? HAS_STARTS : 0) | (entry.histograms ? HAS_HISTOGRAMS : 0));
    body.varint(entry.timeColumn);
    writeLayout(values.layout, body);
    if (starts) writeLayout(starts.layout, body);
    if (entry.histograms) {
      body.varint(entry.histogramCount);
      body.varint(entry.histograms.length);
    }
  }

  private encodeValues(): EncodedColumn[] {
    const references = this.references();
    return this.entries.map(({ values, scaled }, i) => {
      const from = payload.length;
      const { index, slot } = references[i];
      const layout = scaled
        ? this.encodeIntegers(values, scaled, this.entries[index]?.scaled, slot)
        : encodeUnscaled(values, values.length, payload);
      return { layout, from, to: payload.length };
    });
  }

  /** For each entry the index and slot of its reference. */
  private references(): { index: number; slot: number | undefined }[] {
    const none = { index: -1, slot: undefined };
    const found: { index: number; slot: number | undefined }[] = this.entries.map(() => none);
    if (this.span === 'fresh') return found;
    const indexes: number[] = [];
    const candidates = this.entries.flatMap(({ scaled, timeColumn }, index) => {
      if (!scaled) return [];
      indexes.push(index);
      return [{ integers: scaled.integers, decimals: scaled.decimals, timeColumn }];
    });
    chooseReferences(candidates).forEach((reference, i) => {
      if (reference < 0) return;
      const index = indexes[reference];
      found[indexes[i]] = { index, slot: this.entries[index].slot };
    });
    return found;
  }

  private encodeColumn(values: Float64Array): EncodedColumn {
    const from = payload.length;
    const scaled = scaleColumn(values, this.arena.take(values.length));
    const layout = scaled
      ? encodeScaled(
          values,
          scaled,
          scaled.integers,
          choosePrediction(scaled.integers, false),
          undefined,
          this.span !== 'fresh',
          payload,
        )
      : encodeUnscaled(values, values.length, payload);
    return { layout, from, to: payload.length };
  }

  private encodeIntegers(
    values: Float64Array,
    scaled: ScaledColumn,
    reference: ScaledColumn | undefined,
    slot: number | undefined,
  ): ColumnLayout {
    const integers = reference ? this.difference(scaled.integers, reference.integers) : scaled.integers;
    const entropyFollows = this.span !== 'fresh';
    const isCounter = !entropyFollows && neverFalls(integers);
    const prediction = isCounter ? STEPS : choosePrediction(integers, entropyFollows);
    return encodeScaled(values, scaled, integers, prediction, slot, entropyFollows, payload);
  }

  private difference(integers: Float64Array, reference: Float64Array): Float64Array {
    const difference = this.arena.take(integers.length);
    for (let i = 0; i < difference.length; i++) difference[i] = integers[i] - reference[i];
    return difference;
  }

  /** Columns that are much alike stand together, where the entropy stage makes one table for them. */
  private payloadOrder(values: readonly EncodedColumn[]): number[] {
    const order = values.map((_, i) => i);
    if (this.span === 'fresh') return order;
    const keys = values.map(({ layout, from, to }) => {
      const width = layout.method === 'integers' ? layout.integers.width : 64;
      return width * 256 + averageByte(payload.bytes, from, to);
    });
    return order.sort((a, b) => keys[a] - keys[b] || a - b);
  }

  private timeColumnOf(samples: SampleBuffer): number {
    for (let i = this.times.length - 1; i >= 0; i--) if (sameTimes(this.times[i], samples)) return i;
    this.times.push(this.arena.copy(samples.timestampsMs, samples.length));
    return this.times.length - 1;
  }
}

function sameTimes(timesMs: Float64Array, samples: SampleBuffer): boolean {
  if (timesMs.length !== samples.length) return false;
  for (let i = 0; i < timesMs.length; i++) if (timesMs[i] !== samples.timestampsMs[i]) return false;
  return true;
}

/** Position and histogram, one after the other; and how many. */
function histogramsOf(samples: SampleBuffer): [Uint8Array | undefined, number] {
  if (!samples.histograms) return [undefined, 0];
  const writer = new ByteWriter(1024);
  let count = 0;
  for (let i = 0; i < samples.length; i++) {
    const histogram = samples.histograms[i];
    if (!histogram) continue;
    writer.u32(i);
    writeHistogram(histogram, writer);
    count++;
  }
  return count === 0 ? [undefined, 0] : [writer.view(), count];
}

/** From a look at some of them. */
function averageByte(bytes: Uint8Array, from: number, to: number): number {
  const step = Math.max(1, (to - from) >> 7);
  let sum = 0;
  let count = 0;
  for (let at = from; at < to; at += step) {
    sum += bytes[at];
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
