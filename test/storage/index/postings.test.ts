// A set of refs holds what was added and not removed, in whatever form it keeps it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Postings } from '../../../src/storage/index/postings.ts';

type Step =
  | { readonly addFrom: number; readonly count: number; readonly stride: number }
  | { readonly removeFrom: number; readonly count: number; readonly stride: number };

const anySpan = { count: fc.nat({ max: 120 }), stride: fc.constantFrom(1, 1, 2, 3, -1) };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ addFrom: fc.nat({ max: 600 }), ...anySpan }),
  fc.record({ removeFrom: fc.nat({ max: 600 }), ...anySpan }),
);

const span = (from: number, { count, stride }: Step) =>
  Array.from({ length: count }, (_, i) => from + i * stride).filter(ref => ref >= 0);

test('any steps, looked at in between or not', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyStep, fc.boolean()), { maxLength: 25 }), steps => {
      const postings = new Postings();
      const expected = new Set<number>();
      for (const [step, look] of steps) {
        if ('addFrom' in step) {
          for (const ref of span(step.addFrom, step)) {
            if (!expected.has(ref)) postings.add(ref);
            expected.add(ref);
          }
        } else {
          const marks = new Uint8Array(1000);
          for (const ref of span(step.removeFrom, step)) {
            marks[ref] = 1;
            expected.delete(ref);
          }
          postings.removeMarked(marks);
        }
        expect(postings.length).toBe(expected.size);
        if (look) expect([...postings.view()]).toEqual([...expected].sort((a, b) => a - b));
      }
      expect([...postings.view()]).toEqual([...expected].sort((a, b) => a - b));
    }),
    { numRuns: 1000 },
  );
});
