// Imports text from files of a temporary folder into memory, and keeps what was said meanwhile.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ManualClock } from '../../../src/base/clock.ts';
import type { ImportOptions, ImportProgress, ImportSummary } from '../../../src/transfer/contract.ts';
import { importFiles } from '../../../src/transfer/import/import.ts';
import { MemoryLoader } from './memory-loader.ts';

export const NOW_MS = Date.UTC(2026, 10, 22);

export interface Said {
  readonly refused: string[];
  readonly skipped: string[];
  readonly beganAt: number[];
  readonly old: number[];
  progress: ImportProgress | undefined;
}

export interface Imported {
  readonly loader: MemoryLoader;
  readonly summary: ImportSummary;
  readonly said: Said;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'promlite-transfer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeText(text: string | Uint8Array, name = 'text', folder = temporaryFolder()): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Imports with these options; the state is kept beside the first file unless said otherwise. */
export async function importing(
  files: readonly string[],
  options: Partial<ImportOptions> & { loader?: MemoryLoader } = {},
): Promise<Imported> {
  const loader = options.loader ?? new MemoryLoader();
  const said: Said = { refused: [], skipped: [], beganAt: [], old: [], progress: undefined };
  const stateFile = files[0] === '-' ? join(temporaryFolder(), 'import.json') : `${files[0]}.state`;
  const summary = await importFiles({
    files,
    standardInput: chunks([]),
    stateFile,
    restart: false,
    nan: 'keep',
    retainedFromMs: Number.NEGATIVE_INFINITY,
    clock: new ManualClock(NOW_MS),
    signal: new AbortController().signal,
    listener: {
      begins: (_file, fromByte) => said.beganAt.push(fromByte),
      skips: file => said.skipped.push(file),
      progresses: progress => {
        said.progress = progress;
      },
      refuses: ({ line, reason, detail }) => said.refused.push(`${line}: ${reason}: ${detail}`),
      meetsOldSample: timestampMs => said.old.push(timestampMs),
    },
    ...options,
    loader,
  });
  return { loader, summary, said };
}

/** The text as a file. */
export const importingText = (text: string, options?: Parameters<typeof importing>[1]): Promise<Imported> =>
  importing([writeText(text)], options);

/** Bytes in pieces, as a stream brings them. */
export async function* chunks(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) yield piece;
}
