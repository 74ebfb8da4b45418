// Damage: it is told, what is not hit is served, and nothing of it brings down a reader or a writer.
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finished } from '../../../src/base/finished.ts';
import { Labels } from '../../../src/model/labels.ts';
import { DayRewrite } from '../../../src/storage/day/day-rewrite.ts';
import { DayWriter } from '../../../src/storage/day/day-writer.ts';
import { StorageError } from '../../../src/storage/errors.ts';
import { Database } from '../../../src/storage/sqlite/driver.ts';
import { type Content, contentOf, contentOfFile, openReader, sourceOf } from './day-model.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY = 20_000;
const START_MS = DAY * 86_400_000;

const labelsOf = (id: number): Labels => Labels.of({ __name__: 'm', id: String(id).padStart(3, '0') });
/** In a file that writeDay() has made, the ids of block `block`'s chunks start here. */
const firstChunk = (block: number): number => block * 2 ** 24;

/** 130 series in three blocks: a merged chunk and four fresh ones each. */
function writeDay(file: string, series = 130, appends = 20): Content {
  const writer = new DayWriter(file, DAY);
  for (let i = 0; i < appends; i++) {
    writer.append(
      Array.from({ length: series }, (_, id) =>
        sourceOf({ seriesId: id + 1, labels: labelsOf(id), samples: [[START_MS + i, BigInt(id), 0]] }),
      ),
    );
    while (writer.mergeSome());
  }
  writer.close();
  return contentOfFile(file);
}

/** Changes one byte of a chunk or of a block's labels. */
function damageRow(file: string, table: 'chunks' | 'labels', id: number): void {
  const database = new Database(file, { busyTimeoutMs: 0 });
  const key = table === 'chunks' ? 'id' : 'block_id';
  const row = database
    .prepare<[number], { data: Buffer }>(`SELECT data FROM ${table} WHERE ${key} = ?`)
    .get(id);
  const data = row!.data;
  data[data.length >> 1] ^= 0x10;
  database.prepare<[Buffer, number], never>(`UPDATE ${table} SET data = ? WHERE ${key} = ?`).run(data, id);
  database.close();
}

test('a damaged chunk is told once; the rest of its series and all others are served', () => {
  const file = join(temporaryFolder(), 'day.db');
  const whole = writeDay(file);
  damageRow(file, 'chunks', firstChunk(2) + 17);
  const messages: string[] = [];
  const reader = openReader(file, message => messages.push(message));
  const content = contentOf(reader);
  contentOf(reader);
  expect(messages).toEqual([
    expect.stringMatching(/day\.db: chunk 33554449 can't be read: .*checksum.*; the rest of it is served$/),
  ]);
  for (let id = 0; id < 130; id++) {
    const isHit = id >= 64 && id < 128;
    const all = whole.get(labelsOf(id).key)!;
    expect(content.get(labelsOf(id).key)).toEqual(isHit ? all.filter((_, i) => i !== 16) : all);
  }
  reader.close();
});

test('damaged labels hide their block only', () => {
  const file = join(temporaryFolder(), 'day.db');
  const whole = writeDay(file);
  damageRow(file, 'labels', 1);
  const messages: string[] = [];
  const reader = openReader(file, message => messages.push(message));
  const content = contentOf(reader);
  expect(content).toEqual(new Map([...whole].slice(64)));
  finished(reader.listingLabelNames([], START_MS, START_MS, new Set()));
  expect(messages).toEqual([expect.stringMatching(/the labels of block 1 can't be read/)]);
  reader.close();
});

test('a block that cannot be merged is told; the others are merged and all take samples on', () => {
  const file = join(temporaryFolder(), 'day.db');
  writeDay(file);
  damageRow(file, 'chunks', firstChunk(1) + 17);
  const messages: string[] = [];
  const writer = new DayWriter(file, DAY, message => messages.push(message));
  for (let i = 20; i < 50; i++) {
    writer.append(
      Array.from({ length: 130 }, (_, id) =>
        sourceOf({ seriesId: id + 1, labels: labelsOf(id), samples: [[START_MS + i, 1n, 0]] }),
      ),
    );
    while (writer.mergeSome());
  }
  expect(messages).toEqual([expect.stringMatching(/day\.db: the chunks of block 1 can't be merged/)]);
  const reader = openReader(file, () => {});
  const content = contentOf(reader);
  expect(content.get(labelsOf(0).key)).toHaveLength(49);
  expect(content.get(labelsOf(64).key)).toHaveLength(50);
  reader.close();
  writer.close();
});

test('a damaged day is not written anew', () => {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
  writeDay(from);
  damageRow(from, 'chunks', firstChunk(3) + 18);
  const rewrite = new DayRewrite(from, to, () => undefined, START_MS);
  expect(() => {
    while (!rewrite.step());
  }).toThrow(expect.objectContaining({ code: 'read_failed' }));
  expect(existsSync(to)).toBe(false);
  expect(existsSync(`${to}.tmp`)).toBe(false);
});

test.each([
  [
    'a text',
    'read_failed',
    (file: string) => writeFileSync(file, 'not a database, but long enough\n'.repeat(99)),
  ],
  ['an empty file', 'read_failed', (file: string) => writeFileSync(file, '')],
  ['no file', 'read_failed', () => {}],
  ['another database', 'read_failed', (file: string) => changeDatabase(file, 'CREATE TABLE t (a)')],
  [
    'a truncated file',
    'read_failed',
    (file: string) => {
      writeDay(file);
      truncateSync(file, 20_000);
    },
  ],
  [
    'a newer format',
    'format_unknown',
    (file: string) => {
      writeDay(file);
      changeDatabase(file, 'PRAGMA user_version = 9');
    },
  ],
  [
    'an older format',
    'format_unknown',
    (file: string) => {
      writeDay(file);
      changeDatabase(file, 'PRAGMA user_version = 1');
    },
  ],
])('%s is refused', (_what, code, make) => {
  const file = join(temporaryFolder(), 'day.db');
  make(file);
  expect(() => openReader(file)).toThrow(expect.objectContaining({ name: 'StorageError', code }));
});

function changeDatabase(file: string, sql: string): void {
  const database = new Database(file, { busyTimeoutMs: 0 });
  database.execute(sql);
  database.close();
}

test('a writer refuses the file of another day, and one that is not ours', () => {
  const file = join(temporaryFolder(), 'day.db');
  writeDay(file);
  expect(() => new DayWriter(file, DAY + 1)).toThrow(/holds day 20000, not 20001/);
  const other = join(temporaryFolder(), 'other.db');
  changeDatabase(other, 'CREATE TABLE t (a)');
  expect(() => new DayWriter(other, DAY)).toThrow(/is not a day file of promlite/);
});

test('whatever bytes are damaged, a reader serves or refuses, and never fails otherwise', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'whole.db');
  writeDay(file);
  const bytes = readFileSync(file);
  const damaged = join(folder, 'damaged.db');
  const anyFlip = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
  let served = 0;
  fc.assert(
    fc.property(fc.array(anyFlip, { minLength: 1, maxLength: 20 }), flips => {
      const copy = Buffer.from(bytes);
      for (const [at, mask] of flips) copy[at] ^= mask;
      writeFileSync(damaged, copy);
      try {
        const reader = openReader(damaged, () => {});
        try {
          served += contentOf(reader).size;
        } finally {
          reader.close();
        }
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(StorageError);
      }
    }),
    { numRuns: 150 },
  );
  expect(served).toBeGreaterThan(0);
});

const CHUNK = firstChunk(2) + 17;

test.each([
  [
    'a chunk with the data of another',
    `UPDATE chunks SET data = (SELECT data FROM chunks WHERE id = ${CHUNK + 1}) WHERE id = ${CHUNK}`,
  ],
  ['a chunk under another number', `UPDATE chunks SET id = id + 100 WHERE id = ${CHUNK}`],
  ['a chunk in another block', `UPDATE chunks SET id = ${firstChunk(3) + 99} WHERE id = ${CHUNK}`],
  ['a chunk in no block', `UPDATE chunks SET id = ${firstChunk(99)} WHERE id = ${CHUNK}`],
  ['a chunk with other times', `UPDATE chunks SET min_ms = min_ms + 1 WHERE id = ${CHUNK}`],
  ['a chunk of another span', `UPDATE chunks SET span = 2 WHERE id = ${CHUNK}`],
  ['a chunk that is gone', `DELETE FROM chunks WHERE id = ${CHUNK}`],
  ['a block that is gone', 'DELETE FROM blocks WHERE id = 2'],
  ['a block under another number', 'UPDATE blocks SET id = 9 WHERE id = 2'],
  ['a block with other times', 'UPDATE blocks SET min_ms = min_ms + 1 WHERE id = 2'],
  ['labels that are gone', 'DELETE FROM labels WHERE block_id = 2'],
  [
    'labels of another block',
    'UPDATE labels SET data = (SELECT data FROM labels WHERE block_id = 1) WHERE block_id = 2',
  ],
  ['other times of the whole', 'UPDATE meta SET min_ms = min_ms + 1'],
  ['another number of samples of the whole', 'UPDATE meta SET samples = samples + 1'],
  ['another day', 'UPDATE meta SET day = day + 1'],
])('%s is told, and all else is served', (_what, change) => {
  const folder = temporaryFolder();
  const file = join(folder, 'day.db');
  const whole = writeDay(file);
  changeDatabase(file, change);
  const { messages, content } = readDamaged(file);
  expect(messages).not.toEqual([]);
  expectNothingWrong(content, whole);
  for (const id of [0, 63, 128, 129]) {
    expect(content.get(labelsOf(id).key)).toEqual(whole.get(labelsOf(id).key));
  }
  const rewrite = () => {
    const work = new DayRewrite(file, join(folder, 'new.db'), () => undefined, START_MS);
    while (!work.step());
  };
  expect(rewrite).toThrow(expect.objectContaining({ name: 'StorageError', code: 'read_failed' }));
});

test('a bit flipped in any byte of a day file is told, or changes nothing', { timeout: 60_000 }, () => {
  const file = join(temporaryFolder(), 'day.db');
  const whole = writeDay(file, 66, 3);
  const bytes = readFileSync(file);
  const descriptor = openSync(file, 'r+');
  let told = 0;
  for (let at = 0; at < bytes.length; at++) {
    // One of each byte's bits; of bytes that hold nothing, few.
    if (bytes[at] === 0 && bytes[at + 1] === 0 && at % 64 > 0) continue;
    writeSync(descriptor, Buffer.of(bytes[at] ^ (1 << ((at * 5) % 8))), 0, 1, at);
    const { messages, content } = readDamaged(file);
    if (messages.length > 0) told++;
    else if (!isDeepStrictEqual(content, whole)) expect(content, `byte ${at}`).toEqual(whole);
    expectNothingWrong(content, whole);
    writeSync(descriptor, bytes, at, 1, at);
  }
  closeSync(descriptor);
  expect(told).toBeGreaterThan(300);
  expect(contentOfFile(file)).toEqual(whole);
});

test('a bit flipped in a page that leads to others is told, or changes nothing', { timeout: 60_000 }, () => {
  const file = join(temporaryFolder(), 'day.db');
  const whole = writeDay(file, 260, 12);
  const bytes = readFileSync(file);
  const INNER = 5;
  const pages = Array.from({ length: bytes.length / 4096 }, (_, i) => i * 4096);
  const inner = pages.filter(from => bytes[from] === INNER);
  expect(inner).toHaveLength(1);
  const descriptor = openSync(file, 'r+');
  for (const from of inner) {
    const cells = bytes.readUInt16BE(from + 3);
    for (let bit = 0; bit < (12 + cells * 2) * 8; bit += 5) check((from << 3) + bit);
    for (let bit = bytes.readUInt16BE(from + 5) * 8; bit < 4096 * 8; bit += 3) check((from << 3) + bit);
  }
  closeSync(descriptor);

  function check(bit: number): void {
    const at = bit >> 3;
    writeSync(descriptor, Buffer.of(bytes[at] ^ (1 << (bit & 7))), 0, 1, at);
    const { messages, content } = readDamaged(file);
    if (messages.length === 0 && !isDeepStrictEqual(content, whole)) {
      expect(content, `bit ${bit}`).toEqual(whole);
    }
    expectNothingWrong(content, whole);
    writeSync(descriptor, bytes, at, 1, at);
  }
});

/** What is told of a file, and what is served of it. */
function readDamaged(file: string): { messages: string[]; content: Content } {
  const messages: string[] = [];
  try {
    const reader = openReader(file, message => messages.push(message));
    try {
      return { messages, content: contentOf(reader) };
    } finally {
      reader.close();
    }
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(StorageError);
    return { messages: [String(thrown)], content: new Map() };
  }
}

/** Samples may be missing, and none may be another than it was. */
function expectNothingWrong(content: Content, whole: Content): void {
  for (const [key, samples] of content) {
    const all = new Map(whole.get(key)?.map(sample => [sample[0], sample]));
    expect(samples.filter(sample => !isDeepStrictEqual(sample, all.get(sample[0])))).toEqual([]);
  }
}

test('an append that fails leaves nothing, and the next one goes on', () => {
  const file = join(temporaryFolder(), 'day.db');
  const writer = new DayWriter(file, DAY);
  const good = (id: number, timeMs: number) =>
    sourceOf({ seriesId: id, labels: labelsOf(id), samples: [[timeMs, 1n, 0]] });
  writer.append([good(1, START_MS)]);
  const failing = {
    ...good(99, START_MS),
    read: () => {
      throw new Error('the source is gone');
    },
  };
  expect(() => writer.append([good(1, START_MS + 1), good(2, START_MS + 1), failing])).toThrow(
    'the source is gone',
  );
  expect(writer.sampleCount).toBe(1);
  expect(contentOfFile(file).size).toBe(1);
  writer.append([good(2, START_MS + 2), good(1, START_MS + 2)]);
  writer.close();
  const reader = openReader(file);
  expect(reader.select([], START_MS, START_MS + 9)).toHaveLength(2);
  expect([...contentOf(reader).values()].flat()).toHaveLength(3);
  reader.close();
});

test('a copy of file and log taken between any two steps is the day as it was then', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'day.db');
  const writer = new DayWriter(file, DAY);
  for (let i = 0; i < 40; i++) {
    writer.append(
      Array.from({ length: 70 }, (_, id) =>
        sourceOf({ seriesId: id + 1, labels: labelsOf(id), samples: [[START_MS + i, BigInt(id), 0]] }),
      ),
    );
    if (i % 7 === 3) writer.checkpoint();
    writer.mergeSome();
    const copy = join(folder, `copy-${i}.db`);
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    const content = contentOfFile(copy);
    expect(content.size).toBe(70);
    for (const samples of content.values()) expect(samples).toHaveLength(i + 1);
    const second = new DayWriter(copy, DAY);
    second.append([sourceOf({ seriesId: 5, labels: labelsOf(3), samples: [[START_MS + 50, 1n, 0]] })]);
    expect(second.sampleCount).toBe(70 * (i + 1) + 1);
    second.close();
  }
  writer.close();
});

test('a log that is cut off anywhere gives the day as some append left it', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'day.db');
  const writer = new DayWriter(file, DAY);
  for (let i = 0; i < 12; i++) {
    writer.append(
      Array.from({ length: 3 }, (_, id) =>
        sourceOf({ seriesId: id + 1, labels: labelsOf(id), samples: [[START_MS + i, BigInt(id), 0]] }),
      ),
    );
    if (i === 3) writer.checkpoint();
  }
  const logBytes = readFileSync(`${file}-wal`);
  const counts = new Set<number>();
  fc.assert(
    fc.property(fc.nat(logBytes.length), length => {
      const copy = join(folder, 'copy.db');
      copyFileSync(file, copy);
      writeFileSync(`${copy}-wal`, logBytes.subarray(0, length));
      const reopened = new DayWriter(copy, DAY);
      const lengths = new Set([...contentOfFile(copy).values()].map(samples => samples.length));
      expect(lengths.size).toBe(1);
      const [count] = lengths;
      expect(reopened.sampleCount).toBe(3 * count);
      counts.add(count);
      reopened.close();
    }),
    { numRuns: 40 },
  );
  expect(counts.size).toBeGreaterThan(1);
  writer.close();
});

test('a full disk is told, nothing is half written, and it goes on when there is room', () => {
  const file = join(temporaryFolder(), 'day.db');
  const writer = new DayWriter(file, DAY);
  const { database } = (writer as unknown as { tables: { database: Database } }).tables;
  const append = (i: number) =>
    writer.append(
      Array.from({ length: 130 }, (_, id) =>
        sourceOf({ seriesId: id + 1, labels: labelsOf(id), samples: [[START_MS + i, BigInt(id), 0]] }),
      ),
    );
  append(0);
  // SQLite's own limit of a file gives the same error as a disk without room.
  const pages = Number(database.pragma('page_count'));
  database.pragma(`max_page_count = ${pages + 1}`);
  let appended = 1;
  const full = expect.objectContaining({ name: 'StorageError', code: 'write_failed' });
  expect(() => {
    for (; appended < 1000; appended++) append(appended);
  }).toThrow(full);
  expect(() => append(appended)).toThrow(full);
  expect(writer.sampleCount).toBe(appended * 130);
  database.pragma('max_page_count = 1000000');
  append(appended);
  while (writer.mergeSome());
  writer.close();
  for (const samples of contentOfFile(file).values()) expect(samples).toHaveLength(appended + 1);
});
