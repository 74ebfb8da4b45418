// Texts are ordered by their UTF-8 bytes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareText } from '../../src/model/text-order.ts';

const anyText = fc
  .array(
    fc.constantFrom(
      '',
      'a',
      'b',
      'Z',
      '_',
      '\0',
      '\u007f',
      'ä',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
    ),
  )
  .map(parts => parts.join(''));

test('the order of any two texts is that of their bytes', () => {
  fc.assert(
    fc.property(anyText, anyText, fc.string(), (a, b, tail) => {
      const pairs = [
        [a, b],
        [a, a + tail],
        [tail + a, tail + b],
      ];
      for (const [x, y] of pairs) {
        expect(Math.sign(compareText(x, y))).toBe(Buffer.compare(Buffer.from(x), Buffer.from(y)));
        expect(Math.sign(compareText(y, x))).toBe(Buffer.compare(Buffer.from(y), Buffer.from(x)));
      }
    }),
    { numRuns: 500 },
  );
});

test('texts that are no valid Unicode have an order, too', () => {
  const halves = ['\ud800', '\ud801', '\udc00', 'a\ud800', '\ud800a'];
  for (const a of halves) {
    for (const b of halves) {
      expect(compareText(a, b) === 0).toBe(a === b);
      expect(Math.sign(compareText(a, b))).toBe(-Math.sign(compareText(b, a)) || 0);
    }
  }
});
