// Garbage that work has left, collected when it has been quiet for a while. V8 collects when more work comes, which
// may be minutes later. For threads that may stand still meanwhile: it takes some ten milliseconds.

import { getHeapStatistics } from 'node:v8';
import { type Clock, systemClock } from '../../base/clock.ts';

const COLLECTED_AFTER_MS = 10_000;
const COLLECTED_EVERY_MS = 5 * 60_000;
/** Not worth it for less than that much more than there was after the last time. */
const WORTH_BYTES = 8 * 1024 * 1024;

/** V8's heap and arrays of a thread. */
export interface ThreadMemory {
  bytes(): number;
  collect(): void;
}

const OWN_MEMORY: ThreadMemory = {
  bytes() {
    const { total_heap_size, external_memory } = getHeapStatistics();
    return total_heap_size + external_memory;
  },
  collect() {
    // There where Node was started with --expose-gc.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  },
};

export class QuietCollection {
  private readonly memory: ThreadMemory;
  private readonly clock: Clock;
  private collectedMs = Number.NEGATIVE_INFINITY;
  private bytesLeft: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(memory = OWN_MEMORY, clock: Clock = systemClock) {
    this.memory = memory;
    this.clock = clock;
    this.bytesLeft = memory.bytes();
  }

  /** To be told when work is done. */
  noteWork(): void {
    clearTimeout(this.timer);
    const againInMs = this.collectedMs + COLLECTED_EVERY_MS - this.clock.monotonicMs();
    this.timer = setTimeout(() => this.look(), Math.max(COLLECTED_AFTER_MS, againInMs)).unref();
  }

  private look(): void {
    if (this.memory.bytes() < this.bytesLeft + WORTH_BYTES) return;
    this.memory.collect();
    this.collectedMs = this.clock.monotonicMs();
    this.bytesLeft = this.memory.bytes();
  }
}
