// Sorted in pieces is sorted, and no piece is long.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finished } from '../../src/base/finished.ts';
import { sorting } from '../../src/base/sorting.ts';

interface Item {
  readonly key: number;
  readonly at: number;
}

const byKey = (a: Item, b: Item): number => a.key - b.key;

test('any items come out as from a stable sort, the list given is left alone', () => {
  const anyItems = fc
    .tuple(fc.nat({ max: 12_000 }), fc.integer({ min: 1, max: 1e6 }), fc.nat({ max: 1e6 }))
    .map(([length, keys, seed]) =>
      Array.from({ length }, (_, at): Item => ({ key: ((at * 7919 + seed) ** 2 % 1_000_003) % keys, at })),
    );
  fc.assert(
    fc.property(anyItems, items => {
      const before = [...items];
      expect(finished(sorting(items, byKey))).toEqual(items.toSorted(byKey));
      expect(items).toEqual(before);
    }),
    { numRuns: 30, examples: [[[]], [[{ key: 1, at: 0 }]]] },
  );
});

test('no piece compares more than a small part of all', () => {
  const items = Array.from({ length: 200_000 }, (_, at): Item => ({ key: (at * 7919) % 200_003, at }));
  let compared = 0;
  const pieces = sorting(items, (a, b) => {
    compared++;
    return byKey(a, b);
  });
  let most = 0;
  for (let isDone = false; !isDone; ) {
    const before = compared;
    isDone = pieces.next().done === true;
    most = Math.max(most, compared - before);
  }
  expect(most).toBeLessThan(20_000);
});
