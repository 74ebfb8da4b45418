// The label sets that senders have sent, and of each when it was met last and which series it led to, in columns by
// its number in the table.

import { GROWTH, LabelTable } from './label-table.ts';

/** In place of a source: the set was never met, or was forgotten until it comes again. */
export const FORGOTTEN = -1;
/** In place of a source: the set names no series that can be taken. */
export const INVALID_SET = -2;

const INITIAL_SETS = 64;

/** Of a clock in seconds, what is kept: it goes round in 18 hours, and who is not met is forgotten long before. */
const CLOCK_MASK = 0xffff;

export class KnownSets {
  readonly table: LabelTable;
  /** The source's index, FORGOTTEN or INVALID_SET. */
  sources: Int32Array;
  /** The series' column in its source; 0 where there is none. */
  columns: Uint32Array;
  private metSeconds: Uint16Array;

  /** With room for so many. */
  constructor(capacity = INITIAL_SETS) {
    this.table = new LabelTable(capacity);
    this.sources = new Int32Array(capacity);
    this.columns = new Uint32Array(capacity);
    this.metSeconds = new Uint16Array(capacity);
  }

  get length(): number {
    return this.table.length;
  }

  /** Memory in use, about. */
  get byteSize(): number {
    const { table, sources, columns, metSeconds } = this;
    return table.byteSize + sources.byteLength + columns.byteLength + metSeconds.byteLength;
  }

  /** Enters the set whose bytes are [start, end) of the source, which is not there; returns its number. */
  add(source: DataView, start: number, end: number): number {
    const number = this.table.add(source, start, end);
    this.reach(number);
    this.sources[number] = FORGOTTEN;
    return number;
  }

  /** Takes over what others know of a set; returns its number here. */
  adopt(from: KnownSets, fromNumber: number): number {
    const number = this.table.adopt(from.table, fromNumber);
    this.reach(number);
    this.sources[number] = from.sources[fromNumber];
    this.columns[number] = from.columns[fromNumber];
    this.metSeconds[number] = from.metSeconds[fromNumber];
    return number;
  }

  meet(number: number, nowSeconds: number): void {
    this.metSeconds[number] = nowSeconds;
  }

  /** How long ago the set was met, s. */
  silentFor(number: number, nowSeconds: number): number {
    return (nowSeconds - this.metSeconds[number]) & CLOCK_MASK;
  }

  private reach(number: number): void {
    if (number < this.sources.length) return;
    const { sources, columns, metSeconds } = this;
    const capacity = Math.ceil((number + 1) * GROWTH);
    this.sources = new Int32Array(capacity);
    this.sources.set(sources);
    this.columns = new Uint32Array(capacity);
    this.columns.set(columns);
    this.metSeconds = new Uint16Array(capacity);
    this.metSeconds.set(metSeconds);
  }
}
