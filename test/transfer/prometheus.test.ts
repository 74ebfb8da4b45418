// Both ways between promlite and a real Prometheus with its own tool: every sample comes through, bit for bit.
//
// What the texts can't carry is known: a NaN's payload, and with it the staleness marker.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Matcher } from '../../src/model/matcher.ts';
import type { ExportOptions } from '../../src/transfer/contract.ts';
import { exportSamples } from '../../src/transfer/export/export.ts';
import { remoteWrite, type WriteSeries } from '../reference/remote-write.ts';
import { writtenSeries } from '../reference/written-data.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { importing, temporaryFolder, writeText } from './support/importing.ts';
import { everySample, hardSeries, hasPrometheus, runPromtool, startOn } from './support/prometheus-data.ts';
import { linesOf, showValue, store } from './support/stored-series.ts';

const INTERVAL_MS = 15_000;
const SPAN_MS = 3_600_000 / 2;

function recentSeries(): WriteSeries[] {
  const startMs = Date.now() - SPAN_MS - 60_000;
  return [
    ...writtenSeries({ startMs, endMs: startMs + SPAN_MS, intervalMs: INTERVAL_MS }),
    ...hardSeries(startMs),
  ];
}

const asNumber = (value: number | 'stale'): string => (value === 'stale' ? 'NaN' : showValue(value));

test.skipIf(!hasPrometheus)('in: what promtool dumps of a folder', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const written = recentSeries();
  const server = await startOn(folder);
  try {
    await remoteWrite(server.url, written);
  } finally {
    await server.child.stop();
  }
  const dump = writeText(runPromtool('tsdb', 'dump', join(folder, 'data')));
  const { loader, said, summary } = await importing([dump], {
    clock: { nowMs: Date.now, monotonicMs: Date.now },
  });
  expect(said.refused).toEqual([]);
  expect(loader.lines().sort()).toEqual(linesOf(written, ([, value]) => asNumber(value)));
  expect(summary.totals.samples).toBe(written.reduce((sum, { samples }) => sum + samples.length, 0));
});

const outcomes: [ExportOptions['stale'], string | undefined][] = [
  ['drop', undefined],
  ['nan', 'NaN'],
];

test.skipIf(!hasPrometheus).each(outcomes)(
  'out: what promtool makes blocks of, with staleness markers as %s',
  { timeout: 60_000 },
  async (stale, marker) => {
    const folder = temporaryFolder();
    const written = recentSeries();
    const pieces: Buffer[] = [];
    const output = new Writable({
      write: (piece, _encoding, done) => done(void pieces.push(piece) as undefined),
    });
    const summary = await exportSamples({
      storage: store(new MemoryStorage(), written),
      matcherLists: [[new Matcher('=~', '__name__', '.+')]],
      minTimeMs: Number.MIN_SAFE_INTEGER,
      maxTimeMs: Number.MAX_SAFE_INTEGER,
      output,
      stale,
      quotedNames: false,
      onProgress: () => undefined,
    });
    expect(summary).toMatchObject({ staleMarkers: 1, histograms: 0, quotedNameSeries: 0, namelessSeries: 0 });
    const file = join(folder, 'out.om');
    writeFileSync(file, Buffer.concat(pieces));
    runPromtool('tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data'));

    const server = await startOn(folder);
    try {
      const expected = linesOf(written, ([, value]) => (value === 'stale' ? marker : showValue(value)));
      expect(await everySample(server.api)).toEqual(expected);
    } finally {
      await server.child.stop();
    }
  },
);
