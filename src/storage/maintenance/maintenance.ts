// What the maintenance does, task by task; where it runs is not its concern.
//
// In: tasks. Out: answers, and day files. Seals, loads and drops are done at once; rewrites and merges are done in
// slices by work(), which its owner calls while it returns true.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Labels } from '../../model/labels.ts';
import type { SeriesSource } from '../day/day-writer.ts';
import { HEAD_FILE, OWN_FOLDER } from '../folder.ts';
import {
  type Answer,
  type DayState,
  type Done,
  goneDay,
  type MaintenanceOptions,
  type Task,
} from './contract.ts';
import { DayWriters } from './day-writers.ts';
import { HeadLabels } from './head-labels.ts';
import { loadedByDay } from './loaded-sources.ts';
import { Rewrites } from './rewrites.ts';
import { sourcesByDay } from './seal-sources.ts';

type Reply = (answer: Answer) => void;

const NOTHING: Done = { days: [] };

export class Maintenance {
  private readonly head: HeadLabels;
  private readonly writers: DayWriters;
  private readonly rewrites: Rewrites;
  private readonly resting: Reply[] = [];

  constructor({ headFile, daysFolder }: MaintenanceOptions) {
    this.head = new HeadLabels(headFile);
    this.writers = new DayWriters(daysFolder);
    this.rewrites = new Rewrites(this.writers);
  }

  post(task: Task, reply: Reply): void {
    const answering: Reply = answer => {
      const damages = this.writers.takeDamages();
      reply(damages.length > 0 ? { ...answer, damages } : answer);
    };
    try {
      this.begin(task, answering);
    } catch (thrown) {
      answering({ failure: messageOf(thrown) });
    }
  }

  /** One slice of what waits, some tens of milliseconds at most; returns whether there is more. */
  work(): boolean {
    if (this.rewrites.step() || this.writers.mergeSome()) return true;
    for (const reply of this.resting.splice(0)) reply(NOTHING);
    return false;
  }

  /** Lets go of all files; what is under way is given up and nothing is lost by that. */
  close(): void {
    this.rewrites.abandon();
    this.writers.close();
    this.head.close();
  }

  private begin(task: Task, reply: Reply): void {
    switch (task.kind) {
      case 'rewrite':
        this.rewrites.add(task, reply);
        break;
      case 'rest':
        this.resting.push(reply);
        break;
      default:
        reply(this.doNow(task));
    }
  }

  private doNow(task: Exclude<Task, { readonly kind: 'rewrite' | 'rest' }>): Done {
    switch (task.kind) {
      case 'seal':
        return this.append(sourcesByDay(task.rows, task.floorMs, this.labelsOf));
      case 'load':
        return this.append(loadedByDay(task.series));
      case 'drop':
        this.rewrites.abandonDay(task.day);
        this.writers.remove(task.day);
        return { days: [goneDay(task.day)] };
      case 'snapshot':
        this.copyTo(task.folder, task.skipHead);
        return NOTHING;
      case 'forget':
        this.writers.forget(task.seriesIds);
        return NOTHING;
      case 'checkpoint':
        this.head.checkpoint(task.isIdle);
        this.writers.checkpoint();
        return NOTHING;
    }
  }

  private append(sources: ReadonlyMap<number, readonly SeriesSource[]>): Done {
    const days: DayState[] = [];
    for (const [day, ofDay] of sources) {
      this.rewrites.abandonDay(day);
      this.writers.append(day, ofDay);
      days.push(this.writers.stateOf(day));
    }
    return { days };
  }

  private copyTo(folder: string, skipHead: boolean): void {
    const own = join(folder, OWN_FOLDER);
    const days = join(own, 'days');
    mkdirSync(days, { recursive: true });
    const headFile = join(own, HEAD_FILE);
    if (skipHead) this.head.copyHidingTo(headFile);
    else this.head.copyTo(headFile);
    this.writers.copyTo(days);
  }

  private readonly labelsOf = (seriesId: number): Labels => this.head.of(seriesId);
}
