// Every statement on a day file, prepared when first used, as methods that speak of blocks, labels and chunks.

import { bug } from '../../base/errors.ts';
import type { Database, RowShape, SqlValue, Statement } from '../sqlite/driver.ts';

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

/** What a day file says of itself. */
export interface DayMeta {
  readonly day: number;
  /** +Infinity and -Infinity while it has no samples. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly samples: number;
  /** Whether a rewrite made the file. */
  readonly isFinished: boolean;
  /** Whether some of its samples are not in their final form. */
  readonly hasLeftovers: boolean;
}

/** A chunk's id is its block's id and its number within the block: all chunks of a block are one range of ids. */
const SEQUENCES = 2 ** 24;
/** In a finished file, as a column value of `meta`. */
const [NO, YES] = [0, 1];

export function chunkId(blockId: number, sequence: number): number {
  if (sequence >= SEQUENCES) bug(`a block of a day gets less than ${SEQUENCES} chunks`);
  return blockId * SEQUENCES + sequence;
}

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

export class DayTables {
  readonly database: Database;
  private readonly statements = new Map<string, Statement<SqlValue[], unknown>>();

  constructor(database: Database) {
    this.database = database;
  }

  /** Throws where the file lacks what every day file says. */
  readMeta(): DayMeta {
    const rows = this.prepared<[], [string, number]>('SELECT name, value FROM meta', 'array').all();
    const meta = new Map(rows);
    const day = meta.get('day');
    if (day === undefined) throw new Error('the day is missing');
    return {
      day,
      minTimeMs: meta.get('min_ms') ?? Number.POSITIVE_INFINITY,
      maxTimeMs: meta.get('max_ms') ?? Number.NEGATIVE_INFINITY,
      samples: meta.get('samples') ?? 0,
      isFinished: meta.get('finished') === YES,
      hasLeftovers: meta.get('leftovers') === YES,
    };
  }

  /** For a day that has samples. */
  writeMeta(meta: DayMeta): void {
    const put = this.prepared<[string, number], never>(
      'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
    put.run('min_ms', meta.minTimeMs);
    put.run('max_ms', meta.maxTimeMs);
    put.run('samples', meta.samples);
    put.run('finished', meta.isFinished ? YES : NO);
    put.run('leftovers', meta.hasLeftovers ? YES : NO);
  }

  /** By id. */
  readBlocks(): BlockRecord[] {
    return this.prepared<[], BlockRecord>('SELECT * FROM blocks ORDER BY id').all();
  }

  putBlock(block: BlockRecord): void {
    this.prepared<[number, number, number, number, number, number, number], never>(
      `INSERT INTO blocks (id, series, next_chunk, fresh, min_ms, max_ms, samples) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET series = excluded.series, next_chunk = excluded.next_chunk,
         fresh = excluded.fresh, min_ms = excluded.min_ms, max_ms = excluded.max_ms, samples = excluded.samples`,
    ).run(block.id, block.series, block.next_chunk, block.fresh, block.min_ms, block.max_ms, block.samples);
  }

  readLabels(blockId: number): Buffer | undefined {
    const query = 'SELECT data FROM labels WHERE block_id = ?';
    return this.prepared<[number], Buffer>(query, 'value').get(blockId);
  }

  putLabels(blockId: number, data: Uint8Array): void {
    this.prepared<[number, Uint8Array], never>(
      'INSERT INTO labels (block_id, data) VALUES (?, ?) ON CONFLICT (block_id) DO UPDATE SET data = excluded.data',
    ).run(blockId, data);
  }

  /** The chunks of a block from a number on, in the order in which their samples were written. */
  chunksOf(blockId: number, from = 0): ChunkRecord[] {
    return this.prepared<[number, number], ChunkRecord>(
      'SELECT id, min_ms, max_ms, span, samples FROM chunks WHERE id >= ? AND id < ? ORDER BY span DESC, id',
    ).all(chunkId(blockId, from), chunkId(blockId + 1, 0));
  }

  /** The chunk's bytes; undefined where it is gone. */
  readChunk(id: number): Buffer | undefined {
    return this.prepared<[number], Buffer>('SELECT data FROM chunks WHERE id = ?', 'value').get(id);
  }

  insertChunk({ id, min_ms, max_ms, span, samples }: ChunkRecord, data: Uint8Array): void {
    this.prepared<[number, number, number, number, number, Uint8Array], never>(
      'INSERT INTO chunks (id, min_ms, max_ms, span, samples, data) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(id, min_ms, max_ms, span, samples, data);
  }

  deleteChunk(id: number): void {
    this.prepared<[number], never>('DELETE FROM chunks WHERE id = ?').run(id);
  }

  private prepared<Parameters extends SqlValue[], Result>(
    sql: string,
    shape: RowShape = 'object',
  ): Statement<Parameters, Result> {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql, shape);
      this.statements.set(sql, statement);
    }
    return statement as unknown as Statement<Parameters, Result>;
  }
}
