// Reads the whole day of a batch of series out of the blocks where they stand, block by block, so that every chunk is
// inflated once a batch, however many of its series belong to it.

import type { Labels } from '../../model/labels.ts';
import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { Chunk, SLOTS } from '../chunk/chunk-codec.ts';
import { StorageError } from '../errors.ts';
import { allChunks } from './chunk-list.ts';
import type { ChunkRecord } from './day-records.ts';
import type { DayTables } from './day-tables.ts';
import type { QueuedSeries } from './series-queue.ts';

/** A step ends after chunks with about so many samples; a chunk costs as much as some by itself. */
const SAMPLES_A_STEP = 300_000;
const CHUNK_COST_SAMPLES = 2000;

/** A series with what was read of it. */
export interface GatheredSeries {
  readonly labels: Labels;
  /** In the order of blocks and chunks; not in order of time. */
  readonly samples: SampleBuffer;
}

/** A series at one of its places. */
interface Visit {
  readonly place: number;
  readonly samples: SampleBuffer;
}

export class GatherBatch {
  /** In the order in which they came. */
  readonly series: GatheredSeries[] = [];
  private readonly tables: DayTables;
  private readonly floorMs: number;
  private readonly visits: Visit[] = [];
  /** Of the block that is being read: the visits to it and its chunks that are left. */
  private here: readonly Visit[] = [];
  private chunks: ChunkRecord[] = [];
  private isSorted = false;

  /** Samples before `floorMs` may be left out. */
  constructor(tables: DayTables, floorMs: number) {
    this.tables = tables;
    this.floorMs = floorMs;
  }

  /** `samples` is filled; it must be empty. */
  add({ labels, places }: QueuedSeries, samples: SampleBuffer): void {
    this.series.push({ labels, samples });
    for (const place of places) this.visits.push({ place, samples });
  }

  /** Reads some chunks; to be called until it returns true. Throws where one can't be read. */
  gatherSome(): boolean {
    if (!this.isSorted) {
      // Descending, since the last is taken first.
      this.visits.sort((a, b) => b.place - a.place);
      this.isSorted = true;
    }
    for (let read = 0; read < SAMPLES_A_STEP; ) {
      const chunk = this.chunks.shift();
      if (chunk) {
        this.readChunk(chunk);
        read += chunk.samples + CHUNK_COST_SAMPLES;
      } else if (!this.nextBlock()) {
        return true;
      }
    }
    return false;
  }

  private nextBlock(): boolean {
    const last = this.visits.at(-1);
    if (!last) return false;
    const blockId = Math.floor(last.place / SLOTS);
    let first = this.visits.length - 1;
    while (first > 0 && Math.floor(this.visits[first - 1].place / SLOTS) === blockId) first--;
    this.here = this.visits.splice(first).reverse();
    this.chunks = [...allChunks(this.tables, blockId)];
    return true;
  }

  private readChunk({ id, max_ms }: ChunkRecord): void {
    if (max_ms < this.floorMs) return;
    const data = this.tables.readChunk(id);
    if (!data) throw new StorageError('read_failed', `chunk ${id} is gone`);
    const chunk = new Chunk(id, data);
    for (const { place, samples } of this.here) {
      chunk.read(place % SLOTS, this.floorMs, Number.POSITIVE_INFINITY, samples);
    }
    chunk.free();
  }
}
