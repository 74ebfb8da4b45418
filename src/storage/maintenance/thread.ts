// The maintenance in a thread of its own. A thread that dies is replaced; what it had to do has failed then, and
// whoever asked for it tries again.

import { Worker } from 'node:worker_threads';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Answer, Maintainer, MaintenanceOptions, Task } from './contract.ts';
import type { AnswerMessage, TaskMessage, WorkerData } from './worker.ts';

/** This file's own ending: sources run as .ts, the built package as .js. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** How long close() waits for a slice of work to end, ms. */
const CLOSE_WITHIN_MS = 10_000;

export class ThreadMaintainer implements Maintainer {
  private readonly options: MaintenanceOptions;
  private readonly log: Logger;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  /** Started with the first task. */
  private worker: Worker | undefined;
  private closedFlag = new Int32Array(new SharedArrayBuffer(4));
  private lastNumber = 0;
  private closing = false;

  constructor(options: MaintenanceOptions, log: Logger) {
    this.options = options;
    this.log = log;
  }

  post(task: Task, done: (answer: Answer) => void): void {
    const number = ++this.lastNumber;
    this.waiting.set(number, done);
    this.worker ??= this.start();
    this.worker.postMessage({ number, task } satisfies TaskMessage);
  }

  close(): void {
    if (this.closing) return;
    this.closing = true;
    this.waiting.clear();
    if (!this.worker) return;
    this.worker.postMessage({ number: 0, task: undefined } satisfies TaskMessage);
    // The thread needs nothing from this one to end, so this one may stand still.
    const outcome = Atomics.wait(this.closedFlag, 0, 0, CLOSE_WITHIN_MS);
    if (outcome === 'timed-out') this.log.warn('The storage worker did not end in time');
    void this.worker.terminate();
  }

  private start(): Worker {
    this.closedFlag = new Int32Array(new SharedArrayBuffer(4));
    const workerData: WorkerData = { ...this.options, closed: this.closedFlag };
    const worker = new Worker(ENTRY, {
      workerData,
      name: 'storage',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    worker.on('message', ({ number, answer }: AnswerMessage) => {
      const done = this.waiting.get(number);
      this.waiting.delete(number);
      done?.(answer);
    });
    worker.on('error', thrown => this.replace(messageOf(thrown)));
    return worker;
  }

  private replace(reason: string): void {
    if (this.closing) return;
    this.log.error({ err: reason }, 'The storage worker died and is started anew');
    const failed = [...this.waiting.values()];
    this.waiting.clear();
    this.worker = undefined;
    for (const done of failed) done({ failure: reason });
  }
}
