// Six hours of the fleet, sent by remote write into a day that is over: what taking it costs, what it takes on disk
// before and after the day is finished, and in memory after some panels of a dashboard were drawn.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../../test/reference/servers.ts';
import type { Contestant } from './contestants.ts';
import { diskUse } from './disk.ts';
import type { Figures, LineName } from './figures.ts';
import type { FleetTarget } from './fleet.ts';
import { cpuSeconds, idle, settledMemory } from './process-cost.ts';
import {
  clockBody,
  samplesOf,
  sendAll,
  type WriteBody,
  type WriteRange,
  writeBodies,
} from './write-requests.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Off the grid of round query times. */
const OFF_GRID_MS = 137;
const STEP_MS = 60_000;
/** Enough for a compaction to begin. */
const PAUSE_MS = 1000;
const MEGABYTE = 2 ** 20;

const PANELS = [
  'sum by (job) (rate(http_requests_total[5m]))',
  'sum by (job, code) (rate(http_requests_total[5m]))',
  'histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m])))',
  'sum by (job) (rate(http_request_duration_seconds_sum[5m])) / sum by (job) (rate(http_request_duration_seconds_count[5m]))',
  'topk(5, sum by (path) (rate(http_requests_total[5m])))',
  'sum by (instance) (rate(http_response_bytes_total[5m]))',
  'rate(http_request_duration_seconds_count[5m])',
  'max by (instance) (http_requests_in_flight)',
];

export interface Load {
  readonly bodies: readonly WriteBody[];
  readonly range: WriteRange;
}

/** The whole of it, made once: yesterday from 06:00 UTC on. */
export function loadOf(targets: readonly FleetTarget[], intervalMs: number): Load {
  const rows = targets[0].series[0].values.length;
  const yesterdayMs = Math.floor(Date.now() / DAY_MS - 1) * DAY_MS;
  const range = { startMs: yesterdayMs + 6 * HOUR_MS + OFF_GRID_MS, intervalMs, rows };
  return { bodies: writeBodies(targets, range), range };
}

export async function measureLoad(contestant: Contestant, load: Load, figures: Figures): Promise<void> {
  const server = await contestant.start();
  try {
    const { pid } = server.child;
    const add = (name: LineName, value: number) => figures.add(name, contestant.name, value);
    const millions = samplesOf(load.bodies) / 1e6;
    add('memoryEmpty', (await settledMemory(pid)).residentBytes / MEGABYTE);

    const cpuBefore = cpuSeconds(pid);
    const start = performance.now();
    await sendAll(server.url, load.bodies);
    await contestant.flush(server);
    add('takenPerSecond', (millions * 1e6) / ((performance.now() - start) / 1000));
    await delay(contestant.writtenWithinMs);
    await idle(pid);
    add('takenCpu', (cpuSeconds(pid) - cpuBefore) / millions);

    const folder = join(server.dataFolder, 'data');
    const disk = (total: LineName, allocated: LineName) => {
      const { apparentBytes, allocatedBytes } = diskUse(folder);
      add(total, apparentBytes / (millions * 1e6));
      add(allocated, allocatedBytes / (millions * 1e6));
    };
    disk('diskBefore', 'diskBeforeAllocated');

    await drawPanels(server, load.range);
    const memory = await settledMemory(pid);
    add('memory', memory.residentBytes / MEGABYTE);
    add('memoryProportional', memory.proportionalBytes / MEGABYTE);
    add('memoryPrivate', memory.privateBytes / MEGABYTE);

    const cpuLoaded = cpuSeconds(pid);
    await letTimePass(server, load.range);
    await contestant.finish(server);
    await idle(pid);
    add('finishCpu', (cpuSeconds(pid) - cpuLoaded) / millions);
    disk('diskAfter', 'diskAfterAllocated');
  } catch (failure) {
    process.stderr.write(`${contestant.name} printed last:\n${server.child.output}\n`);
    throw failure;
  } finally {
    await server.stop();
  }
}

/**
 * Sends one small series up to now: whoever goes by the time of samples learns that the day is over, and compacts and
 * cuts its log each time as it would have done over the day.
 */
async function letTimePass({ url }: Server, { startMs, intervalMs, rows }: WriteRange): Promise<void> {
  for (let time = startMs + rows * intervalMs; time < Date.now(); time += 2 * HOUR_MS) {
    await sendAll(url, [clockBody(time)]);
    await delay(PAUSE_MS);
  }
}

async function drawPanels({ api, name }: Server, { startMs, intervalMs, rows }: WriteRange): Promise<void> {
  for (const query of PANELS) {
    const answer = await api.range(query, { startMs, endMs: startMs + rows * intervalMs, stepMs: STEP_MS });
    const series = answer.body.data?.result.length ?? 0;
    if (series === 0) throw new Error(`${name} has no data for ${query}: ${answer.body.error ?? ''}`);
  }
}
