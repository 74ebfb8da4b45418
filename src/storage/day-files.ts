// The files of a days folder: the newest of each day, and what an interrupted rewrite has left.

import { readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseDayFileName } from './day/day.ts';

export interface DayFile {
  readonly day: number;
  /** Rises with every rewrite of the day. */
  readonly generation: number;
  readonly path: string;
}

export interface DayFiles {
  /** Oldest day first. */
  readonly current: readonly DayFile[];
  /** Older generations and unfinished files, which nobody needs any more. */
  readonly obsolete: readonly string[];
}

export function listDayFiles(folder: string): DayFiles {
  const current = new Map<number, DayFile>();
  const obsolete: string[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const parsed = parseDayFileName(name);
    if (!parsed) {
      if (name.endsWith('.tmp')) obsolete.push(path);
      continue;
    }
    const file = { ...parsed, path };
    const known = current.get(file.day);
    if (!known || known.generation < file.generation) current.set(file.day, file);
    if (known) obsolete.push(known.generation < file.generation ? known.path : path);
  }
  return { current: [...current.values()].sort((a, b) => a.day - b.day), obsolete };
}

/** Removes an SQLite file with its logs, as far as they are there; the file last, so that none of them is left alone. */
export function removeDatabase(path: string): void {
  for (const suffix of ['-wal', '-shm', '-journal', '']) {
    try {
      unlinkSync(path + suffix);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }
}
