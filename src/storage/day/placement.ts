// Gives each series that a writer is handed its place in the file: that which it had before, else a slot in the last
// block or a new one. Series that are new together are placed in the order of series.

import { bug } from '../../base/errors.ts';
import type { Labels } from '../../model/labels.ts';
import { SLOTS } from '../chunk/chunk-codec.ts';
import { BlockLabels } from './block-labels.ts';
import { type BlockRecord, newBlock } from './day-records.ts';
import type { DayTables } from './day-tables.ts';
import { compareSeries } from './series-order.ts';
import { readLabels, SeriesPlaces } from './series-places.ts';

/** What is placed. */
export interface PlacedSeries {
  /** In the head; 0 where it has none. Ids are never given out twice. */
  readonly seriesId: number;
  /** Asked only where the series may be new to the day. */
  labels(): Labels;
}

/** Sources of one append, as a power of two: place and index share a double. */
const INDEX_SPAN = 2 ** 22;

interface Newcomer {
  readonly index: number;
  readonly labels: Labels;
}

/** The block that takes new series. */
interface OpenBlock {
  readonly record: BlockRecord;
  readonly labels: Labels[];
}

export class Placement {
  /** By id, ascending; the writer keeps them true. */
  readonly blocks: ReadonlyMap<number, BlockRecord>;
  private readonly tables: DayTables;
  private readonly allBlocks: Map<number, BlockRecord>;
  private readonly places: SeriesPlaces;
  private lastId: number;
  private openBlock: OpenBlock | undefined;

  /** `records`: the blocks of the file, by id. */
  constructor(tables: DayTables, records: readonly BlockRecord[]) {
    this.tables = tables;
    this.allBlocks = new Map(records.map(record => [record.id, record]));
    this.blocks = this.allBlocks;
    this.places = new SeriesPlaces(tables, records.length > 0);
    this.lastId = records.at(-1)?.id ?? 0;
  }

  /**
   * For each series a key of place and index, ascending; see blockOf() and its neighbours. Writes the labels of blocks
   * that have grown, and leaves their records to the caller.
   */
  place(series: readonly PlacedSeries[]): Float64Array {
    if (series.length > INDEX_SPAN) bug(`at most ${INDEX_SPAN} series are placed at once`);
    const keys = new Float64Array(series.length);
    const newcomers: Newcomer[] = [];
    for (let index = 0; index < series.length; index++) {
      const { seriesId } = series[index];
      let place = this.places.ofId(seriesId);
      if (place === undefined) {
        const labels = series[index].labels();
        place = this.places.ofLabels(seriesId, labels);
        if (place === undefined) newcomers.push({ index, labels });
      }
      if (place !== undefined) keys[index] = place * INDEX_SPAN + index;
    }
    if (newcomers.length > 0) this.placeNewcomers(newcomers, series, keys);
    this.places.appended();
    return keys.sort();
  }

  forget(seriesIds: Iterable<number>): void {
    this.places.forget(seriesIds);
  }

  private placeNewcomers(newcomers: Newcomer[], series: readonly PlacedSeries[], keys: Float64Array): void {
    newcomers.sort((a, b) => compareSeries(a.labels, b.labels));
    const grown = new Set<OpenBlock>();
    let before: Labels | undefined;
    let place = 0;
    for (const { index, labels } of newcomers) {
      if (!before?.equals(labels)) {
        const block = this.blockWithRoom();
        place = block.record.id * SLOTS + block.labels.length;
        block.labels.push(labels);
        block.record.series = block.labels.length;
        grown.add(block);
        before = labels;
      }
      this.places.add(series[index].seriesId, labels, place);
      keys[index] = place * INDEX_SPAN + index;
    }
    for (const { record, labels } of grown)
      this.tables.putLabels(record.id, BlockLabels.encode(record.id, labels));
  }

  private blockWithRoom(): OpenBlock {
    this.openBlock ??= this.reopenLast();
    if (this.openBlock && this.openBlock.labels.length < SLOTS) return this.openBlock;
    const record = newBlock(++this.lastId);
    this.allBlocks.set(record.id, record);
    this.openBlock = { record, labels: [] };
    return this.openBlock;
  }

  /** Undefined where there is no block that can be added to. */
  private reopenLast(): OpenBlock | undefined {
    const record = this.blocks.get(this.lastId);
    if (!record || record.series === SLOTS) return undefined;
    const labels = readLabels(this.tables, record.id);
    if (labels?.size !== record.series) return undefined;
    return { record, labels: Array.from({ length: labels.size }, (_, slot) => labels.makeLabels(slot)) };
  }
}

/** Of a key: the index of the series that was placed. */
export const indexOf = (key: number): number => key % INDEX_SPAN;

/** Block id * 64 + slot. */
export const placeOf = (key: number): number => Math.floor(key / INDEX_SPAN);

export const blockOf = (key: number): number => Math.floor(key / (INDEX_SPAN * SLOTS));
