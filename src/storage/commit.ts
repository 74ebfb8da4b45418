// One commit: checks every sample against its series, writes the rows as one transaction, then shows them.
//
// In: the rows of a batch. Out: journal rows on disk, segments in memory, a report. The checks move each series'
// newest time and value at once (a batch may hold several rows of one series); when the transaction fails they are
// moved back, and nothing has happened.

import type { Clock } from '../base/clock.ts';
import { bug, messageOf } from '../base/errors.ts';
import { encodeHistograms, sameHistogram } from './chunk/histogram-codec.ts';
import { journalSamples } from './chunk/journal-codec.ts';
import type { CommitReport, Refusal, RefusedSample, Row } from './contract.ts';
import { StorageError } from './errors.ts';
import { HeadGroup } from './head/group.ts';
import type { Layout } from './head/layout.ts';
import type { HeadRow } from './head/segment.ts';
import type { StorageState } from './state.ts';
import { UndoLog } from './undo-log.ts';

export interface CommitLimits {
  readonly retentionMs: number;
  readonly outOfOrderWindowMs: number;
  readonly maxAheadMs: number;
}

export interface CommitOutcome {
  readonly report: CommitReport;
  /** The groups that got rows. */
  readonly groups: ReadonlySet<HeadGroup>;
  /** How many of the samples that were taken are histograms. */
  readonly histograms: number;
  /** How many are older than the newest of their series, and how many of these are histograms. */
  readonly late: number;
  readonly lateHistograms: number;
  /** How many of those that were refused are histograms. */
  readonly refusedHistograms: Readonly<Record<Refusal, number>>;
  /** Bytes written, about. */
  readonly bytes: number;
}

/** More than that of samples that are in no day file is not kept: the maintenance does not get on. */
const UNSEALED_LIMIT_BYTES = 1024 * 1024 * 1024;

interface StagedRow extends HeadRow {
  readonly group: HeadGroup;
  readonly layout: Layout;
  journalId: number;
}

interface FirstSample {
  /** Of the series. */
  readonly ref: number;
  readonly timestampMs: number;
}

type Verdict = 'taken' | 'repeat' | Refusal;

export class Committer {
  private readonly state: StorageState;
  private limits: CommitLimits;
  private readonly clock: Clock;
  private readonly undo = new UndoLog();
  // Of the batch under way:
  private staged: StagedRow[] = [];
  private firstSamples: FirstSample[] = [];
  /** Refs of series that got their row in head.db with this batch. */
  private named: number[] = [];
  private oldestMs = 0;
  private newestMs = 0;
  private appended = 0;
  private histograms = 0;
  private late = 0;
  private lateHistograms = 0;
  private refusedHistograms: Record<Refusal, number> = noneRefused();
  private bytes = 0;
  private refused: Record<Refusal, number> = noneRefused();
  private firstRefused: RefusedSample | undefined;
  private taken = new Uint32Array(1024);

  constructor(state: StorageState, limits: CommitLimits, clock: Clock) {
    this.state = state;
    this.limits = limits;
    this.clock = clock;
  }

  setOutOfOrderWindow(outOfOrderWindowMs: number): void {
    this.limits = { ...this.limits, outOfOrderWindowMs };
  }

  /** As the contract's commit(). */
  commit(rows: readonly Row[]): CommitOutcome {
    if (this.state.unsealedBytes > UNSEALED_LIMIT_BYTES) {
      throw new StorageError('write_failed', 'samples come faster than they can be written into day files');
    }
    this.begin();
    const nowMs = this.clock.nowMs();
    this.oldestMs = Math.max(this.state.floorMs, nowMs - this.limits.retentionMs);
    this.newestMs = nowMs + this.limits.maxAheadMs;
    for (const row of rows) this.stage(row);
    const groups = new Set<HeadGroup>();
    if (this.staged.length > 0) {
      this.write();
      this.show(groups);
    }
    const { appended, refused, firstRefused } = this;
    const report = { appended, refused, firstRefused, newSeries: this.firstSamples.length };
    const { histograms, late, lateHistograms, refusedHistograms, bytes } = this;
    return { report, groups, histograms, late, lateHistograms, refusedHistograms, bytes };
  }

  private begin(): void {
    this.undo.clear();
    this.staged = [];
    this.firstSamples = [];
    this.appended = 0;
    this.histograms = 0;
    this.late = 0;
    this.lateHistograms = 0;
    this.refusedHistograms = noneRefused();
    this.bytes = 0;
    this.refused = noneRefused();
    this.firstRefused = undefined;
  }

  /** Checks the samples of one row and notes those that are to be written. */
  private stage(row: Row): void {
    const { group } = row;
    if (!(group instanceof HeadGroup) || group.forgotten)
      bug('a row belongs to an open group of this storage');
    if (row.length === 0) return;
    const refusal = this.refusalOf(row.timestampMs);
    if (refusal) {
      this.refuse(refusal, row, 0, row.length);
      return;
    }
    if (this.taken.length < row.length) this.taken = new Uint32Array(row.length * 2);
    const count = this.check(row, group);
    if (row.histograms) this.noteHistograms(row, row.histograms, group, count);
    if (count > 0) this.staged.push(this.stagedRow(row, group, count));
  }

  /** Puts the positions of what is new into `taken`; returns how many. */
  private check(row: Row, group: HeadGroup): number {
    const { timestampMs, columns, values, length } = row;
    const { refs } = group;
    const { lastTimesMs, lastValues } = this.state.registry;
    const { taken, undo } = this;
    let count = 0;
    for (let i = 0; i < length; i++) {
      const ref = refs[columns[i]];
      const lastMs = lastTimesMs[ref];
      if (timestampMs > lastMs) {
        // Fast path: newer than what is there.
        if (lastMs === Number.NEGATIVE_INFINITY) this.firstSamples.push({ ref, timestampMs });
        undo.push(ref, lastMs, lastValues);
        lastTimesMs[ref] = timestampMs;
        lastValues[ref] = values[i];
        taken[count++] = i;
        continue;
      }
      const verdict = this.judge(row, i, ref, lastMs);
      if (verdict === 'taken') taken[count++] = i;
      else if (verdict === 'repeat') this.appended++;
      else this.refuse(verdict, row, i, 1);
    }
    this.appended += count;
    return count;
  }

  /** Slow path: a sample that is not newer than its series' newest. */
  private judge(row: Row, position: number, ref: number, lastMs: number): Verdict {
    if (lastMs === undefined) bug('the columns of a row are those of series');
    const { timestampMs } = row;
    if (timestampMs === lastMs) return this.repeats(row, position, ref) ? 'repeat' : 'duplicate';
    const { outOfOrderWindowMs } = this.limits;
    if (outOfOrderWindowMs === 0 || timestampMs < this.state.maxTimeMs - outOfOrderWindowMs)
      return 'out_of_order';
    const { minTimesMs } = this.state.registry.columns;
    if (timestampMs < minTimesMs[ref]) minTimesMs[ref] = timestampMs;
    this.late++;
    if (row.histograms?.[position]) this.lateHistograms++;
    return 'taken';
  }

  private repeats(row: Row, position: number, ref: number): boolean {
    const { lastHistograms, lastValues } = this.state.registry.columns;
    const histogram = row.histograms?.[position];
    const newest = lastHistograms.get(ref);
    const last = newest?.timestampMs === row.timestampMs ? newest.histogram : undefined;
    if (histogram || last)
      return histogram !== undefined && last !== undefined && sameHistogram(histogram, last);
    return sameBits(row.values, position, lastValues, ref);
  }

  private refusalOf(timestampMs: number): Refusal | undefined {
    if (timestampMs < this.oldestMs) return 'too_old';
    if (timestampMs > this.newestMs || !Number.isSafeInteger(timestampMs)) return 'out_of_bounds';
    return undefined;
  }

  private refuse(refusal: Refusal, row: Row, position: number, count: number): void {
    this.refused[refusal] += count;
    for (let i = 0; row.histograms && i < count; i++) {
      if (row.histograms[position + i]) this.refusedHistograms[refusal]++;
    }
    if (this.firstRefused) return;
    const labels = this.state.registry.labels((row.group as HeadGroup).refs[row.columns[position]]);
    this.firstRefused = { refusal, labels, timestampMs: row.timestampMs };
  }

  private noteHistograms(
    row: Row,
    histograms: NonNullable<Row['histograms']>,
    group: HeadGroup,
    count: number,
  ): void {
    const { lastTimesMs, lastHistograms } = this.state.registry.columns;
    const { timestampMs } = row;
    for (let k = 0; k < count; k++) {
      const i = this.taken[k];
      const histogram = histograms[i];
      if (!histogram) continue;
      this.histograms++;
      const ref = group.refs[row.columns[i]];
      if (lastTimesMs[ref] === timestampMs) lastHistograms.set(ref, { timestampMs, histogram });
    }
  }

  /** The row without what was not taken; its values are a view where all were. */
  private stagedRow(row: Row, group: HeadGroup, count: number): StagedRow {
    const { timestampMs } = row;
    if (count === row.length) {
      const layout = group.layoutOf(row.columns, count);
      const values = row.values.subarray(0, count);
      const startTimestampsMs = knownStarts(row.startTimestampsMs?.subarray(0, count));
      const { histograms } = row;
      return { group, layout, timestampMs, values, histograms, startTimestampsMs, journalId: 0 };
    }
    const columns = new Uint32Array(count);
    const values = new Float64Array(count);
    const histograms = row.histograms && new Array<NonNullable<Row['histograms']>[number]>(count);
    const starts = row.startTimestampsMs && new Float64Array(count);
    for (let k = 0; k < count; k++) {
      const i = this.taken[k];
      columns[k] = row.columns[i];
      values[k] = row.values[i];
      if (histograms) histograms[k] = row.histograms?.[i];
      if (starts) starts[k] = row.startTimestampsMs?.[i] ?? 0;
    }
    const layout = group.layoutOf(columns, count);
    const startTimestampsMs = knownStarts(starts);
    return { group, layout, timestampMs, values, histograms, startTimestampsMs, journalId: 0 };
  }

  private write(): void {
    const { tables, registry } = this.state;
    const { ids } = registry.columns;
    const newGroups: HeadGroup[] = [];
    const newLayouts: Layout[] = [];
    this.named = [];
    try {
      if (this.isOneKnownRow()) this.writeRow(this.staged[0]);
      else
        tables.database.transaction(() => {
          for (const { ref } of this.firstSamples) {
            if (ids[ref] !== 0) continue;
            ids[ref] = tables.insertSeries(JSON.stringify(registry.labels(ref).pairs));
            this.named.push(ref);
          }
          for (const row of this.staged) {
            const { group, layout } = row;
            if (group.id === 0) {
              group.id = tables.insertGroup(group.key);
              newGroups.push(group);
            }
            if (layout.id === 0) {
              layout.id = tables.insertLayout(seriesIdsOf(group, layout, ids));
              newLayouts.push(layout);
            }
            this.writeRow(row);
          }
        });
    } catch (thrown) {
      this.undo.rollBack(registry);
      for (const ref of this.named) ids[ref] = 0;
      for (const group of newGroups) group.id = 0;
      for (const layout of newLayouts) layout.id = 0;
      throw new StorageError('write_failed', `samples can't be written: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
    for (const group of newGroups) this.state.noteGroup(group.key, group.id);
  }

  /** Whether all there is to write is a row of what is known: one statement, which is a transaction of its own. */
  private isOneKnownRow(): boolean {
    const [{ group, layout }] = this.staged;
    return this.staged.length === 1 && this.firstSamples.length === 0 && group.id !== 0 && layout.id !== 0;
  }

  private writeRow(row: StagedRow): void {
    const { group, layout, timestampMs } = row;
    const histograms = row.histograms ? encodeHistograms(row.histograms) : null;
    const samples = journalSamples(row);
    row.journalId = this.state.tables.insertRow(group.id, layout.id, timestampMs, samples, histograms);
  }

  /** After the transaction: lets queriers that are opened from now on see the rows. */
  private show(groups: Set<HeadGroup>): void {
    const { state } = this;
    state.commit++;
    state.samplesAppended += this.appended;
    const { firstCommits, minTimesMs } = state.registry.columns;
    for (const { ref, timestampMs } of this.firstSamples) {
      firstCommits[ref] = state.commit;
      minTimesMs[ref] = Math.min(minTimesMs[ref], timestampMs);
    }
    for (const ref of this.named) state.showSeries(ref);
    state.liveSeries += this.firstSamples.length;
    for (const row of this.staged) {
      row.group.append(row.layout, row, row.journalId, state.commit);
      state.unsealedBytes += row.values.byteLength;
      state.noteTime(row.timestampMs);
      this.bytes += row.values.byteLength + (row.startTimestampsMs?.byteLength ?? 0);
      groups.add(row.group);
    }
    this.staged = [];
  }
}

function noneRefused(): Record<Refusal, number> {
  return { out_of_order: 0, duplicate: 0, too_old: 0, out_of_bounds: 0 };
}

function seriesIdsOf({ refs }: HeadGroup, { columns }: Layout, ids: Uint32Array): Uint8Array {
  return new Uint8Array(columns.map(column => ids[refs[column]]).buffer);
}

/** undefined where none is known. */
function knownStarts(starts: Float64Array | undefined): Float64Array | undefined {
  return starts?.some(start => start !== 0) ? starts : undefined;
}

const compared = new Float64Array(2);
const comparedWords = new Uint32Array(compared.buffer);

function sameBits(a: Float64Array, i: number, b: Float64Array, k: number): boolean {
  compared[0] = a[i];
  compared[1] = b[k];
  return comparedWords[0] === comparedWords[2] && comparedWords[1] === comparedWords[3];
}
