// Decodes the columns of one chunk as they are asked for.

import { bug } from '../../base/errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { type ColumnLayout, type ScaledLayout, unscale } from './column-codec.ts';
import { decodeFloats } from './float-column.ts';
import { decodeIntegers } from './integer-decoder.ts';
import type { KeptColumns } from './kept-columns.ts';

/** A column as it lies in a chunk's bytes. */
export interface Column {
  readonly layout: ColumnLayout;
  readonly count: number;
  /** Where its payload starts. */
  readonly at: number;
  /** The slot whose values it is, where it is another column's reference; undefined where it is none. */
  readonly keptAs: number | undefined;
}

/** Of the read under way; shared by all chunks of a thread. */
let scratch = new Float64Array(1024);

export class ColumnReader {
  private readonly reader: ByteReader;
  private readonly kept: KeptColumns;
  private readonly valuesOf: (slot: number) => Column;

  /** `kept` has room for every chain of references; `valuesOf` gives the column that is a slot's reference. */
  constructor(reader: ByteReader, kept: KeptColumns, valuesOf: (slot: number) => Column) {
    this.reader = reader;
    this.kept = kept;
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
    else {
      const from = this.integersOf(column.keptAs, column);
      scratch.set(this.kept.numbers.subarray(from, from + wanted));
    }
    unscale(this.reader, at, layout, count, wanted, scratch);
    return scratch;
  }

  /** Where the reference's integers are kept; -1 where there is none. */
  private referenceOf({ reference }: ScaledLayout): number {
    return reference === undefined ? -1 : this.integersOf(reference);
  }

  /** Where all integers of a slot's values are kept; `known` is their column, where the caller has it. */
  private integersOf(slot: number, known?: Column): number {
    const { kept } = this;
    const found = kept.find(slot);
    if (found >= 0) return found;
    const column = known ?? this.valuesOf(slot);
    const { count, layout } = column;
    if (layout.method !== 'integers') bug('a reference is checked to be of integers');
    const reference = this.referenceOf(layout);
    const at = kept.makeRoom();
    this.decodeInto(column, layout, reference, count, kept.numbers.subarray(at, at + count));
    kept.note(slot);
    return at;
  }

  private decodeInto(
    { count, at }: Column,
    layout: ScaledLayout,
    reference: number,
    wanted: number,
    out: Float64Array,
  ): void {
    decodeIntegers(this.reader, at, layout.integers, count, wanted, out);
    if (reference < 0) return;
    const { numbers } = this.kept;
    for (let i = 0; i < wanted; i++) out[i] += numbers[reference + i];
  }
}
