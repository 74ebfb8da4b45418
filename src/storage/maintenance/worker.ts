// The entry of the maintenance's thread: tasks come as messages, answers go back; work that waits is done in slices
// between messages.

import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Answer, MaintenanceOptions, Task } from './contract.ts';
import { Maintenance } from './maintenance.ts';
import { QuietCollection } from './quiet-collection.ts';

export interface WorkerData extends MaintenanceOptions {
  /** One i32: set to 1 when all files are closed. */
  readonly closed: Int32Array;
}

/** `task` undefined: close. */
export interface TaskMessage {
  readonly number: number;
  readonly task: Task | undefined;
}

export interface AnswerMessage {
  readonly number: number;
  readonly answer: Answer;
}

if (!isMainThread && parentPort) serve(parentPort, workerData as WorkerData);

function serve(port: NonNullable<typeof parentPort>, { closed, ...options }: WorkerData): void {
  const maintenance = new Maintenance(options);
  const collection = new QuietCollection();
  let next: NodeJS.Immediate | undefined;

  const work = (): void => {
    next = maintenance.work() ? setImmediate(work) : undefined;
    if (!next) collection.noteWork();
  };
  port.on('message', ({ number, task }: TaskMessage) => {
    if (task === undefined) {
      if (next) clearImmediate(next);
      maintenance.close();
      port.close();
      Atomics.store(closed, 0, 1);
      Atomics.notify(closed, 0);
      return;
    }
    maintenance.post(task, answer => port.postMessage({ number, answer } satisfies AnswerMessage));
    next ??= setImmediate(work);
  });
}
