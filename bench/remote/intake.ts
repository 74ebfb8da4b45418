// What a remote-written sample costs, by the shape of the requests: CPU in microseconds a sample, this process's own
// threads and, with `--servers`, a promlite and a real Prometheus that take the same requests over HTTP.
//
//   node bench/remote/intake.ts [--rounds 60] [--servers]
//
//   plain      2,000 series of 4 sources, a sample each: a Prometheus that keeps up
//   queued     2,000 time series of a sample each, ten samples of each of 200 series: a Prometheus that catches up
//   dense      200 series with 100 samples each
//   scattered  2,000 series of 2,000 sources, a sample each: the worst case
//
// "nowhere" is a storage that only counts; "disk" is the real one. Of each shape the first requests, whose series are
// new, are left out. Last: one request with 100,000 new series, and how long it held the event loop at most.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compressSync } from 'snappy';
import { systemClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { createRemoteWriteReceiver } from '../../src/remote/receiver.ts';
import type { Storage } from '../../src/storage/contract.ts';
import { openStorage } from '../../src/storage/open.ts';
import { encodeWriteRequest, type WriteSeries } from '../../test/reference/remote-write.ts';
import { type Server, startPrometheus, startPromlite } from '../../test/reference/servers.ts';
import { NowhereStorage } from './nowhere-storage.ts';

const { values: options } = parseArgs({
  args: [...processArguments()],
  options: { rounds: { type: 'string', default: '60' }, servers: { type: 'boolean', default: false } },
});
const ROUNDS = Number(options.rounds);
const WARM_UP_ROUNDS = 20;
const INTERVAL_MS = 1000;
const HEADERS = { contentType: 'application/x-protobuf', contentEncoding: 'snappy' };

interface Shape {
  readonly name: string;
  readonly series: number;
  readonly sources: number;
  readonly samples: number;
  /** A time series message for each sample, in the order of time. */
  readonly separate?: boolean;
}

const SHAPES: readonly Shape[] = [
  { name: 'plain', series: 2000, sources: 4, samples: 1 },
  { name: 'queued', series: 200, sources: 4, samples: 10, separate: true },
  { name: 'dense', series: 200, sources: 4, samples: 100 },
  { name: 'scattered', series: 2000, sources: 2000, samples: 1 },
];

/** Labels about as long as those of a service with a request histogram. */
function labelsOf({ name, series, sources }: Shape, i: number): WriteSeries['labels'] {
  return [
    ['__name__', 'http_request_duration_seconds_bucket'],
    ['instance', `10.0.0.${i % sources}:8080`],
    ['job', name],
    ['le', String(2 ** (i % 12))],
    ['method', 'GET'],
    ['path', `/api/v1/projects/{project_id}/models/${Math.floor(i / 12)}/of/${series}`],
    ['service', 'query-router'],
  ];
}

function seriesOf(shape: Shape, startMs: number): WriteSeries[] {
  const all = Array.from({ length: shape.series }, (_, i) => ({
    labels: labelsOf(shape, i),
    samples: Array.from(
      { length: shape.samples },
      (_, k) => [startMs + k * INTERVAL_MS, i + k * 1.5] as const,
    ),
  })).sort((a, b) => (a.labels[1][1] < b.labels[1][1] ? -1 : 1));
  if (!shape.separate) return all;
  return Array.from({ length: shape.samples }, (_, k) =>
    all.map(({ labels, samples }) => ({ labels, samples: [samples[k]] })),
  ).flat();
}

const bodyOf = (series: readonly WriteSeries[]): Buffer =>
  compressSync(Buffer.from(encodeWriteRequest(series)));

/** Requests one after the other in time, the last of them now. */
function bodiesOf(shape: Shape): Buffer[] {
  const count = ROUNDS + WARM_UP_ROUNDS;
  const firstMs = Date.now() - count * shape.samples * INTERVAL_MS;
  return Array.from({ length: count }, (_, i) =>
    bodyOf(seriesOf(shape, firstMs + i * shape.samples * INTERVAL_MS)),
  );
}

/** Sends the bodies; returns CPU microseconds a sample, without the first requests. */
async function measure(
  shape: Shape,
  bodies: readonly Buffer[],
  send: (body: Buffer) => Promise<void>,
  cpuMicroseconds: () => number,
): Promise<string> {
  let start = 0;
  for (let i = 0; i < bodies.length; i++) {
    if (i === WARM_UP_ROUNDS) start = cpuMicroseconds();
    await send(bodies[i]);
  }
  const samples = ROUNDS * shape.series * shape.samples;
  return ((cpuMicroseconds() - start) / samples).toFixed(3).padStart(8);
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Of another process, all of its threads. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function inProcess(shape: Shape, bodies: readonly Buffer[], storage: Storage): Promise<string> {
  const receiver = receiverInto(storage);
  const send = async (body: Buffer) => {
    const { status, message } = await receiver.write(body, HEADERS);
    if (status !== 204) throw new Error(message);
  };
  return measure(shape, bodies, send, ownCpu);
}

const receiverInto = (storage: Storage) =>
  createRemoteWriteReceiver({ storage, clock: systemClock, registry: new Registry(), log: silentLogger });

async function onDisk(use: (storage: Storage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'promlite-bench-'));
  const shared = { clock: systemClock, registry: new Registry(), log: silentLogger };
  const storage = openStorage({ ...shared, folder, retentionMs: 15 * 86_400_000 });
  try {
    await use(storage);
  } finally {
    storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function overHttp(
  shape: Shape,
  bodies: readonly Buffer[],
  start: () => Promise<Server>,
): Promise<string> {
  const server = await start();
  const headers = { 'content-type': HEADERS.contentType, 'content-encoding': HEADERS.contentEncoding };
  const send = async (body: Buffer) => {
    const response = await fetch(`${server.url}/api/v1/write`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    const text = await response.text();
    if (response.status !== 204) throw new Error(text);
  };
  try {
    return await measure(shape, bodies, send, () => cpuOf(server.child.pid));
  } finally {
    await server.stop();
  }
}

async function firstSight(storage: Storage): Promise<string> {
  const body = bodyOf(
    seriesOf({ name: 'new', series: 100_000, sources: 100, samples: 1 }, Date.now() - 1000),
  );
  const receiver = receiverInto(storage);
  const held = monitorEventLoopDelay({ resolution: 1 });
  held.enable();
  await delay(50);
  held.reset();
  const start = ownCpu();
  const { status, message } = await receiver.write(body, HEADERS);
  const cpuMs = (ownCpu() - start) / 1000;
  await delay(50);
  held.disable();
  if (status !== 204) throw new Error(message);
  return `${cpuMs.toFixed(0)} ms CPU, event loop held ${(held.max / 1e6).toFixed(0)} ms at most`;
}

console.log(
  `CPU µs a sample     nowhere     disk${options.servers ? '   promlite, HTTP   Prometheus, HTTP' : ''}`,
);
for (const shape of SHAPES) {
  const bodies = bodiesOf(shape);
  const columns = [await inProcess(shape, bodies, new NowhereStorage())];
  await onDisk(async storage => {
    columns.push(await inProcess(shape, bodies, storage));
  });
  if (options.servers) {
    columns.push(await overHttp(shape, bodies, startPromlite));
    columns.push(await overHttp(shape, bodies, startPrometheus));
  }
  console.log(`${shape.name.padEnd(16)} ${columns.join('    ')}`);
}
console.log(`100,000 new series, nowhere: ${await firstSight(new NowhereStorage())}`);
await onDisk(async storage => {
  console.log(`100,000 new series, disk:    ${await firstSight(storage)}`);
});
process.exit();
