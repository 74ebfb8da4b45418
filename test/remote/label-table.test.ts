// Label sets are found again by exactly their bytes, whatever stood before them and however alike they are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabelBytes } from '../../src/remote/label-bytes.ts';
import { LabelTable, NOT_FOUND } from '../../src/remote/label-table.ts';
import { encodeLabels } from './write-request.ts';

const viewOf = (...parts: readonly Uint8Array[]): DataView =>
  new DataView(Uint8Array.from(Buffer.concat(parts)).buffer);
const bytesIn = (view: DataView, length: number): Buffer => Buffer.from(view.buffer, view.byteOffset, length);

// Alike: few bytes, so that prefixes and suffixes are shared and overlap; some long enough for long lengths.
const alike = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.constantFrom(0, 10, 97), { maxLength: 24 }) },
  { weight: 3, arbitrary: fc.array(fc.constantFrom(97, 97, 97, 98), { minLength: 100, maxLength: 300 }) },
  { weight: 1, arbitrary: fc.nat(40_000).map(length => new Array<number>(length).fill(97)) },
);
const set = alike.map(bytes => Uint8Array.from(bytes));
const sets = fc.array(set, { minLength: 1, maxLength: 100 });

/** Other bytes that are nearly the same. */
function nearly(bytes: Uint8Array, at: number): Uint8Array[] {
  const index = bytes.length === 0 ? 0 : at % bytes.length;
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index + 1)];
  const changed = bytes.length === 0 ? [] : [Buffer.concat([before, Uint8Array.of(bytes[index] ^ 1), after])];
  return [...changed, Buffer.concat([before, after]), Buffer.concat([bytes, Uint8Array.of(at & 0xff)])];
}

test('sets are read as they were added, in any order', () => {
  fc.assert(
    fc.property(sets, fc.array(fc.nat(), { maxLength: 100 }), (added, order) => {
      const bytes = new LabelBytes();
      // Behind something else in the source, and before something else.
      const junk = Uint8Array.of(97, 97, 97);
      for (const one of added) bytes.add(viewOf(junk, one, junk), 3, 3 + one.length);
      for (const number of [...added.keys(), ...order.map(i => i % added.length)]) {
        const read = bytes.read(number);
        expect(bytes.byteLength).toBe(added[number].length);
        expect(bytesIn(read, bytes.byteLength).equals(added[number])).toBe(true);
      }
    }),
  );
});

test('a set matches its own bytes and no others, behind its neighbour or anywhere', () => {
  fc.assert(
    fc.property(sets, fc.nat(), (added, at) => {
      const bytes = new LabelBytes();
      for (const one of added) bytes.add(viewOf(one), 0, one.length);
      added.forEach((one, number) => {
        const neighbour = number > 0 ? added[number - 1] : new Uint8Array();
        for (const sent of [one, ...nearly(one, at), added[at % added.length]]) {
          const source = viewOf(neighbour, sent);
          const begins = sent.length >= one.length && Buffer.from(one).equals(sent.subarray(0, one.length));
          for (const neighbourStart of number > 0 ? [0, NOT_FOUND] : [NOT_FOUND]) {
            if (number > 0) bytes.read(number - 1);
            const matched = bytes.matches(
              number,
              source,
              neighbour.length,
              source.byteLength,
              neighbourStart,
            );
            expect(matched).toBe(begins);
            if (matched) expect(bytes.byteLength).toBe(one.length);
          }
        }
      });
    }),
    { numRuns: 50 },
  );
});

const text = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 3 }) },
  { weight: 1, arbitrary: fc.nat(400).map(length => 'a'.repeat(length)) },
);
const labels = fc.array(fc.tuple(text, text), { maxLength: 4 }).map(encodeLabels);

/** Requests as lists of sets out of a pool; after some, all sets but those of some remainders are taken out. */
const traffic = fc.record({
  pool: fc.array(labels, { minLength: 1, maxLength: 80 }),
  requests: fc.array(
    fc.record({
      sent: fc.oneof(fc.array(fc.nat(), { maxLength: 120 }), fc.constant('all in order' as const)),
      takenOut: fc.option(fc.nat(5), { freq: 4, nil: undefined }),
    }),
    { maxLength: 8 },
  ),
});

test('a table finds what a map finds, and expects what came after a set the last time', () => {
  fc.assert(
    fc.property(traffic, ({ pool, requests }) => {
      const tables = new TableAndModel();
      for (const { sent, takenOut } of requests) {
        const order = sent === 'all in order' ? [...pool.keys()] : sent.map(i => i % pool.length);
        tables.take(order.map(i => pool[i]));
        if (takenOut !== undefined) tables.takeOut(takenOut);
      }
    }),
    { numRuns: 300 },
  );
});

class TableAndModel {
  private table = new LabelTable();
  /** Sets by their bytes, in the order of their numbers. */
  private numbers = new Map<string, number>();
  private follow = new Map<number, number>();
  private previous = NOT_FOUND;
  /** All requests stand in it, one after the other has been taken: nothing of an earlier one is left. */
  private readonly source = new Uint8Array(100_000);

  take(sets: readonly Uint8Array[]): void {
    this.source.fill(0);
    let end = 0;
    let previousStart = NOT_FOUND;
    for (const bytes of sets) {
      const start = end + 2;
      this.source.set(bytes, start);
      end = start + bytes.length;
      // Another field behind the labels, or nothing.
      this.source[end] = 0x12;
      this.takeSet(start, end, bytes.length % 2 === 0 ? end : end + 1, previousStart);
      previousStart = start;
    }
  }

  /** Numbers those that stay anew. */
  takeOut(remainder: number): void {
    const kept = new LabelTable();
    const numbers = new Map<string, number>();
    for (const [key, number] of this.numbers) {
      if (number % 6 !== remainder) numbers.set(key, kept.adopt(this.table, number));
    }
    expect([...numbers.values()]).toEqual([...numbers.keys()].map((_, i) => i));
    this.table = kept;
    this.numbers = numbers;
    this.follow.clear();
    this.previous = NOT_FOUND;
  }

  private takeSet(start: number, end: number, messageEnd: number, previousStart: number): void {
    const { table, previous } = this;
    const source = new DataView(this.source.buffer);
    const key = Buffer.from(this.source.subarray(start, end)).toString('latin1');
    const known = this.numbers.get(key) ?? NOT_FOUND;
    const expected = known !== NOT_FOUND && this.follow.get(previous) === known ? known : NOT_FOUND;
    expect(table.expect(previous, previousStart, source, start, messageEnd)).toBe(expected);
    let number = expected;
    if (number === NOT_FOUND) {
      number = table.find(source, start, end);
      expect(number).toBe(known);
      if (number === NOT_FOUND) number = table.add(source, start, end);
      table.link(previous, number);
    }
    expect(table.byteLength).toBe(end - start);
    this.numbers.set(key, number);
    expect(number).toBeLessThan(this.numbers.size);
    if (previous !== NOT_FOUND) this.follow.set(previous, number);
    this.previous = number;
  }
}

test('a set is told from its neighbour only where that is what stood before it', () => {
  const table = new LabelTable();
  const [one, neighbour, other, mixture] = [
    'one set of labels, 1',
    'two sets of labels, 2',
    'two sets of labels, 3',
    'one set of labels,3',
  ].map(set => Buffer.from(set));
  for (const set of [one, neighbour, other]) table.add(viewOf(set), 0, set.length);
  table.link(0, 2);
  for (const sent of [other, mixture]) {
    // Whatever was looked up last.
    expect(table.find(viewOf(neighbour), 0, neighbour.length)).toBe(1);
    const source = viewOf(one, sent);
    expect(table.expect(0, 0, source, one.length, source.byteLength)).toBe(sent === other ? 2 : NOT_FOUND);
  }
});

test('a hundred thousand sets are found again, in a fraction of their bytes', () => {
  const table = new LabelTable();
  const all = Array.from({ length: 100_000 }, (_, i) =>
    encodeLabels([
      ['__name__', 'http_request_duration_seconds_bucket'],
      ['instance', `10.0.0.${Math.floor(i / 1000)}:8080`],
      ['le', String(2 ** (i % 12))],
      ['path', `/api/v1/projects/${Math.floor(i / 12)}`],
    ]),
  );
  for (const one of all) table.add(viewOf(one), 0, one.length);
  expect(all.every((one, i) => table.find(viewOf(one), 0, one.length) === i)).toBe(true);
  const bytes = all.reduce((sum, one) => sum + one.length, 0);
  expect(table.byteSize).toBeLessThan(bytes / 2);
});
