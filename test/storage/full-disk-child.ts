// A process whose data folder lies on a file system of a megabyte: fills it, goes on while it is full, makes room, and
// checks what is there. Run by disk-full.test.ts within a mount namespace of its own.
//
// In: the mounted folder. Out, on stdout: one line of JSON (Outcome).

import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { ManualClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { createLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row } from '../../src/storage/contract.ts';
import { StorageError } from '../../src/storage/errors.ts';
import { openStorage } from '../../src/storage/open.ts';
import { addToRow, faultsOf, indexOf, SERIES } from './life/samples.ts';

export interface Outcome {
  /** Rows that were taken before the disk was full. */
  readonly taken: number;
  /** What the commit that failed said. */
  readonly failure: string;
  /** Whether what was taken is what can be read: while the disk is full, with room again, and after a new start. */
  readonly isWholeWhileFull: boolean;
  readonly isWholeWithRoom: boolean;
  readonly isWholeAfterStart: boolean;
  /** Whether rows were taken again: when retention had made room, and when others had. */
  readonly isTakenAgain: boolean;
  /** Warnings and errors. */
  readonly log: readonly string[];
}

const START_MS = 1e12;
const DAY_MS = 86_400_000;
const ROOM_BYTES = 150 * 1024;
const [folder, maintenance] = processArguments();
const ballast = join(folder, 'ballast');
const log: string[] = [];
const clock = new ManualClock(START_MS);
const destination = new Writable({
  write(chunk, _encoding, done) {
    log.push(String(chunk));
    done();
  },
});
const open = () =>
  openStorage({
    folder,
    retentionMs: Number.POSITIVE_INFINITY,
    clock,
    log: createLogger({ level: 'warn', format: 'logfmt', destination }),
    registry: new Registry(),
    sealRows: 4,
    maintenance: maintenance === 'thread' ? 'thread' : 'inline',
  });
let storage = open();
const times: number[] = [];

function commit(timeMs: number): void {
  const row = new Row(storage.group('g'), timeMs);
  for (let k = 0; k < SERIES.length; k++) addToRow(row, k);
  storage.commit([row]);
  times.push(timeMs);
}

/** Whether there is, of every series, what was committed, and nothing else. */
function isWhole(): boolean {
  const querier = storage.querier(START_MS, START_MS * 2);
  const set = querier.select([]);
  const samples = new SampleBuffer();
  const verdicts = set.labels.map((labels, i) => {
    set.read(i, START_MS, START_MS * 2, samples);
    const found = samples.timestampsMs.subarray(0, samples.length);
    return faultsOf(samples, indexOf(labels)).length === 0 && found.join() === times.join();
  });
  querier.close();
  return verdicts.length === SERIES.length && verdicts.every(verdict => verdict);
}

async function run(): Promise<Outcome> {
  await loadOld();
  commit(START_MS);
  fillUp();
  let failure = '';
  let at = 1;
  for (; failure === '' && at < 100_000; at++) {
    try {
      commit(START_MS + at * 1000);
      clock.advance(1000);
    } catch (thrown) {
      if (!(thrown instanceof StorageError) || thrown.code !== 'write_failed') throw thrown;
      failure = thrown.message;
    }
  }
  const taken = times.length;
  // There is enough to seal, and no room for it.
  await storage.settled();
  const isWholeWhileFull = isWhole();
  dropOld();
  await storage.settled();
  commit(START_MS + at * 1000 - 500);
  rmSync(ballast);
  // The pause after a seal that failed.
  clock.advance(60_000);
  commit(START_MS + at * 1000);
  const isTakenAgain = times.length === taken + 2;
  for (let i = 0; i < 30; i++) commit(clock.nowMs() + i);
  clock.advance(60_000);
  await storage.settled();
  const isWholeWithRoom = isWhole();
  storage.close();
  storage = open();
  const isWholeAfterStart = isWhole();
  await storage.cleanTombstones();
  storage.close();
  return { taken, failure, isWholeWhileFull, isWholeWithRoom, isWholeAfterStart, isTakenAgain, log };
}

/** A day long ago that takes more room than a commit. */
async function loadOld(): Promise<void> {
  const loader = storage.bulkLoader();
  const samples = new SampleBuffer();
  for (let i = 0; i < 20_000; i++) samples.push(START_MS - 10 * DAY_MS + i, Math.random());
  await loader.add(SERIES[0], samples);
  await loader.flush();
}

/** As retention does, which tries again when it has failed. */
function dropOld(): void {
  try {
    storage.dropBefore(START_MS - 5 * DAY_MS);
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
  }
}

/** Leaves room for some commits. */
function fillUp(): void {
  for (let size = 64 * 1024 * 1024; size >= 4096; size /= 2) {
    try {
      writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
    }
  }
  truncateSync(ballast, statSync(ballast).size - ROOM_BYTES);
}

console.log(JSON.stringify(await run()));
