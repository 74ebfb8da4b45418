// How long single requests hold the event loop, over HTTP, where there are many series live and in day files; each
// the first time and later, so that what is read or sorted once counts, too.
//
//   node bench/api/hold.ts [series] [days]      the series of each day are the live ones, half of them others each day

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createApiServer } from '../../src/api/server.ts';
import { systemClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { createEngine } from '../../src/query/engine.ts';
import { Row, type StoredStorage } from '../../src/storage/contract.ts';
import { openStorage } from '../../src/storage/open.ts';
import { harmlessDependencies } from '../../test/api/fixture.ts';
import { MemoryStoredStorage } from '../../test/support/memory-stored-storage.ts';
import { type Hold, longer, longestHold } from '../longest-hold.ts';

const DAY_MS = 86_400_000;
const SERIES_A_TARGET = 1000;
const LATER_ROUNDS = 3;

const [series = 100_000, days = 5] = processArguments().map(Number);
const nowMs = systemClock.nowMs();

function labelsOf(i: number, day: number): Labels {
  // Half of the series are those of another deployment each day.
  const pod = i % 2 === 0 ? 'all' : `pod-${day}`;
  const [target, within] = [Math.floor(i / SERIES_A_TARGET), i % SERIES_A_TARGET];
  const labels = { job: 'bench', instance: `host-${target}:9100`, pod, path: `/path/${i}` };
  return Labels.of({ __name__: `metric_${within % 100}_total`, ...labels });
}

async function fill(storage: StoredStorage): Promise<void> {
  const loader = storage.bulkLoader();
  const samples = new SampleBuffer();
  for (let day = 1; day <= days; day++) {
    for (let i = 0; i < series; i++) {
      samples.clear();
      for (let k = 0; k < 3; k++) samples.push(nowMs - day * DAY_MS + k * 60_000, i + k);
      await loader.add(labelsOf(i, day), samples);
    }
    await loader.flush();
  }
  for (let k = 0; k < 3; k++) {
    for (let from = 0; from < series; from += SERIES_A_TARGET) {
      const row = new Row(storage.group(`g${from}`), nowMs - 60_000 + k * 15_000);
      for (let i = from; i < from + SERIES_A_TARGET; i++) {
        row.add(row.group.column(labelsOf(i, 0)), i / 3);
      }
      storage.commit([row]);
    }
  }
}

const client = new Worker(join(import.meta.dirname, 'client.ts'));

async function get(port: number, path: string): Promise<number> {
  client.postMessage({ port, path });
  const [answer] = await once(client, 'message');
  if (typeof answer !== 'number') throw new Error(answer);
  return answer;
}

const PATHS = [
  '/federate?match[]={job="bench"}',
  '/api/v1/status/tsdb',
  '/api/v1/labels',
  '/api/v1/labels?match[]={job="bench"}',
  '/api/v1/label/__name__/values',
  '/api/v1/label/path/values',
  '/api/v1/label/path/values?match[]={job="bench"}',
  '/api/v1/series?match[]={job="bench"}',
  '/api/v1/query?query={job="bench"}',
  '/api/v1/query?query=sum by (instance) (metric_1_total)',
  '/metrics',
];

const folder = mkdtempSync(join(tmpdir(), 'promlite-bench-'));
const registry = new Registry();
const open = () =>
  openStorage({
    folder,
    retentionMs: Number.POSITIVE_INFINITY,
    clock: systemClock,
    log: silentLogger,
    registry,
  });
const storage = open();
try {
  await fill(storage);
  const dependencies = harmlessDependencies(new MemoryStoredStorage(), new Registry());
  const engine = createEngine({
    clock: systemClock,
    log: silentLogger,
    registry,
    features: new Set(),
    querierOf: (minTimeMs, maxTimeMs) => storage.querier(minTimeMs, maxTimeMs),
    limits: { timeoutMs: 120_000, maxSamples: 50_000_000, maxConcurrency: 20, lookbackDeltaMs: 300_000 },
    evaluationIntervalMs: () => 60_000,
  });
  const server = createApiServer({ ...dependencies, engine, storage, registry, clock: systemClock });
  const { port } = await server.listen('127.0.0.1:0');
  for (const path of PATHS) {
    let bytes = 0;
    const ask = () =>
      longestHold(async () => {
        bytes = await get(port, encodeURI(path));
      });
    const first = await ask();
    let later: Hold = { wallMs: 0, cpuMs: 0 };
    for (let i = 0; i < LATER_ROUNDS; i++) later = longer(later, await ask());
    const [one, others] = [first, later].map(({ cpuMs }) => cpuMs.toFixed(1).padStart(7));
    process.stdout.write(
      `${path.padEnd(50)} longest hold, CPU time: first ${one} ms   later ${others} ms   ${(bytes / 1e6).toFixed(1)} MB\n`,
    );
  }
  await server.close(1000);
} finally {
  await client.terminate();
  storage.close();
  rmSync(folder, { recursive: true });
}
