// Every statement on a day file, prepared when first used, as methods that speak of blocks, labels and chunks.
//
// Rows are checked as they are read. Whoever changes or rewrites the file asks for what must be whole, and gets a
// DamagedRow where it is not; a reader asks for what is there, and which of it is sound.

import type { Database, RowShape, SqlValue, Statement } from '../sqlite/driver.ts';
import {
  type BlockRecord,
  type ChunkRecord,
  checksumOfBlock,
  checksumOfChunk,
  checksumOfMeta,
  chunkId,
  DamagedRow,
  isSoundBlock,
  isSoundMeta,
  type MetaRecord,
  type Stored,
} from './day-records.ts';

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

/** Of a day without samples. */
export const emptyMeta = (day: number): DayMeta => ({
  day,
  minTimeMs: Number.POSITIVE_INFINITY,
  maxTimeMs: Number.NEGATIVE_INFINITY,
  samples: 0,
  isFinished: false,
  hasLeftovers: false,
});

/** In `meta`, as a column's value. */
const [NO, YES] = [0, 1];

export class DayTables {
  readonly database: Database;
  private readonly statements = new Map<string, Statement<SqlValue[], unknown>>();

  constructor(database: Database) {
    this.database = database;
  }

  /** undefined where the row is damaged. Throws SQLite's error. */
  findMeta(): DayMeta | undefined {
    const rows = this.prepared<[], Stored<MetaRecord>>('SELECT * FROM meta').all();
    if (rows.length !== 1 || !isSoundMeta(rows[0])) return undefined;
    const { day, min_ms, max_ms, samples, finished, leftovers } = rows[0];
    return {
      day,
      minTimeMs: samples > 0 ? min_ms : Number.POSITIVE_INFINITY,
      maxTimeMs: samples > 0 ? max_ms : Number.NEGATIVE_INFINITY,
      samples,
      isFinished: finished === YES,
      hasLeftovers: leftovers === YES,
    };
  }

  writeMeta(meta: DayMeta): void {
    const record: MetaRecord = {
      day: meta.day,
      min_ms: Math.min(meta.minTimeMs, Number.MAX_SAFE_INTEGER),
      max_ms: Math.max(meta.maxTimeMs, Number.MIN_SAFE_INTEGER),
      samples: meta.samples,
      finished: meta.isFinished ? YES : NO,
      leftovers: meta.hasLeftovers ? YES : NO,
    };
    this.prepared<[number, number, number, number, number, number, number], never>(
      `INSERT OR REPLACE INTO meta (day, min_ms, max_ms, samples, finished, leftovers, checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      record.day,
      record.min_ms,
      record.max_ms,
      record.samples,
      record.finished,
      record.leftovers,
      checksumOfMeta(record),
    );
  }

  /** By id, sound or not. Throws SQLite's error. */
  findBlocks(): Stored<BlockRecord>[] {
    return this.prepared<[], Stored<BlockRecord>>('SELECT * FROM blocks ORDER BY id').all();
  }

  /** undefined where it is damaged or missing. Throws SQLite's error. */
  findBlock(id: number): BlockRecord | undefined {
    const query = 'SELECT * FROM blocks WHERE id = ?';
    const block = this.prepared<[number], Stored<BlockRecord>>(query).get(id);
    return block?.id === id && isSoundBlock(block) ? block : undefined;
  }

  /** What the file says of itself, and its blocks by id, of which none is missing. Throws DamagedRow, SQLite's error. */
  readWhole(): { meta: DayMeta; blocks: BlockRecord[] } {
    return this.database.reading(() => {
      const meta = this.findMeta();
      if (!meta) throw new DamagedRow('what it says of itself');
      const blocks = this.findBlocks();
      if (!blocks.every(isSoundBlock)) throw new DamagedRow('its list of blocks');
      if (!areAllBlocks(blocks, meta.samples)) throw new DamagedRow('its list of blocks lacks some');
      return { meta, blocks };
    });
  }

  putBlock(block: BlockRecord): void {
    this.prepared<[number, number, number, number, number, number, number, number], never>(
      `INSERT INTO blocks (id, series, next_chunk, fresh, min_ms, max_ms, samples, checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET series = excluded.series, next_chunk = excluded.next_chunk,
         fresh = excluded.fresh, min_ms = excluded.min_ms, max_ms = excluded.max_ms, samples = excluded.samples,
         checksum = excluded.checksum`,
    ).run(
      block.id,
      block.series,
      block.next_chunk,
      block.fresh,
      block.min_ms,
      block.max_ms,
      block.samples,
      checksumOfBlock(block),
    );
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

  /**
   * The chunks of a block from a number on, in the order in which their samples were written, sound or not. Throws
   * SQLite's error.
   */
  findChunks(blockId: number, from: number): Stored<ChunkRecord>[] {
    return this.prepared<[number, number], Stored<ChunkRecord>>(
      'SELECT id, min_ms, max_ms, span, samples, checksum FROM chunks WHERE id >= ? AND id < ? ORDER BY span DESC, id',
    ).all(chunkId(blockId, from), chunkId(blockId + 1, 0));
  }

  /** The chunk's bytes; undefined where it is gone. */
  readChunk(id: number): Buffer | undefined {
    return this.prepared<[number], Buffer>('SELECT data FROM chunks WHERE id = ?', 'value').get(id);
  }

  insertChunk(chunk: ChunkRecord, data: Uint8Array): void {
    const { id, min_ms, max_ms, span, samples } = chunk;
    this.prepared<[number, number, number, number, number, number, Uint8Array], never>(
      'INSERT INTO chunks (id, min_ms, max_ms, span, samples, checksum, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(id, min_ms, max_ms, span, samples, checksumOfChunk(chunk), data);
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

/** Whether these are all blocks of a file with so many samples, none of them twice. */
export function areAllBlocks(blocks: readonly BlockRecord[], samples: number): boolean {
  let sum = 0;
  for (const [i, block] of blocks.entries()) {
    if (i > 0 && block.id <= blocks[i - 1].id) return false;
    sum += block.samples;
  }
  return sum === samples;
}
