// Rows that take no more, packed: the values of a column lie together, as its first value and, where that gives every
// bit back, the small integers by which the others differ from it. Counters and gauges of whole numbers take a third.
//
//   cells      raw columns (`rows` doubles each) | the first values of the others
//   places     by column: index among the columns of its kind, and the kind in the lowest two bits
//   large      the other rows - 1 differences of a column, 32 bits each; medium 16, small 8
//
// All of it is one buffer, taken from the pool and given back. Plain data, which may cross to a thread.

import type { ArrayPool } from './array-pool.ts';

export interface PackedRows {
  readonly rows: number;
  readonly cells: Float64Array;
  readonly places: Uint32Array;
  readonly large: Int32Array;
  readonly medium: Int16Array;
  readonly small: Int8Array;
  /** Cells of raw columns: the first values of columns with large differences follow, then medium, then small. */
  readonly rawCells: number;
  readonly largeColumns: number;
  readonly mediumColumns: number;
  /** The whole of the buffer. */
  readonly room: Float64Array;
}

const [RAW, LARGE, MEDIUM, SMALL] = [0, 1, 2, 3];
const KIND_BITS = 2;
const KIND_MASK = 3;
const MOST_LARGE = 2 ** 31 - 1;
const MOST_MEDIUM = 2 ** 15 - 1;
const MOST_SMALL = 2 ** 7 - 1;
/** Rooms come in this many lengths between one and its double, so that one fits for another. */
const LENGTHS_AN_OCTAVE = 8;
/** Packed rows take at most that part of what they took. */
const WORTH = 0.75;

/** By column, while rows are packed: the largest difference from the first value, Infinity for a raw column. */
let spreads = new Float64Array(0);

/** `values`: row after row. undefined where packing them is not worth it. */
export function packRows(
  values: Float64Array,
  rows: number,
  width: number,
  arrays: ArrayPool,
): PackedRows | undefined {
  if (rows < 2) return undefined;
  measure(values, rows, width);
  const columns = [0, 0, 0, 0];
  for (let column = 0; column < width; column++) columns[kindOf(spreads[column])]++;
  const cells = columns[RAW] * rows + width - columns[RAW];
  const differences = columns[LARGE] * 4 + columns[MEDIUM] * 2 + columns[SMALL];
  const bytes = cells * 8 + width * 4 + differences * (rows - 1);
  const length = roomLength(Math.ceil(bytes / 8));
  if (length > rows * width * WORTH) return undefined;
  const packed = layOut(arrays.take(length), rows, width, columns);
  fill(packed, values, width);
  return packed;
}

/** Writes the values of a column, row by row, into the first cells of `into`. */
export function readPacked(packed: PackedRows, column: number, into: Float64Array): void {
  const { rows, cells } = packed;
  const place = packed.places[column];
  const index = place >>> KIND_BITS;
  const kind = place & KIND_MASK;
  if (kind === RAW) {
    for (let row = 0, at = index * rows; row < rows; row++) into[row] = cells[at++];
    return;
  }
  const first = cells[firstCellOf(packed, kind) + index];
  const differences = differencesOf(packed, kind);
  into[0] = first;
  for (let row = 1, at = index * (rows - 1); row < rows; row++) into[row] = first + differences[at++];
}

/** Finds by how much each column differs from its first value. */
function measure(values: Float64Array, rows: number, width: number): void {
  if (spreads.length < width) spreads = new Float64Array(width);
  for (let column = 0; column < width; column++)
    spreads[column] = isMinusZero(values[column]) ? Number.POSITIVE_INFINITY : 0;
  for (let row = 1, at = width; row < rows; row++) {
    for (let column = 0; column < width; column++, at++) {
      const [value, first] = [values[at], values[column]];
      const difference = value - first;
      // NaN and infinities are neither; -0 would come back as 0.
      const isExact = first + difference === value && difference === Math.floor(difference);
      if (!isExact || isMinusZero(value)) spreads[column] = Number.POSITIVE_INFINITY;
      else if (Math.abs(difference) > spreads[column]) spreads[column] = Math.abs(difference);
    }
  }
}

function roomLength(needed: number): number {
  const step = Math.max(1, 2 ** Math.floor(Math.log2(needed)) / LENGTHS_AN_OCTAVE);
  return Math.ceil(needed / step) * step;
}

const isMinusZero = (value: number): boolean => value === 0 && 1 / value < 0;

function kindOf(spread: number): number {
  if (spread <= MOST_SMALL) return SMALL;
  if (spread <= MOST_MEDIUM) return MEDIUM;
  return spread <= MOST_LARGE ? LARGE : RAW;
}

function layOut(room: Float64Array, rows: number, width: number, columns: readonly number[]): PackedRows {
  const { buffer } = room;
  const rawCells = columns[RAW] * rows;
  const cells = new Float64Array(buffer, 0, rawCells + width - columns[RAW]);
  const places = new Uint32Array(buffer, cells.byteLength, width);
  const large = new Int32Array(buffer, places.byteOffset + places.byteLength, columns[LARGE] * (rows - 1));
  const medium = new Int16Array(buffer, large.byteOffset + large.byteLength, columns[MEDIUM] * (rows - 1));
  const small = new Int8Array(buffer, medium.byteOffset + medium.byteLength, columns[SMALL] * (rows - 1));
  return {
    rows,
    cells,
    places,
    large,
    medium,
    small,
    rawCells,
    largeColumns: columns[LARGE],
    mediumColumns: columns[MEDIUM],
    room,
  };
}

function fill(packed: PackedRows, values: Float64Array, width: number): void {
  const { rows, cells, places } = packed;
  const next = [0, 0, 0, 0];
  for (let column = 0; column < width; column++) {
    const kind = kindOf(spreads[column]);
    const index = next[kind]++;
    places[column] = (index << KIND_BITS) | kind;
    if (kind === RAW) {
      for (let row = 0, at = index * rows; row < rows; row++) cells[at++] = values[row * width + column];
      continue;
    }
    const first = values[column];
    cells[firstCellOf(packed, kind) + index] = first;
    const differences = differencesOf(packed, kind);
    for (let row = 1, at = index * (rows - 1); row < rows; row++) {
      differences[at++] = values[row * width + column] - first;
    }
  }
}

function firstCellOf({ rawCells, largeColumns, mediumColumns }: PackedRows, kind: number): number {
  if (kind === LARGE) return rawCells;
  return kind === MEDIUM ? rawCells + largeColumns : rawCells + largeColumns + mediumColumns;
}

function differencesOf(packed: PackedRows, kind: number): Int32Array | Int16Array | Int8Array {
  if (kind === LARGE) return packed.large;
  return kind === MEDIUM ? packed.medium : packed.small;
}
