// How many chunk rows a second SQLite gives back, by the size of a row: in the order of the table, and one by one as a
// query asks for them.
//
//   node bench/proof/chunk-rows.ts [MB, default 64]
//
// Each size fills a table of that many MB, read warm, over a connection opened for it as over a day file. A scan's time
// is CPU time a row; the others are the clock's.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processArguments } from '../../src/base/environment.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { randomNumbers } from '../../test/reference/written-data.ts';
import { cpuMs, printHead, printTimes, timed } from './measure.ts';

const SIZES = [200, 1000, 4000, 16_000, 64_000];
const SCANS = 5;
const POINT_READS = 5000;
const OPENS = 50;
const BUSY_TIMEOUT_MS = 5000;

interface Chunk {
  readonly data: Uint8Array;
}

const megabytes = Number(processArguments()[0] ?? 64);
const folder = mkdtempSync(join(tmpdir(), 'promlite-proof-'));
printHead(`reads of chunk rows, ${megabytes} MB each`);
for (const bytes of SIZES) {
  const file = join(folder, `${bytes}.db`);
  const rows = Math.floor((megabytes * 2 ** 20) / bytes);
  fill(file, rows, bytes);
  read(file, rows, bytes);
}
rmSync(folder, { recursive: true, force: true });

function open(file: string): Database {
  const database = new Database(file, { busyTimeoutMs: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  return database;
}

function fill(file: string, rows: number, bytes: number): void {
  const database = open(file);
  database.execute('CREATE TABLE chunks (id INTEGER PRIMARY KEY, block_id INTEGER, data BLOB)');
  const insert = database.prepare<[number, Uint8Array]>('INSERT INTO chunks (block_id, data) VALUES (?, ?)');
  const random = randomNumbers(3);
  const data = new Uint8Array(bytes).map(() => random() * 256);
  database.transaction(() => {
    for (let i = 0; i < rows; i++) insert.run(i >> 6, data);
  });
  database.close();
}

function read(file: string, rows: number, bytes: number): void {
  const database = open(file);
  const everything = database.prepare<[number, number], Chunk>(
    'SELECT data FROM chunks WHERE id BETWEEN ? AND ?',
  );
  const one = database.prepare<[number], Chunk>('SELECT data FROM chunks WHERE id = ?');
  let seen = 0;
  const scan = () => {
    for (const { data } of everything.iterate(1, rows)) seen += data.length;
  };
  scan();
  const cpu = cpuMs();
  for (let i = 0; i < SCANS; i++) scan();
  const rowUs = ((cpuMs() - cpu) / SCANS / rows) * 1000;
  const mbPerSecond = (bytes / rowUs) * (1e6 / 2 ** 20);
  process.stdout.write(
    `${`${bytes} B, in a scan`.padEnd(48)}${rowUs.toFixed(1).padStart(10)}${''.padStart(20)}${String(Math.round(1e6 / rowUs)).padStart(12)}   ${mbPerSecond.toFixed(0)} MB/s\n`,
  );
  const random = randomNumbers(5);
  const points = timed(POINT_READS, () => {
    seen += one.get(1 + Math.floor(random() * rows))?.data.length ?? 0;
  });
  printTimes(`${bytes} B, by id`, points);
  database.close();
  const opened = timed(OPENS, () => {
    const again = open(file);
    again.prepare<[number], Chunk>('SELECT data FROM chunks WHERE id = ?').get(1);
    again.close();
  });
  printTimes(`${bytes} B, opening the file and reading one`, opened);
  if (seen === 0) throw new Error('nothing was read');
}
