// The only writer of a day file: adds samples as fresh chunks, merges these, keeps what the file says of itself true.
//
// Every change is one transaction. After one that failed, what is kept in memory is read anew from the file.

import { bug } from '../../base/errors.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import { SLOTS } from '../chunk/chunk-codec.ts';
import { StorageError } from '../errors.ts';
import { normalise } from '../read/normalise.ts';
import { sqliteCodeOf } from '../sqlite/driver.ts';
import { DamagedBlock, mergeBlock } from './block-merge.ts';
import { ChunkBuilder } from './chunk-builder.ts';
import { dayError, openDayForWriting } from './day-database.ts';
import { type BlockRecord, DamagedRow, FRESH } from './day-records.ts';
import { type DayMeta, DayTables } from './day-tables.ts';
import { gatherSamples } from './gather-samples.ts';
import { blockOf, indexOf, type PlacedSeries, Placement, placeOf } from './placement.ts';

/** A series with samples of the day. */
export interface SeriesSource extends PlacedSeries {
  /** Clears `into` and fills it with samples of the day, in any order; of repeats the first stays. */
  read(into: SampleBuffer): void;
}

/** So many fresh chunks of a block are merged. */
const FRESH_TO_MERGE = 16;
/** A slice of merging ends after about so many samples; a block costs as much as some by itself. */
const SAMPLES_A_SLICE = 100_000;
const BLOCK_COST_SAMPLES = 5000;

export class DayWriter {
  private readonly file: string;
  private readonly tables: DayTables;
  private readonly onDamage: (message: string) => void;
  private readonly samples = new SampleBuffer(256);
  private readonly more = new SampleBuffer(256);
  private meta!: DayMeta;
  private placement!: Placement;
  private due!: Set<BlockRecord>;
  /** Ids of blocks that can't be merged. */
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
    if (sources.length > 0) this.change(() => this.addSources(sources));
  }

  /**
   * Merges the fresh chunks of some blocks that are due, as one transaction; returns whether more are due. Throws
   * StorageError; then nothing was merged.
   */
  mergeSome(): boolean {
    if (this.due.size > 0) this.change(() => this.mergeSlice());
    return this.due.size > 0;
  }

  /** These ids have left the head. */
  forget(seriesIds: Iterable<number>): void {
    this.placement.forget(seriesIds);
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
    const { meta, blocks } = this.tables.readWhole();
    this.meta = meta;
    this.placement = new Placement(this.tables, blocks);
    this.due = new Set();
    for (const block of this.placement.blocks.values()) this.noteFresh(block);
    this.isStale = false;
  }

  /** `work` returns what the file says of itself from then on. */
  private change(work: () => DayMeta): void {
    try {
      if (this.isStale) this.load();
      this.meta = this.tables.database.transaction(() => {
        const meta = work();
        this.tables.writeMeta(meta);
        return meta;
      });
    } catch (thrown) {
      this.isStale = true;
      const isOfFile = sqliteCodeOf(thrown) !== '' || thrown instanceof DamagedRow;
      throw isOfFile ? dayError(thrown, this.file, 'write_failed') : thrown;
    }
  }

  private addSources(sources: readonly SeriesSource[]): DayMeta {
    const keys = this.placement.place(sources);
    let { minTimeMs, maxTimeMs, samples } = this.meta;
    for (let from = 0; from < keys.length; ) {
      const block =
        this.placement.blocks.get(blockOf(keys[from])) ?? bug('a place lies in a block of the file');
      const builder = new ChunkBuilder(FRESH);
      from = this.fillChunk(keys, from, sources, builder);
      const added = builder.writeTo(this.tables, block);
      if (added > 0) {
        block.fresh++;
        samples += added;
        minTimeMs = Math.min(minTimeMs, block.min_ms);
        maxTimeMs = Math.max(maxTimeMs, block.max_ms);
      }
      this.tables.putBlock(block);
      this.noteFresh(block);
    }
    return { ...this.meta, minTimeMs, maxTimeMs, samples, hasLeftovers: samples > 0 };
  }

  /** Adds the sources of the block at `from`; returns where the next block's start. */
  private fillChunk(
    keys: Float64Array,
    from: number,
    sources: readonly SeriesSource[],
    builder: ChunkBuilder,
  ): number {
    const blockId = blockOf(keys[from]);
    let at = from;
    while (at < keys.length && blockOf(keys[at]) === blockId) {
      const place = placeOf(keys[at]);
      this.samples.clear();
      sources[indexOf(keys[at])].read(this.samples);
      // The same series may come from several sources.
      for (at++; at < keys.length && placeOf(keys[at]) === place; at++) {
        this.more.clear();
        sources[indexOf(keys[at])].read(this.more);
        gatherSamples(this.samples, this.more);
      }
      normalise(this.samples);
      builder.add(place % SLOTS, this.samples);
    }
    return at;
  }

  private mergeSlice(): DayMeta {
    let { samples } = this.meta;
    let left = SAMPLES_A_SLICE;
    for (const block of this.due) {
      this.due.delete(block);
      left -= BLOCK_COST_SAMPLES;
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
