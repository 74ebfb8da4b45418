// The work between commits, a little at a time: posts seals, deletes journal rows, lets memory go, asks for
// checkpoints, and has days that are over written in their final form.

import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { dayOf, startOfDayMs } from './day/day.ts';
import type { HeadGroup } from './head/group.ts';
import type { Journal } from './head/journal.ts';
import type { Answer, Maintainer, Task } from './maintenance/contract.ts';
import type { MaintenanceMetrics } from './maintenance-metrics.ts';
import type { Sealer } from './sealer.ts';
import type { StorageState } from './state.ts';

const EVERY_MS = 1000;
const PAUSE_MS = 10;
const DELETE_BUDGET_MS = 10;
const CHECKPOINT_EVERY_MS = 5000;
/** Memory that nobody wanted for that long is let go, ms. */
const TRIM_EVERY_MS = 30_000;

/** With that much written since the last checkpoint the next one does not wait for the timer. */
const CHECKPOINT_AT_BYTES = 8 * 1024 * 1024;

/** A day is over that long after midnight, ms: late scrapes and senders have come by then. */
const DAY_GRACE_MS = 60 * 60_000;

/** And when nothing was added to it for that long, ms. */
const DAY_QUIET_MS = 5 * 60_000;

export interface UpkeepParts {
  readonly state: StorageState;
  readonly sealer: Sealer;
  readonly journal: Journal;
  readonly maintainer: Maintainer;
  readonly metrics: MaintenanceMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Upkeep {
  private readonly parts: UpkeepParts;
  private readonly rewriting = new Set<number>();
  private bytesSinceCheckpoint = 0;
  private checkpointedMs: number;
  private trimmedMs: number;
  private checkpointing = false;
  /** The last checkpoint found nobody writing, and nothing was written since. */
  private logIsEmpty = false;
  private timer: NodeJS.Timeout;
  /** The timer is set to come soon. */
  private hastened = false;
  private stopped = false;

  constructor(parts: UpkeepParts) {
    this.parts = parts;
    this.checkpointedMs = parts.clock.monotonicMs();
    this.trimmedMs = this.checkpointedMs;
    this.timer = this.schedule(EVERY_MS);
  }

  /** To be told of every commit. */
  noteCommit(groups: Iterable<HeadGroup>, bytes: number): void {
    const { sealer } = this.parts;
    this.bytesSinceCheckpoint += bytes;
    const overfull = sealer.noteGrown(groups);
    if (overfull && !sealer.isBusy) this.guarded(() => sealer.sealDue());
    if (this.bytesSinceCheckpoint > CHECKPOINT_AT_BYTES) this.checkpoint();
    if (overfull) this.hasten();
  }

  /** Resolves when what is due by now has been done. Rejects where it could not. */
  async settled(): Promise<void> {
    const { sealer, journal, state } = this.parts;
    sealer.collectUnheld();
    while (sealer.sealDue() || sealer.isBusy) await this.rest();
    while (journal.work(DELETE_BUDGET_MS));
    sealer.release();
    while (journal.work(DELETE_BUDGET_MS));
    await this.finishDays();
    await this.rest();
    state.days.closeRetired(this.oldestViewMs());
  }

  /** Has every day that is over written in its final form, and everything rewritten that hides deleted samples. */
  async finishAll(): Promise<void> {
    const { sealer, journal, state, clock } = this.parts;
    const today = dayOf(clock.nowMs());
    while (sealer.isBusy) await this.rest();
    if (sealer.sealBefore(startOfDayMs(today))) while (sealer.isBusy) await this.rest();
    while (journal.work(DELETE_BUDGET_MS));
    // What is deleted, or leaves the head, while days are rewritten is not done.
    const { lastId } = state.tombstones;
    const headMinMs = this.oldestInHeadMs();
    const due = new Set(state.days.leftovers(today, Number.POSITIVE_INFINITY));
    for (const [day, bounds] of state.days.bounds()) {
      if (state.tombstones.within(bounds.minMs, bounds.maxMs).length > 0) due.add(day);
    }
    const failures: string[] = [];
    for (const day of due) {
      const answer = await this.rewrite(day);
      if ('failure' in answer) failures.push(answer.failure);
    }
    if (failures.length > 0) throw new Error(failures.join('; '));
    state.tombstones.removeBefore(headMinMs, lastId);
    await this.post({ kind: 'checkpoint', isIdle: true });
    state.days.closeRetired(this.oldestViewMs());
  }

  /** Posts a task; resolves with its answer. */
  post(task: Task): Promise<Answer> {
    return new Promise(resolve => this.parts.maintainer.post(task, resolve));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async rest(): Promise<void> {
    await this.post({ kind: 'rest' });
  }

  private schedule(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => this.tick(), afterMs).unref();
  }

  private hasten(): void {
    if (this.hastened || this.stopped) return;
    clearTimeout(this.timer);
    this.hastened = true;
    this.timer = this.schedule(PAUSE_MS);
  }

  private tick(): void {
    const { state, sealer, journal, clock } = this.parts;
    let more = false;
    this.guarded(() => {
      sealer.collectUnheld();
      sealer.sealDue();
      if (journal.hasWork) this.logIsEmpty = false;
      journal.work(DELETE_BUDGET_MS);
      sealer.release();
      more = journal.hasWork;
      state.days.closeRetired(this.oldestViewMs());
      if (state.openViews.size === 0) state.days.closeSpare();
      if (clock.monotonicMs() - this.checkpointedMs >= CHECKPOINT_EVERY_MS) this.checkpoint();
      if (clock.monotonicMs() - this.trimmedMs >= TRIM_EVERY_MS) this.trim();
      void this.finishDays();
    });
    if (this.stopped) return;
    this.hastened = more;
    this.timer = this.schedule(more ? PAUSE_MS : EVERY_MS);
  }

  private trim(): void {
    this.trimmedMs = this.parts.clock.monotonicMs();
    this.parts.state.arrays.trim();
    this.parts.state.days.trim();
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      const err = messageOf(thrown);
      this.parts.log.error({ err }, 'Maintenance of the data files failed; it will be tried again');
    }
  }

  private checkpoint(): void {
    const isIdle = this.bytesSinceCheckpoint === 0;
    this.checkpointedMs = this.parts.clock.monotonicMs();
    this.bytesSinceCheckpoint = 0;
    if (this.checkpointing || (isIdle && this.logIsEmpty)) return;
    this.checkpointing = true;
    this.logIsEmpty = isIdle;
    this.parts.maintainer.post({ kind: 'checkpoint', isIdle }, answer => {
      this.checkpointing = false;
      this.parts.metrics.noteCheckpoint('days' in answer);
      if ('failure' in answer) this.parts.log.error({ err: answer.failure }, 'The checkpoint failed');
    });
  }

  /** Days that are over, quiet and not in their final form. */
  private async finishDays(): Promise<void> {
    const { state, clock } = this.parts;
    const beforeDay = dayOf(clock.nowMs() - DAY_GRACE_MS);
    const due = state.days.leftovers(beforeDay, clock.monotonicMs() - DAY_QUIET_MS);
    await Promise.all(
      due
        .filter(day => !this.rewriting.has(day))
        .map(async day => {
          const answer = await this.rewrite(day);
          if ('failure' in answer) this.parts.log.warn({ err: answer.failure }, 'A day is not finished yet');
        }),
    );
  }

  private async rewrite(day: number): Promise<Answer> {
    const { state, clock, metrics } = this.parts;
    const bounds = state.days.bounds().get(day);
    if (!bounds) return { days: [] };
    const hidden = state.tombstones.within(bounds.minMs, bounds.maxMs);
    this.rewriting.add(day);
    metrics.noteCompactionBegun();
    const beganMs = clock.monotonicMs();
    const answer = await this.post({ kind: 'rewrite', day, hidden, floorMs: state.floorMs });
    this.rewriting.delete(day);
    metrics.noteCompaction(clock.monotonicMs() - beganMs, 'days' in answer);
    if (state.closed) return answer;
    if ('failure' in answer) state.days.noteTried(day, clock.monotonicMs());
    else {
      for (const change of answer.days) state.days.changed(change, clock.monotonicMs());
    }
    return answer;
  }

  /** When the oldest querier that is open was opened, by the monotonic clock; now where none is. */
  private oldestViewMs(): number {
    let oldest = this.parts.clock.monotonicMs();
    for (const { openedMs } of this.parts.state.openViews) oldest = Math.min(oldest, openedMs);
    return oldest;
  }

  private oldestInHeadMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { segments } of this.parts.state.groups.values()) {
      for (const segment of segments) oldest = Math.min(oldest, segment.minTimeMs);
    }
    return oldest;
  }
}
