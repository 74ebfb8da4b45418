// A block as a reader knows it: its row, and what was read so far of its labels and its list of chunks.
//
// The list grows by what is new as long as only fresh chunks are added; after a merge it is read anew.

import { BlockLabels } from './block-labels.ts';
import { listChunks } from './chunk-list.ts';
import { type BlockRecord, type ChunkRecord, sequenceOf } from './day-records.ts';
import type { DayTables } from './day-tables.ts';

export class DayBlock {
  private current: BlockRecord;
  private knownLabels: BlockLabels | undefined;
  private knownChunks: readonly ChunkRecord[] = [];
  /** All chunks with lower numbers are in the list. */
  private listedTo = 0;

  constructor(record: BlockRecord) {
    this.current = record;
  }

  get record(): BlockRecord {
    return this.current;
  }

  /** Takes the block's row as it is now. */
  update(record: BlockRecord): void {
    const before = this.current;
    this.current = record;
    if (record.series !== before.series) this.knownLabels = undefined;
    // A merge takes fresh chunks away, and takes a number.
    const isOnlyAddedTo = record.fresh - before.fresh === record.next_chunk - before.next_chunk;
    if (!isOnlyAddedTo) this.forgetChunks();
  }

  /** For when a chunk of the list is gone. */
  forgetChunks(): void {
    this.knownChunks = [];
    this.listedTo = 0;
  }

  /**
   * In the order in which their samples were written. `onDamage` is called where some may be missing. Throws SQLite's
   * error.
   */
  chunks(tables: DayTables, onDamage: () => void): readonly ChunkRecord[] {
    if (this.listedTo >= this.current.next_chunk) return this.knownChunks;
    // The file may be ahead of the row that is known, by a merge, too.
    if (!this.listMore(tables)) {
      this.forgetChunks();
      if (!this.listMore(tables)) onDamage();
    }
    return this.knownChunks;
  }

  /** Throws where they are missing or damaged. */
  labels(tables: DayTables): BlockLabels {
    if (!this.knownLabels) {
      const data = tables.readLabels(this.current.id);
      if (!data) throw new Error('they are missing');
      this.knownLabels = BlockLabels.decode(this.current.id, data);
    }
    return this.knownLabels;
  }

  /** Returns whether the list is whole then. */
  private listMore(tables: DayTables): boolean {
    const { chunks, isWhole } = listChunks(tables, this.current.id, this.listedTo, this.knownChunks);
    this.knownChunks = [...this.knownChunks, ...chunks];
    const after = isWhole ? chunks : [];
    this.listedTo = after.reduce((to, { id }) => Math.max(to, sequenceOf(id) + 1), this.current.next_chunk);
    return isWhole;
  }
}
