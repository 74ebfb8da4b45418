// Finds the programs of real counterparts (Prometheus, VictoriaMetrics, exporters, nginx): on PATH, or unpacked from their Debian
// package into a folder of the project's cache. Nothing is installed and no service is started.

import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CACHE = join(import.meta.dirname, '../../.cache/debian');

const PACKAGE_OF: Readonly<Record<string, string>> = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  nginx: 'nginx',
  'prometheus-nginx-exporter': 'prometheus-nginx-exporter',
  shellcheck: 'shellcheck',
  'victoria-metrics': 'victoria-metrics',
};

/** What can be found. */
export const PROGRAMS: readonly string[] = Object.keys(PACKAGE_OF);

/** The path of a program; undefined where it is neither on PATH nor can be unpacked (no Debian, no network). */
export function findProgram(name: string): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter);
  const find = (folders: readonly string[]) => folders.map(folder => join(folder, name)).find(isExecutable);
  const found = find([...onPath, ...unpackedFolders(name)]);
  if (found !== undefined) return found;
  unpack(PACKAGE_OF[name]);
  return find(unpackedFolders(name));
}

/** The path of a file inside a Debian package, which need not be a program; undefined where it can't be unpacked. */
export function findPackageFile(packageName: string, path: string): string | undefined {
  const file = join(CACHE, packageName, path);
  if (!existsSync(file)) unpack(packageName);
  return existsSync(file) ? file : undefined;
}

/** The path, or an error that says what to install. */
export function requireProgram(name: string): string {
  const found = findProgram(name);
  if (found === undefined) {
    throw new Error(
      `${name} was not found: install Debian's package ${PACKAGE_OF[name]}, or put ${name} on PATH`,
    );
  }
  return found;
}

const unpackedFolders = (name: string): string[] =>
  ['usr/bin', 'usr/sbin'].map(folder => join(CACHE, PACKAGE_OF[name], folder));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function unpack(packageName: string): void {
  const folder = join(CACHE, packageName);
  mkdirSync(folder, { recursive: true });
  const quiet = { cwd: folder, stdio: 'ignore' } as const;
  try {
    try {
      execFileSync('apt-get', ['download', packageName], quiet);
    } catch {
      // The package lists may never have been read on this machine.
      execFileSync('apt-get', ['update', '-qq'], quiet);
      execFileSync('apt-get', ['download', packageName], quiet);
    }
    const archive = readdirSync(folder).find(file => file.endsWith('.deb'));
    if (archive) execFileSync('dpkg-deb', ['-x', archive, '.'], quiet);
  } catch {
    // No apt here: the caller reports what is missing.
  }
}
