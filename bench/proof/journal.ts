// How many journal rows a second SQLite takes: one transaction a scrape, durable as promlite's are, and who had best
// carry the log back into the file (checkpoint).
//
//   node bench/proof/journal.ts [values a row, default 1000] [rows, default 20000]
//
// A row is a time and the values of a target as doubles. The first line is what SQLite does by itself: a commit in so
// many carries the log back. Then: nobody does; and not the writer, but a thread over a connection of its own, as far
// as the writer lets it (passive), or making it wait until the log is empty (truncating).

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { processArguments } from '../../src/base/environment.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { cpuMs, printHead, printTimes, timed } from './measure.ts';

const BUSY_TIMEOUT_MS = 5000;
const CHECKPOINT_EVERY_MS = 100;
/** Between pieces of work the thread gets its turn, as it would between scrapes. */
const PIECES = 20;

interface Variant {
  readonly name: string;
  readonly autoCheckpointPages: number;
  /** What the thread asks for each time; undefined: there is none. */
  readonly thread: 'PASSIVE' | 'TRUNCATE' | undefined;
  readonly rowsACommit: number;
}

const VARIANTS: readonly Variant[] = [
  { name: 'checkpoint by SQLite', autoCheckpointPages: 1000, thread: undefined, rowsACommit: 1 },
  { name: 'no checkpoint', autoCheckpointPages: 0, thread: undefined, rowsACommit: 1 },
  { name: 'passive checkpoint by a thread', autoCheckpointPages: 0, thread: 'PASSIVE', rowsACommit: 1 },
  { name: 'truncating checkpoint by a thread', autoCheckpointPages: 0, thread: 'TRUNCATE', rowsACommit: 1 },
  {
    name: '10 rows a commit, truncating by a thread',
    autoCheckpointPages: 0,
    thread: 'TRUNCATE',
    rowsACommit: 10,
  },
];

async function main(): Promise<void> {
  const [values = 1000, rows = 20_000] = processArguments().map(Number);
  printHead(`commits of rows of ${values} values`);
  for (const variant of VARIANTS) await measure(variant, values, rows);
}

async function measure(variant: Variant, values: number, rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'promlite-proof-'));
  const file = join(folder, 'head.db');
  const database = openJournal(file, variant.autoCheckpointPages);
  const insert = database.prepare<[number, number, Uint8Array]>(
    'INSERT INTO journal (group_id, time_ms, samples) VALUES (?, ?, ?)',
  );
  const worker = variant.thread
    ? new Worker(import.meta.filename, { workerData: { file, mode: variant.thread } })
    : undefined;
  const row = new Float64Array(values).map((_, i) => i * 1.5);
  const bytes = new Uint8Array(row.buffer);
  const commits = rows / variant.rowsACommit;
  const cpu = cpuMs();
  const times: number[] = [];
  for (let piece = 0; piece < PIECES; piece++) {
    times.push(
      ...timed(commits / PIECES, commit => {
        row[commit % values]++;
        database.transaction(() => {
          for (let i = 0; i < variant.rowsACommit; i++) insert.run(1, commit * 15_000, bytes);
        });
      }),
    );
    await delay(1);
  }
  const used = cpuMs() - cpu;
  await worker?.terminate();
  const walMb = statSync(`${file}-wal`).size / 2 ** 20;
  const note = `${((used / rows / values) * 1e6).toFixed(1)} ns CPU a sample, log ${walMb.toFixed(0)} MB`;
  printTimes(variant.name, Float64Array.from(times).sort(), note);
  database.close();
  rmSync(folder, { recursive: true, force: true });
}

function openJournal(file: string, autoCheckpointPages: number): Database {
  const database = new Database(file, { busyTimeoutMs: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma(`wal_autocheckpoint = ${autoCheckpointPages}`);
  database.execute(
    'CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, group_id INTEGER, time_ms INTEGER, samples BLOB)',
  );
  return database;
}

/** The thread's part. */
function checkpointForEver({ file, mode }: { file: string; mode: string }): void {
  const database = openJournal(file, 0);
  setInterval(() => database.pragma(`wal_checkpoint(${mode})`), CHECKPOINT_EVERY_MS);
}

if (isMainThread) await main();
else checkpointForEver(workerData);
