// The maintenance on the caller's thread: a task is done, with all that follows from it, when post() returns. For
// programs that have nothing else to do meanwhile (import), and for tests.

import type { Answer, Maintainer, MaintenanceOptions, Task } from './contract.ts';
import { Maintenance } from './maintenance.ts';

export class InlineMaintainer implements Maintainer {
  private readonly maintenance: Maintenance;

  constructor(options: MaintenanceOptions) {
    this.maintenance = new Maintenance(options);
  }

  post(task: Task, done: (answer: Answer) => void): void {
    this.maintenance.post(task, done);
    while (this.maintenance.work());
  }

  close(): void {
    this.maintenance.close();
  }
}
