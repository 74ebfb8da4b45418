// Scrapes the same pages with every server at once and measures what a million samples cost from HTTP to disk. The
// target is a process of its own, whose CPU does not count.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Server, ServerName } from '../../test/reference/servers.ts';
import type { Contestant } from './contestants.ts';
import type { Figures } from './figures.ts';
import { cpuSeconds } from './process-cost.ts';

/** What starting costs counts for none. */
const START_SECONDS = 10;

export interface ScrapeSize {
  readonly targets: number;
  readonly series: number;
  readonly intervalMs: number;
  /** Measured twice, one after the other. */
  readonly seconds: number;
  readonly gzip: boolean;
}

export async function measureScrape(
  all: readonly Contestant[],
  size: ScrapeSize,
  figures: Figures,
): Promise<void> {
  const target = await Target.start(size);
  const servers: Server[] = [];
  try {
    for (const { name, start } of all)
      servers.push(await start({ config: configFor(name, target.port, size) }));
    await delay(START_SECONDS * 1000);
    let before = await readings(servers, target);
    for (const line of ['scrapeCpuAtFirst', 'scrapeCpu'] as const) {
      await delay(size.seconds * 1000);
      const after = await readings(servers, target);
      servers.forEach(({ name }, i) => {
        const samples = after[i].samples - before[i].samples;
        figures.add(line, name, (after[i].cpu - before[i].cpu) / (samples / 1e6));
      });
      before = after;
    }
  } finally {
    await Promise.all(servers.map(server => server.stop()));
    await target.stop();
  }
}

async function readings(servers: readonly Server[], target: Target) {
  const given = await target.given();
  return servers.map(({ name, child }) => ({ samples: given[name] ?? 0, cpu: cpuSeconds(child.pid) }));
}

class Target {
  private readonly process: ChildProcess;
  readonly port: number;

  private constructor(process: ChildProcess, port: number) {
    this.process = process;
    this.port = port;
  }

  static async start(size: ScrapeSize): Promise<Target> {
    const { targets, series, intervalMs, seconds, gzip } = size;
    // As many pages as scrapes, and some for the servers' starts.
    const versions = Math.ceil(((START_SECONDS + 2 * seconds + 20) * 1000) / intervalMs);
    const args = [targets, series, versions, intervalMs, gzip ? 1 : 0].map(String);
    const child = fork(join(import.meta.dirname, 'exposition-server.ts'), args);
    const [port] = await once(child, 'message');
    return new Target(child, port as number);
  }

  /** Samples handed out so far, by asker. */
  async given(): Promise<Partial<Record<ServerName, number>>> {
    const answer = once(this.process, 'message');
    this.process.send('count');
    return (await answer)[0];
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }
}

/** One address, a path for each target. */
function configFor(name: ServerName, port: number, { targets, intervalMs }: ScrapeSize): string {
  const all = Array.from({ length: targets }, (_, target) =>
    [
      `      - targets: ['127.0.0.1:${port}']`,
      `        labels: { __metrics_path__: '/${name}/${target}', instance: '10.0.0.${target}:8000' }`,
    ].join('\n'),
  );
  return [
    `global: { scrape_interval: ${intervalMs}ms, scrape_timeout: ${intervalMs}ms }`,
    'scrape_configs:',
    '  - job_name: fleet',
    '    static_configs:',
    ...all,
    '',
  ].join('\n');
}
