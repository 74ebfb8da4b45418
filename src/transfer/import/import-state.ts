// How far files have been stored: a small JSON file in the data folder, replaced as a whole after every flush, so that
// an import that was interrupted, by a kill too, goes on there. A file counts as the same while size, time of change
// and first bytes are.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { type ImportTotals, TransferError } from '../contract.ts';
import type { TextFormat } from './detect-format.ts';

const VERSION = 1;

/** What has been stored of one file. */
export interface FileProgress {
  /** Of the text, unpacked: everything before is stored. */
  readonly offset: number;
  /** The number of the line that starts there. */
  readonly line: number;
  readonly format: TextFormat;
  readonly hasMetadata: boolean;
  readonly isDone: boolean;
  readonly totals: ImportTotals;
}

export class ImportState {
  private readonly path: string;
  private readonly files: Map<string, FileProgress>;

  /** Reads what is there; a file that makes no sense is taken for none, since repeats do no harm. */
  constructor(path: string) {
    this.path = path;
    this.files = new Map(Object.entries(readState(path)));
  }

  get(identity: string): FileProgress | undefined {
    return this.files.get(identity);
  }

  /** On disk when it returns. Throws TransferError. */
  set(identity: string, progress: FileProgress): void {
    this.files.set(identity, progress);
    this.write();
  }

  /** Forgets these files, on disk, too. Throws TransferError. */
  forget(identities: readonly string[]): void {
    const known = identities.filter(identity => this.files.delete(identity));
    if (known.length > 0) this.write();
  }

  private write(): void {
    try {
      if (this.files.size === 0) {
        rmSync(this.path, { force: true });
        return;
      }
      mkdirSync(dirname(this.path), { recursive: true });
      const next = `${this.path}.new`;
      const handle = openSync(next, 'w');
      try {
        writeSync(handle, JSON.stringify({ version: VERSION, files: Object.fromEntries(this.files) }));
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(next, this.path);
    } catch (thrown) {
      const message = `can't write ${this.path}: ${messageOf(thrown)}`;
      throw new TransferError('state_unusable', message, { cause: thrown });
    }
  }
}

function readState(path: string): Record<string, FileProgress> {
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof state !== 'object' || state === null) return {};
    const { version, files } = state as { version?: unknown; files?: Record<string, FileProgress> };
    return version === VERSION && files ? files : {};
  } catch {
    return {};
  }
}
