// The list of a block's chunks, read together with the block's row and checked against it: a list is whole when every
// row of it is sound and the block's, none comes twice, and together they have as many samples as the block. (In a
// damaged tree SQLite may come by rows that nobody asked for.)

import {
  blockOfChunk,
  type ChunkRecord,
  DamagedRow,
  FRESH,
  isSoundChunk,
  type Stored,
  sequenceOf,
} from './day-records.ts';
import type { DayTables } from './day-tables.ts';

export interface ChunkList {
  /** In the order in which their samples were written. */
  readonly chunks: readonly ChunkRecord[];
  readonly isWhole: boolean;
}

/**
 * The chunks from a number on; `before` are those with lower numbers. Of a chunk whose row is damaged nothing is known
 * but that it may have samples of any time. Throws SQLite's error.
 */
export function listChunks(
  tables: DayTables,
  blockId: number,
  from = 0,
  before: readonly ChunkRecord[] = [],
): ChunkList {
  return tables.database.reading(() => {
    const found = tables.findChunks(blockId, from);
    const block = tables.findBlock(blockId);
    const own = found.filter(({ id }) => blockOfChunk(id) === blockId && sequenceOf(id) >= from);
    const samples = samplesIn(before) + samplesIn(own);
    const isWhole = own.length === found.length && own.every(isSoundAndNew) && samples === block?.samples;
    return { chunks: isWhole ? own : own.map(asFarAsKnown), isWhole };
  });
}

/** All chunks of a block. Throws DamagedRow where some are missing, and SQLite's error. */
export function allChunks(tables: DayTables, blockId: number): readonly ChunkRecord[] {
  const { chunks, isWhole } = listChunks(tables, blockId);
  if (!isWhole) throw new DamagedRow(`the list of chunks of block ${blockId}`);
  return chunks;
}

/** A row that comes twice comes twice in a row. */
const isSoundAndNew = (chunk: Stored<ChunkRecord>, i: number, all: readonly ChunkRecord[]): boolean =>
  isSoundChunk(chunk) && chunk.id !== all[i - 1]?.id;

const samplesIn = (chunks: readonly ChunkRecord[]): number =>
  chunks.reduce((sum, { samples }) => sum + samples, 0);

function asFarAsKnown(chunk: Stored<ChunkRecord>): ChunkRecord {
  if (isSoundChunk(chunk)) return chunk;
  const [min_ms, max_ms] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { id: chunk.id, min_ms, max_ms, span: FRESH, samples: 0 };
}
