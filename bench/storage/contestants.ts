// Who is measured, and what differs between them: how each is started, and how it is brought to the form in which it
// keeps days that are over.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../test/reference/debian.ts';
import {
  type Server,
  type ServerName,
  type ServerOptions,
  startPrometheus,
  startPromlite,
  startVictoriaMetrics,
} from '../../test/reference/servers.ts';

export interface Contestant {
  readonly name: ServerName;
  start(options?: ServerOptions): Promise<Server>;
  /** How long it may keep in memory what is not in its files yet, ms. */
  readonly writtenWithinMs: number;
  /** Resolves once what was taken can be queried. */
  flush(server: Server): Promise<void>;
  /** Has days that are over written in their final form, as far as that can be asked for. */
  finish(server: Server): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const ADMIN = '--web.enable-admin-api';

/** promlite (compiled, as it is deployed, or from its sources) and those of the others that are to be had. */
export function contestants(fromSource: boolean, names: readonly string[]): Contestant[] {
  const wanted = (name: ServerName) => names.length === 0 || names.includes(name);
  const found: Contestant[] = [];
  if (wanted('promlite')) {
    if (!fromSource) build();
    found.push(PROMLITE);
  }
  for (const other of [PROMETHEUS, VICTORIA_METRICS]) {
    if (!wanted(other.name)) continue;
    if (findProgram(other.name)) found.push(other);
    else process.stderr.write(`${other.name} was not found and is left out.\n`);
  }
  return found;
}

const PROMLITE: Contestant = {
  name: 'promlite',
  start: (options = {}) => startPromlite({ ...options, flags: [ADMIN, ...(options.flags ?? [])] }),
  writtenWithinMs: 0,
  flush: async () => {},
  finish: async ({ url }) => {
    const response = await fetch(`${url}/api/v1/admin/tsdb/clean_tombstones`, { method: 'POST' });
    await response.text();
    if (!response.ok) process.stderr.write(`promlite: clean_tombstones answered ${response.status}\n`);
  },
};

/** Compacts by itself, once later samples have come. */
const PROMETHEUS: Contestant = {
  name: 'prometheus',
  start: startPrometheus,
  writtenWithinMs: 0,
  flush: async () => {},
  finish: async () => {},
};

const VICTORIA_METRICS: Contestant = {
  name: 'victoria-metrics',
  start: startVictoriaMetrics,
  writtenWithinMs: 25_000,
  flush: async ({ url }) => {
    await ask(`${url}/internal/force_flush`);
  },
  finish: async ({ url }) => {
    await ask(`${url}/internal/force_flush`);
    await ask(`${url}/internal/force_merge`);
    const isMerging = async () => /^vm_active_force_merges [1-9]/m.test(await ask(`${url}/metrics`));
    do await delay(200);
    while (await isMerging());
  },
};

async function ask(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 200)}`);
  return text;
}

/** Builds promlite and has its launcher run that, as it is deployed. */
function build(): void {
  process.stderr.write('building promlite …\n');
  const bundler = join(ROOT, 'node_modules/rolldown/bin/cli.mjs');
  execFileSync(process.execPath, [bundler, '-c'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.PROMLITE_BUILT = '1';
}
