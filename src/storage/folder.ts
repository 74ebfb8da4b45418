// The folder that promlite keeps its files in: made where it is missing, and held by one process at a time.
//
// The data path may hold a Prometheus TSDB; promlite's files stand in a folder of their own beside it. The lock is
// an exclusive SQLite lock on a database without content, which the operating system drops when the process dies.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { StorageError } from './errors.ts';
import { Database, sqliteCodeOf } from './sqlite/driver.ts';

/** Inside the data path. */
export const OWN_FOLDER = 'promlite';

/** Inside the own folder. */
export const HEAD_FILE = 'head.db';
const DAYS_FOLDER = 'days';
const LOCK_FILE = 'lock.db';

/** Where versions before 0.1.0 kept everything. */
const FORMER_FILE = 'promlite.db';
const TSDB_ENTRY = /^([0-9A-HJKMNP-TV-Z]{26}|wal|chunks_head)$/;

export interface HeldFolder {
  /** The data path, which others may have files in as well. */
  readonly dataPath: string;
  readonly headFile: string;
  readonly daysFolder: string;
  /** Lets other processes in. */
  release(): void;
}

/** Makes and locks the folder inside `dataPath`. Throws StorageError. */
export function holdFolder(dataPath: string, log: Logger): HeldFolder {
  const folder = join(dataPath, OWN_FOLDER);
  const daysFolder = join(folder, DAYS_FOLDER);
  try {
    mkdirSync(daysFolder, { recursive: true });
    if (readdirSync(dataPath).some(name => TSDB_ENTRY.test(name))) {
      log.info({ path: dataPath }, 'The data path holds blocks of a Prometheus TSDB; they are left alone');
    }
  } catch (thrown) {
    throw unusable(folder, thrown);
  }
  refuseFormer(folder);
  const lock = takeLock(folder);
  return { dataPath, headFile: join(folder, HEAD_FILE), daysFolder, release: () => lock.close() };
}

function refuseFormer(folder: string): void {
  if (!existsSync(join(folder, FORMER_FILE))) return;
  throw new StorageError(
    'format_unknown',
    `${join(folder, FORMER_FILE)} is of a format that was never released and is not read any more: move it away or use another data folder`,
  );
}

function takeLock(folder: string): Database {
  let lock: Database | undefined;
  try {
    lock = new Database(join(folder, LOCK_FILE), { busyTimeoutMs: 0 });
    lock.execute('BEGIN EXCLUSIVE');
    return lock;
  } catch (thrown) {
    lock?.close();
    if (!sqliteCodeOf(thrown).startsWith('SQLITE_BUSY')) throw unusable(folder, thrown);
    throw new StorageError(
      'folder_in_use',
      `the data folder ${folder} is in use by another process: stop that one, or give this one a folder of its own`,
    );
  }
}

function unusable(folder: string, thrown: unknown): StorageError {
  return new StorageError(
    'folder_unusable',
    `the data folder ${folder} can't be used (${messageOf(thrown)}): it must be a folder that this user may write to`,
    { cause: thrown },
  );
}
