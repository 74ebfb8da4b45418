// `sum by (job) (rate(m[5m]))` over 10,000 series end to end: from the request over HTTP to the last byte of the
// answer, of a promlite that runs as a process of its own.
//
//   node bench/proof/sum-rate.ts [series, default 10000] [times, default 10]
//
// Once over an hour in steps of a minute and once at one moment. With the CPU that a query takes, and what that is per
// sample read (a series has one every 15 s).

import { processArguments } from '../../src/base/environment.ts';
import { type Server, startPromlite } from '../../test/reference/servers.ts';
import { randomNumbers } from '../../test/reference/written-data.ts';
import { cpuSeconds } from '../storage/process-cost.ts';
import { sendAll, type WriteRange, writeBodies } from '../storage/write-requests.ts';
import { printHead, printTimes } from './measure.ts';

const HOUR_MS = 3_600_000;
const INTERVAL_MS = 15_000;
const WINDOW_MS = 300_000;
const SERIES_A_TARGET = 1000;
const QUERY = 'sum by (job) (rate(requests_total[5m]))';

const [seriesCount = 10_000, times = 10] = processArguments().map(Number);

async function main(): Promise<void> {
  const server = await startPromlite();
  try {
    const range = await fill(server);
    const lastMs = range.startMs + (range.rows - 1) * INTERVAL_MS;
    printHead(`${QUERY}, ${seriesCount} series`);
    await measure(server, 'an hour, 61 steps', HOUR_MS + WINDOW_MS, () =>
      server.api.range(QUERY, { startMs: lastMs - HOUR_MS, endMs: lastMs, stepMs: 60_000 }),
    );
    await measure(server, 'at one moment', WINDOW_MS, () => server.api.instant(QUERY, lastMs));
  } finally {
    await server.stop();
  }
}

/** Two hours, up to now. */
async function fill(server: Server): Promise<WriteRange> {
  const rows = (2 * HOUR_MS) / INTERVAL_MS;
  const startMs = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS - (rows - 1) * INTERVAL_MS;
  const range = { startMs, intervalMs: INTERVAL_MS, rows };
  const random = randomNumbers(13);
  const targets = Array.from({ length: Math.ceil(seriesCount / SERIES_A_TARGET) }, (_, target) => ({
    job: `service-${target % 3}`,
    instance: `10.0.0.${target}:8000`,
    series: Array.from({ length: SERIES_A_TARGET }, (_, path) => ({
      labels: [['__name__', 'requests_total'] as const, ['path', `/api/${path}`] as const],
      values: counter(rows, random),
    })),
  }));
  await sendAll(server.url, writeBodies(targets, range));
  return range;
}

function counter(rows: number, random: () => number): Float64Array {
  let value = 0;
  return new Float64Array(rows).map(() => {
    value += Math.floor(random() * 50);
    return value;
  });
}

async function measure(
  { child }: Server,
  name: string,
  readMs: number,
  ask: () => Promise<{ readonly status: number; readonly elapsedMs: number }>,
): Promise<void> {
  await ask();
  const cpu = cpuSeconds(child.pid);
  const elapsedUs: number[] = [];
  for (let i = 0; i < times; i++) {
    const { status, elapsedMs } = await ask();
    if (status !== 200) throw new Error(`${name}: ${status}`);
    elapsedUs.push(elapsedMs * 1000);
  }
  const cpuMs = ((cpuSeconds(child.pid) - cpu) / times) * 1000;
  const samples = seriesCount * (readMs / INTERVAL_MS);
  const note = `${cpuMs.toFixed(0)} ms CPU a query, ${((cpuMs / samples) * 1e6).toFixed(0)} ns a sample`;
  printTimes(name, Float64Array.from(elapsedUs).sort(), note);
}

await main();
