// file_sd_configs: target groups in JSON or YAML files, which are looked at every few seconds by stat, since
// notifications do not cross container mounts. A file that can't be read keeps the groups it had.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { FileSdConfig, TargetGroup } from '../../config/contract.ts';
import type { Discovery } from './contract.ts';

const LONGEST_POLL_MS = 5000;
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

interface KnownFile {
  /** Tells one state of the file from another. */
  readonly signature: string;
  readonly groups: readonly TargetGroup[];
}

export class FileDiscovery implements Discovery {
  private readonly config: FileSdConfig;
  private readonly lookEveryMs: number;
  private readonly log: Logger;
  private files: ReadonlyMap<string, KnownFile> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** Looks at the files at least every `lookEveryMs`. */
  constructor(config: FileSdConfig, lookEveryMs: number, log: Logger) {
    this.config = config;
    this.lookEveryMs = lookEveryMs;
    this.log = log;
  }

  async start(changed: () => void): Promise<void> {
    await this.refresh();
    this.scheduleRefresh(changed);
  }

  groups(): readonly TargetGroup[] {
    return [...this.files.values()].flatMap(file => file.groups);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private scheduleRefresh(changed: () => void): void {
    if (this.stopped) return;
    const waitMs = Math.min(LONGEST_POLL_MS, this.config.refreshIntervalMs, this.lookEveryMs);
    this.timer = setTimeout(async () => {
      const isChanged = await this.refresh();
      if (this.stopped) return;
      if (isChanged) changed();
      this.scheduleRefresh(changed);
    }, waitMs);
  }

  /** Looks at all files; says whether any group may differ. */
  private async refresh(): Promise<boolean> {
    const paths = await this.paths();
    const files = new Map<string, KnownFile>();
    for (const path of paths) {
      const file = await this.look(path, this.files.get(path));
      if (file) files.set(path, file);
    }
    const isChanged =
      files.size !== this.files.size || [...files].some(([path, file]) => this.files.get(path) !== file);
    this.files = files;
    return isChanged;
  }

  /** The file as it is now; as it was, where it is the same or broken. */
  private async look(path: string, known: KnownFile | undefined): Promise<KnownFile | undefined> {
    let signature = 'unreadable';
    try {
      const { mtimeMs, size, ino } = await stat(path);
      signature = `${mtimeMs} ${size} ${ino}`;
      if (known?.signature === signature) return known;
      if (size > LARGEST_FILE_BYTES) throw new Error(`file is larger than ${LARGEST_FILE_BYTES} bytes`);
      return { signature, groups: readGroups(path, await readFile(path, 'utf8')) };
    } catch (thrown) {
      if (known?.signature === signature) return known;
      this.log.error({ path, err: messageOf(thrown) }, 'Error reading file');
      return { signature, groups: known?.groups ?? [] };
    }
  }

  /** The files that the patterns name, sorted, each once. */
  private async paths(): Promise<string[]> {
    const found = await Promise.all(this.config.files.map(matchingPaths));
    return [...new Set(found.flat())].sort();
  }
}

async function matchingPaths(pattern: string): Promise<string[]> {
  if (!pattern.includes('*')) return [pattern];
  const folder = dirname(pattern);
  const parts = basename(pattern)
    .split('*')
    .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  try {
    return (await readdir(folder)).filter(name => expression.test(name)).map(name => join(folder, name));
  } catch {
    return [];
  }
}

/** The groups that a file's text holds. Throws an Error that says what is wrong with it. */
export function readGroups(path: string, text: string): TargetGroup[] {
  const list = readList(path, text);
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) throw new Error('expected a list of target groups');
  return list.map((entry, i) => {
    if (!isRecord(entry)) throw new Error(`nil target group item found (index ${i})`);
    const { targets = [], labels = {}, ...others } = entry;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new Error(`field ${unknown} not found in target group (index ${i})`);
    if (!Array.isArray(targets) || !targets.every(target => typeof target === 'string')) {
      throw new Error(`targets must be a list of strings (index ${i})`);
    }
    return {
      targets,
      labels: { ...readLabels(labels, i), __meta_filepath: path },
      source: `${path}:${i}`,
    };
  });
}

function readList(path: string, text: string): unknown {
  switch (extname(path).toLowerCase()) {
    case '.json':
      return JSON.parse(text);
    case '.yml':
    case '.yaml':
      // Failsafe: every scalar is a string, as labels and addresses are.
      return parseYaml(text, { schema: 'failsafe' });
    default:
      throw new Error(`unsupported file extension ${extname(path)}`);
  }
}

function readLabels(labels: unknown, index: number): Record<string, string> {
  if (labels === null || labels === '') return {};
  if (!isRecord(labels)) throw new Error(`labels must be a mapping (index ${index})`);
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (name === '') throw new Error(`"" is not a valid label name (index ${index})`);
    if (typeof value !== 'string') throw new Error(`label ${name} must be a string (index ${index})`);
    read[name] = value;
  }
  return read;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
