// One running query's share of the process: its deadline and cancellation, its turns on the event loop, how many
// samples it holds and has read.

import type { Clock } from '../../base/clock.ts';
import type { Annotations } from '../annotations.ts';
import { QueryError } from '../contract.ts';
import type { Execution } from './execution.ts';
import { QueryMemory } from './query-memory.ts';

/** How long a query may keep the event loop to itself. */
const SLICE_MS = 10;

export interface ExecutionOptions {
  readonly clock: Clock;
  readonly annotations: Annotations;
  readonly delayedNameRemoval: boolean;
  /** On the monotonic clock. */
  readonly deadlineMs: number;
  readonly maxSamples: number;
  readonly signal: AbortSignal | undefined;
  /** How many steps samples are counted for one by one; 0: only the total is wanted. */
  readonly countedSteps: number;
}

export class QueryExecution implements Execution {
  readonly annotations: Annotations;
  readonly memory = new QueryMemory();
  readonly delayedNameRemoval: boolean;
  totalQueryable = 0;
  samplesRead = 0;
  peakSamples = 0;
  readonly queryablePerStep: Float64Array;
  private heldSamples = 0;
  private sliceEndMs: number;
  private readonly clock: Clock;
  private readonly deadlineMs: number;
  private readonly maxSamples: number;
  private readonly signal: AbortSignal | undefined;

  constructor(options: ExecutionOptions) {
    this.annotations = options.annotations;
    this.delayedNameRemoval = options.delayedNameRemoval;
    this.clock = options.clock;
    this.deadlineMs = options.deadlineMs;
    this.maxSamples = options.maxSamples;
    this.signal = options.signal;
    this.queryablePerStep = new Float64Array(options.countedSteps);
    this.sliceEndMs = options.clock.monotonicMs() + SLICE_MS;
  }

  checkpoint(): Promise<void> | undefined {
    const nowMs = this.checkedNowMs();
    return nowMs < this.sliceEndMs ? undefined : this.yieldToOthers();
  }

  throwIfOver(): void {
    this.checkedNowMs();
  }

  /** As throwIfOver, before anything is evaluated. */
  throwIfOverAtStart(): void {
    this.checkedNowMs('query execution');
  }

  holdSamples(count: number): void {
    this.heldSamples += count;
    if (this.heldSamples > this.peakSamples) this.peakSamples = this.heldSamples;
    if (this.heldSamples > this.maxSamples) {
      const text = 'query processing would load too many samples into memory in query execution';
      throw new QueryError('execution', text);
    }
  }

  releaseSamples(count: number): void {
    this.heldSamples -= count;
  }

  countQueryable(step: number, samples: number): void {
    this.totalQueryable += samples;
    if (step < this.queryablePerStep.length) this.queryablePerStep[step] += samples;
  }

  countRead(samples: number): void {
    this.samplesRead += samples;
  }

  private checkedNowMs(during = 'expression evaluation'): number {
    if (this.signal?.aborted) {
      throw new QueryError('canceled', `query was canceled in ${during}`);
    }
    const nowMs = this.clock.monotonicMs();
    if (nowMs >= this.deadlineMs) {
      throw new QueryError('timeout', `query timed out in ${during}`);
    }
    return nowMs;
  }

  private async yieldToOthers(): Promise<void> {
    await new Promise<void>(resolve => {
      setImmediate(resolve);
    });
    this.sliceEndMs = this.checkedNowMs() + SLICE_MS;
  }
}
