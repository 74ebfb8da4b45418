// Puts the fresh chunks of a block together into one merged chunk, in the transaction that the caller has begun.

import { messageOf } from '../../base/errors.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import { Chunk } from '../chunk/chunk-codec.ts';
import { normalise } from '../read/normalise.ts';
import { sqliteCodeOf } from '../sqlite/driver.ts';
import { ChunkBuilder } from './chunk-builder.ts';
import { allChunks } from './chunk-list.ts';
import { type BlockRecord, type ChunkRecord, FRESH, MERGED } from './day-records.ts';
import type { DayTables } from './day-tables.ts';

/** A merge takes the oldest fresh chunks up to about so many samples. */
const SAMPLES_A_MERGE = 100_000;

const samples = new SampleBuffer(512);

/** Some chunk of the block can't be read; the block was left as it is. */
export class DamagedBlock extends Error {}

export interface Merged {
  /** How many samples went in, and how many came out. */
  readonly read: number;
  readonly written: number;
}

/** Changes the block's record along with the file. Throws DamagedBlock before anything is changed. */
export function mergeBlock(tables: DayTables, block: BlockRecord): Merged {
  const { taken, builder } = gather(tables, block);
  for (const { id } of taken) tables.deleteChunk(id);
  const read = taken.reduce((sum, chunk) => sum + chunk.samples, 0);
  const written = builder.writeTo(tables, block);
  block.fresh -= taken.length;
  block.samples -= read;
  tables.putBlock(block);
  return { read, written };
}

function gather(tables: DayTables, block: BlockRecord): { taken: ChunkRecord[]; builder: ChunkBuilder } {
  try {
    const taken = oldestFresh(tables, block.id);
    const chunks = taken.map(({ id }) => new Chunk(id, tables.readChunk(id)!));
    const builder = new ChunkBuilder(MERGED);
    for (let slot = 0; slot < block.series; slot++) {
      samples.clear();
      for (const chunk of chunks) {
        chunk.read(slot, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, samples);
      }
      normalise(samples);
      builder.add(slot, samples);
    }
    for (const chunk of chunks) chunk.free();
    return { taken, builder };
  } catch (thrown) {
    const code = sqliteCodeOf(thrown);
    if (code !== '' && !code.startsWith('SQLITE_CORRUPT')) throw thrown;
    throw new DamagedBlock(`the chunks of block ${block.id} can't be merged: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

function oldestFresh(tables: DayTables, blockId: number): ChunkRecord[] {
  const taken: ChunkRecord[] = [];
  let count = 0;
  for (const chunk of allChunks(tables, blockId)) {
    if (chunk.span !== FRESH) continue;
    if (taken.length > 0 && count + chunk.samples > SAMPLES_A_MERGE) break;
    taken.push(chunk);
    count += chunk.samples;
  }
  return taken;
}
