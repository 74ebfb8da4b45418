// What a query had returned is there after kill -9, once and with its value, at whatever moment the kill came: in a
// commit, a seal, a merge, a rewrite, or while retention drops a day.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import type { Storage } from '../../src/storage/contract.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import {
  KILL_SERIES,
  rowAt,
  rowEra,
  type Said,
  sampleStart,
  sampleValue,
  WORKS,
  type Work,
} from './killed-values.ts';
import { TemporaryStorage } from './temporary-storage.ts';

const KILLS = 50;
const CHILD = new URL('./committing-child.ts', import.meta.url).pathname;

let temporary: TemporaryStorage | undefined;
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  temporary?.dispose();
});

test(`${KILLS} kills lose nothing that a query had returned`, { timeout: 600_000 }, async () => {
  temporary = new TemporaryStorage({ sealRows: 4, maxAheadMs: Number.POSITIVE_INFINITY });
  const { folder } = temporary;
  const killedIn: Record<Work, number> = { seal: 0, rewrite: 0, drop: 0 };
  let next = 0;
  let floor = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    temporary.storage.close();
    const life = await lifeOfChild(folder, next, WORKS[kill % WORKS.length], (kill * 7) % 17);
    if (life.work) killedIn[life.work]++;
    floor = Math.max(floor, life.floor);
    expect(damages(folder)).toEqual([]);
    const found = rowsOf(temporary.open(), floor);
    // At most the commit under way when the kill came is there beyond what was said.
    expect(found.length).toBeGreaterThanOrEqual(life.seen + 1 - floor);
    expect(found.length).toBeLessThanOrEqual(life.seen + 2 - floor);
    expect(found).toEqual(Array.from({ length: found.length }, (_, i) => floor + i));
    next = floor + found.length;
  }
  for (const work of WORKS) expect(killedIn[work], `kills while it was to ${work}`).toBeGreaterThan(0);
});

interface Life {
  /** The last row that a query returned. */
  readonly seen: number;
  /** Rows before this one may have been dropped. */
  readonly floor: number;
  /** What the maintenance was doing when the kill came. */
  readonly work: Work | undefined;
}

/** Lets a child work from row `first` on, and kills it some lines after it has begun that work. */
async function lifeOfChild(folder: string, first: number, work: Work, lines: number): Promise<Life> {
  const writer = spawn(process.execPath, [CHILD, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = writer;
  let text = '';
  writer.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    const from = text.indexOf(`"begin","work":"${work}"`);
    if (from >= 0 && text.slice(from).split('\n').length > lines) writer.kill('SIGKILL');
  });
  await once(writer, 'close');
  // The last line may be cut.
  const said = text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Said);
  let life: Life = { seen: first - 1, floor: 0, work: undefined };
  for (const one of said) {
    if (one.kind === 'seen') life = { ...life, seen: one.row };
    else if (one.kind === 'drop') life = { ...life, floor: one.row };
    else life = { ...life, work: one.kind === 'begin' ? one.work : undefined };
  }
  return life;
}

/** What SQLite finds wrong with any of the files. */
function damages(folder: string): string[] {
  const own = join(folder, 'promlite');
  const days = readdirSync(join(own, 'days')).filter(name => name.endsWith('.db'));
  return [join(own, 'head.db'), ...days.map(name => join(own, 'days', name))].flatMap(file => {
    const database = new Database(file, { busyTimeoutMs: 1000 });
    const verdict = database.pragma('integrity_check');
    database.close();
    return verdict === 'ok' ? [] : [`${file}: ${verdict}`];
  });
}

/** The numbers of the rows from `floor` on that are there, each with all of its values right. */
function rowsOf(storage: Storage, floor: number): number[] {
  const querier = storage.querier(-1e15, 1e15);
  const buffer = new SampleBuffer();
  const wrong: string[] = [];
  const numbers: number[][] = Array.from({ length: KILL_SERIES }, () => []);
  for (let k = 0; k < KILL_SERIES; k++) {
    const set = querier.select([Matcher.equal('__name__', `series_${k}`)]);
    set.labels.forEach((labels, index) => {
      set.read(index, -1e15, 1e15, buffer);
      for (let i = 0; i < buffer.length; i++) {
        const row = rowAt(buffer.timestampsMs[i]);
        const start = buffer.startTimestampsMs?.[i] ?? 0;
        const isRight =
          labels.get('era') === rowEra(row) &&
          buffer.values[i] === sampleValue(row, k) &&
          start === sampleStart(row, k);
        if (!isRight) wrong.push(`${labels} at row ${row}: ${buffer.values[i]}, started ${start}`);
        if (row >= floor) numbers[k].push(row);
      }
    });
    numbers[k].sort((a, b) => a - b);
    expect(numbers[k]).toEqual(numbers[0]);
  }
  querier.close();
  expect(wrong).toEqual([]);
  return numbers[0];
}
