// Decodes the columns of one chunk as they are asked for.
//
// A column that others are written as differences from is kept decoded for a while, since who reads a bucket of a
// histogram reads its neighbours next.

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
  /** The column that is added to this one's integers. */
  reference: Column | undefined;
  /** Whether this column is another one's reference. */
  isReference: boolean;
}

/** How many references are kept decoded; more than a chain is long. */
const KEPT = 8;

interface Kept {
  column: Column;
  integers: Float64Array;
}

/** Of the read under way; shared by all chunks of a thread. */
let scratch = new Float64Array(1024);

export class ColumnReader {
  private readonly reader: ByteReader;
  /** The one used last at the end. */
  private readonly kept: Kept[] = [];

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  /** Decodes the first `wanted` (1 or more) values. The array is good, up to there, until the next call for any chunk. */
  decode(column: Column, wanted: number): Float64Array {
    const { layout, count, at } = column;
    if (scratch.length < wanted) scratch = new Float64Array(count);
    if (layout.method === 'floats') {
      decodeFloats(this.reader.bytes, at, layout.floats, count, wanted, scratch);
      return scratch;
    }
    if (column.isReference) scratch.set(this.integersOf(column, layout).subarray(0, wanted));
    else this.decodeInto(column, layout, this.referenceOf(column), wanted, scratch);
    unscale(this.reader, at, layout, count, wanted, scratch);
    return scratch;
  }

  private referenceOf({ reference }: Column): Float64Array | undefined {
    return reference?.layout.method === 'integers' ? this.integersOf(reference, reference.layout) : undefined;
  }

  /** All integers of a reference. */
  private integersOf(column: Column, layout: ScaledLayout): Float64Array {
    const { kept } = this;
    const found = kept.findIndex(one => one.column === column);
    if (found >= 0) {
      const [one] = kept.splice(found, 1);
      kept.push(one);
      return one.integers;
    }
    const reference = this.referenceOf(column);
    const one =
      kept.length < KEPT ? { column, integers: new Float64Array(column.count) } : (kept.shift() as Kept);
    one.column = column;
    if (one.integers.length < column.count) one.integers = new Float64Array(column.count);
    this.decodeInto(column, layout, reference, column.count, one.integers);
    kept.push(one);
    return one.integers;
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
