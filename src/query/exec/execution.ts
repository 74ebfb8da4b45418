// What a running query shares with all its operators: its limits, its turn on the event loop, its annotations.

import type { Annotations } from '../annotations.ts';
import type { QueryMemory } from './query-memory.ts';

export interface Execution {
  readonly annotations: Annotations;
  /** For what the query's operators keep. */
  readonly memory: QueryMemory;
  /** Whether names are dropped at the end of the query instead of at once. */
  readonly delayedNameRemoval: boolean;

  /**
   * To be called in every loop over series: `const wait = execution.checkpoint(); if (wait) await wait;`.
   * Undefined while the query's slice of time lasts; then a promise that others have had their turn.
   * Throws QueryError (timeout, canceled) where the query is to end.
   */
  checkpoint(): Promise<void> | undefined;

  /** Ends a loop within one series that runs long: throws as checkpoint does, never waits. */
  throwIfOver(): void;

  /** Counts samples as held in memory; throws QueryError where the query holds too many. */
  holdSamples(count: number): void;
  releaseSamples(count: number): void;

  /** Counts samples as read from storage for a step (for stats); does not limit. */
  countQueryable(step: number, samples: number): void;
}
