// Files as they come: gzipped, through a pipe, several, in pieces of any size, interrupted and continued.
import { appendFileSync, existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Labels } from '../../src/model/labels.ts';
import type { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { chunks, importing, importingText, temporaryFolder, writeText } from './support/importing.ts';
import { MemoryLoader } from './support/memory-loader.ts';

const TEXT = 'a{x="é"} 1 1\na{x="é"} 2 2\nb 3 1\n# EOF\n';
const LINES = ['{__name__="a", x="é"} 1@1000 2@2000', '{__name__="b"} 3@1000'];

/** A dump of some size: `count` samples of one series. */
const longDump = (count: number): string =>
  Array.from({ length: count }, (_, i) => `{__name__="a"} ${i} ${i * 1000}\n`).join('');

test('gzipped, whatever the file is called, also in several members', async () => {
  const packed = gzipSync(TEXT);
  const half = Math.floor(TEXT.length / 2);
  const members = Buffer.concat([gzipSync(TEXT.slice(0, half)), gzipSync(TEXT.slice(half))]);
  for (const bytes of [packed, members]) {
    const { loader, said } = await importing([writeText(bytes)]);
    expect([loader.lines(), said.refused, said.progress?.bytesRead]).toEqual([LINES, [], bytes.length]);
  }
});

test('gzip that ends too early: what could be read is stored, and the cut is told', async () => {
  const packed = gzipSync(longDump(50_000));
  const { loader, said } = await importing([writeText(packed.subarray(0, packed.length / 2))]);
  expect(said.refused.at(-1)).toMatch(/file cut off/);
  expect(loader.samples).toBeGreaterThan(1000);
});

test('standard input, gzipped or not, at the side of files', async () => {
  const file = writeText('c 4 1\n# EOF\n');
  for (const bytes of [Buffer.from(TEXT), gzipSync(TEXT)]) {
    const { loader } = await importing(['-', file], { standardInput: chunks([bytes]) });
    expect(loader.lines()).toEqual([...LINES, '{__name__="c"} 4@1000']);
  }
});

test('pieces of any size give the same samples and the same refusals', async () => {
  const bytes = Buffer.from(`a{x="é"} 1 1\n\nbroken\n# TYPE b gauge\nb 2 2\n${'c'.repeat(200)} 3 3\nd 4 4`);
  const cuts = fc.uniqueArray(fc.nat(bytes.length), { maxLength: 20 });
  const whole = await importing(['-'], { standardInput: chunks([bytes]) });
  await fc.assert(
    fc.asyncProperty(cuts, async places => {
      const ends = [...places.sort((a, b) => a - b), bytes.length];
      const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
      const { loader, said } = await importing(['-'], { standardInput: chunks(pieces) });
      expect([loader.lines(), said.refused]).toEqual([whole.loader.lines(), whole.said.refused]);
    }),
    { numRuns: 100 },
  );
});

test('a file without a sample, and an empty one', async () => {
  expect((await importingText('# EOF\n')).summary.totals).toMatchObject({ samples: 0, refused: {} });
  expect((await importingText('')).summary.totals).toMatchObject({ samples: 0, refused: {} });
});

test('a file that is missing is told before anything is stored', async () => {
  const loader = new MemoryLoader();
  const missing = join(temporaryFolder(), 'missing');
  await expect(importing([writeText(TEXT), missing], { loader })).rejects.toThrow(
    /can't read .*missing: ENOENT/,
  );
  expect(loader.adds).toBe(0);
});

test('an import that is aborted stores what it has read, and the next run goes on there', async () => {
  const count = 80_000;
  const file = writeText(`${longDump(count)}broken\n`);
  const loader = new MemoryLoader();
  const abort = new AbortController();
  abort.abort();
  const first = await importing([file], { loader, signal: abort.signal });
  expect(first.summary.interrupted).toBe(true);
  const { samples } = first.summary.totals;
  expect([loader.samples, loader.unflushed]).toEqual([samples, 0]);
  expect(samples).toBeLessThan(count);

  const rest = new MemoryLoader();
  const second = await importing([file], { loader: rest });
  expect(second.said.beganAt[0]).toBeGreaterThan(900_000);
  expect(rest.samples).toBe(count - samples);
  expect(second.said.refused).toEqual([expect.stringMatching(/^80001: malformed line/)]);
  expect(second.summary).toMatchObject({ interrupted: false, totals: { samples: count } });
  expect(existsSync(`${file}.state`)).toBe(false);
});

test('so it does within gzip', async () => {
  const file = writeText(gzipSync(longDump(80_000)));
  const abort = new AbortController();
  abort.abort();
  const first = await importing([file], { signal: abort.signal });
  const rest = new MemoryLoader();
  await importing([file], { loader: rest });
  expect(first.loader.samples).toBeGreaterThan(0);
  expect(rest.samples).toBe(80_000 - first.loader.samples);
});

test('a loader that fails ends the import; what was flushed is not read again', async () => {
  const [first, second] = [writeText(longDump(10)), writeText(longDump(80_000))];
  class FailingLoader extends MemoryLoader {
    override async add(...parameters: Parameters<MemoryLoader['add']>): Promise<void> {
      if (this.adds > 0) throw new Error('disk full');
      return super.add(...parameters);
    }
  }
  await expect(importing([first, second], { loader: new FailingLoader() })).rejects.toThrow('disk full');
  const { said, summary } = await importing([first, second]);
  expect([said.skipped, said.beganAt]).toEqual([[first], [0]]);
  expect(summary.totals.samples).toBe(80_010);
});

test.each<[string, (file: string) => void]>([
  ['has grown', file => appendFileSync(file, '{__name__="a"} 1 1\n')],
  ['was written at another time', file => utimesSync(file, 1, 1)],
])('a file that %s since is read from its beginning', async (_what, change) => {
  const file = writeText(longDump(80_000));
  const abort = new AbortController();
  abort.abort();
  await importing([file], { signal: abort.signal });
  change(file);
  expect((await importing([file])).said.beganAt).toEqual([0]);
});

test('restart forgets how far an earlier run came; a state that makes no sense counts as none', async () => {
  const file = writeText(longDump(80_000));
  const abort = new AbortController();
  abort.abort();
  await importing([file], { signal: abort.signal });
  expect((await importing([file], { restart: true })).said.beganAt).toEqual([0]);
  writeFileSync(`${file}.state`, '{');
  expect((await importing([file])).said.beganAt).toEqual([0]);
});

test('samples by the million are handed over in batches', async () => {
  const batches: number[] = [];
  class CountingLoader extends MemoryLoader {
    override async add(_labels: Labels, samples: SampleBuffer): Promise<void> {
      batches.push(samples.length);
    }
  }
  const line = '{__name__="a"} 1 1\n';
  const { summary } = await importingText(line.repeat(2_500_000), { loader: new CountingLoader() });
  expect(summary.totals.samples).toBe(2_500_000);
  expect(batches).toHaveLength(5);
  expect(Math.max(...batches)).toBeLessThan(600_000);
});
