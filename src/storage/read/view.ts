// What an open querier may see: a time range, and nothing of the commits after it was opened.

import { StorageError } from '../errors.ts';
import type { HiddenRanges } from '../tombstones.ts';

/** How far the storage is when a querier is opened. */
export interface Standing {
  /** Number of the last commit. */
  readonly commit: number;
  readonly sealGeneration: number;
  /** No sample that is newer is in day files only. */
  readonly releasedMaxMs: number;
  readonly tombstones: { readonly hidden: HiddenRanges };
}

export class View {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** The last commit that it sees. */
  readonly commit: number;
  /** What was sealed up to then it reads from day files, all else from the head. */
  readonly generation: number;
  /** Whether it reads day files at all: queries of the last minutes find everything in the head. */
  readonly usesDays: boolean;
  /** What was deleted up to then: its files may still have that when it is gone from the newer ones. */
  readonly hidden: HiddenRanges;
  /** By the monotonic clock. */
  readonly openedMs: number;
  closed = false;

  constructor(standing: Standing, minTimeMs: number, maxTimeMs: number, openedMs: number) {
    this.minTimeMs = minTimeMs;
    this.maxTimeMs = maxTimeMs;
    this.commit = standing.commit;
    this.usesDays = minTimeMs <= standing.releasedMaxMs;
    this.generation = this.usesDays ? standing.sealGeneration : Number.NEGATIVE_INFINITY;
    this.hidden = standing.tombstones.hidden;
    this.openedMs = openedMs;
  }

  /** Throws StorageError where the querier has been closed. */
  check(): void {
    if (this.closed) throw new StorageError('closed', 'the querier is closed');
  }
}
