// A text that is kept is the same text and keeps nothing else alive.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatText } from '../../../src/storage/index/flat-text.ts';

const anyUnits = fc
  .array(fc.nat({ max: 0xffff }), { minLength: 13 })
  .map(units => String.fromCharCode(...units));

test('any text comes back as it was', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), anyUnits), text => flatText(text) === text));
  const odd = 'a lone surrogate \ud800 in a long text';
  expect(flatText(odd)).toBe(odd);
});

test('a part of a body does not keep the body', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    return getHeapStatistics().used_heap_size;
  };
  const before = used();
  const kept: string[] = [];
  for (let i = 0; i < 20; i++) {
    const body = `${i} `.repeat(200_000);
    kept.push(flatText(body.slice(1000, 1040)));
  }
  expect(used() - before).toBeLessThan(2_000_000);
  expect(kept).toHaveLength(20);
});
