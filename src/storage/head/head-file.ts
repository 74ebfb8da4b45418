// head.db: the journal and the names of what is in it (drawn in docs/format/storage.md), opened or made, and checked
// to be a file that we know.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { StorageError } from '../errors.ts';
import { Database, sqliteCodeOf } from '../sqlite/driver.ts';
import { DamagedHead } from './head-rows.ts';

/** Written into the file's user_version; a file with another one is not read. */
export const HEAD_FORMAT = 4;

/** "prmh" in the file's application_id. */
const APPLICATION_ID = 0x70726d68;

/** The write-ahead log is cut to this when it starts over. */
const LOG_BYTES = 4 * 1024 * 1024;

/**
 * Commits wait so long for the maintenance to empty the log, which on a slow disk can take seconds: waiting is better than
 * losing a scrape.
 */
const BUSY_TIMEOUT_MS = 10_000;

/** SQLite's own pages of the connection that writes; rows go in at the end and out at the start. */
const WRITER_CACHE = 'cache_size = -2048';
/** Names are asked for once a series and day. */
const READER_CACHE = 'cache_size = -512';

const TABLES = `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value ANY, checksum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    labels TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    last_ms INTEGER,
    last_value BLOB,
    last_checksum INTEGER
  ) STRICT;
  CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE layouts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series BLOB NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL,
    layout_id INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    samples BLOB NOT NULL,
    histograms BLOB
  ) STRICT;
  CREATE TABLE tombstones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    labels TEXT NOT NULL,
    min_ms INTEGER NOT NULL,
    max_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
`;

/** Opens the file, making it where it is missing. Throws StorageError. */
export function openHeadFile(file: string): Database {
  let database: Database | undefined;
  try {
    database = new Database(file, { busyTimeoutMs: BUSY_TIMEOUT_MS });
    // Before the first table: lets deleted pages be given back to the file system.
    database.pragma('auto_vacuum = INCREMENTAL');
    const version = Number(database.pragma('user_version'));
    if (version > HEAD_FORMAT) throw otherFormat(file, version);
    if (version > 0 && database.pragma('application_id') !== APPLICATION_ID) throw notOurs(file);
    if (version > 0 && version < HEAD_FORMAT) throw otherFormat(file, version);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma(WRITER_CACHE);
    // A writer that also checkpoints stalls single commits; the maintenance worker does it.
    database.pragma('wal_autocheckpoint = 0');
    database.pragma(`journal_size_limit = ${LOG_BYTES}`);
    if (version === 0) createTables(database);
    else checkStructure(database);
    return database;
  } catch (thrown) {
    database?.close();
    throw asStorageError(thrown, file);
  }
}

/** A connection beside the one that writes: for reading names and for checkpoints. */
export function openBeside(file: string): Database {
  if (!existsSync(file)) throw new StorageError('folder_unusable', `${file} is gone`);
  const database = new Database(file, { busyTimeoutMs: BUSY_TIMEOUT_MS });
  database.pragma(READER_CACHE);
  database.pragma('wal_autocheckpoint = 0');
  database.pragma(`journal_size_limit = ${LOG_BYTES}`);
  return database;
}

/**
 * Whether SQLite's own structures hang together, so that no row is missing: half a millisecond a megabyte. What is in
 * the rows has checksums.
 */
function checkStructure(database: Database): void {
  const found = database.pragma('quick_check(1)');
  // Its first line says in which of the attached databases.
  if (found !== 'ok') throw new DamagedHead(String(found).split('\n').slice(1).join(', '));
}

function createTables(database: Database): void {
  database.transaction(() => {
    database.execute(TABLES);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${HEAD_FORMAT}`);
  });
}

function otherFormat(file: string, version: number): StorageError {
  const advice =
    version > HEAD_FORMAT
      ? 'use a newer promlite or another data folder'
      : 'that one was never released and is not read any more, move it away or use another data folder';
  return new StorageError(
    'format_unknown',
    `${file} has format ${version}, this promlite knows format ${HEAD_FORMAT}: ${advice}`,
  );
}

function notOurs(file: string): StorageError {
  return new StorageError(
    'format_unknown',
    `${file} is not a promlite data file: move it away or use another data folder`,
  );
}

/** What keeps the file from being opened, or from being read, as a StorageError that says what to do. */
export function asStorageError(thrown: unknown, file: string): StorageError {
  if (thrown instanceof StorageError) return thrown;
  const code = sqliteCodeOf(thrown);
  if (code === 'SQLITE_NOTADB') return notOurs(file);
  const reason = messageOf(thrown);
  const cause = { cause: thrown };
  // What is not SQLite's comes from reading its content.
  if (code !== '' && !code.startsWith('SQLITE_CORRUPT')) {
    return new StorageError('folder_unusable', `can't open ${file}: ${reason}`, cause);
  }
  return new StorageError(
    'folder_unusable',
    `${file} is damaged (${reason}): restore it, or move ${basename(file)}* away to start with what is in day files, without the samples of the last minutes and with what was deleted lately`,
    cause,
  );
}
