// What a million scraped samples cost a running service in CPU time, from HTTP to disk, beside a real Prometheus.
//
//   node bench/scraper/service.ts [series a target] [targets] [seconds] [interval]
//
// Both scrape the same targets at the same time, which run in a process of their own. Measured from the second
// interval after the start on.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processArguments } from '../../src/base/environment.ts';
import { findProgram } from '../../test/reference/debian.ts';
import { type Server, startPrometheus, startPromlite } from '../../test/reference/servers.ts';

const TICKS_A_SECOND = 100;
const WARM_UP_MS = 6000;

const [seriesText = '1000', targetsText = '7', secondsText = '20', interval = '1s'] = processArguments();
const [series, targets, seconds] = [seriesText, targetsText, secondsText].map(Number);

const child = fork(join(import.meta.dirname, 'target-process.ts'), [seriesText], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const servers: Server[] = [];
try {
  const [port] = await once(child.stdout!, 'data');
  const address = `127.0.0.1:${String(port).trim()}`;
  const config = [
    `global: { scrape_interval: ${interval}, scrape_timeout: ${interval} }`,
    'scrape_configs:',
    '  - job_name: bench',
    '    static_configs:',
    ...Array.from(
      { length: targets },
      (_, i) => `      - { targets: ['${address}'], labels: { zone: '${i}' } }`,
    ),
    '',
  ].join('\n');
  servers.push(await startPromlite({ config }));
  if (findProgram('prometheus')) servers.push(await startPrometheus({ config }));
  await delay(WARM_UP_MS);
  const before = await Promise.all(servers.map(snapshot));
  await delay(seconds * 1000);
  const after = await Promise.all(servers.map(snapshot));
  servers.forEach(({ name }, i) => {
    const samples = after[i].samples - before[i].samples;
    const cpu = after[i].cpuSeconds - before[i].cpuSeconds;
    const memory = (after[i].residentBytes / 2 ** 20).toFixed(0);
    const line = [
      name.padEnd(12),
      `${((cpu / samples) * 1e6).toFixed(2)} s of CPU for a million samples`,
      `(${cpu.toFixed(2)} s for ${samples}, ${series * targets} series)`,
      `${memory} MB`,
    ];
    process.stdout.write(`${line.join('  ')}\n`);
  });
} finally {
  await Promise.all(servers.map(server => server.stop()));
  child.disconnect();
}

interface Snapshot {
  readonly cpuSeconds: number;
  readonly samples: number;
  readonly residentBytes: number;
}

async function snapshot(server: Server): Promise<Snapshot> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const taken = [...text.matchAll(/^prometheus_tsdb_head_samples_appended_total(?:\{[^}]*\})? (\S+)$/gm)];
  const { pid } = server.child;
  // After the name in parentheses: the 12th and 13th field are ticks in user and system mode.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    samples: taken.reduce((sum, [, count]) => sum + Number(count), 0),
    residentBytes: Number(resident?.[1]) * 1024,
  };
}
