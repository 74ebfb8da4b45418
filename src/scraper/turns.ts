// Long work in short turns: what takes a scrape longer than a few milliseconds is done piece by piece, and between
// the pieces everything else of the process gets its turn.
//
// All scrapes share one Turns, so that between two pieces, of whatever targets, the event loop comes round.

import type { Clock } from '../base/clock.ts';

/** How long one piece may take, about. */
const TURN_MS = 8;

/** Tells work when to stop, to be gone on with later. */
export interface Pace {
  /** Asked often: every few microseconds is fine. */
  isOver(): boolean;
}

/** For work that is done in one piece. */
export const WITHOUT_PAUSE: Pace = { isOver: () => false };

export class Turns implements Pace {
  private readonly clock: Clock;
  private readonly waiting: (() => void)[] = [];
  private endsMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Begins a turn at once: for work that is likely to be short. */
  begin(): void {
    this.endsMs = this.clock.monotonicMs() + TURN_MS;
  }

  /** Whether the turn that began last is over. */
  isOver(): boolean {
    return this.clock.monotonicMs() >= this.endsMs;
  }

  /** Resolves in a turn of its own, after the event loop came round and those who waited before had theirs. */
  next(): Promise<void> {
    return new Promise(resolve => {
      this.waiting.push(resolve);
      if (this.waiting.length === 1) setImmediate(this.serve);
    });
  }

  private readonly serve = (): void => {
    const resolve = this.waiting.shift();
    if (this.waiting.length > 0) setImmediate(this.serve);
    this.begin();
    resolve?.();
  };
}
