// How long dropping a day holds the event loop, and how long until its file is gone: a day of 100,000 series with a few
// samples each, one of 100,000 series at one sample a minute, which is hundreds of megabytes, and one whose series are
// live, so that the head has them, too.
//
//   node bench/storage/drop-day.ts [series]

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, systemClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Row, type StoredStorage } from '../../src/storage/contract.ts';
import { openStorage } from '../../src/storage/open.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 1);
const ROUNDS = 5;
const SERIES_A_GROUP = 1000;

const SERIES = Number(processArguments()[0] ?? 100_000);

const labelsOf = (i: number): Labels =>
  Labels.of({ __name__: `metric_${i % 50}_total`, instance: `host-${i % 97}:9100`, id: String(i) });

type Fill = (storage: StoredStorage, clock: ManualClock) => Promise<void>;

/** A day of `SERIES` series with so many samples each, and one series of the day after it. */
const loading =
  (samplesEach: number, isFinished: boolean): Fill =>
  async storage => {
    const loader = storage.bulkLoader();
    const samples = new SampleBuffer(samplesEach);
    for (let i = 0; i < SERIES; i++) {
      samples.clear();
      let value = i;
      for (let k = 0; k < samplesEach; k++) {
        value += Math.floor(Math.random() * 17);
        samples.push(START_MS + Math.floor((k * DAY_MS) / samplesEach) + 137, value);
      }
      await loader.add(labelsOf(i), samples);
    }
    samples.clear();
    samples.push(START_MS + DAY_MS, 1);
    await loader.add(Labels.of({ __name__: 'next' }), samples);
    await loader.flush();
    if (isFinished) await storage.cleanTombstones();
  };

/** Two days of rows, an hour apart. */
const committing: Fill = async (storage, clock) => {
  const rows = Array.from({ length: SERIES / SERIES_A_GROUP }, (_, g) => {
    const row = new Row(storage.group(`target ${g}`), 0, SERIES_A_GROUP);
    for (let i = 0; i < SERIES_A_GROUP; i++) row.add(row.group.column(labelsOf(g * SERIES_A_GROUP + i)), i);
    return row;
  });
  for (let hour = 0; hour < 48; hour++) {
    clock.set(START_MS + hour * 3_600_000);
    for (const row of rows) {
      row.timestampMs = clock.nowMs();
      storage.commit([row]);
    }
    await storage.settled();
  }
};

interface Drop {
  readonly fileBytes: number;
  /** How long the call took, which nothing interrupts. */
  readonly heldMs: number;
  /** From the call until the folder does not have the file any more. */
  readonly goneMs: number;
}

async function measureDrop(fill: Fill): Promise<Drop> {
  const folder = mkdtempSync(join(tmpdir(), 'promlite-drop-'));
  const clock = new ManualClock(START_MS + 3 * DAY_MS);
  const storage = openStorage({
    folder,
    retentionMs: Number.POSITIVE_INFINITY,
    clock: { nowMs: () => clock.nowMs(), monotonicMs: () => systemClock.monotonicMs() },
    log: silentLogger,
    registry: new Registry(),
  });
  try {
    await fill(storage, clock);
    // A query has read of it, so that its reader is open.
    const querier = storage.querier(START_MS, START_MS + DAY_MS);
    querier.select([]).read(0, START_MS, START_MS + DAY_MS, new SampleBuffer());
    querier.close();
    const days = join(folder, 'promlite', 'days');
    const files = (): string[] => readdirSync(days).filter(name => name.startsWith('2026-11-01'));
    const fileBytes = files().reduce((sum, name) => sum + statSync(join(days, name)).size, 0);
    const beganMs = performance.now();
    storage.dropBefore(START_MS + DAY_MS);
    const heldMs = performance.now() - beganMs;
    while (files().length > 0) await new Promise(resolve => setImmediate(resolve));
    return { fileBytes, heldMs, goneMs: performance.now() - beganMs };
  } finally {
    storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function report(what: string, fill: Fill, rounds: number): Promise<void> {
  const drops: Drop[] = [];
  for (let round = 0; round < rounds; round++) drops.push(await measureDrop(fill));
  const of = (pick: (drop: Drop) => number): string =>
    drops.map(drop => `${pick(drop).toFixed(1)} ms`).join(', ');
  console.log(`${what}: ${SERIES} series, ${(drops[0].fileBytes / 1e6).toFixed(1)} MB on disk`);
  console.log(`  event loop held for ${of(drop => drop.heldMs)}`);
  console.log(`  file gone after     ${of(drop => drop.goneMs)}`);
}

await report('3 samples each, as they came', loading(3, false), ROUNDS);
await report('3 samples each, finished', loading(3, true), ROUNDS);
await report('1440 samples each, finished', loading(1440, true), 1);
await report('24 samples each, of series that are live', committing, 2);
