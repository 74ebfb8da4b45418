// Numbering label sets anew loses nothing of what is known of those that stay, and puts them in the order in which they
// come by now.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FORGOTTEN, KnownSets } from '../../src/remote/known-sets.ts';
import { NOT_FOUND } from '../../src/remote/label-table.ts';
import { Renumbering } from '../../src/remote/renumbering.ts';
import { SeriesCache } from '../../src/remote/series-cache.ts';
import { WireReader } from '../../src/remote/wire.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { encodeLabels } from './write-request.ts';

const labelsOf = (i: number): Buffer =>
  Buffer.from(
    encodeLabels([
      ['__name__', `metric_${i}`],
      ['job', 'a'],
    ]),
  );
const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const find = (sets: KnownSets, i: number): number =>
  sets.table.find(viewOf(labelsOf(i)), 0, labelsOf(i).length);

interface Known {
  readonly isForgotten: boolean;
  /** The set that came after this one the last time. */
  readonly follower: number | undefined;
}

const known = fc.array(
  fc.record({ isForgotten: fc.boolean(), follower: fc.option(fc.nat(), { freq: 4, nil: undefined }) }),
  { maxLength: 100 },
);

function setsOf(all: readonly Known[]): KnownSets {
  const sets = new KnownSets();
  all.forEach(({ isForgotten }, i) => {
    expect(sets.add(viewOf(labelsOf(i)), 0, labelsOf(i).length)).toBe(i);
    sets.sources[i] = isForgotten ? FORGOTTEN : i % 7;
    sets.columns[i] = i * 3;
    sets.meet(i, 1000 + i);
  });
  all.forEach(({ follower }, i) => {
    if (follower !== undefined) sets.table.link(i, follower % all.length);
  });
  return sets;
}

test('what is known stays known, and only what was forgotten is gone', () => {
  fc.assert(
    fc.property(known, fc.integer({ min: 1, max: 200 }), (all, step) => {
      const count = all.filter(({ isForgotten }) => !isForgotten).length;
      const from = setsOf(all);
      const renumbering = new Renumbering(from, count);
      while (!renumbering.step(step));
      const { to } = renumbering;
      expect(to.length).toBe(count);
      all.forEach(({ isForgotten, follower }, i) => {
        const number = find(to, i);
        expect(renumbering.numberOf(i)).toBe(number);
        expect(number === NOT_FOUND).toBe(isForgotten);
        if (isForgotten) return;
        expect(to.sources[number]).toBe(i % 7);
        expect(to.columns[number]).toBe(i * 3);
        expect(to.silentFor(number, 2000)).toBe(1000 - i);
        const next = follower === undefined ? NOT_FOUND : renumbering.numberOf(follower % all.length);
        if (next !== NOT_FOUND) expect(to.table.following(number)).toBe(next);
      });
    }),
  );
});

test('sets that come in another order are put into that order', () => {
  const cache = new SeriesCache(new MemoryStorage());
  const count = 3000;
  // A stride that meets them all.
  const other = Array.from({ length: count }, (_, i) => (i * 7) % count);
  const placesIn = (order: readonly number[]): string[] => {
    const body = Buffer.concat(order.map(labelsOf));
    const places: string[] = [];
    // Each set is a message of its own in one request.
    const reader = new WireReader(body);
    let previousStart = NOT_FOUND;
    for (const i of order) {
      const start = reader.pos;
      const series = cache.find(reader, start + labelsOf(i).length, previousStart);
      places[i] = `${series?.source.key} ${series?.column}`;
      previousStart = start;
    }
    return places;
  };
  const places = placesIn([...Array(count).keys()]);
  const bytes = cache.size.bytes;
  const steps: number[] = [];
  for (let round = 0; round < 4; round++) {
    expect(placesIn(other)).toEqual(places);
    steps[round] = 1;
    while (!cache.age(100)) steps[round]++;
  }
  // Once it is known that they come in that order, and not again.
  expect(steps.map(count => count > 31)).toEqual([false, true, false, false]);
  expect(new Set(places).size).toBe(count);
  expect(cache.size).toMatchObject({ series: count, groups: 1 });
  expect(cache.size.bytes).toBeLessThanOrEqual(bytes * 1.25);
});
