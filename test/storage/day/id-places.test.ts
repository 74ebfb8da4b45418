// Series ids and their places, against a plain map.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdPlaces } from '../../../src/storage/day/id-places.ts';

const MOST = 2 ** 32 - 1;

/** Ids that come again, among them such as share slots. */
const id = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 300 }).map(i => i * 65_536),
  fc.integer({ min: 1, max: MOST }),
);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id, place: fc.integer({ min: 0, max: MOST }) }) },
  { weight: 2, arbitrary: fc.record({ id, place: fc.constant(undefined) }) },
);

test('any sequence of entries and removals leaves what a map would have', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), steps => {
      const places = new IdPlaces();
      const model = new Map<number, number>();
      for (const { id, place } of steps) {
        if (place === undefined) {
          places.delete(id);
          model.delete(id);
        } else {
          places.set(id, place);
          model.set(id, place);
        }
      }
      expect(places.size).toBe(model.size);
      for (const { id } of steps) expect(places.get(id)).toBe(model.get(id));
    }),
  );
});

test('many are found, and leaving takes only those that leave', () => {
  const places = new IdPlaces();
  for (let id = 1; id <= 50_000; id++) places.set(id, MOST - id);
  for (let id = 1; id <= 50_000; id++) if (id % 100 !== 0) places.delete(id);
  expect(places.size).toBe(500);
  for (let id = 1; id <= 50_000; id++) expect(places.get(id)).toBe(id % 100 === 0 ? MOST - id : undefined);
});

test('0 is no id, and what no column holds is refused', () => {
  const places = new IdPlaces();
  expect(places.get(0)).toBeUndefined();
  expect(() => places.set(0, 1)).toThrow('no series id');
  expect(() => places.set(2 ** 32, 1)).toThrow('no series id');
  expect(() => places.set(1, 2 ** 32)).toThrow('no series id');
});
