// Which lines an import takes, as which samples, and what it says of those that it refuses.
import { expect, test } from 'vitest';
import { importing, importingText, writeText } from './support/importing.ts';

async function taken(text: string): Promise<string[]> {
  const { loader, said } = await importingText(text);
  expect(said.refused).toEqual([]);
  return loader.lines();
}

test('OpenMetrics: times in seconds, exact to the millisecond', async () => {
  const text = [
    '# HELP up Whether it is there.',
    '# TYPE up gauge',
    'up{job="a",instance="b:1"} 1 1712345678.901',
    'up{job="a",instance="b:1"} 0 1712345679',
    'up{instance="b:1",job="a"} 2 1.71234568e+09',
    'up 3 1.001',
    'up{} 4 1712345699.9979',
    '# EOF\n',
  ].join('\n');
  expect(await taken(text)).toEqual(
    ['{__name__="up", instance="b:1", job="a"} 1@1712345678901 0@1712345679000 2@1712345680000'].concat(
      '{__name__="up"} 3@1001 4@1712345699997',
    ),
  );
});

test('the output of promtool tsdb dump: Go strings, times in milliseconds', async () => {
  const text = [
    '{__name__="up", job="a"} 1 1712345678901',
    '{__name__="up", job="a"} 1.5e+06 1712345679901',
    '{__name__="esc", v="a\\"b\\\\c\\nd\\te é 😀 \\x01 \\x7f \\u2028 }", w="{,=}"} -0 1',
    '{noname="b"} +Inf 1712345678999',
    '{"a.b"="c", __name__="quoted"} -Inf 5',
    '\n',
  ].join('\n');
  expect(await taken(text)).toEqual([
    '{__name__="up", job="a"} 1@1712345678901 1500000@1712345679901',
    '{__name__="esc", v="a\\"b\\\\c\\nd\\te é 😀 \\x01 \\x7f \\u2028 }", w="{,=}"} -0@1',
    '{noname="b"} Infinity@1712345678999',
    '{__name__="quoted", "a.b"="c"} -Infinity@5',
  ]);
});

test('every double keeps its bits', async () => {
  const values = [
    5e-324,
    1.7976931348623157e308,
    0.1 + 0.2,
    2 ** 53,
    2 ** 53 + 2,
    1e21,
    1_712_345_678.9012344,
    1e-7,
  ];
  const lines = values.map((value, i) => `a ${value} ${i + 1}`);
  expect(await taken(`${lines.join('\n')}\n# EOF\n`)).toEqual([
    `{__name__="a"} ${values.map((value, i) => `${value}@${(i + 1) * 1000}`).join(' ')}`,
  ]);
});

test('lines of other series in between, in any order', async () => {
  const text = 'a{x="1"} 1 1\na{x="2"} 2 1\na{x="1"} 3 2\nab 4 1\na{x="2"} 5 0.5\n# EOF\n';
  expect(await taken(text)).toEqual([
    '{__name__="a", x="1"} 1@1000 3@2000',
    '{__name__="a", x="2"} 2@1000 5@500',
    '{__name__="ab"} 4@1000',
  ]);
});

test('names in quotes, empty labels, values of le as they are written', async () => {
  const text = '{"a.b","c.d"="e"} 1 1\na{x=""} 2 1\n# TYPE h histogram\nh_bucket{le="1"} 3 1\n# EOF\n';
  expect(await taken(text)).toEqual([
    '{__name__="a.b", "c.d"="e"} 1@1000',
    '{__name__="a"} 2@1000',
    '{__name__="h_bucket", le="1"} 3@1000',
  ]);
});

test('a backslash before any letter is one where there is metadata, and Go writes it where there is none', async () => {
  expect(await taken('a{x="1\\t2"} 1 1\n# EOF\n')).toEqual(['{__name__="a", x="1\\t2"} 1@1000']);
  expect(await taken('# TYPE a unknown\na{x="1\\t2"} 1 1\n# EOF\n')).toEqual([
    '{__name__="a", x="1\\\\t2"} 1@1000',
  ]);
  expect(await taken('a{x="\\d"} 1 1\n# EOF\n')).toEqual(['{__name__="a", x="\\\\d"} 1@1000']);
});

test('NaN is a number, unless it is said to end its series', async () => {
  const text = 'a 1 1\na NaN 2\n# EOF\n';
  const kept = await importingText(text);
  expect([kept.loader.lines(), kept.summary.totals.nans]).toEqual([['{__name__="a"} 1@1000 NaN@2000'], 1]);
  const stale = await importingText(text, { nan: 'stale' });
  expect([stale.loader.lines(), stale.summary.totals.nans]).toEqual([
    ['{__name__="a"} 1@1000 stale@2000'],
    1,
  ]);
});

test('exemplars are left out and counted', async () => {
  const { loader, summary } = await importingText('a_total 1 1 # {trace="x"} 0.5 1\na_total 2 2\n# EOF\n');
  expect(loader.lines()).toEqual(['{__name__="a_total"} 1@1000 2@2000']);
  expect(summary.totals).toMatchObject({ samples: 2, exemplars: 1, refused: {} });
});

test.each([
  ['a 1', '2: no timestamp: a sample of the past needs its time'],
  ['a{x="1} 1 1', /^2: malformed line: expected label value, got "\\"1} 1 1/],
  ['a{x="1"} one 1', /^2: malformed line: strconv.ParseFloat: parsing "one": invalid syntax/],
  ['a{x="1"} 0x1p-2 1', /^2: malformed line: unsupported character in float/],
  ['a{x="1",x="2"} 1 1', /^2: malformed line: label name "x" is not unique/],
  ['a  1 1', /^2: malformed line: expected value after metric/],
  ['a 1 1 1', /^2: malformed line: expected next entry after timestamp/],
  ['a 1 NaN', /^2: malformed line: invalid timestamp NaN/],
  ['a 1 -1', '2: timestamp out of range: the time is before 1970'],
  ['a 1 4070908800', '2: timestamp out of range: the time is in the future: 2099-01-01T00:00:00.000Z'],
  ['a 1 1712345678901', /^2: timestamp out of range: OpenMetrics gives times in seconds/],
  ['# a comment', '2: malformed line: expected # HELP, # TYPE, # UNIT or # EOF, got # a comment'],
  ['{x="1"} 1 1', /^2: malformed line: metric name not set/],
  ['é 1 1', /^2: malformed line: expected a valid start token/],
  [`a{x="${'y'.repeat(1024 * 1024)}"} 1 1`, '2: line too long: lines of up to 1048576 bytes are taken'],
  [`a{x="${'y'.repeat(5 * 1024 * 1024)}"} 1 1`, '2: line too long: lines of up to 1048576 bytes are taken'],
])('OpenMetrics refuses %.40s, tells the line and takes the rest', async (line, refusal) => {
  const { loader, said, summary } = await importingText(`b 1 1\n${line}\nb 2 2\n# EOF\n`);
  expect(said.refused).toEqual([typeof refusal === 'string' ? refusal : expect.stringMatching(refusal)]);
  expect(loader.lines()).toEqual(['{__name__="b"} 1@1000 2@2000']);
  expect(Object.values(summary.totals.refused)).toEqual([1]);
});

test.each([
  ['{__name__="a"} 1', '2: malformed line: expected a value and a time in ms, got " 1"'],
  ['{__name__="a"} 1 1.5', '2: malformed line: expected a value and a time in ms, got " 1 1.5"'],
  ['{__name__="a"} x 1', '2: malformed line: expected a value and a time in ms, got " x 1"'],
  ['{__name__="a} 1 1', /^2: malformed line: 1:11: parse error: unterminated quoted string/],
  ['{__name__=~"a"} 1 1', '2: malformed line: a label is given as __name__=~, expected __name__='],
  ['{a="1", a="2"} 1 1', '2: malformed line: label name "a" is not unique'],
  ['{} 1 1', '2: malformed line: a series without labels'],
  ['{__name__="a"} 1 -5', '2: timestamp out of range: the time is before 1970: 1 -5'],
  ['{__name__="a"} 1 4070908800000', /^2: timestamp out of range: the time is in the future/],
  [
    '{__name__="h"} {count:5, sum:18.4, [-1,1]:2} 1712345678901',
    /^2: native histogram: only floats can be read from a dump, got \{count:5/,
  ],
  ['garbage', /^2: malformed line: /],
])('a dump refuses %s, tells the line and takes the rest', async (line, refusal) => {
  const { loader, said } = await importingText(`{__name__="b"} 1 1\n${line}\n{__name__="b"} 2 2\n`);
  expect(said.refused).toEqual([typeof refusal === 'string' ? refusal : expect.stringMatching(refusal)]);
  expect(loader.lines()).toEqual(['{__name__="b"} 1@1 2@2']);
});

test('a text that was cut off is told', async () => {
  const withoutEnd = await importingText('a 1 1\n');
  expect(withoutEnd.said.refused).toEqual([
    '2: file cut off: the text does not end with # EOF, it may be incomplete',
  ]);
  const withinLine = await importingText('{__name__="a"} 1 1000\n{__name__="a"} 1 20');
  expect(withinLine.said.refused).toEqual([
    '2: file cut off: the last line has no line break, it may be incomplete',
  ]);
  expect(withinLine.loader.lines()).toEqual(['{__name__="a"} 1@1000']);
  expect((await importingText('a 1 1\n# EOF')).said.refused).toEqual([]);
});

test('files that can be no text are not begun', async () => {
  await expect(importingText('a\u0000\n')).rejects.toThrow(/is no text$/);
  const utf16 = writeText(Buffer.from('\ufeffa 1 1\n', 'utf16le'));
  await expect(importing([utf16])).rejects.toThrow(/is UTF-16, as PowerShell writes it/);
});

test('what the retention would drop is taken, told once and counted', async () => {
  const { loader, said, summary } = await importingText('a 1 1\na 2 2\na 3 100\n# EOF\n', {
    retainedFromMs: 50_000,
  });
  expect([said.old, summary.totals.olderThanRetention, loader.samples]).toEqual([[1000], 2, 3]);
});
