// Reads one day file over a connection of its own, while its writer may be adding to it: which series it has, their
// label names and values, and their samples.
//
// What it knows of blocks, labels and chunks is what stood in the file at the last refresh(). Chunks that a merge has
// replaced since are noticed when they are missing: then their block is listed anew.

import { messageOf } from '../../base/errors.ts';
import { finished } from '../../base/finished.ts';
import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import type { ChunkView } from '../chunk/chunk-codec.ts';
import type { BlockLabels } from './block-labels.ts';
import type { ChunkCache, ChunkShelf } from './chunk-cache.ts';
import { dayOf, startOfDayMs } from './day.ts';
import { DayBlock } from './day-block.ts';
import { dayError, openDayForReading } from './day-database.ts';
import { type BlockRecord, type ChunkRecord, DamagedRow, isSoundBlock, newBlock } from './day-records.ts';
import { areAllBlocks, type DayMeta, DayTables } from './day-tables.ts';

/** Where a series stands in the file. */
export interface DayPlace {
  readonly block: DayBlock;
  readonly slot: number;
}

/** A series of the file in one of its places: the same labels may stand in several blocks. */
export interface DaySeries extends DayPlace {
  readonly labels: Labels;
}

/** The series of a block that a selection found: some of its slots. */
export interface FoundBlock {
  readonly block: DayBlock;
  readonly labels: BlockLabels;
  readonly slots: readonly number[];
}

/** A chunk that was listed is there no more. */
const GONE = Symbol('gone');
/** How often a block is listed anew in one read; a writer merges a block once in minutes. */
const ATTEMPTS = 10;

/** Whose labels are looked at in one piece of a selection: a few milliseconds where they are read first. */
const BLOCKS_A_PIECE = 32;

export class DayReader {
  private readonly file: string;
  private readonly tables: DayTables;
  private readonly chunks: ChunkShelf;
  private readonly onDamage: (message: string) => void;
  private readonly reported = new Set<string>();
  private readonly blocks = new Map<number, DayBlock>();
  private meta: DayMeta;
  private dataVersion: unknown;

  /**
   * `chunks` may be shared by all days; `onDamage` is told once of each part of the file that can't be read while the
   * rest is. Throws StorageError where the file is no day file, a newer one, or too damaged.
   */
  constructor(file: string, chunks: ChunkCache, onDamage: (message: string) => void) {
    this.file = file;
    this.onDamage = onDamage;
    this.tables = new DayTables(openDayForReading(file));
    this.chunks = chunks.openShelf();
    try {
      this.dataVersion = this.tables.database.pragma('data_version');
      this.meta = this.load();
    } catch (thrown) {
      this.tables.database.close();
      throw dayError(thrown, file, 'read_failed');
    }
  }

  get day(): number {
    return this.meta.day;
  }

  /** +Infinity where the file has no samples. */
  get minTimeMs(): number {
    return this.meta.minTimeMs;
  }

  /** -Infinity where the file has no samples. */
  get maxTimeMs(): number {
    return this.meta.maxTimeMs;
  }

  /** Whether some samples are not in their final form. */
  get hasLeftovers(): boolean {
    return this.meta.hasLeftovers;
  }

  get sampleCount(): number {
    return this.meta.samples;
  }

  /** Takes notice of what the writer has committed since. Throws StorageError. */
  refresh(): void {
    this.guarded(() => {
      const version = this.tables.database.pragma('data_version');
      if (version === this.dataVersion) return;
      this.meta = this.load();
      this.dataVersion = version;
    });
  }

  /**
   * The series that satisfy every matcher, in no certain order; a label set comes once for each block that has it.
   * Blocks without samples in the range are left out.
   */
  select(matchers: readonly Matcher[], minMs: number, maxMs: number): DaySeries[] {
    const found = finished(this.selecting(matchers, minMs, maxMs));
    return found.flatMap(({ block, labels, slots }) =>
      slots.map(slot => ({ labels: labels.labelsOf(slot), block, slot })),
    );
  }

  /** The same block by block, in pieces of some blocks. */
  *selecting(matchers: readonly Matcher[], minMs: number, maxMs: number): Generator<void, FoundBlock[]> {
    const found: FoundBlock[] = [];
    yield* this.visiting(minMs, maxMs, (labels, block) => {
      const slots = labels.match(matchers);
      if (slots.length > 0) found.push({ block, labels, slots });
    });
    return found;
  }

  /** Adds the label names of series that satisfy every matcher and may have samples in the range; in pieces. */
  *listingLabelNames(
    matchers: readonly Matcher[],
    minMs: number,
    maxMs: number,
    into: Set<string>,
  ): Generator<void, void> {
    yield* this.visiting(minMs, maxMs, labels => {
      const slots = matchers.length === 0 ? undefined : labels.match(matchers);
      if (slots?.length === 0) return;
      for (const name of labels.names(slots)) into.add(name);
    });
  }

  /** Adds the values of a label of series that satisfy every matcher and may have samples in the range; in pieces. */
  *listingLabelValues(
    name: string,
    matchers: readonly Matcher[],
    minMs: number,
    maxMs: number,
    into: Set<string>,
  ): Generator<void, void> {
    yield* this.visiting(minMs, maxMs, labels => {
      const slots = matchers.length === 0 ? undefined : labels.match(matchers);
      if (slots?.length === 0) return;
      for (const value of labels.valuesOf(name, slots)) into.add(value);
    });
  }

  /**
   * Adds the samples of the series in the range: those of a chunk in order of time, chunks in the order in which they
   * were written; a time may come twice. Throws StorageError where nothing of the file can be read any more.
   */
  read({ block, slot }: DayPlace, minMs: number, maxMs: number, into: SampleBuffer): void {
    const { length } = into;
    for (let attempt = 1; this.readBlock(block, slot, minMs, maxMs, into) === GONE; attempt++) {
      truncate(into, length);
      block.forgetChunks();
      if (attempt < ATTEMPTS) continue;
      this.report(`chunks of block ${block.record.id} are missing, or change faster than they can be read`);
      return;
    }
  }

  close(): void {
    this.chunks.clear();
    this.tables.database.close();
  }

  private readBlock(
    block: DayBlock,
    slot: number,
    minMs: number,
    maxMs: number,
    into: SampleBuffer,
  ): typeof GONE | undefined {
    for (const { id, min_ms, max_ms } of this.chunksOf(block)) {
      if (max_ms < minMs || min_ms > maxMs) continue;
      const { length } = into;
      try {
        const chunk = this.chunks.get(id) ?? this.loadChunk(id);
        if (!chunk) return GONE;
        chunk.read(slot, minMs, maxMs, into);
      } catch (thrown) {
        truncate(into, length);
        this.report(`chunk ${id} can't be read: ${messageOf(thrown)}`);
      }
    }
    return undefined;
  }

  private loadChunk(id: number): ChunkView | undefined {
    const data = this.tables.readChunk(id);
    return data && this.chunks.add(id, data);
  }

  private chunksOf(block: DayBlock): readonly ChunkRecord[] {
    try {
      const onDamage = () => this.report(`the list of chunks of block ${block.record.id} is damaged`);
      return block.chunks(this.tables, onDamage);
    } catch (thrown) {
      this.report(`the list of chunks of block ${block.record.id} can't be read: ${messageOf(thrown)}`);
      return [];
    }
  }

  /** The labels of all blocks that may have samples in the range, in pieces of some blocks. */
  private *visiting(
    minMs: number,
    maxMs: number,
    visit: (labels: BlockLabels, block: DayBlock) => void,
  ): Generator<void, void> {
    let blocks = 0;
    // As they are now: a refresh in between changes the map.
    for (const block of [...this.blocks.values()]) {
      const labels = this.labelsWithin(block, minMs, maxMs);
      if (!labels) continue;
      visit(labels, block);
      if (++blocks % BLOCKS_A_PIECE === 0) yield;
    }
  }

  /** undefined where the block has nothing in the range. */
  private labelsWithin(block: DayBlock, minMs: number, maxMs: number): BlockLabels | undefined {
    const { record } = block;
    return record.max_ms < minMs || record.min_ms > maxMs ? undefined : this.labelsOf(block);
  }

  private labelsOf(block: DayBlock): BlockLabels | undefined {
    try {
      return block.labels(this.tables);
    } catch (thrown) {
      this.report(`the labels of block ${block.record.id} can't be read: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Reads what has changed of the list of blocks. */
  private load(): DayMeta {
    const [known, found] = this.tables.database.reading(() => [
      this.tables.findMeta(),
      this.tables.findBlocks(),
    ]);
    const sound = found.filter(isSoundBlock);
    const meta = known ?? this.metaOf(sound);
    if (sound.length < found.length) this.report('rows of its list of blocks are damaged');
    else if (known && !areAllBlocks(found, known.samples)) this.report('its list of blocks lacks some');
    for (const record of sound) {
      const block = this.blocks.get(record.id);
      if (block) block.update(record);
      else this.blocks.set(record.id, new DayBlock(record));
    }
    for (const { id } of found) {
      if (!this.blocks.has(id)) this.blocks.set(id, new DayBlock(unknownBlock(id, meta.day)));
    }
    return meta;
  }

  /** What can be said of the whole file by its blocks. Throws where that is nothing. */
  private metaOf(blocks: readonly BlockRecord[]): DayMeta {
    const filled = blocks.find(({ samples }) => samples > 0);
    if (!filled) throw new DamagedRow('what it says of itself');
    this.report('what it says of itself is damaged');
    const day = dayOf(filled.min_ms);
    const [minTimeMs, maxTimeMs] = [startOfDayMs(day), startOfDayMs(day + 1) - 1];
    const samples = blocks.reduce((sum, block) => sum + block.samples, 0);
    return { day, minTimeMs, maxTimeMs, samples, isFinished: false, hasLeftovers: false };
  }

  private report(message: string): void {
    if (this.reported.has(message)) return;
    this.reported.add(message);
    this.onDamage(`${this.file}: ${message}; the rest of it is served`);
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw dayError(thrown, this.file, 'read_failed');
    }
  }
}

/** A block whose row is damaged: it may have samples of the whole day, and any chunks. */
const unknownBlock = (id: number, day: number): BlockRecord => ({
  ...newBlock(id),
  next_chunk: Number.POSITIVE_INFINITY,
  min_ms: startOfDayMs(day),
  max_ms: startOfDayMs(day + 1) - 1,
});

/** Takes back what was added from `length` on. */
function truncate(samples: SampleBuffer, length: number): void {
  samples.length = length;
  samples.startTimestampsMs?.fill(0, length);
  if (samples.histograms && samples.histograms.length > length) samples.histograms.length = length;
}
