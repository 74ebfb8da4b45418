// The labels of the series of one block, label by label: of each name its distinct values in the block and, for each
// slot, which of them it has. Drawn in docs/format/day-file.md.
//
// What a block's row holds comes in; matches, label sets, names and values come out. Values are decoded when a label
// is first asked for: most queries look at the metric's name and are done with a block.

import { crc32 } from 'node:zlib';
import { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { compareText } from '../../model/text-order.ts';
import { ByteReader } from '../chunk/byte-reader.ts';
import { ByteWriter } from '../chunk/byte-writer.ts';
import { checksumOfKey } from '../row-checksum.ts';
import { readText, readTexts, type TextEncoding, writeText, writeTexts } from './label-texts.ts';

const VERSION = 2;
/** In the flags: texts are UTF-16, since some are not valid Unicode; otherwise they are UTF-8. */
const UTF16 = 1;
/** In place of a value's number: the series lacks the label. */
const ABSENT = 255;
/** In the count of values: every series has the only one, and no numbers follow. */
const SHARED = 128;
const CHECKSUM_BYTES = 4;

export class BlockLabels {
  /** How many slots are taken: 0 … size - 1. */
  readonly size: number;
  private readonly columns: readonly LabelColumn[];
  private readonly labelSets: (Labels | undefined)[] = [];

  private constructor(size: number, columns: readonly LabelColumn[]) {
    this.size = size;
    this.columns = columns;
  }

  /** The labels of a block's slot 0, 1, …: at most 64. */
  static encode(blockId: number, labels: readonly Labels[]): Uint8Array {
    const columns = gatherColumns(labels);
    const encoding = columns.every(isWellFormed) ? 'utf8' : 'utf16le';
    const writer = new ByteWriter(256);
    writer.u32(0);
    writer.u8(VERSION);
    writer.u8(encoding === 'utf16le' ? UTF16 : 0);
    writer.u8(labels.length);
    writer.varint(columns.length);
    for (const column of columns) writeColumn(column, encoding, writer);
    const bytes = writer.view();
    bytes.writeUInt32LE(checksumOf(blockId, bytes), 0);
    return bytes;
  }

  /** Keeps a view of the bytes. Throws where they are damaged, of another version or of another block. */
  static decode(blockId: number, bytes: Buffer): BlockLabels {
    if (bytes.length <= CHECKSUM_BYTES || bytes.readUInt32LE(0) !== checksumOf(blockId, bytes)) {
      throw new Error('labels with a wrong checksum');
    }
    const reader = new ByteReader(bytes, CHECKSUM_BYTES);
    if (reader.u8() !== VERSION) throw new Error('labels of an unknown version');
    const encoding = reader.u8() === UTF16 ? 'utf16le' : 'utf8';
    const size = reader.u8();
    const columns: LabelColumn[] = [];
    for (let i = reader.varint(); i > 0; i--) {
      const name = readText(encoding, reader);
      const length = reader.varint();
      const from = reader.skip(length);
      columns.push(new LabelColumn(name, bytes, from, from + length, encoding, size));
    }
    return new BlockLabels(size, columns);
  }

  /** The slots whose labels satisfy every matcher, ascending. */
  match(matchers: readonly Matcher[]): number[] {
    let slots: number[] | undefined;
    for (const matcher of matchers) {
      const column = this.columnOf(matcher.name);
      if (!column) {
        if (!matcher.matches('')) return [];
        continue;
      }
      const { values } = column;
      if (column.isShared) {
        if (!matcher.matches(values[0])) return [];
        continue;
      }
      const verdicts = values.map(value => matcher.matches(value));
      if (!verdicts.includes(true) && !column.isPartial) return [];
      const absent = column.isPartial && matcher.matches('');
      slots = (slots ?? this.allSlots()).filter(slot => verdicts[column.numberAt(slot)] ?? absent);
      if (slots.length === 0) return slots;
    }
    return slots ?? this.allSlots();
  }

  /** Made on first use and kept. */
  labelsOf(slot: number): Labels {
    this.labelSets[slot] ??= this.makeLabels(slot);
    return this.labelSets[slot];
  }

  /** The same, not kept. */
  makeLabels(slot: number): Labels {
    const pairs: string[] = [];
    for (const column of this.columns) {
      const value = column.valueAt(slot);
      if (value !== '') pairs.push(column.name, value);
    }
    return Labels.fromSorted(pairs);
  }

  /** Names of the labels on any of the slots (none given: on any series), sorted. */
  names(slots?: readonly number[]): string[] {
    const columns = slots
      ? this.columns.filter(column => slots.some(slot => column.valueAt(slot) !== ''))
      : this.columns;
    return columns.map(column => column.name);
  }

  /** The values of a label on any of the slots (none given: on any series), in no certain order, without ''. */
  valuesOf(name: string, slots?: readonly number[]): readonly string[] {
    const column = this.columnOf(name);
    if (!column) return [];
    if (!slots) return column.values;
    const values = new Set(slots.map(slot => column.valueAt(slot)));
    values.delete('');
    return [...values];
  }

  private allSlots(): number[] {
    return Array.from({ length: this.size }, (_, slot) => slot);
  }

  private columnOf(name: string): LabelColumn | undefined {
    for (const column of this.columns) if (column.name === name) return column;
    return undefined;
  }
}

/** Of the block's id and all that follows the checksum. */
const checksumOf = (blockId: number, bytes: Uint8Array): number =>
  crc32(bytes.subarray(CHECKSUM_BYTES), checksumOfKey(blockId));

/** One label of a block as it lies in memory: in the block's bytes from `from` up to `end`. */
class LabelColumn {
  readonly name: string;
  /** Whether every series has the only value, so that there are no numbers. */
  readonly isShared: boolean;
  /** Whether some series may lack the label. */
  readonly isPartial: boolean;
  private readonly bytes: Buffer;
  private readonly from: number;
  private readonly end: number;
  private readonly encoding: TextEncoding;
  private readonly size: number;
  private decoded: readonly string[] | undefined;

  constructor(name: string, bytes: Buffer, from: number, end: number, encoding: TextEncoding, size: number) {
    this.name = name;
    this.bytes = bytes;
    this.from = from;
    this.end = end;
    this.encoding = encoding;
    this.size = size;
    this.isShared = (bytes[from] & SHARED) !== 0;
    this.isPartial = !this.isShared && bytes.subarray(from + 1, from + 1 + size).includes(ABSENT);
  }

  get values(): readonly string[] {
    this.decoded ??= this.decode();
    return this.decoded;
  }

  /** Of the value at a slot; ABSENT where the series lacks the label. Not for shared ones. */
  numberAt(slot: number): number {
    return this.bytes[this.from + 1 + slot];
  }

  /** '' where the series lacks the label. */
  valueAt(slot: number): string {
    return this.values[this.isShared ? 0 : this.numberAt(slot)] ?? '';
  }

  private decode(): readonly string[] {
    const textsFrom = this.from + 1 + (this.isShared ? 0 : this.size);
    const reader = new ByteReader(this.bytes.subarray(0, this.end), textsFrom);
    return readTexts(this.bytes[this.from] & (SHARED - 1), this.encoding, reader);
  }
}

/** One label of a block while it is written. */
interface GatheredColumn {
  readonly name: string;
  readonly numberOf: Map<string, number>;
  readonly numbers: Uint8Array;
}

function gatherColumns(labels: readonly Labels[]): GatheredColumn[] {
  const byName = new Map<string, GatheredColumn>();
  labels.forEach(({ pairs }, slot) => {
    for (let i = 0; i < pairs.length; i += 2) {
      let column = byName.get(pairs[i]);
      if (!column) {
        column = { name: pairs[i], numberOf: new Map(), numbers: new Uint8Array(labels.length).fill(ABSENT) };
        byName.set(pairs[i], column);
      }
      let number = column.numberOf.get(pairs[i + 1]);
      if (number === undefined) {
        number = column.numberOf.size;
        column.numberOf.set(pairs[i + 1], number);
      }
      column.numbers[slot] = number;
    }
  });
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name));
}

function isWellFormed({ name, numberOf }: GatheredColumn): boolean {
  if (!name.isWellFormed()) return false;
  for (const value of numberOf.keys()) if (!value.isWellFormed()) return false;
  return true;
}

function writeColumn(
  { name, numberOf, numbers }: GatheredColumn,
  encoding: TextEncoding,
  writer: ByteWriter,
): void {
  const isShared = numberOf.size === 1 && !numbers.includes(ABSENT);
  const body = new ByteWriter(256);
  body.u8(isShared ? numberOf.size | SHARED : numberOf.size);
  if (!isShared) body.raw(numbers);
  writeTexts([...numberOf.keys()], encoding, body);
  writeText(name, encoding, writer);
  writer.varint(body.length);
  writer.raw(body.view());
}
