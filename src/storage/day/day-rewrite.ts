// Writes a day anew in its final form into another file: series in order, 64 a block, one chunk a block over the whole
// day, without what is deleted. In bounded steps, so that it can be done beside other work.
//
//   blocks' labels ──▶ SeriesQueue ──▶ batches of series ──▶ ready series ──▶ blocks of the new file
//
// The new file has another name until it is whole and on disk. Nothing may change the old one meanwhile.

import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Labels } from '../../model/labels.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import { SLOTS } from '../chunk/chunk-codec.ts';
import { removeDatabase } from '../day-files.ts';
import { StorageError } from '../errors.ts';
import { normalise } from '../read/normalise.ts';
import { BlockLabels } from './block-labels.ts';
import { ChunkBuilder } from './chunk-builder.ts';
import { dayError, openDayForFilling, openDayForReading } from './day-database.ts';
import { type BlockRecord, FINISHED, newBlock } from './day-records.ts';
import { type DayMeta, DayTables, emptyMeta } from './day-tables.ts';
import { GatherBatch, type GatheredSeries } from './gather-batch.ts';
import { hideSamples, type Interval } from './interval.ts';
import { SeriesQueue } from './series-queue.ts';

/** A batch ends after about so many samples, of 16 B each; a batch and a block's series are in memory. */
const SAMPLES_A_BATCH = 2_500_000;
/** And after so many series. */
const SERIES_A_BATCH = 1024;
/** A step of sorting and hiding ends after about so many samples. */
const SAMPLES_A_STEP = 300_000;

export class DayRewrite {
  private readonly from: string;
  private readonly to: string;
  private readonly hidden: (labels: Labels) => readonly Interval[] | undefined;
  private readonly floorMs: number;
  private readonly source: DayTables;
  private readonly sourceVersion: unknown;
  private readonly blocks: Map<number, BlockRecord>;
  private readonly queue: SeriesQueue;
  private isQueueReady = false;
  private isQueueEmpty = false;
  private batch: GatherBatch | undefined;
  /** Of the batch: read, to be put in order. */
  private readonly gathered: GatheredSeries[] = [];
  /** In order, without what is deleted, none of them empty. */
  private readonly ready: GatheredSeries[] = [];
  private readonly unusedBuffers: SampleBuffer[] = [];
  private target: DayTables | undefined;
  private written = 0;
  private meta: DayMeta;
  private isOver = false;

  /**
   * `hidden` tells the time ranges of a series that are deleted; samples before `floorMs` are left out. Throws
   * StorageError where `from` can't be read.
   */
  constructor(
    from: string,
    to: string,
    hidden: (labels: Labels) => readonly Interval[] | undefined,
    floorMs: number,
  ) {
    this.from = from;
    this.to = to;
    this.hidden = hidden;
    this.floorMs = floorMs;
    this.source = new DayTables(openDayForReading(from));
    try {
      this.sourceVersion = this.source.database.pragma('data_version');
      const { meta, blocks } = this.source.readWhole();
      this.blocks = new Map(blocks.map(block => [block.id, block]));
      this.queue = new SeriesQueue(this.source, blocks);
      this.meta = { ...emptyMeta(meta.day), isFinished: true };
      removeDatabase(this.unfinished);
    } catch (thrown) {
      this.source.database.close();
      throw dayError(thrown, from, 'read_failed');
    }
  }

  /** Whether no sample was left, and so no file was made; known at the end. */
  get isEmpty(): boolean {
    return this.isOver && this.written === 0;
  }

  /**
   * Does the next part; true when the new file is whole, on disk and closed. Throws StorageError where that can't be:
   * then the rewrite is abandoned. `read_failed` says that the old file is damaged (or was changed meanwhile).
   */
  step(): boolean {
    if (this.isOver) return true;
    try {
      this.advance();
      return this.isOver;
    } catch (thrown) {
      this.abandon();
      throw thrown;
    }
  }

  /** Gives up and removes what there is of the new file; nothing happens after the end. */
  abandon(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.source.database.close();
    this.target?.database.close();
    this.written = 0;
    removeDatabase(this.unfinished);
  }

  private get unfinished(): string {
    return `${this.to}.tmp`;
  }

  private advance(): void {
    if (!this.isQueueReady) this.isQueueReady = this.reading(() => this.queue.prepareSome());
    else if (this.ready.length >= SLOTS) this.writeBlock();
    else if (this.gathered.length > 0) this.settleSome();
    else if (this.batch) this.gatherSome(this.batch);
    else if (!this.isQueueEmpty) this.batch = this.nextBatch();
    else if (this.ready.length > 0) this.writeBlock();
    else this.finish();
  }

  private nextBatch(): GatherBatch | undefined {
    const batch = new GatherBatch(this.source, this.floorMs);
    for (let samples = 0; samples < SAMPLES_A_BATCH && batch.series.length < SERIES_A_BATCH; ) {
      const series = this.queue.next();
      if (!series) {
        this.isQueueEmpty = true;
        break;
      }
      const expected = this.expectedSamples(series.places);
      const buffer = this.unusedBuffers.pop() ?? new SampleBuffer(0);
      buffer.reserve(expected);
      batch.add(series, buffer);
      samples += expected;
    }
    return batch;
  }

  /** By the average of the blocks where it stands. */
  private expectedSamples(places: readonly number[]): number {
    let expected = 1;
    for (const place of places) {
      const block = this.blocks.get(Math.floor(place / SLOTS));
      if (block) expected += Math.ceil(block.samples / block.series);
    }
    return expected;
  }

  private gatherSome(batch: GatherBatch): void {
    if (!this.reading(() => batch.gatherSome())) return;
    // Reversed, since the last is taken first.
    this.gathered.push(...batch.series.reverse());
    this.batch = undefined;
  }

  private settleSome(): void {
    for (let done = 0; done < SAMPLES_A_STEP && this.ready.length < SLOTS; ) {
      const series = this.gathered.pop();
      if (!series) return;
      const { labels, samples } = series;
      done += samples.length;
      normalise(samples);
      hideSamples(samples, this.floorMs, this.hidden(labels));
      if (samples.length > 0) this.ready.push(series);
      else this.reuse(samples);
    }
  }

  private writeBlock(): void {
    const series = this.ready.splice(0, SLOTS);
    const target = this.openTarget();
    const block = newBlock(++this.written);
    const builder = new ChunkBuilder(FINISHED);
    series.forEach(({ samples }, slot) => {
      builder.add(slot, samples);
    });
    block.series = series.length;
    this.writing(() =>
      target.database.transaction(() => {
        builder.writeTo(target, block);
        const labels = series.map(one => one.labels);
        target.putLabels(block.id, BlockLabels.encode(block.id, labels));
        target.putBlock(block);
      }),
    );
    this.meta = {
      ...this.meta,
      minTimeMs: Math.min(this.meta.minTimeMs, block.min_ms),
      maxTimeMs: Math.max(this.meta.maxTimeMs, block.max_ms),
      samples: this.meta.samples + block.samples,
    };
    for (const { samples } of series) this.reuse(samples);
  }

  private openTarget(): DayTables {
    this.target ??= new DayTables(openDayForFilling(this.unfinished, this.meta.day));
    return this.target;
  }

  private reuse(samples: SampleBuffer): void {
    samples.clear();
    this.unusedBuffers.push(samples);
  }

  private finish(): void {
    if (this.reading(() => this.source.database.pragma('data_version')) !== this.sourceVersion) {
      throw new StorageError('read_failed', `${this.from} was changed while it was written anew`);
    }
    const { target } = this;
    if (target) {
      this.writing(() => {
        target.database.transaction(() => target.writeMeta(this.meta));
        target.database.pragma('journal_mode = WAL');
        target.database.close();
        sync(this.unfinished);
        renameSync(this.unfinished, this.to);
        syncFolder(dirname(this.to));
      });
    }
    this.source.database.close();
    this.isOver = true;
  }

  private reading<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw dayError(thrown, this.from, 'read_failed');
    }
  }

  private writing(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      throw dayError(thrown, this.unfinished, 'write_failed');
    }
  }
}

function sync(path: string): void {
  // Windows syncs only what was opened for writing.
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** So that the new name is on disk, too; Windows has no such thing. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
