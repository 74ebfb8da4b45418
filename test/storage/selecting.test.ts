// A selection in pieces gives what it would have given at once, whatever happens to the storage between two pieces.
import { afterEach, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row, type SeriesSet, type Storage } from '../../src/storage/contract.ts';
import { START_MS, TemporaryStorage } from './temporary-storage.ts';

const SERIES = 5000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Short enough for the querier not to be given up, long enough in all for the group to be. */
const PAUSE_MS = 150_000;
const PAUSES = 3;

let temporary: TemporaryStorage | undefined;
afterEach(() => temporary?.dispose());

function commit(storage: Storage, group: string, name: string, timeMs: number): void {
  const row = new Row(storage.group(group), timeMs);
  for (let i = 0; i < SERIES; i++) {
    const labels = Labels.of({ __name__: name, group, i: String(i) });
    row.add(row.group.column(labels), i + timeMs);
  }
  storage.commit([row]);
}

function contentOf(set: SeriesSet): string[] {
  const buffer = new SampleBuffer();
  return set.labels.map((labels, index) => {
    set.read(index, 0, START_MS, buffer);
    return `${labels} ${buffer.timestampsMs.subarray(0, buffer.length)} ${buffer.values.subarray(0, buffer.length)}`;
  });
}

test('label names and values come in pieces, as they were when the querier was opened', async () => {
  temporary = new TemporaryStorage({ sealRows: 2 });
  const { storage } = temporary;
  for (let i = 0; i < 12; i++) commit(storage, 'stays', 'm', i * MINUTE_MS);
  for (let i = 0; i < 12; i++) commit(storage, 'leaves', 'm', i * MINUTE_MS);
  await storage.settled();

  const querier = storage.querier(0, START_MS);
  let commits = 0;
  for (const matchers of [[], [Matcher.equal('group', 'leaves')]]) {
    const [names, values] = [querier.labelNames(matchers), querier.labelValues('i', matchers)];
    expect(names).toEqual(['__name__', 'group', 'i']);
    expect(values).toHaveLength(SERIES);
    const listings = [
      { pieces: querier.listingLabelNames(matchers), expected: names },
      { pieces: querier.listingLabelValues('i', matchers), expected: values },
    ];
    for (const { pieces, expected } of listings) {
      let count = 0;
      let piece = pieces.next();
      for (; !piece.done; piece = pieces.next()) {
        if (count++ === 0) storage.group('leaves').release();
        commit(storage, 'comes', 'n', HOUR_MS + commits++);
        await storage.settled();
      }
      expect(count).toBeGreaterThan(3);
      expect(piece.value).toEqual(expected);
    }
  }
  querier.close();
});

test('pieces of a selection see the storage as it was when the querier was opened', async () => {
  temporary = new TemporaryStorage({ sealRows: 2 });
  const { storage, clock } = temporary;
  for (let i = 0; i < 12; i++) commit(storage, 'stays', 'm', i * MINUTE_MS);
  for (let i = 0; i < 12; i++) commit(storage, 'leaves', 'm', i * MINUTE_MS);
  await storage.settled();

  const querier = storage.querier(0, START_MS);
  const expected = contentOf(querier.select([Matcher.equal('__name__', 'm')]));
  const pieces = querier.selecting([Matcher.equal('__name__', 'm')]);
  let count = 0;
  let piece = pieces.next();
  for (; !piece.done; piece = pieces.next()) {
    if (count === 0) storage.group('leaves').release();
    commit(storage, 'stays', 'm', HOUR_MS + count);
    commit(storage, 'comes', 'n', HOUR_MS + count);
    if (count < PAUSES) clock.advance(PAUSE_MS);
    await storage.settled();
    count++;
  }
  expect(count).toBeGreaterThan(10);
  expect(contentOf(piece.value)).toEqual(expected);
  querier.close();
});

test.each([
  ['before any is named', 0],
  ['while they are named', 9],
  ['while their heirs are looked for in day files', 12],
  ['while they are looked for in day files', 15],
])('series leave and others take their refs between two pieces, %s', async (_, from) => {
  temporary = new TemporaryStorage({ sealRows: 2 });
  const { storage, clock } = temporary;
  /** All it has goes into day files; with the next round of upkeep it leaves the head. */
  const sealWhole = async (group: string) => {
    storage.group(group).release();
    await storage.settled();
    clock.advance(PAUSES * PAUSE_MS);
  };
  for (let i = 0; i < 4; i++) commit(storage, 'will return', 'm', i * MINUTE_MS);
  await sealWhole('will return');
  await storage.settled();
  for (let i = 0; i < 4; i++) commit(storage, 'stays', 'm', i * MINUTE_MS);
  for (let i = 0; i < 4; i++) commit(storage, 'leaves', 'm', i * MINUTE_MS);
  await sealWhole('leaves');
  expect(storage.stats().headSeries).toBe(2 * SERIES);

  const querier = storage.querier(0, START_MS);
  const expected = contentOf(querier.select([Matcher.equal('__name__', 'm')]));
  expect(expected).toHaveLength(3 * SERIES);
  const pieces = querier.selecting([Matcher.equal('__name__', 'm')]);
  let count = 0;
  let piece = pieces.next();
  for (; !piece.done; piece = pieces.next()) {
    if (count++ !== from) continue;
    await storage.settled();
    expect(storage.stats().headSeries).toBe(SERIES);
    commit(storage, 'will return', 'm', HOUR_MS);
  }
  expect(count).toBeGreaterThan(from);
  expect(contentOf(piece.value)).toEqual(expected);
  querier.close();
});
