// Collects what was measured, round by round, and prints it as a table beside DESIGN's floors and goals: medians.

import { cpus } from 'node:os';
import { median } from '../../test/reference/report.ts';
import type { ServerName } from '../../test/reference/servers.ts';

export interface Line {
  readonly title: string;
  readonly digits: number;
  readonly floor?: string;
  readonly goal?: string;
}

const line = (title: string, digits: number, floor?: string, goal?: string): Line => ({
  title,
  digits,
  floor,
  goal,
});

/** In the order in which they are printed. */
export const LINES = {
  takenPerSecond: line('remote write: samples/s, one sender', 0),
  takenCpu: line('remote write: CPU s per million, until idle again', 2),
  diskBefore: line('bytes a sample, day not finished', 2),
  diskBeforeAllocated: line('  in allocated blocks', 2),
  diskAfter: line('bytes a sample, day finished', 2, '1.0', '0.70'),
  diskAfterAllocated: line('  in allocated blocks', 2),
  finishCpu: line('finishing: CPU s per million', 2),
  memoryEmpty: line('memory, empty: RSS MB', 0),
  memory: line('memory after load and queries: RSS MB', 0, '204', '137'),
  memoryProportional: line('  PSS MB', 0),
  memoryPrivate: line('  private MB', 0),
  scrapeCpuAtFirst: line('scraping, just started: CPU s per million', 2),
  scrapeCpu: line('scraping, after that: CPU s per million', 2, 'as Prometheus', '1.0'),
  seriesBytes: line('memory a live series: RSS bytes', 0, '700'),
  seriesPrivateBytes: line('  private bytes', 0),
  restartReady: line('kill -9, restart: s until ready', 2, '3', '1.5'),
  restartAnswers: line('  s until every series is counted', 2),
  samplesLost: line('  samples lost', 0, '0', '0'),
} as const;

export type LineName = keyof typeof LINES;

export class Figures {
  private readonly found = new Map<LineName, Map<ServerName, number[]>>();

  add(name: LineName, server: ServerName, value: number): void {
    const byServer = this.found.get(name) ?? new Map<ServerName, number[]>();
    this.found.set(name, byServer);
    byServer.set(server, [...(byServer.get(server) ?? []), value]);
    process.stderr.write(`  ${server}: ${LINES[name].title.trim()} ${value.toFixed(LINES[name].digits)}\n`);
  }

  print(servers: readonly ServerName[]): void {
    const head = ['', ...servers, 'floor', 'goal'];
    const rows = (Object.keys(LINES) as LineName[])
      .filter(name => this.found.has(name))
      .map(name => [
        LINES[name].title,
        ...servers.map(server => this.cell(name, server)),
        LINES[name].floor ?? '',
        LINES[name].goal ?? '',
      ]);
    process.stdout.write(`${machine()}\n\n`);
    for (const row of [head, ...rows]) {
      const [title, ...cells] = row;
      process.stdout.write(`${title.padEnd(50)}${cells.map(cell => cell.padStart(17)).join('')}\n`);
    }
  }

  private cell(name: LineName, server: ServerName): string {
    const values = this.found.get(name)?.get(server);
    return values ? median(values).toFixed(LINES[name].digits) : '–';
  }
}

function machine(): string {
  const all = cpus();
  return `${all.length} cores, ${all[0]?.model ?? 'unknown'}, Node ${process.version}, ${process.platform} ${process.arch}`;
}
