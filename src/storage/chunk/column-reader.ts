// Decodes the columns of one chunk as they are asked for.
//
// A column that others are written as differences from is kept decoded for a while, since who reads a bucket of a
// histogram reads its neighbours next.

import { bug } from '../../base/errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { type ColumnLayout, type ScaledLayout, unscale } from './column-codec.ts';
import { decodeFloats } from './float-column.ts';
import { decodeIntegers } from './integer-decoder.ts';

/** A column as it lies in a chunk's bytes. */
export interface Column {
  readonly layout: ColumnLayout;
  readonly count: number;
  /** Where its payload starts. */
  readonly at: number;
  /** The slot whose values it is, where it is another column's reference; undefined where it is none. */
  readonly keptAs: number | undefined;
}

/** How many references are kept decoded; more than a chain is long. */
const KEPT = 8;

interface Kept {
  readonly slot: number;
  readonly integers: Float64Array;
}

/** Of the read under way; shared by all chunks of a thread. */
let scratch = new Float64Array(1024);

export class ColumnReader {
  private readonly reader: ByteReader;
  private readonly valuesOf: (slot: number) => Column;
  /** The one used last at the end. */
  private readonly kept: Kept[] = [];

  /** `valuesOf` gives the column that is a slot's reference. */
  constructor(reader: ByteReader, valuesOf: (slot: number) => Column) {
    this.reader = reader;
    this.valuesOf = valuesOf;
  }

  /** Decodes the first `wanted` (1 or more) values. The array is good, up to there, until the next call for any chunk. */
  decode(column: Column, wanted: number): Float64Array {
    const { layout, count, at } = column;
    if (scratch.length < wanted) scratch = new Float64Array(count);
    if (layout.method === 'floats') {
      decodeFloats(this.reader.bytes, at, layout.floats, count, wanted, scratch);
      return scratch;
    }
    if (column.keptAs === undefined)
      this.decodeInto(column, layout, this.referenceOf(layout), wanted, scratch);
    else scratch.set(this.integersOf(column.keptAs, column).subarray(0, wanted));
    unscale(this.reader, at, layout, count, wanted, scratch);
    return scratch;
  }

  private referenceOf({ reference }: ScaledLayout): Float64Array | undefined {
    return reference === undefined ? undefined : this.integersOf(reference);
  }

  /** All integers of a slot's values; `known` is their column, where the caller has it. */
  private integersOf(slot: number, known?: Column): Float64Array {
    const { kept } = this;
    const found = kept.findIndex(one => one.slot === slot);
    if (found >= 0) {
      const [one] = kept.splice(found, 1);
      kept.push(one);
      return one.integers;
    }
    const column = known ?? this.valuesOf(slot);
    const { count, layout } = column;
    if (layout.method !== 'integers') bug('a reference is checked to be of integers');
    const reference = this.referenceOf(layout);
    const oldest = kept.length < KEPT ? undefined : kept.shift();
    const integers = oldest && oldest.integers.length >= count ? oldest.integers : new Float64Array(count);
    this.decodeInto(column, layout, reference, count, integers);
    kept.push({ slot, integers });
    return integers;
  }

  private decodeInto(
    { count, at }: Column,
    layout: ScaledLayout,
    reference: Float64Array | undefined,
    wanted: number,
    out: Float64Array,
  ): void {
    decodeIntegers(this.reader, at, layout.integers, count, wanted, out);
    if (reference) for (let i = 0; i < wanted; i++) out[i] += reference[i];
  }

  /** Memory that kept columns take at most, of a chunk with that many references of so many values. */
  static keptBytes(references: number, count: number): number {
    return Math.min(references, KEPT) * count * 8;
  }
}
