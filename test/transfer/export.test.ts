// What an export writes, that an import of it gives back every bit, and what it says of the rest.
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { Row } from '../../src/storage/contract.ts';
import type { ExportOptions, ExportProgress, ExportSummary } from '../../src/transfer/contract.ts';
import { exportSamples } from '../../src/transfer/export/export.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { importingText } from './support/importing.ts';
import { linesOf, type Sample, series, store } from './support/stored-series.ts';

const storageWith = (all: readonly (readonly [Record<string, string>, readonly Sample[]])[]): MemoryStorage =>
  store(
    new MemoryStorage(),
    all.map(([labels, samples]) => series(labels, samples)),
  );

const ALL = [[new Matcher('=~', '__name__', '.*')]];

async function exporting(
  storage: MemoryStorage,
  options: Partial<ExportOptions> = {},
): Promise<{ text: string; summary: ExportSummary; progress: ExportProgress[] }> {
  const pieces: Buffer[] = [];
  const progress: ExportProgress[] = [];
  const output = new Writable({
    // The smallest buffer that there is: every write asks for a pause.
    highWaterMark: 1,
    write: (piece, _encoding, done) => {
      pieces.push(piece);
      setImmediate(done);
    },
  });
  const summary = await exportSamples({
    storage,
    matcherLists: ALL,
    minTimeMs: Number.MIN_SAFE_INTEGER,
    maxTimeMs: Number.MAX_SAFE_INTEGER,
    output,
    stale: 'drop',
    quotedNames: false,
    onProgress: step => progress.push(step),
    ...options,
  });
  return { text: Buffer.concat(pieces).toString(), summary, progress };
}

test('families in order, each with its series in order, values and times exact', async () => {
  const storage = storageWith([
    [{ __name__: 'b', x: '2' }, [[1_712_345_678_901, 1]]],
    [
      { __name__: 'b', x: '1' },
      [
        [1_712_345_678_000, 0.1],
        [1_712_345_679_050, -0],
      ],
    ],
    [
      { __name__: 'b_total' },
      [
        [1, 1e21],
        [1001, Infinity],
        [2000, -Infinity],
        [3000, Number.NaN],
      ],
    ],
    [{ A: 'first', __name__: 'a:b', v: '"\\\n é' }, [[4000, 5e-324]]],
  ]);
  const { text, summary } = await exporting(storage);
  expect(text).toBe(`# TYPE a:b unknown
a:b{A="first",v="\\"\\\\\\n é"} 5e-324 4
# TYPE b unknown
b{x="1"} 0.1 1712345678
b{x="1"} -0 1712345679.050
b{x="2"} 1 1712345678.901
# TYPE b_total unknown
b_total 1e+21 0.001
b_total +Inf 1.0011
b_total -Inf 2
b_total NaN 3
# EOF
`);
  expect(summary).toMatchObject({ series: 4, samples: 8, bytes: Buffer.byteLength(text) });
});

test('Prometheus, which cuts a product of doubles, reads back each time', async () => {
  const times = fc.integer({ min: 0, max: 8_000_000_000_000 });
  await fc.assert(
    fc.asyncProperty(times, async timeMs => {
      const { text } = await exporting(storageWith([[{ __name__: 'a' }, [[timeMs, 1]]]]));
      const seconds = Number(/^a 1 (.*)$/m.exec(text)?.[1]);
      expect(Math.trunc(seconds * 1000)).toBe(timeMs);
      expect(Math.round(seconds * 1000)).toBe(timeMs);
    }),
    { numRuns: 500 },
  );
});

test('an import of it gives back every bit', async () => {
  const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,5}$/);
  const value = fc.string({ unit: 'grapheme', maxLength: 6 });
  const samples = fc.uniqueArray(fc.tuple(fc.nat(1_790_000_000_000), fc.double({ noNaN: true })), {
    selector: ([timeMs]) => timeMs,
    minLength: 1,
    maxLength: 5,
  });
  const randomSeries = fc.uniqueArray(fc.tuple(name, value, samples), { selector: ([n, v]) => `${n} ${v}` });
  await fc.assert(
    fc.asyncProperty(randomSeries, async all => {
      const sorted = all.map(
        ([n, v, list]) =>
          [{ __name__: n, v }, [...list].sort(([a], [b]) => a - b)] as [Record<string, string>, Sample[]],
      );
      const { text } = await exporting(storageWith(sorted));
      const { loader, said } = await importingText(text);
      expect(said.refused).toEqual([]);
      expect(loader.lines().sort()).toEqual(linesOf(sorted.map(([labels, list]) => series(labels, list))));
    }),
    { numRuns: 100 },
  );
});

test('only what was asked for, each series once', async () => {
  const samples: Sample[] = [
    [1000, 1],
    [2000, 2],
    [3000, 3],
  ];
  const storage = storageWith([
    [{ __name__: 'a', job: 'x' }, samples],
    [{ __name__: 'b', job: 'x' }, samples],
    [{ __name__: 'c', job: 'y' }, samples],
    [{ __name__: 'late', job: 'x' }, [[9000, 1]]],
  ]);
  const { text } = await exporting(storage, {
    matcherLists: [[Matcher.equal('job', 'x')], [Matcher.equal('__name__', 'a')]],
    minTimeMs: 2000,
    maxTimeMs: 3000,
  });
  expect(text.split('\n').filter(line => !line.startsWith('#'))).toEqual([
    'a{job="x"} 2 2',
    'a{job="x"} 3 3',
    'b{job="x"} 2 2',
    'b{job="x"} 3 3',
    '',
  ]);
});

test('staleness markers are left out or become NaN, and are counted', async () => {
  const storage = storageWith([
    [
      { __name__: 'a' },
      [
        [1000, 1],
        [2000, 'stale'],
      ],
    ],
    [{ __name__: 'only_ended' }, [[1000, 'stale']]],
  ]);
  const dropped = await exporting(storage);
  expect([dropped.text, dropped.summary.staleMarkers]).toEqual(['# TYPE a unknown\na 1 1\n# EOF\n', 2]);
  const written = await exporting(storage, { stale: 'nan' });
  expect(written.text).toBe(
    '# TYPE a unknown\na 1 1\na NaN 2\n# TYPE only_ended unknown\nonly_ended NaN 1\n# EOF\n',
  );
  const { loader } = await importingText(written.text, { nan: 'stale' });
  expect(loader.lines()).toEqual(['{__name__="a"} 1@1000 stale@2000', '{__name__="only_ended"} stale@1000']);
});

test('names that need quotes are left out and counted, unless they are wanted', async () => {
  const storage = storageWith([
    [{ __name__: 'a' }, [[1000, 1]]],
    [{ __name__: 'a.b', 'c.d': 'e' }, [[1000, 2]]],
    [{ __name__: 'a', 'c"d': 'e' }, [[1000, 3]]],
    [{ job: 'without a name' }, [[1000, 4]]],
  ]);
  const plain = await exporting(storage);
  expect(plain.text).toBe('# TYPE a unknown\na 1 1\n# EOF\n');
  expect(plain.summary).toMatchObject({ series: 1, quotedNameSeries: 2, namelessSeries: 1 });
  const quoted = await exporting(storage, { quotedNames: true });
  expect(quoted.text).toBe(`# TYPE a unknown
a 1 1
a{"c\\"d"="e"} 3 1
# TYPE "a.b" unknown
{"a.b","c.d"="e"} 2 1
# EOF
`);
  expect(quoted.summary).toMatchObject({ series: 3, quotedNameSeries: 0, namelessSeries: 1 });
  expect((await importingText(quoted.text)).loader.lines()).toHaveLength(3);
});

test('native histograms are left out and counted', async () => {
  const storage = new MemoryStorage();
  const group = storage.group('g');
  const row = new Row(group, 1000);
  row.addHistogram(group.column(Labels.of({ __name__: 'h' })), {} as never);
  storage.commit([row]);
  const { text, summary } = await exporting(storage);
  expect([text, summary.histograms, summary.series]).toEqual(['# EOF\n', 1, 0]);
});

test('much text goes out in pieces, at the pace of its reader, with progress', async () => {
  const samples = Array.from({ length: 1000 }, (_, i): Sample => [i * 1000, i]);
  const storage = storageWith(Array.from({ length: 40 }, (_, i) => [{ __name__: 'a', i: `${i}` }, samples]));
  const { text, progress, summary } = await exporting(storage);
  expect(text.split('\n')).toHaveLength(40_000 + 3);
  expect(progress.at(-1)).toEqual({ series: 40, totalSeries: 40, samples: 40_000, bytes: text.length });
  expect([summary.bytes, progress.length > 2]).toEqual([text.length, true]);
});

test('a stream that fails ends the export', async () => {
  const storage = storageWith([[{ __name__: 'a' }, [[1000, 1]]]]);
  const output = new Writable({ write: (_piece, _encoding, done) => done(new Error('disk full')) });
  await expect(exporting(storage, { output })).rejects.toThrow('disk full');
});
