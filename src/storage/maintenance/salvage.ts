// What can still be read of a damaged day file goes into a new one, the day's next generation; the damaged file is
// moved aside, so that nothing of it is lost and new samples find room.

import { existsSync, renameSync } from 'node:fs';
import { messageOf } from '../../base/errors.ts';
import { ChunkCache } from '../day/chunk-cache.ts';
import { DayReader } from '../day/day-reader.ts';
import { DayWriter, type SeriesSource } from '../day/day-writer.ts';
import { type DayFile, removeDatabase } from '../day-files.ts';

const SERIES_AN_APPEND = 1024;

/** No sample is read twice. */
const CACHE_BYTES = 8 * 1024 * 1024;

/** Moved aside, a file has this at its end. */
const DAMAGED = '.damaged';

/**
 * Makes `to`, and moves `from` aside; `report` is told what could not be read. Throws StorageError where the new file
 * can't be written: then `from` is where it was.
 */
export function salvage(from: DayFile, to: DayFile, report: (message: string) => void): void {
  const unfinished = `${to.path}.tmp`;
  removeDatabase(unfinished);
  const writer = new DayWriter(unfinished, to.day);
  try {
    copyReadable(from, writer, report);
  } finally {
    writer.close();
  }
  renameSync(unfinished, to.path);
  const aside = asideOf(from.path);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(from.path + suffix)) renameSync(from.path + suffix, aside + suffix);
  }
  report(`${from.path} was moved to ${aside}; what could be read of it is in ${to.path}`);
}

function copyReadable(from: DayFile, writer: DayWriter, report: (message: string) => void): void {
  let reader: DayReader;
  try {
    reader = new DayReader(from.path, new ChunkCache(CACHE_BYTES), report);
  } catch (thrown) {
    report(messageOf(thrown));
    return;
  }
  const [minMs, maxMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  try {
    const sources = reader.select([], minMs, maxMs).map(
      (series): SeriesSource => ({
        seriesId: 0,
        labels: () => series.labels,
        read(into) {
          into.clear();
          reader.read(series, minMs, maxMs, into);
        },
      }),
    );
    while (sources.length > 0) writer.append(sources.splice(0, SERIES_AN_APPEND));
  } finally {
    reader.close();
  }
}

/** A name that no other damaged file has. */
function asideOf(path: string): string {
  let aside = path + DAMAGED;
  for (let i = 2; existsSync(aside); i++) aside = `${path}${DAMAGED}-${i}`;
  return aside;
}
