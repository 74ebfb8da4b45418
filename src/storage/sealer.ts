// Decides when a group's older rows are sealed (written into day files by the maintenance), and when sealed rows
// leave memory.
//
// A group with more rows than a seal takes gives its full segments; a group that nobody holds for a while gives
// everything, and goes. One batch is under way at a time. When it is written, its journal rows are deleted, a few at a
// time; the rows stay in memory as long as queries of the last minutes want them.

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { HeadGroup } from './head/group.ts';
import type { Journal } from './head/journal.ts';
import { NO_COLUMN } from './head/layout.ts';
import type { Segment } from './head/segment.ts';
import type { Answer, ClosedRows, Maintainer, Task } from './maintenance/contract.ts';
import type { MaintenanceMetrics } from './maintenance-metrics.ts';
import { NO_REF } from './series.ts';
import { SeriesList } from './series-list.ts';
import type { StorageState } from './state.ts';

/** With that many times a seal's rows unsealed, the next batch is not left to the timer. */
const OVERFULL_SEALS = 4;

/** How long a querier is waited for, ms: longer than any query. */
const LONGEST_VIEW_MS = 10 * 60_000;

/** How long a group without a holder stays in memory, ms. */
const UNHELD_MS = 5 * 60_000;

/** Sealed rows that are younger than this stay in memory, ms: Prometheus' lookback. */
const RECENT_MS = 5 * 60_000;

/** But no more than that many times a seal's rows. */
const MOST_RECENT_SEALS = 3;

/** About how many samples one batch holds. */
const BATCH_SAMPLES = 200_000;

/** After a failure (a full disk) that long is waited, ms. */
const RETRY_AFTER_MS = 5000;

export interface SealerParts {
  readonly state: StorageState;
  readonly journal: Journal;
  readonly maintainer: Maintainer;
  readonly metrics: MaintenanceMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Batch {
  readonly parts: readonly { readonly group: HeadGroup; readonly segments: readonly Segment[] }[];
}

export class Sealer {
  private readonly state: StorageState;
  private readonly journal: Journal;
  private readonly maintainer: Maintainer;
  private readonly clock: Clock;
  private readonly metrics: MaintenanceMetrics;
  private readonly log: Logger;
  private readonly due = new Set<HeadGroup>();
  private readonly withSealed = new Set<HeadGroup>();
  private underWay: Batch | undefined;
  private retryAtMs = Number.NEGATIVE_INFINITY;
  private readonly startedMs: number;

  constructor({ state, journal, maintainer, metrics, clock, log }: SealerParts) {
    this.state = state;
    this.journal = journal;
    this.maintainer = maintainer;
    this.metrics = metrics;
    this.clock = clock;
    this.log = log;
    this.startedMs = clock.monotonicMs();
  }

  /** To be told of groups that got rows; returns whether there is work that should not wait for the timer. */
  noteGrown(groups: Iterable<HeadGroup>): boolean {
    let overfull = false;
    for (const group of groups) {
      if (group.unsealedRows <= this.state.sealRows) continue;
      this.due.add(group);
      if (group.unsealedRows >= OVERFULL_SEALS * this.state.sealRows) overfull = true;
    }
    return overfull;
  }

  get isBusy(): boolean {
    return this.underWay !== undefined;
  }

  /** Posts the next batch, unless one is under way; returns whether there was one to post. */
  sealDue(): boolean {
    return this.post(this.nextBatch());
  }

  /** Posts everything that lies before `beforeMs`, recent rows too. */
  sealBefore(beforeMs: number): boolean {
    const parts: Batch['parts'][number][] = [];
    for (const group of this.state.groups.values()) {
      const segments = group.segments.filter(one => !one.isSealed && one.maxTimeMs < beforeMs);
      if (segments.length > 0 && this.mayClose(segments)) parts.push({ group, segments });
    }
    return this.post({ parts });
  }

  /** Finds groups that nobody holds: those of which this has been so for a while are sealed whole and forgotten. */
  collectUnheld(): void {
    const nowMs = this.clock.monotonicMs();
    if (this.state.homeless && nowMs - this.startedMs >= UNHELD_MS) {
      this.journal.depart(this.state.homeless);
      this.state.homeless = undefined;
    }
    for (const group of [...this.state.groups.values()]) {
      if (group.held) continue;
      group.unheldSinceMs ??= nowMs;
      if (nowMs - group.unheldSinceMs < UNHELD_MS) continue;
      if (group.unsealedRows > 0) this.due.add(group);
      else if (this.releaseAll(group)) this.forget(group);
    }
  }

  /** Takes sealed rows out of memory that no query of now wants. */
  release(): void {
    for (const group of this.withSealed) {
      const sealed = group.segments.filter(segment => segment.isSealed);
      const recent = new Set(this.recentOf(group, sealed));
      this.takeOut(
        group,
        sealed.filter(segment => !recent.has(segment)),
      );
      if (recent.size === 0 && !group.segments.some(segment => segment.isSealed))
        this.withSealed.delete(group);
    }
  }

  private recentOf(group: HeadGroup, sealed: readonly Segment[]): Segment[] {
    const sinceMs = group.newestMs - RECENT_MS;
    const young = sealed.filter(segment => segment.maxTimeMs >= sinceMs);
    let rows = group.unsealedRows;
    const kept: Segment[] = [];
    for (const segment of young.reverse()) {
      rows += segment.rows;
      if (rows > MOST_RECENT_SEALS * this.state.sealRows) break;
      kept.push(segment);
    }
    return kept;
  }

  private releaseAll(group: HeadGroup): boolean {
    this.takeOut(group, group.segments);
    return group.segments.length === 0;
  }

  private takeOut(group: HeadGroup, segments: readonly Segment[]): void {
    const sinceMs = this.clock.monotonicMs() - LONGEST_VIEW_MS;
    const leaving = segments.filter(segment => segment.isSealed && this.state.mayRelease(segment, sinceMs));
    if (leaving.length === 0) return;
    for (const segment of leaving) {
      this.state.releasedMaxMs = Math.max(this.state.releasedMaxMs, segment.maxTimeMs);
    }
    group.remove(new Set(leaving));
    this.depart(group.freeRetired());
  }

  private forget(group: HeadGroup): void {
    this.due.delete(group);
    this.withSealed.delete(group);
    this.state.groups.delete(group.key);
    this.depart(group.forget());
    this.journal.removeGroup(group.id);
  }

  private depart(refs: readonly number[]): void {
    this.journal.depart(new SeriesList(this.state.registry, Uint32Array.from(refs)));
  }

  private nextBatch(): Batch {
    const parts: Batch['parts'][number][] = [];
    let samples = 0;
    for (const group of this.due) {
      const segments = this.dueSegments(group);
      if (segments.length === 0) {
        this.due.delete(group);
        continue;
      }
      if (!this.mayClose(segments)) continue;
      parts.push({ group, segments });
      for (const { rows, layout } of segments) samples += rows * layout.width;
      if (samples >= BATCH_SAMPLES) break;
    }
    return { parts };
  }

  /** The oldest that make up a seal; the newest row stays, so that the journal tells each series' last sample. */
  private dueSegments(group: HeadGroup): Segment[] {
    const unsealed = group.segments.filter(segment => !segment.isSealed);
    if (!group.held && group.unheldSinceMs !== undefined) return unsealed;
    const chosen: Segment[] = [];
    let rows = 0;
    const spare = group.unsealedRows - 1;
    for (const segment of unsealed) {
      if (rows + segment.rows > spare) break;
      rows += segment.rows;
      chosen.push(segment);
    }
    return rows >= this.state.sealRows ? chosen : [];
  }

  private mayClose(segments: readonly Segment[]): boolean {
    return this.state.maySeal(segments, this.clock.monotonicMs() - LONGEST_VIEW_MS);
  }

  private post(batch: Batch): boolean {
    if (this.underWay || batch.parts.length === 0) return false;
    if (this.clock.monotonicMs() < this.retryAtMs) return false;
    this.underWay = batch;
    const beganMs = this.clock.monotonicMs();
    this.maintainer.post(this.taskOf(batch), answer => {
      this.metrics.noteTruncation(this.clock.monotonicMs() - beganMs, 'days' in answer);
      this.done(batch, answer);
    });
    return true;
  }

  private taskOf({ parts }: Batch): Task {
    const { ids } = this.state.registry.columns;
    const rows: ClosedRows[] = [];
    for (const { group, segments } of parts) {
      for (const segment of segments) {
        segment.closed = true;
        rows.push(closedRows(group, segment, ids));
      }
    }
    return { kind: 'seal', rows, floorMs: this.state.floorMs };
  }

  private done(batch: Batch, answer: Answer): void {
    this.underWay = undefined;
    if ('failure' in answer) {
      this.retryAtMs = this.clock.monotonicMs() + RETRY_AFTER_MS;
      this.log.error(
        { err: answer.failure },
        'Samples stay in the journal: they could not be written into day files',
      );
      return;
    }
    const { state } = this;
    state.sealGeneration++;
    for (const change of answer.days) state.days.changed(change, this.clock.monotonicMs());
    for (const { group, segments } of batch.parts) {
      // What retention has dropped meanwhile is gone.
      const left = segments.filter(segment => group.segments.includes(segment));
      group.noteSealed(left, state.sealGeneration);
      const chunks = left.reduce((sum, { layout }) => sum + layout.width, 0);
      this.metrics.noteChunks(chunks, chunks);
      this.withSealed.add(group);
      this.journal.discard(group, left);
    }
  }
}

function closedRows(group: HeadGroup, segment: Segment, ids: Uint32Array): ClosedRows {
  const { columns } = segment.layout;
  const seriesIds = new Uint32Array(columns.length);
  columns.forEach((column, position) => {
    const ref = column === NO_COLUMN ? NO_REF : group.refs[column];
    // A series that retention has removed has nothing in here that may still be seen: its id is 0.
    if (ref !== NO_REF) seriesIds[position] = ids[ref];
  });
  const { rows, timesMs, cells, starts, histograms } = segment;
  return { seriesIds, rows, timesMs, cells, startsMs: starts, histograms };
}
