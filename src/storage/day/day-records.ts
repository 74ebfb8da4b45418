// The rows of a day file as they are read and written, each with a checksum that covers its key and all its numbers.
// Drawn in docs/format/day-file.md.

import { bug } from '../../base/errors.ts';
import { areWhole, rowChecksum } from '../row-checksum.ts';

/** How far a chunk has come: as it was sealed, put together for some hours, or for the whole day. */
export const FRESH = 0;
export const MERGED = 1;
export const FINISHED = 2;
export type Span = typeof FRESH | typeof MERGED | typeof FINISHED;

/** A row of `blocks`. */
export interface BlockRecord {
  readonly id: number;
  /** How many slots are taken. */
  series: number;
  /** The sequence number that its next chunk gets; grows with every change to its chunks. */
  next_chunk: number;
  /** How many fresh chunks it has. */
  fresh: number;
  /** Of all its samples; while there is none, the largest and the smallest safe integer. */
  min_ms: number;
  max_ms: number;
  /** In all its chunks, repeats included. */
  samples: number;
}

/** A row of `chunks` without its data. */
export interface ChunkRecord {
  readonly id: number;
  readonly min_ms: number;
  readonly max_ms: number;
  readonly span: Span;
  readonly samples: number;
}

/** The row of `meta`; its times are those of a block. */
export interface MetaRecord {
  readonly day: number;
  readonly min_ms: number;
  readonly max_ms: number;
  readonly samples: number;
  readonly finished: number;
  readonly leftovers: number;
}

/** A row as it was read. */
export type Stored<Record> = Record & { readonly checksum: number };

/** A row is not as it was written, or one that should be there is not. */
export class DamagedRow extends Error {}

/** A chunk's id is its block's id and its number within the block: all chunks of a block are one range of ids. */
const SEQUENCES = 2 ** 24;

export function chunkId(blockId: number, sequence: number): number {
  if (sequence >= SEQUENCES) bug(`a block of a day gets less than ${SEQUENCES} chunks`);
  return blockId * SEQUENCES + sequence;
}

export const blockOfChunk = (id: number): number => Math.floor(id / SEQUENCES);

/** A chunk's number within its block. */
export const sequenceOf = (id: number): number => id % SEQUENCES;

/** A block without series. */
export const newBlock = (id: number): BlockRecord => ({
  id,
  series: 0,
  next_chunk: 0,
  fresh: 0,
  min_ms: Number.MAX_SAFE_INTEGER,
  max_ms: Number.MIN_SAFE_INTEGER,
  samples: 0,
});

export const checksumOfBlock = (block: BlockRecord): number => rowChecksum(block.id, numbersOfBlock(block));
export const checksumOfChunk = (chunk: ChunkRecord): number => rowChecksum(chunk.id, numbersOfChunk(chunk));
export const checksumOfMeta = (meta: MetaRecord): number => rowChecksum(meta.day, numbersOfMeta(meta));

/** Whether the row is as it was written. */
export const isSoundBlock = (block: Stored<BlockRecord>): boolean =>
  block.checksum === checksumOfBlock(block) && areWhole(numbersOfBlock(block));
export const isSoundChunk = (chunk: Stored<ChunkRecord>): boolean =>
  chunk.checksum === checksumOfChunk(chunk) && areWhole(numbersOfChunk(chunk));
export const isSoundMeta = (meta: Stored<MetaRecord>): boolean =>
  meta.checksum === checksumOfMeta(meta) && areWhole(numbersOfMeta(meta));

const numbersOfBlock = ({ series, next_chunk, fresh, min_ms, max_ms, samples }: BlockRecord): number[] => [
  series,
  next_chunk,
  fresh,
  min_ms,
  max_ms,
  samples,
];
const numbersOfChunk = ({ min_ms, max_ms, span, samples }: ChunkRecord): number[] => [
  min_ms,
  max_ms,
  span,
  samples,
];
const numbersOfMeta = ({ min_ms, max_ms, samples, finished, leftovers }: MetaRecord): number[] => [
  min_ms,
  max_ms,
  samples,
  finished,
  leftovers,
];
