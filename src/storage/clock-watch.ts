// Whether the wall clock can be believed where belief destroys data: a clock that has jumped ahead would have retention
// drop days that are not old.
//
// The wall clock is held against the monotonic one from look to look, and at the first look against the newest sample.

import type { Clock } from '../base/clock.ts';

/** Wall time may get ahead by that much between two looks, ms: a clock that is put right. */
const TOLERANCE_MS = 5 * 60_000;

/** After a jump ahead the clock must have gone steadily for that long, ms. */
const STEADY_MS = 60 * 60_000;

export class ClockWatch {
  private readonly clock: Clock;
  private lastWallMs: number | undefined;
  private lastMonotonicMs = 0;
  /** By the monotonic clock. */
  private believedFromMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * Whether the wall clock is believed now; to be asked before each use. Before the first one, `isDoubtful` says that
   * the time is not what the data would make one expect.
   */
  isBelieved(isDoubtful: () => boolean): boolean {
    const wallMs = this.clock.nowMs();
    const monotonicMs = this.clock.monotonicMs();
    const hasJumped =
      this.lastWallMs === undefined
        ? isDoubtful()
        : wallMs - this.lastWallMs > monotonicMs - this.lastMonotonicMs + TOLERANCE_MS;
    this.lastWallMs = wallMs;
    this.lastMonotonicMs = monotonicMs;
    if (hasJumped) this.believedFromMs = monotonicMs + STEADY_MS;
    return monotonicMs >= this.believedFromMs;
  }
}
