// Which series stands where in the day file that a writer holds: by the head's id, and, for series that were in the
// file before the writer opened it or come without an id, by labels.
//
// A place is a number: block id * 64 + slot.

import type { Labels } from '../../model/labels.ts';
import { SLOTS } from '../chunk/chunk-codec.ts';
import { BlockLabels } from './block-labels.ts';
import type { DayTables } from './day-tables.ts';
import { IdPlaces } from './id-places.ts';

/** After so many appends in which no series was recognised by its labels these are forgotten again. */
const IDLE_APPENDS = 64;

export class SeriesPlaces {
  private readonly tables: DayTables;
  private readonly byId = new IdPlaces();
  /** By the labels' key; large, so it is kept only while it is of use. */
  private byLabels: Map<string, number> | undefined;
  private idleAppends = 0;
  /** Whether series of the file may be unknown by id. */
  private hasUnknown: boolean;

  /** `hasBlocks`: whether the file has any series. */
  constructor(tables: DayTables, hasBlocks: boolean) {
    this.tables = tables;
    this.hasUnknown = hasBlocks;
  }

  /** By id alone; undefined where the id is new to the day. */
  ofId(seriesId: number): number | undefined {
    return this.byId.get(seriesId);
  }

  /** By labels; undefined where the series is new to the day, as far as known. */
  ofLabels(seriesId: number, labels: Labels): number | undefined {
    if (!this.byLabels && (this.hasUnknown || seriesId === 0)) this.byLabels = this.loadLabels();
    const place = this.byLabels?.get(labels.key);
    if (place === undefined) return undefined;
    this.idleAppends = 0;
    if (seriesId !== 0) this.byId.set(seriesId, place);
    return place;
  }

  add(seriesId: number, labels: Labels, place: number): void {
    if (seriesId !== 0) this.byId.set(seriesId, place);
    this.byLabels?.set(labels.key, place);
  }

  forget(seriesIds: Iterable<number>): void {
    for (const id of seriesIds) this.byId.delete(id);
  }

  /** To be called after each append. */
  appended(): void {
    if (!this.byLabels || ++this.idleAppends < IDLE_APPENDS) return;
    this.byLabels = undefined;
    this.hasUnknown = false;
    this.idleAppends = 0;
  }

  private loadLabels(): Map<string, number> {
    const places = new Map<string, number>();
    for (const { id } of this.tables.readWhole().blocks) {
      const labels = readLabels(this.tables, id);
      for (let slot = 0; labels && slot < labels.size; slot++) {
        places.set(labels.makeLabels(slot).key, id * SLOTS + slot);
      }
    }
    return places;
  }
}

/** Undefined where they are damaged: then the block takes no more series, and those in it count as new. */
export function readLabels(tables: DayTables, blockId: number): BlockLabels | undefined {
  try {
    const data = tables.readLabels(blockId);
    return data && BlockLabels.decode(blockId, data);
  } catch {
    return undefined;
  }
}
