// The command lines of `promlite import` and `promlite export`. In: split arguments. Out: a command with units, or a
// UsageError.

import { formatDuration, parseDuration } from '../model/duration.ts';
import type { Matcher } from '../model/matcher.ts';
import { parseMetricSelector } from '../query/syntax/parse.ts';
import { ParseError } from '../query/syntax/parse-error.ts';
import type { Arguments } from './arguments.ts';
import { FLAGS, type Flag } from './flag-table.ts';
import { UsageError } from './usage-error.ts';

export interface ImportCommand {
  readonly kind: 'import';
  readonly files: readonly string[];
  readonly storagePath: string;
  readonly retentionMs: number;
  readonly nan: 'keep' | 'stale';
  readonly restart: boolean;
}

export interface ExportCommand {
  readonly kind: 'export';
  /** Series that satisfy every matcher of any of the lists. */
  readonly matcherLists: readonly (readonly Matcher[])[];
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly storagePath: string;
  /** undefined: standard output. */
  readonly outputFile: string | undefined;
  readonly stale: 'drop' | 'nan';
  readonly quotedNames: boolean;
}

function flag(name: string, kind: Flag['kind'], fallback: string, more: Partial<Flag> = {}): Flag {
  return { name, kind, fallback, repeatable: false, choices: [], help: undefined, ...more };
}

export const IMPORT_FLAGS: readonly Flag[] = [
  flag('nan', 'choice', 'keep', { choices: ['keep', 'stale'] }),
  flag('restart', 'boolean', 'false'),
];

export const EXPORT_FLAGS: readonly Flag[] = [
  flag('match', 'text', '', { repeatable: true }),
  flag('start', 'text', ''),
  flag('end', 'text', ''),
  flag('output', 'text', ''),
  flag('stale-markers', 'choice', 'drop', { choices: ['drop', 'nan'] }),
  flag('quoted-names', 'boolean', 'false'),
];

const PATH = 'storage.tsdb.path';
const RETENTION = 'storage.tsdb.retention.time';

/** Throws UsageError. */
export function importCommand({ given, words }: Arguments): ImportCommand {
  checkFlags('import', given, [PATH, RETENTION, ...IMPORT_FLAGS.map(({ name }) => name)]);
  const files = words.slice(1);
  if (files.length === 0) {
    throw new UsageError('import: no file given, expected import FILE… (- is standard input)');
  }
  const twice = files.find((file, i) => files.indexOf(file) < i);
  if (twice !== undefined) throw new UsageError(`import: ${twice} is given twice, expected it once`);
  const retentionMs = parseDuration(given.get(RETENTION)?.[0] ?? '') || DEFAULT_RETENTION_MS;
  return {
    kind: 'import',
    files,
    storagePath: storagePath(given),
    retentionMs,
    nan: given.get('nan')?.[0] === 'stale' ? 'stale' : 'keep',
    restart: given.get('restart')?.[0] === 'true',
  };
}

/** Throws UsageError. */
export function exportCommand({ given, words }: Arguments): ExportCommand {
  checkFlags('export', given, [PATH, ...EXPORT_FLAGS.map(({ name }) => name)]);
  if (words.length > 1) {
    throw new UsageError(`unexpected ${words[1]}, expected export --match='{job="x"}' --output=FILE`);
  }
  const minTimeMs = timeFlag(given, 'start', Number.MIN_SAFE_INTEGER);
  const maxTimeMs = timeFlag(given, 'end', Number.MAX_SAFE_INTEGER);
  if (maxTimeMs < minTimeMs) throw new UsageError('--end is before --start, expected it after');
  const output = given.get('output')?.[0] ?? '';
  return {
    kind: 'export',
    matcherLists: (given.get('match') ?? ['{__name__=~".+"}']).map(readSelector),
    minTimeMs,
    maxTimeMs,
    storagePath: storagePath(given),
    outputFile: output === '' || output === '-' ? undefined : output,
    stale: given.get('stale-markers')?.[0] === 'nan' ? 'nan' : 'drop',
    quotedNames: given.get('quoted-names')?.[0] === 'true',
  };
}

type Given = Arguments['given'];

const DEFAULT_RETENTION_MS = parseDuration(FLAGS.get(RETENTION)?.fallback ?? '') ?? 0;

/** As it is written, for messages. */
export const retentionText = (retentionMs: number): string => formatDuration(retentionMs);

function checkFlags(command: string, given: Given, allowed: readonly string[]): void {
  const other = [...given.keys()].find(name => !allowed.includes(name));
  if (other === undefined) return;
  const known = allowed.map(name => `--${name}`).join(', ');
  throw new UsageError(`unexpected --${other}, ${command} knows ${known}`);
}

function storagePath(given: Given): string {
  const path = given.get(PATH)?.[0] ?? FLAGS.get(PATH)?.fallback ?? '';
  if (path === '') throw new UsageError(`invalid value "" for --${PATH}: expected a path`);
  return path;
}

function readSelector(text: string): readonly Matcher[] {
  let matchers: readonly Matcher[];
  try {
    matchers = parseMetricSelector(text);
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown;
    throw new UsageError(`invalid value "${text}" for --match: ${thrown.message}`);
  }
  if (matchers.some(matcher => !matcher.matchesEmpty)) return matchers;
  throw new UsageError(`invalid value "${text}" for --match: it must contain at least one non-empty matcher`);
}

const SECONDS = /^-?\d+(?:\.\d*)?$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** The time that a flag holds, ms; `fallbackMs` where it is not given. */
function timeFlag(given: Given, name: string, fallbackMs: number): number {
  const text = given.get(name)?.[0] ?? '';
  if (text === '') return fallbackMs;
  const timeMs = SECONDS.test(text)
    ? Math.round(Number(text) * 1000)
    : RFC3339.test(text)
      ? Date.parse(text)
      : NaN;
  if (Number.isSafeInteger(timeMs)) return timeMs;
  const expected = 'a time such as 2026-01-31T00:00:00Z or 1767139200';
  throw new UsageError(`invalid value "${text}" for --${name}: expected ${expected}`);
}
