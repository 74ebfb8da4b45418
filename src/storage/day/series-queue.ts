// All series of a day file in the order of series (by metric, then labels), each label set once with all its places.
//
// Each block's slots are sorted by themselves; then the block whose next series comes first is always at the top of a
// heap. So nothing is sorted as a whole, and only one label set of each block is in memory.

import type { Labels } from '../../model/labels.ts';
import { SLOTS } from '../chunk/chunk-codec.ts';
import { StorageError } from '../errors.ts';
import type { BlockRecord } from './day-records.ts';
import type { DayTables } from './day-tables.ts';
import { compareSeries } from './series-order.ts';
import { readLabels } from './series-places.ts';

const BLOCKS_A_STEP = 64;

export interface QueuedSeries {
  readonly labels: Labels;
  /** Block id * 64 + slot, ascending. */
  readonly places: readonly number[];
}

/** The series of a block that are still to come. */
interface Cursor {
  readonly blockId: number;
  readonly labels: NonNullable<ReturnType<typeof readLabels>>;
  /** Slots in the order of their series. */
  readonly slots: Uint8Array;
  at: number;
  head: Labels;
}

export class SeriesQueue {
  private readonly tables: DayTables;
  private readonly waiting: BlockRecord[];
  private readonly heap: Cursor[] = [];

  constructor(tables: DayTables, blocks: readonly BlockRecord[]) {
    this.tables = tables;
    this.waiting = blocks.filter(block => block.series > 0);
  }

  /** Reads the labels of some blocks; to be called until it returns true. Throws StorageError for damaged ones. */
  prepareSome(): boolean {
    for (const { id } of this.waiting.splice(0, BLOCKS_A_STEP)) this.insert(this.openCursor(id));
    return this.waiting.length === 0;
  }

  /** Undefined at the end. */
  next(): QueuedSeries | undefined {
    if (this.heap.length === 0) return undefined;
    const labels = this.heap[0].head;
    const places: number[] = [];
    while (this.heap.length > 0 && this.heap[0].head.equals(labels)) {
      const cursor = this.heap[0];
      places.push(cursor.blockId * SLOTS + cursor.slots[cursor.at]);
      this.advance(cursor);
    }
    return { labels, places };
  }

  private openCursor(blockId: number): Cursor {
    const labels = readLabels(this.tables, blockId);
    if (!labels) throw new StorageError('read_failed', `the labels of block ${blockId} can't be read`);
    const all = Array.from({ length: labels.size }, (_, slot) => labels.makeLabels(slot));
    const slots = Uint8Array.from(all.keys()).sort((a, b) => compareSeries(all[a], all[b]));
    return { blockId, labels, slots, at: 0, head: all[slots[0]] };
  }

  /** Steps the top of the heap to its next series, or takes it out. */
  private advance(top: Cursor): void {
    if (++top.at < top.slots.length) {
      top.head = top.labels.makeLabels(top.slots[top.at]);
    } else {
      const last = this.heap.pop()!;
      if (last === top) return;
      this.heap[0] = last;
    }
    this.sink();
  }

  private insert(cursor: Cursor): void {
    const { heap } = this;
    let at = heap.push(cursor) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (comesBefore(heap[parent], cursor)) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = cursor;
  }

  private sink(): void {
    const { heap } = this;
    const cursor = heap[0];
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && comesBefore(heap[child + 1], heap[child])) child++;
      if (comesBefore(cursor, heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = cursor;
  }
}

const comesBefore = (a: Cursor, b: Cursor): boolean =>
  (compareSeries(a.head, b.head) || a.blockId - b.blockId) < 0;
