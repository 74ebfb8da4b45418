// Label sets of any shape, for tests: usual ones, and such as only an enemy sends.

import fc from 'fast-check';
import { Labels } from '../../../src/model/labels.ts';
import { Matcher } from '../../../src/model/matcher.ts';

const HOSTILE = [
  '\u0000',
  '\ud800',
  '\udc00',
  'a\u0000b',
  '\ud83d\ude00',
  '\uffff',
  'x'.repeat(300),
  'ä',
  '\ufeff',
];

const anyName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('__name__', 'job', 'instance', 'le', '__a', 'A') },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }) },
);
const anyValue = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('', 'a', 'b', 'ab', '0.5', '+Inf') },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
);

export const anyLabels: fc.Arbitrary<Labels> = fc
  .array(fc.tuple(anyName, anyValue), { maxLength: 6 })
  .map(entries => Labels.fromEntries(entries));

export const anyMatcher: fc.Arbitrary<Matcher> = fc
  .record({
    operator: fc.constantFrom('=' as const, '!=' as const, '=~' as const, '!~' as const),
    name: anyName,
    value: fc.oneof(anyValue, fc.constantFrom('a|b', '.*', '.+', 'a.*', '|a', '[ab]+')),
  })
  .filter(({ operator, value }) => operator === '=' || operator === '!=' || !/[^ -~]/.test(value))
  .map(({ operator, name, value }) => new Matcher(operator, name, value.replace(/\+Inf$/, '[+]Inf')));
