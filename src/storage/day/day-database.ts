// Opening a day file: its schema, and the check that it is one that we know. Drawn in docs/format/day-file.md.

import { messageOf } from '../../base/errors.ts';
import { StorageError } from '../errors.ts';
import { Database, sqliteCodeOf } from '../sqlite/driver.ts';
import { DamagedRow } from './day-records.ts';
import { DayTables, emptyMeta } from './day-tables.ts';

/** Written into the file's user_version; a file with another one is not read. */
export const DAY_FORMAT_VERSION = 2;

/** "prmd" in the file's application_id. */
const APPLICATION_ID = 0x70726d64;

/** Files are larger with 8 and 16 kB (by 5 and 8 % before they are finished), and not read faster. */
const PAGE_BYTES = 4096;

const TABLES = `
  CREATE TABLE meta (
    day INTEGER PRIMARY KEY,
    min_ms INTEGER NOT NULL,
    max_ms INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    leftovers INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    next_chunk INTEGER NOT NULL,
    fresh INTEGER NOT NULL,
    min_ms INTEGER NOT NULL,
    max_ms INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE labels (block_id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    min_ms INTEGER NOT NULL,
    max_ms INTEGER NOT NULL,
    span INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
`;

const BUSY_TIMEOUT_MS = 5000;
/** A reader's own pages need little room, since inflated chunks are kept. */
const READER_CACHE = 'cache_size = -256';
/** A writer comes back to few pages: those of the blocks that it is adding to. */
const WRITER_CACHE = 'cache_size = -2048';

/** Opens the file for its only writer, making it where it is missing. Throws StorageError. */
export function openDayForWriting(file: string, day: number): Database {
  return opening(
    file,
    'write_failed',
    () => new Database(file, { busyTimeoutMs: BUSY_TIMEOUT_MS }),
    database => {
      // Takes effect in a file without content only.
      database.pragma(`page_size = ${PAGE_BYTES}`);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
      database.pragma(WRITER_CACHE);
      // The worker checkpoints when it has time.
      database.pragma('wal_autocheckpoint = 0');
      database.pragma(`journal_size_limit = ${16 * 1024 * 1024}`);
      if (isEmpty(database)) createTables(database, day);
      else checkFormat(database, file);
    },
  );
}

/**
 * Opens a file that does not exist yet, to be filled by one writer and closed before anyone else sees it: faster,
 * since a crash leaves it unusable. Throws StorageError.
 */
export function openDayForFilling(file: string, day: number): Database {
  return opening(
    file,
    'write_failed',
    () => new Database(file, { busyTimeoutMs: 0 }),
    database => {
      database.pragma(`page_size = ${PAGE_BYTES}`);
      database.pragma('journal_mode = OFF');
      database.pragma(WRITER_CACHE);
      database.pragma('synchronous = OFF');
      createTables(database, day);
    },
  );
}

/** Throws StorageError where the file is none of ours, damaged or newer. */
export function openDayForReading(file: string): Database {
  const open = () => new Database(file, { busyTimeoutMs: BUSY_TIMEOUT_MS, readonly: true });
  return opening(file, 'read_failed', open, database => {
    database.pragma(READER_CACHE);
    checkFormat(database, file);
  });
}

/** What a failure of SQLite becomes for callers of day files: damage is told from failures to write. */
export function dayError(
  thrown: unknown,
  file: string,
  otherwise: 'read_failed' | 'write_failed',
): StorageError {
  if (thrown instanceof StorageError) return thrown;
  const code = sqliteCodeOf(thrown);
  if (code === 'SQLITE_NOTADB') {
    return new StorageError('read_failed', `${file} is damaged, or not a day file`, { cause: thrown });
  }
  if (code.startsWith('SQLITE_CORRUPT') || thrown instanceof DamagedRow) {
    return new StorageError('read_failed', `${file} is damaged: ${messageOf(thrown)}`, { cause: thrown });
  }
  const doing = otherwise === 'read_failed' ? 'read' : 'write';
  return new StorageError(otherwise, `can't ${doing} ${file}: ${messageOf(thrown)}`, { cause: thrown });
}

function opening(
  file: string,
  otherwise: 'read_failed' | 'write_failed',
  open: () => Database,
  prepare: (database: Database) => void,
): Database {
  let database: Database | undefined;
  try {
    database = open();
    prepare(database);
    return database;
  } catch (thrown) {
    database?.close();
    throw dayError(thrown, file, otherwise);
  }
}

/** As it is when it was just made, or when making it was cut short. */
const isEmpty = (database: Database): boolean =>
  database.pragma('application_id') === 0 && database.pragma('schema_version') === 0;

function createTables(database: Database, day: number): void {
  database.transaction(() => {
    database.execute(TABLES);
    new DayTables(database).writeMeta(emptyMeta(day));
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${DAY_FORMAT_VERSION}`);
  });
}

function checkFormat(database: Database, file: string): void {
  if (database.pragma('application_id') !== APPLICATION_ID) {
    throw new StorageError('read_failed', `${file} is not a day file of promlite`);
  }
  const version = Number(database.pragma('user_version'));
  if (version === DAY_FORMAT_VERSION) return;
  const advice =
    version > DAY_FORMAT_VERSION
      ? 'use a newer promlite'
      : 'that one was never released and is not read any more, move the file away';
  throw new StorageError(
    'format_unknown',
    `${file} has format ${version}, this promlite knows day files of format ${DAY_FORMAT_VERSION}: ${advice}`,
  );
}
