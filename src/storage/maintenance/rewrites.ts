// Days that are to be written anew, one at a time, step by step. A day that gets samples meanwhile is begun again
// by whoever asked for it: its rewrite has failed.

import { messageOf } from '../../base/errors.ts';
import type { Labels } from '../../model/labels.ts';
import { DayRewrite } from '../day/day-rewrite.ts';
import type { Interval } from '../day/interval.ts';
import { type Answer, goneDay, type Task } from './contract.ts';
import type { DayWriters } from './day-writers.ts';

type RewriteTask = Extract<Task, { readonly kind: 'rewrite' }>;

interface Waiting {
  readonly task: RewriteTask;
  readonly reply: (answer: Answer) => void;
}

export class Rewrites {
  private readonly writers: DayWriters;
  private readonly queue: Waiting[] = [];
  private rewrite: DayRewrite | undefined;

  constructor(writers: DayWriters) {
    this.writers = writers;
  }

  add(task: RewriteTask, reply: (answer: Answer) => void): void {
    this.queue.push({ task, reply });
  }

  /** One step of the first; returns whether there is more. */
  step(): boolean {
    const first = this.queue[0];
    if (!first) return false;
    try {
      this.rewrite ??= this.begin(first.task);
      if (this.rewrite === undefined) this.answer({ days: [] });
      else if (this.rewrite.step()) this.finish(first.task.day, this.rewrite);
    } catch (thrown) {
      this.abandon();
      this.answer({ failure: messageOf(thrown) });
    }
    return true;
  }

  abandonDay(day: number): void {
    const left = this.queue.findIndex(({ task }) => task.day === day);
    if (left < 0) return;
    if (left === 0) this.abandon();
    const [{ reply }] = this.queue.splice(left, 1);
    reply({ failure: 'the day has changed meanwhile' });
  }

  abandon(): void {
    this.rewrite?.abandon();
    this.rewrite = undefined;
  }

  private begin({ day, hidden, floorMs }: RewriteTask): DayRewrite | undefined {
    const file = this.writers.fileOf(day);
    if (!file) return undefined;
    const byKey = new Map<string, readonly Interval[]>(hidden);
    const hiddenOf = (labels: Labels) => (byKey.size === 0 ? undefined : byKey.get(labels.key));
    return new DayRewrite(file.path, this.writers.pathOf(day, file.generation + 1), hiddenOf, floorMs);
  }

  private finish(day: number, rewrite: DayRewrite): void {
    const generation = (this.writers.fileOf(day)?.generation ?? 0) + 1;
    this.rewrite = undefined;
    if (rewrite.isEmpty) {
      this.writers.remove(day);
      this.answer({ days: [goneDay(day)] });
      return;
    }
    this.writers.replace({ day, generation, path: this.writers.pathOf(day, generation) });
    const state = this.writers.stateOf(day);
    this.writers.closeDay(day);
    this.answer({ days: [state] });
  }

  private answer(answer: Answer): void {
    this.queue.shift()?.reply(answer);
  }
}
