// Finds the series that the labels in a request's bytes name.
//
// Senders repeat the same label sets in every request and in about the same order, so the sets are kept as bytes
// (label-table.ts) beside the series that they led to (known-sets.ts). What was not met for a while is forgotten: its
// column is retired, its memory given back (renumbering.ts).

import { type Labels, METRIC_NAME } from '../model/labels.ts';
import type { Storage } from '../storage/contract.ts';
import { type KnownSeries, type Source, Sources } from './known-series.ts';
import { FORGOTTEN, INVALID_SET, KnownSets } from './known-sets.ts';
import { NOT_FOUND } from './label-table.ts';
import { LABEL_TAG, LabelsBuilder, labelsAt } from './labels.ts';
import type { Place } from './refusal.ts';
import { Renumbering } from './renumbering.ts';
import { WireError, type WireReader } from './wire.ts';

/** Labels that can't be taken. */
export const INVALID = null;

/** Longer than any sender's interval. */
export const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** What one series may bring along: no honest sender comes near. */
const MAX_LABEL_BYTES = 1024 * 1024;

/** Where fewer sets were forgotten, or came in another order, all are left where they are. */
const RENUMBER_FROM = 1000;

/** The same object for every series that is found. */
class FoundSeries implements KnownSeries {
  source!: Source;
  column = 0;
}

export class SeriesCache {
  private readonly sources: Sources;
  private sets = new KnownSets();
  private readonly builder = new LabelsBuilder();
  private readonly found = new FoundSeries();
  /** Number of the set that was met last. */
  private previous = NOT_FOUND;
  private nowSeconds = 0;
  private forgotten = 0;
  /** How many series were opened so far. */
  opened = 0;
  /** Where age() goes on. */
  private cursor = 0;
  /** While age() numbers the sets anew. */
  private renumbering: Renumbering | undefined;

  constructor(storage: Storage) {
    this.sources = new Sources(storage);
  }

  /** Label sets that are remembered, and the groups that they hold. */
  get size(): { readonly series: number; readonly groups: number; readonly bytes: number } {
    const { sets, sources } = this;
    return { series: sets.length - this.forgotten, groups: sources.size, bytes: sets.byteSize };
  }

  /** What is met from now on was met at this time of a clock that never goes back, ms. */
  setNow(nowMs: number): void {
    this.nowSeconds = Math.floor(nowMs / 1000);
  }

  /**
   * The series whose labels begin where the reader stands, inside a message that ends at `end`; INVALID where they
   * are no label set of a series. The reader then stands behind the labels. `previousStart` is where it stood when a
   * series was looked for the last time, NOT_FOUND if that was another reader. The next call overwrites what is
   * returned.
   */
  find(reader: WireReader, end: number, previousStart = NOT_FOUND): KnownSeries | typeof INVALID {
    const { sets, found } = this;
    const { table } = sets;
    const start = reader.pos;
    let number = table.expect(this.previous, previousStart, reader.view, start, end);
    if (number === NOT_FOUND) number = this.lookUp(reader, end);
    else reader.pos = start + table.byteLength;
    this.previous = number;
    if (number === NOT_FOUND) return INVALID;
    sets.meet(number, this.nowSeconds);
    if (sets.sources[number] === FORGOTTEN) this.open(reader, start, number);
    const index = sets.sources[number];
    if (index === INVALID_SET) return INVALID;
    found.source = this.sources.at(index);
    found.column = sets.columns[number];
    return found;
  }

  /** Where the series of these labels, which is known, stands. */
  placeOf(labels: Labels): Place {
    return this.sources.placeOf(labels);
  }

  /**
   * Looks at up to `count` label sets and forgets those that were not met for a while; where they are many, or many
   * sets came in another order than before, all are numbered anew. Returns whether all is done, after which the next
   * call begins anew; no series is to be looked for before.
   */
  age(count: number): boolean {
    if (this.renumbering) return this.renumber(this.renumbering, count);
    const { sets } = this;
    const stop = Math.min(this.cursor + count, sets.length);
    for (; this.cursor < stop; this.cursor++) this.forgetIfSilent(this.cursor);
    if (this.cursor < sets.length) return false;
    this.cursor = 0;
    const { displaced } = sets.table;
    sets.table.displaced = 0;
    if (Math.max(this.forgotten, displaced) <= Math.max(RENUMBER_FROM, sets.length / 4)) return true;
    this.renumbering = new Renumbering(sets, sets.length - this.forgotten);
    return false;
  }

  /** By hash; labels that were never met are entered. NOT_FOUND: too long to be taken. */
  private lookUp(reader: WireReader, end: number): number {
    const { sets } = this;
    const { table } = sets;
    const start = reader.pos;
    skipLabels(reader, end);
    if (reader.pos - start > MAX_LABEL_BYTES) return NOT_FOUND;
    let number = table.find(reader.view, start, reader.pos);
    if (number === NOT_FOUND) {
      number = sets.add(reader.view, start, reader.pos);
      this.forgotten++;
    }
    table.link(this.previous, number);
    return number;
  }

  /** Of labels that are met for the first time or after they were forgotten. */
  private open(reader: WireReader, start: number, number: number): void {
    const { sets } = this;
    const labels = labelsAt(reader, start, reader.pos, this.builder);
    const series = labels?.has(METRIC_NAME) ? this.sources.open(labels) : undefined;
    sets.sources[number] = series?.source.index ?? INVALID_SET;
    sets.columns[number] = series?.column ?? 0;
    this.forgotten--;
    this.opened++;
  }

  private forgetIfSilent(number: number): void {
    const { sets, sources } = this;
    const index = sets.sources[number];
    if (index === FORGOTTEN) return;
    if (sets.silentFor(number, this.nowSeconds) * 1000 < FORGOTTEN_AFTER_MS) return;
    sets.sources[number] = FORGOTTEN;
    this.forgotten++;
    if (index !== INVALID_SET) sources.close({ source: sources.at(index), column: sets.columns[number] });
  }

  private renumber(renumbering: Renumbering, count: number): boolean {
    if (!renumbering.step(count)) return false;
    this.sets = renumbering.to;
    if (this.previous !== NOT_FOUND) this.previous = renumbering.numberOf(this.previous);
    this.renumbering = undefined;
    this.forgotten = 0;
    return true;
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
