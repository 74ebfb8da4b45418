// Finds the series that the labels in a request's bytes name.
//
// Senders repeat the same label sets in every request and in about the same order, so the sets are kept as bytes
// (label-table.ts) beside the series that they led to. What was not met for a while is forgotten: its column is
// retired, its memory given back.

import { type Labels, METRIC_NAME } from '../model/labels.ts';
import type { Storage } from '../storage/contract.ts';
import { type KnownSeries, Sources } from './known-series.ts';
import { LabelTable, NOT_FOUND } from './label-table.ts';
import { LABEL_TAG, LabelsBuilder, labelsAt } from './labels.ts';
import type { Place } from './refusal.ts';
import { WireError, type WireReader } from './wire.ts';

/** Labels that can't be taken. */
export const INVALID = null;

/** Longer than any sender's interval. */
export const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** What one series may bring along: no honest sender comes near. */
const MAX_LABEL_BYTES = 1024 * 1024;

/** Fewer forgotten sets than that are left where they are. */
const COMPACT_FROM = 1000;

/** Forgotten, until the same labels come again. */
const FORGOTTEN = undefined;

export class SeriesCache {
  private readonly sources: Sources;
  private readonly table = new LabelTable();
  /** By number in the table. */
  private readonly series: (KnownSeries | typeof INVALID | typeof FORGOTTEN)[] = [];
  private readonly builder = new LabelsBuilder();
  /** Number of the set that was met last. */
  private previous = NOT_FOUND;
  private nowSeconds = 0;
  private forgotten = 0;
  /** How many series were opened so far. */
  opened = 0;
  /** Where age() goes on. */
  private cursor = 0;

  constructor(storage: Storage) {
    this.sources = new Sources(storage);
  }

  /** Label sets that are remembered, and the groups that they hold. */
  get size(): { readonly series: number; readonly groups: number; readonly bytes: number } {
    const { table, sources } = this;
    return { series: table.length - this.forgotten, groups: sources.size, bytes: table.byteSize };
  }

  /** What is met from now on was met at this time of a clock that never goes back, ms. */
  setNow(nowMs: number): void {
    this.nowSeconds = Math.floor(nowMs / 1000);
  }

  /**
   * The series whose labels begin where the reader stands, inside a message that ends at `end`; INVALID where they
   * are no label set of a series. The reader then stands behind the labels.
   */
  find(reader: WireReader, end: number): KnownSeries | typeof INVALID {
    const { table } = this;
    const start = reader.pos;
    let number = table.expect(this.previous, reader.view, start, end);
    if (number === NOT_FOUND) {
      number = this.lookUp(reader, end);
      if (number === NOT_FOUND) return INVALID;
    } else reader.pos = start + table.byteLength(number);
    this.previous = number;
    table.met[number] = this.nowSeconds;
    return this.series[number] ?? this.openAgain(reader, start, number);
  }

  /** Where the series of these labels, which is known, stands. */
  placeOf(labels: Labels): Place {
    return this.sources.placeOf(labels);
  }

  /**
   * Looks at up to `count` label sets and forgets those that were not met for a while; returns whether all have been
   * looked at, after which the next call begins anew.
   */
  age(count: number): boolean {
    const { table, series } = this;
    const oldest = this.nowSeconds - FORGOTTEN_AFTER_MS / 1000;
    const stop = Math.min(this.cursor + count, table.length);
    for (; this.cursor < stop; this.cursor++) {
      const one = series[this.cursor];
      if (one === FORGOTTEN || table.met[this.cursor] > oldest) continue;
      series[this.cursor] = FORGOTTEN;
      this.forgotten++;
      if (one !== INVALID) this.sources.close(one);
    }
    if (this.cursor < table.length) return false;
    this.cursor = 0;
    if (this.forgotten > Math.max(COMPACT_FROM, table.length / 4)) this.compact();
    return true;
  }

  /** By hash; labels that were never met are entered. NOT_FOUND: too long to be taken. */
  private lookUp(reader: WireReader, end: number): number {
    const { table } = this;
    const start = reader.pos;
    skipLabels(reader, end);
    if (reader.pos - start > MAX_LABEL_BYTES) return NOT_FOUND;
    let number = table.find(reader.view, start, reader.pos);
    if (number === NOT_FOUND) {
      number = table.add(reader.view, start, reader.pos);
      this.series.push(FORGOTTEN);
      this.forgotten++;
    }
    table.link(this.previous, number);
    return number;
  }

  /** Of labels that are known to be invalid, or that are met for the first time or after they were forgotten. */
  private openAgain(reader: WireReader, start: number, number: number): KnownSeries | typeof INVALID {
    if (this.series[number] === INVALID) return INVALID;
    const labels = labelsAt(reader, start, reader.pos, this.builder);
    const series = labels?.has(METRIC_NAME) ? this.sources.open(labels) : INVALID;
    this.series[number] = series;
    this.forgotten--;
    this.opened++;
    return series;
  }

  private compact(): void {
    const { series } = this;
    this.table.compact(number => series[number] !== FORGOTTEN);
    let length = 0;
    for (const one of series) if (one !== FORGOTTEN) series[length++] = one;
    series.length = length;
    this.forgotten = 0;
    this.previous = NOT_FOUND;
  }
}

/** Moves on to the first field that is no label. */
function skipLabels(reader: WireReader, end: number): void {
  const { bytes } = reader;
  while (reader.pos < end && bytes[reader.pos] === LABEL_TAG) {
    reader.pos++;
    reader.pos = reader.messageEnd(end);
  }
  if (reader.pos > end) throw new WireError('unexpected EOF');
}
