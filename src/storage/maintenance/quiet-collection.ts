// Garbage that work has left, collected when it has been quiet for a while. V8 collects when more work comes, which
// may be minutes later. For threads that may stand still meanwhile: it takes some ten milliseconds.

import { type Clock, systemClock } from '../../base/clock.ts';

const COLLECTED_AFTER_MS = 10_000;
const COLLECTED_EVERY_MS = 5 * 60_000;

/** There where Node was started with --expose-gc. */
const collectGarbage = (): void => {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
};

export class QuietCollection {
  private readonly collect: () => void;
  private readonly clock: Clock;
  private collectedMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(collect: () => void = collectGarbage, clock: Clock = systemClock) {
    this.collect = collect;
    this.clock = clock;
  }

  /** To be told when work is done. */
  noteWork(): void {
    clearTimeout(this.timer);
    const againInMs = this.collectedMs + COLLECTED_EVERY_MS - this.clock.monotonicMs();
    this.timer = setTimeout(() => this.now(), Math.max(COLLECTED_AFTER_MS, againInMs)).unref();
  }

  private now(): void {
    this.collectedMs = this.clock.monotonicMs();
    this.collect();
  }
}
