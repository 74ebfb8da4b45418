// The day files as readers have them: which days there are, their readers, and what is known without opening them.

import { statSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { ChunkCache } from './day/chunk-cache.ts';
import { DayReader } from './day/day-reader.ts';
import type { Interval } from './day/interval.ts';
import { type DayFile, listDayFiles, removeDatabase } from './day-files.ts';
import type { DayState } from './maintenance/contract.ts';

const CHUNK_CACHE_BYTES = 8 * 1024 * 1024;

/** Readers that may be open at once while no querier is. */
const MOST_OPEN = 32;

interface Day {
  readonly day: number;
  file: string;
  minTimeMs: number;
  maxTimeMs: number;
  hasLeftovers: boolean;
  /** By the monotonic clock: since when nothing has changed, ms. */
  quietSinceMs: number;
  reader: DayReader | undefined;
  /** It could not be opened; not tried again before it changes. */
  isDamaged: boolean;
}

interface Retired {
  readonly reader: DayReader | undefined;
  readonly file: string;
  /** By the monotonic clock, ms. */
  readonly sinceMs: number;
}

export interface GoneDay {
  readonly day: number;
  readonly bytes: number;
}

export class DayCatalog {
  private readonly log: Logger;
  private readonly noteDamage: () => void;
  private readonly chunks = new ChunkCache(CHUNK_CACHE_BYTES);
  /** Oldest first. */
  private days: Day[] = [];
  /** Readers that open queriers may still need, with files that are to go when they are closed. */
  private retired: Retired[] = [];

  /** Reads what the folder holds; files that can't be read are named in the log and left alone. */
  constructor(folder: string, log: Logger, noteDamage: () => void) {
    this.log = log;
    this.noteDamage = noteDamage;
    const { current, obsolete } = listDayFiles(folder);
    for (const path of obsolete) removeDatabase(path);
    for (const file of current) this.find(file);
  }

  /** Counts and logs that something of a day file can't be read. */
  readonly noteDamaged = (message: string): void => {
    this.noteDamage();
    this.log.error({ err: message }, 'A day file is damaged; everything else is served');
  };

  get size(): number {
    return this.days.length;
  }

  get minTimeMs(): number {
    return this.days.reduce((least, day) => Math.min(least, day.minTimeMs), Number.POSITIVE_INFINITY);
  }

  get maxTimeMs(): number {
    return this.days.reduce((most, day) => Math.max(most, day.maxTimeMs), Number.NEGATIVE_INFINITY);
  }

  /** Readers of the days with samples in the range, oldest first. Damaged days are left out. */
  overlapping(minMs: number, maxMs: number): DayReader[] {
    const readers: DayReader[] = [];
    for (const day of this.days) {
      if (day.maxTimeMs < minMs || day.minTimeMs > maxMs) continue;
      const reader = this.readerOf(day);
      if (reader) readers.push(reader);
    }
    return readers;
  }

  /** Takes over what the maintenance says of a day. The file before, where there was another one, is removed. */
  changed(state: DayState, nowMs: number): void {
    const known = this.days.find(({ day }) => day === state.day);
    if (state.file === undefined) {
      if (known) this.retire(known, nowMs);
      this.days = this.days.filter(one => one !== known);
      return;
    }
    const { day, file, minTimeMs, maxTimeMs, hasLeftovers } = state;
    if (!known) {
      this.days.push({
        day,
        file,
        minTimeMs,
        maxTimeMs,
        hasLeftovers,
        quietSinceMs: nowMs,
        reader: undefined,
        isDamaged: false,
      });
      this.days.sort((a, b) => a.day - b.day);
      return;
    }
    if (known.file !== file) this.retire(known, nowMs);
    Object.assign(known, { file, minTimeMs, maxTimeMs, hasLeftovers, quietSinceMs: nowMs, isDamaged: false });
    this.refresh(known);
  }

  /** Takes the days before that one out of sight and returns them; their files are still there. */
  takeBefore(day: number): GoneDay[] {
    const gone = this.days.filter(one => one.day < day);
    this.days = this.days.filter(one => one.day >= day);
    for (const one of gone) this.closeReader(one);
    return gone.map(one => ({ day: one.day, bytes: databaseBytes(one.file) }));
  }

  /** The day that has to go next when space is short; undefined where only the newest is left. */
  get oldestSpare(): number | undefined {
    return this.days.length > 1 ? this.days[0].day : undefined;
  }

  /** Days that are over before `beforeDay` and not in their final form, and have been left alone since `sinceMs`. */
  leftovers(beforeDay: number, sinceMs: number): number[] {
    return this.days
      .filter(one => one.hasLeftovers && one.day < beforeDay && one.quietSinceMs <= sinceMs)
      .map(one => one.day);
  }

  /** The day could not be written anew: it is left alone for as long as if it had changed. */
  noteTried(day: number, nowMs: number): void {
    const known = this.days.find(one => one.day === day);
    if (known) known.quietSinceMs = nowMs;
  }

  /** By day, the times of its samples. */
  bounds(): Map<number, Interval> {
    return new Map(
      this.days.map(({ day, minTimeMs, maxTimeMs }) => [day, { minMs: minTimeMs, maxMs: maxTimeMs }]),
    );
  }

  bytesOnDisk(): number {
    return this.days.reduce((sum, { file }) => sum + databaseBytes(file), 0);
  }

  /** Lets go of the memory that chunks are kept in where none was asked for since the last call. */
  trim(): void {
    this.chunks.trim();
  }

  /** Closes what was not used lately. Not to be called while queriers are open. */
  closeSpare(): void {
    const open = this.days.filter(({ reader }) => reader);
    for (const day of open.slice(0, Math.max(0, open.length - MOST_OPEN))) this.closeReader(day);
  }

  /** Closes the readers, and removes the files, of which no querier opened before `oldestViewMs` has use any more. */
  closeRetired(oldestViewMs: number): void {
    const due = this.retired.filter(({ sinceMs }) => sinceMs < oldestViewMs);
    this.retired = this.retired.filter(({ sinceMs }) => sinceMs >= oldestViewMs);
    for (const { reader, file } of due) {
      reader?.close();
      removeDatabase(file);
    }
  }

  close(): void {
    for (const day of this.days) this.closeReader(day);
    this.closeRetired(Number.POSITIVE_INFINITY);
  }

  private find({ day, path }: DayFile): void {
    const found: Day = {
      day,
      file: path,
      minTimeMs: Number.POSITIVE_INFINITY,
      maxTimeMs: Number.NEGATIVE_INFINITY,
      hasLeftovers: false,
      quietSinceMs: Number.NEGATIVE_INFINITY,
      reader: undefined,
      isDamaged: false,
    };
    const reader = this.readerOf(found);
    if (!reader) return;
    if (reader.day !== day) {
      this.noteDamaged(`${path} says that it holds another day: ${reader.day}`);
      this.closeReader(found);
      return;
    }
    found.minTimeMs = reader.minTimeMs;
    found.maxTimeMs = reader.maxTimeMs;
    found.hasLeftovers = reader.hasLeftovers;
    this.days.push(found);
    this.closeSpare();
  }

  private readerOf(day: Day): DayReader | undefined {
    if (day.reader || day.isDamaged) return day.reader;
    try {
      day.reader = new DayReader(day.file, this.chunks, this.noteDamaged);
    } catch (thrown) {
      day.isDamaged = true;
      this.noteDamaged(messageOf(thrown));
    }
    return day.reader;
  }

  private refresh(day: Day): void {
    try {
      day.reader?.refresh();
    } catch (thrown) {
      this.noteDamaged(messageOf(thrown));
      this.closeReader(day);
    }
  }

  /** The day gets another file, or none. */
  private retire(day: Day, nowMs: number): void {
    this.retired.push({ reader: day.reader, file: day.file, sinceMs: nowMs });
    day.reader = undefined;
  }

  private closeReader(day: Day): void {
    day.reader?.close();
    day.reader = undefined;
  }
}

/** Of an SQLite file with its log. */
export function databaseBytes(file: string): number {
  let bytes = 0;
  for (const suffix of ['', '-wal']) bytes += statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
