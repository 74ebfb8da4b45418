// A chunk in the making: samples of the slots of one block in, a row of `chunks` out.

import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { ChunkEncoder } from '../chunk/chunk-codec.ts';
import { type BlockRecord, chunkId, type Span } from './day-records.ts';
import type { DayTables } from './day-tables.ts';

/** As the codec calls them. */
const SPAN_NAMES = ['fresh', 'merged', 'finished'] as const;

export class ChunkBuilder {
  private readonly span: Span;
  private readonly encoder: ChunkEncoder;
  private minMs = Number.POSITIVE_INFINITY;
  private maxMs = Number.NEGATIVE_INFINITY;
  private samples = 0;

  constructor(span: Span) {
    this.span = span;
    this.encoder = new ChunkEncoder({ span: SPAN_NAMES[span] });
  }

  /** Each slot once, its samples in order of time, no two alike; none is all right. They are copied. */
  add(slot: number, samples: SampleBuffer): void {
    const { length, timestampsMs } = samples;
    if (length === 0) return;
    this.encoder.add(slot, samples);
    this.samples += length;
    this.minMs = Math.min(this.minMs, timestampsMs[0]);
    this.maxMs = Math.max(this.maxMs, timestampsMs[length - 1]);
  }

  /**
   * Writes the chunk, where it has any samples, and counts it in the block's record (`fresh` aside); returns how many
   * samples it has.
   */
  writeTo(tables: DayTables, block: BlockRecord): number {
    const { span, samples } = this;
    if (samples === 0) return 0;
    const id = chunkId(block.id, block.next_chunk++);
    const { minMs, maxMs } = this;
    tables.insertChunk({ id, min_ms: minMs, max_ms: maxMs, span, samples }, this.encoder.finish(id));
    block.min_ms = Math.min(block.min_ms, minMs);
    block.max_ms = Math.max(block.max_ms, maxMs);
    block.samples += samples;
    return samples;
  }
}
