// The maintenance: everything that is done to day files, and the checkpoints. It is the only writer of day files; it
// runs in a thread of its own (thread.ts) or on the caller's (inline.ts), with the same tasks and answers.
//
// Tasks are data only, so that they can cross to a thread. All times are milliseconds since the epoch.

import type { Histogram } from '../../model/histogram.ts';
import type { Interval } from '../day/interval.ts';
import type { PackedRows } from '../head/packed-rows.ts';

/** Rows that take no more, as the head keeps them. They don't change any more; a thread gets a copy. */
export interface ClosedRows {
  /** By position in a row: the series' id in head.db; 0 for positions that are left out. */
  readonly seriesIds: Uint32Array;
  readonly rows: number;
  readonly timesMs: Float64Array;
  /** The values, row after row or packed. */
  readonly cells: Float64Array | PackedRows;
  /** Start timestamps, row after row, 0 for unknown; undefined where all are. */
  readonly startsMs: Float64Array | undefined;
  /** By row * width + position. */
  readonly histograms: ReadonlyMap<number, Histogram> | undefined;
}

/** Samples of one series, in any order, of any days. */
export interface LoadedSeries {
  /** As Labels.pairs. */
  readonly pairs: readonly string[];
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly startsMs: Float64Array | undefined;
  /** Sparse, by index. */
  readonly histograms: readonly (Histogram | undefined)[] | undefined;
}

/** What is deleted of a series, by Labels.key. */
export type Hidden = readonly (readonly [key: string, intervals: readonly Interval[]])[];

export type Task =
  /** Write the rows into the files of their days; samples before `floorMs` are left out. */
  | { readonly kind: 'seal'; readonly rows: readonly ClosedRows[]; readonly floorMs: number }
  | { readonly kind: 'load'; readonly series: readonly LoadedSeries[] }
  /** Write the day anew in its final form. Takes long; other tasks are done in between. */
  | { readonly kind: 'rewrite'; readonly day: number; readonly hidden: Hidden; readonly floorMs: number }
  /** Remove the day from disk. */
  | { readonly kind: 'drop'; readonly day: number }
  /** Copy everything into `folder`, which is made; where `skipHead`, without the samples of head.db. */
  | { readonly kind: 'snapshot'; readonly folder: string; readonly skipHead: boolean }
  /** These series have left the head. */
  | { readonly kind: 'forget'; readonly seriesIds: Uint32Array }
  /** Bring the write-ahead logs into their files. `isIdle`: nobody is writing to the head just now. */
  | { readonly kind: 'checkpoint'; readonly isIdle: boolean }
  /** Answered when nothing waits any more: no rewrite, no merge. */
  | { readonly kind: 'rest' };

/** A day whose file has changed: what is to be known of it without opening it. */
export interface DayState {
  readonly day: number;
  /** undefined: the day is gone. */
  readonly file: string | undefined;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** It is not in its final form. */
  readonly hasLeftovers: boolean;
}

/** Of a day that has no file any more. */
export function goneDay(day: number): DayState {
  return { day, file: undefined, minTimeMs: 0, maxTimeMs: 0, hasLeftovers: false };
}

export interface Done {
  readonly days: readonly DayState[];
}

export interface Failure {
  /** What happened, for the log. */
  readonly failure: string;
}

/** What was found to be damaged since the answer before, for the log. */
export interface Findings {
  readonly damages?: readonly string[];
}

export type Answer = (Done | Failure) & Findings;

export interface Maintainer {
  /** Does the task, sooner or later; tasks of one kind in the order in which they came. */
  post(task: Task, done: (answer: Answer) => void): void;
  /** Ends what is under way at its next safe point, and lets go of all files. Answers still due never come. */
  close(): void;
}

export interface MaintenanceOptions {
  readonly headFile: string;
  readonly daysFolder: string;
}
