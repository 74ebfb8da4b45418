// The basics that all else stands on: label sets, matchers, durations, the staleness marker.
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/model/duration.ts';
import { Labels, quoteText } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { isStaleAt, writeStale } from '../../src/model/stale.ts';

test('labels are sorted, empty values are no labels, equal sets share a key', () => {
  const a = Labels.of({ job: 'x', __name__: 'up', empty: '' });
  const b = Labels.fromEntries([
    ['__name__', 'up'],
    ['job', 'x'],
  ]);
  expect(a.pairs).toEqual(['__name__', 'up', 'job', 'x']);
  expect(a.key).toBe(b.key);
  expect(a.equals(b)).toBe(true);
  expect([a.with('job', 'y'), a.with('env', 'z'), a.withoutName()].map(other => a.equals(other))).toEqual([
    false,
    false,
    false,
  ]);
  expect(a.with('job', '').toObject()).toEqual({ __name__: 'up' });
  expect(Labels.of({ a: 'b\0c\0d' }).key).not.toBe(Labels.of({ a: 'b', c: 'd' }).key);
  expect(quoteText('a\u0001"\n\u0007\u000b')).toBe('"a\\x01\\"\\n\\a\\v"');
});

test.each([
  ['a|b', ['a', 'b'], ['ab', '']],
  ['pre(a|b)', ['prea', 'preb'], ['pre', 'prec']],
  ['foo.*', ['foo', 'foobar', 'foo\nbar'], ['fo', 'afoo']],
  ['foo.+', ['foobar'], ['foo']],
  ['.*foo', ['foo', 'barfoo'], ['foob']],
  ['.*foo.*', ['foo', 'afoob'], ['fo']],
  ['(?i).*FOO.*', ['afoob'], ['bar']],
  ['a\\.b', ['a.b'], ['axb']],
  ['[ab]c', ['ac', 'bc'], ['cc']],
  ['', [''], ['a']],
  ['a|', ['a', ''], ['b']],
])('=~ %j', (source, matching, others) => {
  const matcher = new Matcher('=~', 'l', source);
  for (const text of matching) expect([text, matcher.matches(text)]).toEqual([text, true]);
  for (const text of others) expect([text, matcher.matches(text)]).toEqual([text, false]);
});

test('an unbalanced expression is refused, not anchored into another', () => {
  expect(() => new Matcher('=~', 'l', 'a)|(b')).toThrow();
});

test.each([
  ['1h30m', 5_400_000],
  ['90s', 90_000],
  ['1m0s', 60_000],
  ['500ms', 500],
  ['15d', 1_296_000_000],
  ['0', 0],
])('duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test('durations print in Prometheus form', () => {
  expect([5_400_000, 691_200_000, 604_800_000, 1500, 0].map(formatDuration)).toEqual([
    '1h30m',
    '8d',
    '1w',
    '1s500ms',
    '0s',
  ]);
  expect(parseDuration('1.5s')).toBeUndefined();
  expect(parseDuration('1s1m')).toBeUndefined();
});

test('the staleness marker is told from other NaNs', () => {
  const values = new Float64Array([Number.NaN, 0, 1]);
  writeStale(values, 1);
  expect([0, 1, 2].map(i => isStaleAt(values, i))).toEqual([false, true, false]);
});
