// Moving samples in and out as text: what an import and an export are asked for, what they tell meanwhile, and what
// they answer. import/ reads OpenMetrics and the output of `promtool tsdb dump`; export/ writes OpenMetrics.

import type { Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { CodedError } from '../base/errors.ts';
import type { Matcher } from '../model/matcher.ts';
import type { BulkLoader, Storage } from '../storage/contract.ts';

/** An import or export that can't be done at all; single lines that can't be taken are counted instead. */
export type TransferErrorCode = 'file_unusable' | 'state_unusable';

export class TransferError extends CodedError<TransferErrorCode> {}

export interface ImportOptions {
  /** Paths of text files, gzipped or not; `-` is `standardInput`. */
  readonly files: readonly string[];
  readonly standardInput: AsyncIterable<Uint8Array>;
  readonly loader: BulkLoader;
  /** Where it is kept how far each file has been stored. */
  readonly stateFile: string;
  /** Forget how far earlier runs came. */
  readonly restart: boolean;
  /** What a NaN in the text means: itself, or the end of its series. */
  readonly nan: 'keep' | 'stale';
  /** Samples before this are taken, and counted: the retention drops them at once. */
  readonly retainedFromMs: number;
  readonly clock: Clock;
  /** Aborted: what has been read is stored, and the import ends as interrupted. */
  readonly signal: AbortSignal;
  readonly listener: ImportListener;
}

export interface ImportListener {
  /** A file begins; `fromByte` is above 0 where an earlier run came that far. */
  begins(file: string, fromByte: number): void;
  /** An earlier run has stored this file to its end. */
  skips(file: string): void;
  progresses(progress: ImportProgress): void;
  refuses(refusal: LineRefusal): void;
  /** Said once, at the first sample that the retention would drop. */
  meetsOldSample(timestampMs: number): void;
}

export interface ImportProgress {
  readonly file: string;
  /** Bytes of the file read so far, compressed ones where it is. */
  readonly bytesRead: number;
  /** Its size; undefined for standard input. */
  readonly totalBytes: number | undefined;
  /** Samples taken from it in this run. */
  readonly samples: number;
}

/** Why a line was not taken. */
export type RefusalReason =
  | 'malformed line'
  | 'no timestamp'
  | 'native histogram'
  | 'timestamp out of range'
  | 'line too long'
  | 'file cut off';

export interface LineRefusal {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly reason: RefusalReason;
  /** What exactly is wrong, for people. */
  readonly detail: string;
}

/** Sums over the files and, where earlier runs were continued, over these, too. */
export interface ImportTotals {
  /** Taken from the text: a repeat of what was there counts. */
  samples: number;
  refused: Partial<Record<RefusalReason, number>>;
  /** Samples among them that the retention drops at once. */
  olderThanRetention: number;
  /** Samples whose text was NaN. */
  nans: number;
  /** Exemplars, which are not kept. */
  exemplars: number;
}

export interface ImportSummary {
  readonly totals: ImportTotals;
  /** Whether it was aborted before the end. */
  readonly interrupted: boolean;
}

export interface ExportOptions {
  readonly storage: Storage;
  /** Series that satisfy every matcher of any of the lists. */
  readonly matcherLists: readonly (readonly Matcher[])[];
  /** Samples with minTimeMs <= t <= maxTimeMs. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly output: Writable;
  /** What becomes of staleness markers, which the text can't carry. */
  readonly stale: 'drop' | 'nan';
  /** Write series whose names need quotes; Prometheus reads them from 3.0 on. */
  readonly quotedNames: boolean;
  readonly onProgress: (progress: ExportProgress) => void;
}

export interface ExportProgress {
  readonly series: number;
  readonly totalSeries: number;
  readonly samples: number;
  readonly bytes: number;
}

export interface ExportSummary {
  readonly series: number;
  readonly samples: number;
  readonly bytes: number;
  readonly staleMarkers: number;
  /** Samples that the text has no way to write. */
  readonly histograms: number;
  /** Series left out: those with names that need quotes, and those without a metric name. */
  readonly quotedNameSeries: number;
  readonly namelessSeries: number;
}
