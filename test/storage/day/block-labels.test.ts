// The labels of a block come back as they were, and match as the label sets themselves do.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import { Matcher, matchesAll } from '../../../src/model/matcher.ts';
import { compareText } from '../../../src/model/text-order.ts';
import { SLOTS } from '../../../src/storage/chunk/chunk-codec.ts';
import { BlockLabels } from '../../../src/storage/day/block-labels.ts';
import { anyLabels, anyMatcher } from './some-labels.ts';

/** Of a block. */
const ID = 7;

const anyBlock = fc.array(anyLabels, { maxLength: SLOTS });
const roundTrip = (labels: readonly Labels[]) =>
  BlockLabels.decode(ID, Buffer.from(BlockLabels.encode(ID, labels)));

test('any labels come back', () => {
  fc.assert(
    fc.property(anyBlock, all => {
      const block = roundTrip(all);
      expect(block.size).toBe(all.length);
      all.forEach((labels, slot) => {
        expect(block.labelsOf(slot).pairs).toEqual(labels.pairs);
        expect(block.labelsOf(slot)).toBe(block.labelsOf(slot));
        expect(block.makeLabels(slot).key).toBe(labels.key);
      });
    }),
  );
});

test('slots match as their label sets do; so do names and values', () => {
  fc.assert(
    fc.property(anyBlock, fc.array(anyMatcher, { maxLength: 3 }), (all, matchers) => {
      const block = roundTrip(all);
      const slots = block.match(matchers);
      expect(slots).toEqual([...all.keys()].filter(slot => matchesAll(all[slot], matchers)));
      const matched = slots.map(slot => all[slot].toObject());
      const names = new Set(matched.flatMap(labels => Object.keys(labels)));
      expect(block.names(slots)).toEqual([...names].sort(compareText));
      for (const name of [...names, 'job', 'missing']) {
        const values = new Set(slots.map(slot => all[slot].get(name)).filter(value => value !== ''));
        expect(new Set(block.valuesOf(name, slots))).toEqual(values);
      }
    }),
  );
});

test('without slots, names and values are those of the block', () => {
  const block = roundTrip([Labels.of({ a: '1' }), Labels.of({ a: '2', b: '3' })]);
  expect(block.names()).toEqual(['a', 'b']);
  expect(block.valuesOf('a')).toEqual(['1', '2']);
  expect(block.valuesOf('c')).toEqual([]);
});

test('a full block of series that share most labels is small', () => {
  const all = Array.from({ length: SLOTS }, (_, i) =>
    Labels.of({ __name__: 'http_requests_total', job: 'shop', instance: '10.0.0.1:8080', path: `/p/${i}` }),
  );
  expect(BlockLabels.encode(ID, all).length).toBeLessThan(SLOTS * 9);
  expect(roundTrip(all).match([Matcher.equal('path', '/p/7')])).toEqual([7]);
});

test('damage is told', () => {
  const bytes = Buffer.from(BlockLabels.encode(ID, [Labels.of({ __name__: 'up', job: 'a' })]));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= flip;
      expect(() => BlockLabels.decode(ID, damaged)).toThrow();
      expect(() => BlockLabels.decode(ID ^ flip, bytes)).toThrow();
      expect(() => BlockLabels.decode(ID, bytes.subarray(0, at))).toThrow();
    }),
  );
});
