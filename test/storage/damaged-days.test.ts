// Damaged day files, as a whole storage has to do with them: it opens, answers nothing wrong, serves all other days,
// names the file, and finds room for new samples of that very day.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row } from '../../src/storage/contract.ts';
import { dayOf } from '../../src/storage/day/day.ts';
import { addToRow, faultsOf, indexOf, SERIES } from './life/samples.ts';
import { TemporaryStorage } from './temporary-storage.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FIRST_MS = Date.UTC(2001, 0, 1) + 137;
/** When the third day is half over. */
const NOW_MS = FIRST_MS + 2.5 * DAY_MS;

let root: string;
/** Three days, of which two are finished. */
let whole: string;
/** Times of all rows in day files. */
let sealedMs: readonly number[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'promlite-damage-'));
  whole = join(root, 'whole');
  const opened = new TemporaryStorage({ folder: whole, sealRows: 3 });
  opened.clock.set(FIRST_MS);
  const times: number[] = [];
  for (; opened.clock.nowMs() < NOW_MS; opened.clock.advance(20 * MINUTE_MS)) {
    commitAt(opened, opened.clock.nowMs());
    times.push(opened.clock.nowMs());
    await opened.storage.settled();
  }
  sealedMs = times.slice(0, -6);
  opened.storage.close();
  expect(dayNames(whole)).toEqual(['2001-01-01.1.db', '2001-01-02.1.db', '2001-01-03.db']);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const daysOf = (folder: string): string => join(folder, 'promlite', 'days');
const dayNames = (folder: string): string[] =>
  readdirSync(daysOf(folder))
    .filter(name => name.endsWith('.db'))
    .sort();

function commitAt({ storage }: TemporaryStorage, timeMs: number): void {
  const row = new Row(storage.group('g'), timeMs);
  for (let k = 0; k < SERIES.length; k++) addToRow(row, k);
  expect(storage.commit([row]).appended).toBe(SERIES.length);
}

/** A copy of the whole folder in which one file has been damaged, opened. */
class Damaged {
  readonly file: string;
  readonly day: number;
  readonly opened: TemporaryStorage;
  readonly messages: string[] = [];
  private readonly folder = join(root, 'damaged');

  constructor(which: number, damage: (bytes: Buffer) => Buffer) {
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(whole, this.folder, { recursive: true });
    this.file = join(daysOf(this.folder), dayNames(this.folder)[which]);
    this.day = dayOf(FIRST_MS) + which;
    writeFileSync(this.file, damage(readFileSync(this.file)));
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        this.messages.push(String(chunk));
        done();
      },
    });
    this.opened = new TemporaryStorage({
      folder: this.folder,
      clock: new ManualClock(NOW_MS),
      log: createLogger({ level: 'warn', format: 'logfmt', destination }),
      outOfOrderWindowMs: 3 * DAY_MS,
      sealRows: 3,
    });
  }

  /** Times of each series that are there and whose samples are right; others fail the test. */
  read(): number[][] {
    const { storage } = this.opened;
    const querier = storage.querier(0, NOW_MS + DAY_MS);
    const found: number[][] = SERIES.map(() => []);
    const set = querier.select([]);
    const samples = new SampleBuffer();
    set.labels.forEach((labels, i) => {
      set.read(i, 0, NOW_MS + DAY_MS, samples);
      const k = indexOf(labels);
      if (k < 0) expect(samples.length).toBe(0);
      else {
        expect(faultsOf(samples, k)).toEqual([]);
        found[k] = [...samples.timestampsMs.subarray(0, samples.length)];
      }
    });
    querier.labelNames([]);
    querier.labelValues('i', []);
    querier.close();
    return found;
  }

  async corruptions(): Promise<number> {
    const metric = this.opened.registry.getSingleMetric('prometheus_tsdb_wal_corruptions_total');
    return Number((await metric?.get())?.values[0].value);
  }

  /** Commits rows of the damaged day until they are sealed; returns their times. */
  async write(): Promise<number[]> {
    const times = Array.from({ length: 12 }, (_, i) => this.day * DAY_MS + 9 * 60 * MINUTE_MS + i);
    for (const timeMs of times) commitAt(this.opened, timeMs);
    await this.opened.storage.settled();
    return times;
  }

  close(): void {
    this.opened.storage.close();
  }
}

/** All that is to be said of a damaged storage; returns how many samples are missing. */
async function expectServed(damaged: Damaged): Promise<number> {
  const others = (times: readonly number[]): number[] =>
    times.filter(timeMs => dayOf(timeMs) !== damaged.day && timeMs <= sealedMs[sealedMs.length - 1]);
  const found = damaged.read();
  for (const times of found) expect(others(times)).toEqual(others(sealedMs));
  const missing = found.reduce(
    (sum, times) => sum + sealedMs.filter(timeMs => !times.includes(timeMs)).length,
    0,
  );

  const written = await damaged.write();
  expect(await damaged.corruptions()).toBe(damaged.messages.length);
  for (let round = 0; round < 2; round++) {
    for (const times of damaged.read()) {
      expect(times).toEqual(expect.arrayContaining(written));
      expect(others(times)).toEqual(others(sealedMs));
    }
    if (round === 0) damaged.opened.reopen();
  }
  for (const message of damaged.messages) expect(message).toContain(damaged.file.slice(0, -3));
  return missing;
}

const anyFlip = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bit: fc.nat({ max: 7 }),
});

test('whatever bits are flipped in a day file, nothing wrong is answered and all else is served', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 2 }),
      fc.array(anyFlip, { minLength: 1, maxLength: 6 }),
      async (which, flips) => {
        const damaged = new Damaged(which, bytes => {
          for (const { at, bit } of flips) bytes[Math.floor(at * bytes.length)] ^= 1 << bit;
          return bytes;
        });
        try {
          const missing = await expectServed(damaged);
          if (missing > 0) expect(damaged.messages.length).toBeGreaterThan(0);
        } finally {
          damaged.close();
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('a truncated day file is named and counted, and moved aside when the day gets new samples', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 2 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      async (which, share) => {
        const damaged = new Damaged(which, bytes => bytes.subarray(0, Math.floor(share * bytes.length)));
        try {
          const missing = await expectServed(damaged);
          if (missing > 0) expect(damaged.messages.length).toBeGreaterThan(0);
          if (share < 0.5) expect(missing).toBeGreaterThan(0);
        } finally {
          damaged.close();
        }
      },
    ),
    { numRuns: 20 },
  );
});

test('a damaged day keeps what can be read of it, and its file, when it gets new samples', async () => {
  // In the middle of the largest thing in the file, its chunk: one chunk of the day is lost.
  const damaged = new Damaged(2, bytes => {
    bytes.write('XXXXXXXX', Math.floor(bytes.length * 0.9));
    bytes.fill(0xff, 4096 * 2, 4096 * 2 + 64);
    return bytes;
  });
  try {
    await expectServed(damaged);
    const names = readdirSync(daysOf(damaged.opened.folder));
    expect(names).toContain('2001-01-03.db.damaged');
    expect(names).toContain('2001-01-03.1.db');
    expect(damaged.messages.join()).toMatch(/was moved to .*2001-01-03\.db\.damaged/);
    expect(damaged.read().some(times => times.some(timeMs => dayOf(timeMs) === damaged.day))).toBe(true);
  } finally {
    damaged.close();
  }
});

test('a snapshot has a damaged day as it is, and all others', async () => {
  const damaged = new Damaged(0, bytes => bytes.fill(0xff, 4096, 3 * 4096));
  try {
    const { storage, folder } = damaged.opened;
    const name = await storage.snapshot(false);
    const copy = new TemporaryStorage({ folder: join(folder, 'snapshots', name) });
    const querier = copy.storage.querier(0, NOW_MS);
    const samples = new SampleBuffer();
    querier.select([]).read(0, 0, NOW_MS, samples);
    const others = sealedMs.filter(timeMs => dayOf(timeMs) !== damaged.day);
    expect([...samples.timestampsMs.subarray(0, samples.length)]).toEqual(expect.arrayContaining(others));
    querier.close();
    copy.storage.close();
    const own = join('promlite', 'days', '2001-01-01.1.db');
    const bytes = readFileSync(join(folder, 'snapshots', name, own));
    expect(bytes.equals(readFileSync(join(folder, own)))).toBe(true);
  } finally {
    damaged.close();
  }
});
