// What a remote-written sample costs, by the shape of the requests: CPU in microseconds a sample, of this process
// and, with `--servers`, of a promlite and a real Prometheus that take the same requests over HTTP.
//
//   node bench/remote/intake.ts [--requests 60] [--servers]
//
//   plain      2,000 series of 4 sources, a sample each: a sender that keeps up
//   cut        2,274 series of 4 sources in requests of 500: what one target yields comes in changing pieces
//   queued     200 series, 2,000 samples a request, each a message of its own: a Prometheus that catches up
//   dense      200 series with 100 samples each
//   scattered  2,000 series of 2,000 sources, a sample each: the worst case
//
// "nowhere" is a storage that only counts; "disk" is the real one, without what it does later. The first requests of
// a shape, whose series are new, are left out. Last: one request with 100,000 new series, and how long it held the
// event loop at most.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { processArguments } from '../../src/base/environment.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { createRemoteWriteReceiver } from '../../src/remote/receiver.ts';
import type { Storage } from '../../src/storage/contract.ts';
import { openStorage } from '../../src/storage/open.ts';
import { type Server, startPrometheus, startPromlite } from '../../test/reference/servers.ts';
import { NowhereStorage } from './nowhere-storage.ts';
import { newSeries, type Request, requestsOf, SHAPES } from './shapes.ts';

const { values: options } = parseArgs({
  args: [...processArguments()],
  options: { requests: { type: 'string', default: '60' }, servers: { type: 'boolean', default: false } },
});
const REQUESTS = Number(options.requests);
const WARM_UP_REQUESTS = 20;
const RETENTION_MS = 15 * 86_400_000;
const HEADERS = { contentType: 'application/x-protobuf', contentEncoding: 'snappy' };

/** Sends the requests; returns CPU microseconds a sample, without the first ones. */
async function measure(
  requests: readonly Request[],
  send: (body: Buffer) => Promise<void>,
  cpuMicroseconds: () => number,
): Promise<string> {
  let start = 0;
  let samples = 0;
  for (let i = 0; i < requests.length; i++) {
    if (i === WARM_UP_REQUESTS) start = cpuMicroseconds();
    if (i >= WARM_UP_REQUESTS) samples += requests[i].samples;
    await send(requests[i].body);
  }
  return ((cpuMicroseconds() - start) / samples).toFixed(3).padStart(8);
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Of another process, all of its threads; in steps of 10 ms. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

const receiverInto = (storage: Storage) =>
  createRemoteWriteReceiver({ storage, clock: systemClock, registry: new Registry(), log: silentLogger });

async function inProcess(requests: readonly Request[], storage: Storage): Promise<string> {
  const receiver = receiverInto(storage);
  const send = async (body: Buffer) => {
    const { status, message } = await receiver.write(body, HEADERS);
    if (status !== 204) throw new Error(message);
  };
  return measure(requests, send, ownCpu);
}

async function onDisk(use: (storage: Storage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'promlite-bench-'));
  const shared = { clock: systemClock, registry: new Registry(), log: silentLogger };
  const storage = openStorage({ ...shared, folder, retentionMs: RETENTION_MS });
  try {
    await use(storage);
  } finally {
    storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function overHttp(requests: readonly Request[], start: () => Promise<Server>): Promise<string> {
  const server = await start();
  const headers = { 'content-type': HEADERS.contentType, 'content-encoding': HEADERS.contentEncoding };
  const send = async (body: Buffer) => {
    const url = `${server.url}/api/v1/write`;
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    const text = await response.text();
    if (response.status !== 204) throw new Error(text);
  };
  try {
    return await measure(requests, send, () => cpuOf(server.child.pid));
  } finally {
    await server.stop();
  }
}

/** How much CPU time (ms) this thread took at most without a turn for others. */
class HeldProbe {
  maxMs = 0;
  private last = threadCpuMs();
  private isOn = true;

  constructor() {
    setImmediate(this.look);
  }

  stop(): void {
    this.isOn = false;
    this.look();
  }

  private readonly look = () => {
    const now = threadCpuMs();
    this.maxMs = Math.max(this.maxMs, now - this.last);
    this.last = now;
    if (this.isOn) setImmediate(this.look);
  };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function firstSight(storage: Storage): Promise<string> {
  const body = newSeries(100_000);
  const receiver = receiverInto(storage);
  const start = ownCpu();
  const probe = new HeldProbe();
  const { status, message } = await receiver.write(body, HEADERS);
  probe.stop();
  const cpuMs = (ownCpu() - start) / 1000;
  if (status !== 204) throw new Error(message);
  return `${cpuMs.toFixed(0)} ms CPU, event loop held ${probe.maxMs.toFixed(0)} ms (CPU) at most`;
}

const HTTP_COLUMNS = options.servers ? '   promlite, HTTP   Prometheus, HTTP' : '';
console.log(`CPU µs a sample     nowhere        disk${HTTP_COLUMNS}`);
for (const shape of SHAPES) {
  const requests = requestsOf(shape, REQUESTS + WARM_UP_REQUESTS);
  const columns = [await inProcess(requests, new NowhereStorage())];
  await onDisk(async storage => {
    columns.push(await inProcess(requests, storage));
  });
  if (options.servers) {
    columns.push(await overHttp(requests, startPromlite));
    columns.push(await overHttp(requests, startPrometheus));
  }
  console.log(`${shape.name.padEnd(16)} ${columns.join('    ')}`);
}
console.log(`100,000 new series, nowhere: ${await firstSight(new NowhereStorage())}`);
await onDisk(async storage => {
  console.log(`100,000 new series, disk:    ${await firstSight(storage)}`);
});
process.exit();
