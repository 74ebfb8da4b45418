// The command lines of import and export, and how progress is shown.
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { bar, ProgressDisplay, shortDuration, sizeText } from '../../src/cli/progress.ts';
import type { ExportCommand } from '../../src/cli/transfer-commands.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

function refusal(...argv: string[]): string {
  try {
    parseCommandLine(argv);
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

function exported(...argv: string[]): ExportCommand {
  const command = parseCommandLine(['export', ...argv]);
  if (command.kind !== 'export') throw new Error(`expected export, got ${command.kind}`);
  return command;
}

test('import: files, and what is assumed', () => {
  expect(parseCommandLine(['import', 'a.om', '-'])).toEqual({
    kind: 'import',
    files: ['a.om', '-'],
    storagePath: 'data/',
    retentionMs: 15 * 86_400_000,
    nan: 'keep',
    restart: false,
  });
  const flags = ['--storage.tsdb.path=/p', '--storage.tsdb.retention.time', '1y', '--nan=stale', '--restart'];
  expect(parseCommandLine(['import', ...flags, 'a.om'])).toMatchObject({
    files: ['a.om'],
    storagePath: '/p',
    retentionMs: 365 * 86_400_000,
    nan: 'stale',
    restart: true,
  });
});

test('export: what is assumed, selectors, times, the file', () => {
  const plain = exported();
  expect(plain.matcherLists.map(String)).toEqual(['__name__=~".+"']);
  expect(plain).toMatchObject({
    minTimeMs: Number.MIN_SAFE_INTEGER,
    maxTimeMs: Number.MAX_SAFE_INTEGER,
    storagePath: 'data/',
    outputFile: undefined,
    stale: 'drop',
    quotedNames: false,
  });
  const command = exported(
    ...[
      '--match={job="x"}',
      '--match',
      'up{a!="b"}',
      '--start=2026-11-22T01:02:03.5+01:00',
      '--end=1800000000.25',
    ],
    ...['-o', 'x.om', '--stale-markers=nan', '--quoted-names'],
  );
  expect(command.matcherLists.map(list => list.join())).toEqual(['job="x"', 'a!="b",__name__="up"']);
  expect(command).toMatchObject({
    minTimeMs: Date.UTC(2026, 10, 22, 0, 2, 3, 500),
    maxTimeMs: 1_800_000_000_250,
    outputFile: 'x.om',
    stale: 'nan',
    quotedNames: true,
  });
  expect(exported('-ox.om').outputFile).toBe('x.om');
  expect(exported('--output=-').outputFile).toBeUndefined();
});

test.each([
  [['import'], 'import: no file given, expected import FILE… (- is standard input)'],
  [['import', 'a', 'a'], 'import: a is given twice, expected it once'],
  [['import', 'a', '--nan=drop'], 'invalid value "drop" for --nan: expected one of keep, stale'],
  [
    ['import', 'a', '--web.listen-address=:1'],
    /^unexpected --web.listen-address, import knows --storage.tsdb.path, /,
  ],
  [['import', 'a', '--mach=x'], /^unknown long flag '--mach'/],
  [['--restart', 'import', 'a'], /^unknown long flag '--restart'/],
  [['--log.level=info', 'import', 'a'], 'unexpected import, expected it before all flags'],
  [['export', 'x'], /^unexpected x, expected export --match=/],
  [['export', '--match=up{'], /^invalid value "up\{" for --match: 1:4: parse error/],
  [['export', '--match={a=""}'], /must contain at least one non-empty matcher/],
  [
    ['export', '--start=yesterday'],
    /^invalid value "yesterday" for --start: expected a time such as 2026-01-31T/,
  ],
  [['export', '--end=2026-13-01T00:00:00Z'], /^invalid value "2026-13-01T00:00:00Z" for --end/],
  [['export', '--start=5', '--end=4'], '--end is before --start, expected it after'],
  [['export', '--storage.tsdb.path='], 'invalid value "" for --storage.tsdb.path: expected a path'],
  [['exprot'], 'unexpected exprot, did you mean export?'],
])('%j is refused, and what was expected is said', (argv, message) => {
  expect(refusal(...argv)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
});

test('each has a help of its own, which the general one names', () => {
  const text = (...argv: string[]) => {
    const command = parseCommandLine(argv);
    return command.kind === 'help' ? command.text : command.kind;
  };
  expect(text('import', '--help')).toContain('Usage: promlite import [flags] FILE…');
  expect(text('export', '-h')).toContain('Usage: promlite export [flags]');
  expect(text('--help')).toContain('promlite import --help');
});

function display(isTTY: boolean): { clock: ManualClock; display: ProgressDisplay; written: () => string } {
  const clock = new ManualClock(0);
  let text = '';
  const stream = {
    isTTY,
    columns: 20,
    write: (more: string) => {
      text += more;
    },
  };
  return { clock, display: new ProgressDisplay(stream, clock), written: () => text };
}

test('on a terminal one line changes, and what is said stands above it', () => {
  const { clock, display: shown, written } = display(true);
  shown.update(() => 'too early');
  clock.advance(100);
  shown.update(() => 'one line that is too long for it');
  shown.say('hear!');
  shown.clear();
  expect(written()).toBe('\r\u001b[2Kone line that is to\r\u001b[2Khear!\n');
});

test('elsewhere a line is written every few seconds', () => {
  const { clock, display: shown, written } = display(false);
  for (let second = 1; second <= 12; second++) {
    clock.advance(1000);
    shown.update(() => `after ${second}`);
  }
  shown.say('hear!');
  shown.clear();
  expect(written()).toBe('after 5\nafter 10\nhear!\n');
});

test('shares, sizes and times for people', () => {
  expect([bar(0, 4), bar(1, 4), bar(4, 4), bar(0, 0), bar(3, undefined)]).toEqual([
    '[>                   ] 0 %',
    '[=====>              ] 25 %',
    '[====================] 100 %',
    '[====================] 100 %',
    '',
  ]);
  expect([sizeText(0), sizeText(999), sizeText(1500), sizeText(2.34e9)]).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '2.3 GB',
  ]);
  expect([shortDuration(400), shortDuration(61_000), shortDuration(7_260_000)]).toEqual([
    '0s',
    '1m1s',
    '2h1m',
  ]);
});
