// The day files as the maintenance has them: which file is whose, and the writers that are open.

import { copyFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { dayFileName } from '../day/day.ts';
import { dayError } from '../day/day-database.ts';
import { DayWriter, type SeriesSource } from '../day/day-writer.ts';
import { type DayFile, listDayFiles, removeDatabase } from '../day-files.ts';
import { StorageError } from '../errors.ts';
import { copyDatabase } from '../sqlite/copy.ts';
import type { DayState } from './contract.ts';
import { salvage } from './salvage.ts';

/** A seal touches a day or two, an import many. */
const MOST_OPEN = 24;

export class DayWriters {
  private readonly folder: string;
  /** The newest file of each day. */
  private readonly files = new Map<number, DayFile>();
  /** By day, the one used last at the end. */
  private readonly open = new Map<number, DayWriter>();
  /** Days that may have something to merge. */
  private readonly mergeable = new Set<number>();
  /** Of days whose file was removed. */
  private readonly nextGenerations = new Map<number, number>();
  private damages: string[] = [];

  constructor(folder: string) {
    this.folder = folder;
    for (const file of listDayFiles(folder).current) this.files.set(file.day, file);
  }

  /** What was found to be damaged since the last call. */
  takeDamages(): readonly string[] {
    const { damages } = this;
    if (damages.length > 0) this.damages = [];
    return damages;
  }

  /** Adds samples to a day; where its file turns out to be damaged, to what could be salvaged of it. */
  append(day: number, sources: readonly SeriesSource[]): void {
    try {
      this.of(day).append(sources);
    } catch (thrown) {
      const file = this.files.get(day);
      if (!file || !isDamage(thrown)) throw thrown;
      this.closeDay(day);
      this.replaceDamaged(file, thrown);
      this.of(day).append(sources);
    }
  }

  /** The writer of the day, opened or made. */
  of(day: number): DayWriter {
    const known = this.open.get(day);
    if (known) {
      this.open.delete(day);
      this.open.set(day, known);
      this.mergeable.add(day);
      return known;
    }
    const file = this.files.get(day) ?? this.newFile(day);
    const writer = new DayWriter(file.path, day, this.noteDamage);
    this.files.set(day, file);
    this.open.set(day, writer);
    this.mergeable.add(day);
    for (const [other, oldest] of this.open) {
      if (this.open.size <= MOST_OPEN) break;
      oldest.close();
      this.open.delete(other);
    }
    return writer;
  }

  stateOf(day: number): DayState {
    const { minTimeMs, maxTimeMs, hasLeftovers } = this.of(day);
    return { day, file: this.files.get(day)?.path, minTimeMs, maxTimeMs, hasLeftovers };
  }

  fileOf = (day: number): DayFile | undefined => this.files.get(day);
  pathOf = (day: number, generation: number): string => join(this.folder, dayFileName(day, generation));

  /** One slice of merging; returns whether there may be more. */
  mergeSome(): boolean {
    for (const day of this.mergeable) {
      try {
        if (this.open.get(day)?.mergeSome()) return true;
      } catch (thrown) {
        // Nothing is lost; what is written to the day next brings it up again.
        if (isDamage(thrown)) this.noteDamage(messageOf(thrown));
      }
      this.mergeable.delete(day);
    }
    return false;
  }

  /** Puts a file in the place of the day's; the one before stays on disk until its readers have let it go. */
  replace(file: DayFile): void {
    this.closeDay(file.day);
    this.files.set(file.day, file);
  }

  closeDay(day: number): void {
    this.open.get(day)?.close();
    this.open.delete(day);
    this.mergeable.delete(day);
  }

  /**
   * Whoever reads the day's file, or one before it, goes on, and removes that later: a new one gets another name, to be
   * told from all of them.
   */
  remove(day: number): void {
    this.closeDay(day);
    const file = this.files.get(day);
    if (!file) return;
    this.files.delete(day);
    removeDatabase(file.path);
    this.nextGenerations.set(day, file.generation + 1);
  }

  forget(seriesIds: Iterable<number>): void {
    const ids = [...seriesIds];
    for (const writer of this.open.values()) writer.forget(ids);
  }

  checkpoint(): void {
    for (const writer of this.open.values()) writer.checkpoint();
  }

  /** A damaged file is copied as it is. */
  copyTo(folder: string): void {
    for (const { path } of this.files.values()) {
      const copy = join(folder, basename(path));
      try {
        copyDatabase(path, copy);
      } catch (thrown) {
        const failure = dayError(thrown, path, 'write_failed');
        if (!isDamage(failure)) throw failure;
        this.noteDamage(failure.message);
        removeDatabase(copy);
        for (const suffix of ['', '-wal'])
          if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
      }
    }
  }

  close(): void {
    for (const writer of this.open.values()) writer.close();
    this.open.clear();
  }

  private newFile(day: number): DayFile {
    const generation = this.nextGenerations.get(day) ?? 0;
    return { day, generation, path: this.pathOf(day, generation) };
  }

  private replaceDamaged({ day, generation, path }: DayFile, reason: unknown): void {
    this.noteDamage(messageOf(reason));
    const next = { day, generation: generation + 1, path: this.pathOf(day, generation + 1) };
    salvage({ day, generation, path }, next, this.noteDamage);
    this.files.set(day, next);
  }

  private readonly noteDamage = (message: string): void => {
    this.damages.push(message);
  };
}

const isDamage = (thrown: unknown): boolean =>
  thrown instanceof StorageError && thrown.code === 'read_failed';
