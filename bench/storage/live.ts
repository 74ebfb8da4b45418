// A hundred thousand live series in a hundred targets, ten minutes of them up to now: what each takes in memory, and
// how long it takes after kill -9 until they can be asked for again.

import { setTimeout as delay } from 'node:timers/promises';
import { relaunch, type Server } from '../../test/reference/servers.ts';
import type { Contestant } from './contestants.ts';
import type { Figures } from './figures.ts';
import { fleetTargets } from './fleet.ts';
import { settledMemory } from './process-cost.ts';
import { sendAll, type WriteBody, writeBodies } from './write-requests.ts';

const INTERVAL_MS = 15_000;
const ROWS = 40;
const SERIES_A_TARGET = 1000;
const POLL_MS = 10;
const ANSWERS_WITHIN_MS = 30_000;

export interface LiveOptions {
  readonly series: number;
  readonly measuresMemory: boolean;
  readonly measuresRestart: boolean;
}

interface LiveLoad {
  readonly bodies: readonly WriteBody[];
  /** When the newest samples are. */
  readonly endMs: number;
}

/** Ends now, so it is made for each round. */
function liveLoad(series: number): LiveLoad {
  const targets = fleetTargets({
    targets: Math.ceil(series / SERIES_A_TARGET),
    series,
    rows: ROWS,
    intervalMs: INTERVAL_MS,
  });
  const endMs = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS;
  const startMs = endMs - (ROWS - 1) * INTERVAL_MS;
  return { bodies: writeBodies(targets, { startMs, intervalMs: INTERVAL_MS, rows: ROWS }), endMs };
}

export async function measureLive(
  contestant: Contestant,
  options: LiveOptions,
  figures: Figures,
): Promise<void> {
  const { series, measuresMemory, measuresRestart } = options;
  const { name } = contestant;
  let server = await contestant.start();
  try {
    const empty = await settledMemory(server.child.pid);
    const load = liveLoad(series);
    await sendAll(server.url, load.bodies);
    await contestant.flush(server);
    const full = await settledMemory(server.child.pid);
    if (measuresMemory) {
      figures.add('seriesBytes', name, (full.residentBytes - empty.residentBytes) / series);
      figures.add('seriesPrivateBytes', name, (full.privateBytes - empty.privateBytes) / series);
    }
    // What it says it may lose, it shall have written.
    await delay(contestant.writtenWithinMs);
    if (!measuresRestart) return;
    await server.child.stop('SIGKILL');
    const start = performance.now();
    server = await relaunch(server, POLL_MS);
    figures.add('restartReady', name, (performance.now() - start) / 1000);
    await measureAnswers(server, series, load.endMs, { startedAt: start, figures });
  } finally {
    await server.stop();
  }
}

/** Until what was there before is there again. */
async function measureAnswers(
  server: Server,
  series: number,
  endMs: number,
  { startedAt, figures }: { readonly startedAt: number; readonly figures: Figures },
): Promise<void> {
  if (await counts(server, series, endMs, startedAt + ANSWERS_WITHIN_MS)) {
    figures.add('restartAnswers', server.name, (performance.now() - startedAt) / 1000);
  } else {
    process.stderr.write(`  ${server.name} never counts ${series} series\n`);
  }
  let kept = 0;
  for (const metric of await server.api.metricNames()) {
    kept += await count(server, `sum(count_over_time(${metric}[1h]))`, endMs);
  }
  figures.add('samplesLost', server.name, series * ROWS - kept);
}

async function counts(server: Server, series: number, endMs: number, deadline: number): Promise<boolean> {
  while ((await count(server, 'count({__name__=~".+"})', endMs)) !== series) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

async function count({ api }: Server, query: string, timeMs: number): Promise<number> {
  const { body } = await api.instant(query, timeMs);
  const [first] = (body.data?.result ?? []) as readonly { value?: readonly [number, string] }[];
  return Number(first?.value?.[1] ?? 0);
}
