// A maintainer whose answers tell of damaged files: hands what they tell to the log and the counters on the way.

import type { Answer, Maintainer, Task } from './contract.ts';

export class ReportingMaintainer implements Maintainer {
  private readonly inner: Maintainer;
  private readonly report: (message: string) => void;

  constructor(inner: Maintainer, report: (message: string) => void) {
    this.inner = inner;
    this.report = report;
  }

  post(task: Task, done: (answer: Answer) => void): void {
    this.inner.post(task, answer => {
      for (const message of answer.damages ?? []) this.report(message);
      done(answer);
    });
  }

  close(): void {
    this.inner.close();
  }
}
