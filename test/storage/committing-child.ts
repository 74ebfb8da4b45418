// A process that commits rows for ever, reads each back and says that it saw it, while the maintenance seals, merges,
// rewrites and drops without pause; ended by a kill.
//
// In: the data path and the number of the first row. Out, on stdout: one line of JSON (Said) for all that happens.

import { writeSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row } from '../../src/storage/contract.ts';
import { openStorage } from '../../src/storage/open.ts';
import {
  KEPT_ROWS,
  KILL_SERIES,
  rowEra,
  rowTimeMs,
  type Said,
  sampleStart,
  sampleValue,
  type Work,
} from './killed-values.ts';

const [folder, firstRow] = processArguments();
let number = Number(firstRow);

const storage = openStorage({
  folder,
  retentionMs: Number.POSITIVE_INFINITY,
  // It is always the time of the newest row.
  clock: { nowMs: () => rowTimeMs(number), monotonicMs: systemClock.monotonicMs },
  log: silentLogger,
  registry: new Registry(),
  sealRows: 4,
});
const group = storage.group('target');
const columns = new Map<string, number>();
const row = new Row(group, 0);
const buffer = new SampleBuffer();

/** Waits while the pipe is full. */
function say(said: Said): void {
  for (;;) {
    try {
      writeSync(1, `${JSON.stringify(said)}\n`);
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
    }
  }
}

function commitRow(): void {
  row.reset(rowTimeMs(number));
  for (let k = 0; k < KILL_SERIES; k++) row.add(columnOf(k), sampleValue(number, k));
  if (number % 2 === 0) {
    row.startTimestampsMs = new Float64Array(row.values.length);
    for (let k = 0; k < KILL_SERIES; k++) row.startTimestampsMs[k] = sampleStart(number, k);
  }
  storage.commit([row]);
  if (isThere(number)) say({ kind: 'seen', row: number });
  number++;
}

/** Columns of eras that are over are given back. */
function columnOf(series: number): number {
  const labels = Labels.of({ __name__: `series_${series}`, era: rowEra(number) });
  const known = columns.get(labels.key);
  if (known !== undefined) return known;
  const former = Labels.of({ __name__: `series_${series}`, era: rowEra(number - 1) });
  const formerColumn = columns.get(former.key);
  if (formerColumn !== undefined) group.retire(formerColumn);
  columns.delete(former.key);
  const column = group.column(labels);
  columns.set(labels.key, column);
  return column;
}

function isThere(wanted: number): boolean {
  const timeMs = rowTimeMs(wanted);
  const querier = storage.querier(timeMs, timeMs);
  querier.select([Matcher.equal('__name__', 'series_0')]).read(0, timeMs, timeMs, buffer);
  querier.close();
  return buffer.length === 1;
}

async function maintainForEver(): Promise<never> {
  const doing = async (work: Work, done: () => Promise<void>): Promise<void> => {
    say({ kind: 'begin', work });
    // A day may get a row while it is written anew: then it is tried again in the next round.
    await done().catch(() => {});
    say({ kind: 'end', work });
  };
  for (;;) {
    await doing('seal', () => storage.settled());
    await doing('rewrite', () => storage.cleanTombstones());
    await doing('drop', async () => {
      const kept = number - KEPT_ROWS;
      if (kept <= 0) return;
      say({ kind: 'drop', row: kept });
      storage.dropBefore(rowTimeMs(kept));
      await storage.settled();
    });
    await new Promise(resolve => setImmediate(resolve));
  }
}

// In slices, so that the background gets its turns.
setInterval(() => {
  for (let i = 0; i < 5; i++) commitRow();
}, 2);
void maintainForEver();
