// What a real node_exporter says, scraped every second for a while and kept in memory: values as a host has them.

import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { Child, freePort } from '../../test/reference/child.ts';
import { findProgram } from '../../test/reference/debian.ts';

export interface RecordedSeries {
  /** Metric and labels as they are exposed. */
  readonly name: string;
  readonly values: Float64Array;
}

const INTERVAL_MS = 1000;

/**
 * The series that every scrape had, sorted by name; undefined where there is no node_exporter on this machine. Their
 * times are one second apart.
 */
export async function recordNodeExporter(seconds: number): Promise<RecordedSeries[] | undefined> {
  const command = findProgram('prometheus-node-exporter');
  if (command === undefined) return undefined;
  const url = `http://127.0.0.1:${await freePort()}/metrics`;
  const exporter = await Child.start({
    command,
    args: [`--web.listen-address=${new URL(url).host}`],
    readyUrl: url,
  });
  try {
    const bodies: string[] = [];
    const startMs = systemClock.monotonicMs();
    for (let scrape = 0; scrape < seconds; scrape++) {
      await pause(Math.max(0, startMs + scrape * INTERVAL_MS - systemClock.monotonicMs()));
      bodies.push(await (await fetch(url)).text());
    }
    return seriesOf(bodies);
  } finally {
    await exporter.stop();
  }
}

function seriesOf(bodies: readonly string[]): RecordedSeries[] {
  const numbers = new Map<string, number[]>();
  for (const body of bodies) {
    for (const line of body.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const end = line.lastIndexOf(' ');
      const name = line.slice(0, end);
      const known = numbers.get(name);
      if (known) known.push(numberOf(line.slice(end + 1)));
      else numbers.set(name, [numberOf(line.slice(end + 1))]);
    }
  }
  return [...numbers]
    .filter(([, values]) => values.length === bodies.length)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => ({ name, values: Float64Array.from(values) }));
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
