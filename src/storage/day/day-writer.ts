// The only writer of a day file: adds samples as fresh chunks, merges these, keeps what the file says of itself true.
//
// Every change is one transaction. After one that failed, what is kept in memory is read anew from the file.

import { bug } from '../../base/errors.ts';
import type { Labels } from '../../model/labels.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import { SLOTS } from '../chunk/chunk-codec.ts';
import { StorageError } from '../errors.ts';
import { normalise } from '../read/normalise.ts';
import { sqliteCodeOf } from '../sqlite/driver.ts';
import { BlockLabels } from './block-labels.ts';
import { DamagedBlock, mergeBlock } from './block-merge.ts';
import { ChunkBuilder } from './chunk-builder.ts';
import { dayError, openDayForWriting } from './day-database.ts';
import { type BlockRecord, type DayMeta, DayTables, FRESH, newBlock } from './day-tables.ts';
import { gatherSamples } from './gather-samples.ts';
import { compareSeries } from './series-order.ts';
import { readLabels, SeriesPlaces } from './series-places.ts';

/** A series with samples of the day. */
export interface SeriesSource {
  /** In the head; 0 where it has none. Ids are never given out twice. */
  readonly seriesId: number;
  /** Asked only where the series may be new to the day. */
  labels(): Labels;
  /** Clears `into` and fills it with samples of the day, in any order; of repeats the first stays. */
  read(into: SampleBuffer): void;
}

/** So many fresh chunks of a block are merged. */
const FRESH_TO_MERGE = 16;
/** A slice of merging ends after about so many samples. */
const SAMPLES_A_SLICE = 100_000;
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

export class DayWriter {
  private readonly file: string;
  private readonly tables: DayTables;
  private readonly onDamage: (message: string) => void;
  private readonly samples = new SampleBuffer(256);
  private readonly more = new SampleBuffer(256);
  private meta!: DayMeta;
  private blocks!: Map<number, BlockRecord>;
  private places!: SeriesPlaces;
  private openBlock: OpenBlock | undefined;
  private due!: Set<BlockRecord>;
  private readonly damaged = new Set<number>();
  /** Whether a change failed, so that memory may be ahead of the file. */
  private isStale = false;

  /** Opens the day's file or makes it. Throws StorageError. `onDamage` is told of blocks that can't be merged. */
  constructor(file: string, day: number, onDamage: (message: string) => void = () => {}) {
    this.file = file;
    this.onDamage = onDamage;
    this.tables = new DayTables(openDayForWriting(file, day));
    try {
      this.load();
      if (this.meta.day !== day) {
        throw new StorageError('read_failed', `${file} holds day ${this.meta.day}, not ${day}`);
      }
    } catch (thrown) {
      this.tables.database.close();
      throw dayError(thrown, file, 'read_failed');
    }
  }

  /** +Infinity while the file has no samples. */
  get minTimeMs(): number {
    return this.meta.minTimeMs;
  }

  /** -Infinity while the file has no samples. */
  get maxTimeMs(): number {
    return this.meta.maxTimeMs;
  }

  get sampleCount(): number {
    return this.meta.samples;
  }

  /** Whether a rewrite made the file. */
  get finished(): boolean {
    return this.meta.isFinished;
  }

  /** Whether some of its samples are not in their final form. */
  get hasLeftovers(): boolean {
    return this.meta.hasLeftovers;
  }

  /** Adds all samples of the sources, as one transaction. Throws StorageError; then nothing was added. */
  append(sources: readonly SeriesSource[]): void {
    if (sources.length === 0) return;
    const meta = this.changing(() => this.addSources(sources));
    this.meta = meta;
    this.places.appended();
  }

  /**
   * Merges the fresh chunks of some blocks that are due, as one transaction; returns whether more are due. Throws
   * StorageError; then nothing was merged.
   */
  mergeSome(): boolean {
    if (this.due.size === 0) return false;
    this.meta = this.changing(() => this.mergeSlice());
    return this.due.size > 0;
  }

  /** These ids have left the head. */
  forget(seriesIds: Iterable<number>): void {
    this.places.forget(seriesIds);
  }

  /** Moves what it can from the write-ahead log into the file, without waiting for readers. Throws StorageError. */
  checkpoint(): void {
    try {
      this.tables.database.pragma('wal_checkpoint(PASSIVE)');
    } catch (thrown) {
      throw dayError(thrown, this.file, 'write_failed');
    }
  }

  close(): void {
    this.tables.database.close();
  }

  private load(): void {
    this.meta = this.tables.readMeta();
    const records = this.tables.readBlocks();
    this.blocks = new Map(records.map(record => [record.id, record]));
    this.places = new SeriesPlaces(this.tables, records.length > 0);
    this.openBlock = undefined;
    this.due = new Set();
    for (const record of records) this.noteFresh(record);
    this.isStale = false;
  }

  private changing(work: () => DayMeta): DayMeta {
    try {
      if (this.isStale) this.load();
      return this.tables.database.transaction(() => {
        const meta = work();
        this.tables.writeMeta(meta);
        return meta;
      });
    } catch (thrown) {
      this.isStale = true;
      throw sqliteCodeOf(thrown) === '' ? thrown : dayError(thrown, this.file, 'write_failed');
    }
  }

  private addSources(sources: readonly SeriesSource[]): DayMeta {
    const order = this.placeSources(sources);
    let { minTimeMs, maxTimeMs, samples } = this.meta;
    for (let i = 0; i < order.length; ) {
      const blockId = blockOf(order[i]);
      const block = this.blocks.get(blockId) ?? bug('a place lies in a block of the file');
      const builder = new ChunkBuilder(FRESH);
      while (i < order.length && blockOf(order[i]) === blockId) {
        const slot = placeOf(order[i]) % SLOTS;
        this.readSource(sources[order[i] % INDEX_SPAN]);
        // Two sources of the same series.
        for (i++; i < order.length && placeOf(order[i]) === blockId * SLOTS + slot; i++) {
          sources[order[i] % INDEX_SPAN].read(this.more);
          gatherSamples(this.samples, this.more);
        }
        normalise(this.samples);
        builder.add(slot, this.samples);
      }
      const added = builder.writeTo(this.tables, block);
      if (added > 0) block.fresh++;
      this.tables.putBlock(block);
      this.noteFresh(block);
      samples += added;
      minTimeMs = Math.min(minTimeMs, added > 0 ? block.min_ms : minTimeMs);
      maxTimeMs = Math.max(maxTimeMs, added > 0 ? block.max_ms : maxTimeMs);
    }
    return { ...this.meta, minTimeMs, maxTimeMs, samples, hasLeftovers: samples > 0 };
  }

  private readSource(source: SeriesSource): void {
    this.samples.clear();
    source.read(this.samples);
  }

  /** For each source, place * INDEX_SPAN + its index, ascending. */
  private placeSources(sources: readonly SeriesSource[]): Float64Array {
    if (sources.length > INDEX_SPAN) bug(`an append has at most ${INDEX_SPAN} sources`);
    const order = new Float64Array(sources.length);
    const newcomers: Newcomer[] = [];
    for (let index = 0; index < sources.length; index++) {
      const { seriesId } = sources[index];
      let place = this.places.ofId(seriesId);
      if (place === undefined) {
        const labels = sources[index].labels();
        place = this.places.ofLabels(seriesId, labels);
        if (place === undefined) newcomers.push({ index, labels });
      }
      if (place !== undefined) order[index] = place * INDEX_SPAN + index;
    }
    this.placeNewcomers(newcomers, sources, order);
    return order.sort();
  }

  private placeNewcomers(newcomers: Newcomer[], sources: readonly SeriesSource[], order: Float64Array): void {
    if (newcomers.length === 0) return;
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
      this.places.add(sources[index].seriesId, labels, place);
      order[index] = place * INDEX_SPAN + index;
    }
    for (const { record, labels } of grown) this.tables.putLabels(record.id, BlockLabels.encode(labels));
  }

  private blockWithRoom(): OpenBlock {
    this.openBlock ??= this.lastBlock();
    if (this.openBlock && this.openBlock.labels.length < SLOTS) return this.openBlock;
    const record = newBlock(this.lastBlockId() + 1);
    this.blocks.set(record.id, record);
    this.openBlock = { record, labels: [] };
    return this.openBlock;
  }

  /** Undefined where the file has none that can be added to. */
  private lastBlock(): OpenBlock | undefined {
    const record = this.blocks.get(this.lastBlockId());
    if (!record || record.series === SLOTS) return undefined;
    const labels = readLabels(this.tables, record.id);
    if (labels?.size !== record.series) return undefined;
    return { record, labels: Array.from({ length: labels.size }, (_, slot) => labels.makeLabels(slot)) };
  }

  /** Blocks are kept in the order of their ids; 0 where there is none. */
  private lastBlockId(): number {
    return this.openBlock?.record.id ?? [...this.blocks.keys()].at(-1) ?? 0;
  }

  private mergeSlice(): DayMeta {
    let { samples } = this.meta;
    let left = SAMPLES_A_SLICE;
    for (const block of this.due) {
      this.due.delete(block);
      try {
        const { read, written } = mergeBlock(this.tables, block);
        samples += written - read;
        left -= read;
        this.noteFresh(block);
      } catch (thrown) {
        if (!(thrown instanceof DamagedBlock)) throw thrown;
        this.damaged.add(block.id);
        this.onDamage(`${this.file}: ${thrown.message}`);
      }
      if (left <= 0) break;
    }
    return { ...this.meta, samples };
  }

  private noteFresh(block: BlockRecord): void {
    if (block.fresh >= FRESH_TO_MERGE && !this.damaged.has(block.id)) this.due.add(block);
  }
}

const placeOf = (key: number): number => Math.floor(key / INDEX_SPAN);
const blockOf = (key: number): number => Math.floor(key / (INDEX_SPAN * SLOTS));
