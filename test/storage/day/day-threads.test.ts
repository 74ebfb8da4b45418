// A reader on one thread and the writer on another: whatever is appended and merged meanwhile, no sample is missed.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { ChunkCache } from '../../../src/storage/day/chunk-cache.ts';
import { DayReader } from '../../../src/storage/day/day-reader.ts';
import { DayWriter } from '../../../src/storage/day/day-writer.ts';
import { normalise } from '../../../src/storage/read/normalise.ts';
import { type MergingWorkerData, SERIES } from './merging-worker.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('reads during appends and merges are whole', { timeout: 60_000 }, async () => {
  const file = join(temporaryFolder(), 'day.db');
  const [day, startMs, appends] = [20_000, 20_000 * 86_400_000, 150];
  new DayWriter(file, day).close();
  const over = new Int32Array(new SharedArrayBuffer(4));
  const workerData: MergingWorkerData = { file, day, startMs, appends, over };
  const worker = new Worker(new URL('./merging-worker.ts', import.meta.url), { workerData });
  const ended = once(worker, 'exit');
  const damage: string[] = [];
  // A small cache, so that most chunks are read again.
  const reader = new DayReader(file, new ChunkCache(20_000), message => damage.push(message));
  const samples = new SampleBuffer();
  let least = 0;
  let rounds = 0;
  for (let isOver = false; !isOver; rounds++) {
    isOver = Atomics.load(over, 0) === 1;
    // Most reads work on a list of chunks that is out of date.
    if (rounds % 3 === 0 || isOver) {
      reader.refresh();
      least = reader.sampleCount / SERIES;
    }
    for (const series of reader.select([], 0, Number.POSITIVE_INFINITY)) {
      samples.clear();
      reader.read(series, 0, Number.POSITIVE_INFINITY, samples);
      normalise(samples);
      expect(samples.length).toBeGreaterThanOrEqual(least);
      expect(samples.timestampsMs[samples.length - 1]).toBe(startMs + samples.length - 1);
    }
    // Lets the worker's errors through.
    await new Promise(resolve => setImmediate(resolve));
  }
  expect(least).toBe(appends);
  expect(damage).toEqual([]);
  reader.close();
  expect(await ended).toEqual([0]);
});
