// SQLite, the only file that imports the package for it: a connection with prepared statements and transactions.
//
// Everything is synchronous. Statements are prepared once by whoever keeps them; a transaction is a plain function.

import BetterSqlite3 from 'better-sqlite3';

export type SqlValue = number | string | Uint8Array | null;

/** A prepared statement: `run` for changes, `get` and `all` for rows in the shape it was prepared for. */
export interface Statement<Parameters extends SqlValue[], Result> {
  run(...parameters: Parameters): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...parameters: Parameters): Result | undefined;
  all(...parameters: Parameters): Result[];
  iterate(...parameters: Parameters): IterableIterator<Result>;
}

export interface DatabaseOptions {
  /** How long a statement waits for another process' lock, ms. */
  readonly busyTimeoutMs: number;
  /** Refuses changes; the file must be there already. */
  readonly readonly?: boolean;
}

/** What a row is given as: an object by column name, an array in the order of columns, or its only column's value. */
export type RowShape = 'object' | 'array' | 'value';

export class Database {
  private readonly connection: BetterSqlite3.Database;
  private readonly beginReading: BetterSqlite3.Statement;
  private readonly begin: BetterSqlite3.Statement;
  private readonly commit: BetterSqlite3.Statement;
  private readonly rollback: BetterSqlite3.Statement;

  /** Opens the file, which is made where it is missing (unless `readonly`). Throws SQLite's error where it cannot. */
  constructor(file: string, options: DatabaseOptions) {
    const { busyTimeoutMs, readonly = false } = options;
    this.connection = new BetterSqlite3(file, { timeout: busyTimeoutMs, readonly, fileMustExist: readonly });
    this.beginReading = this.connection.prepare('BEGIN DEFERRED');
    this.begin = this.connection.prepare('BEGIN IMMEDIATE');
    this.commit = this.connection.prepare('COMMIT');
    this.rollback = this.connection.prepare('ROLLBACK');
  }

  prepare<Parameters extends SqlValue[], Result = unknown>(
    sql: string,
    shape: RowShape = 'object',
  ): Statement<Parameters, Result> {
    const statement = this.connection.prepare(sql);
    if (shape === 'array') statement.raw();
    else if (shape === 'value') statement.pluck();
    return statement as unknown as Statement<Parameters, Result>;
  }

  /** Runs statements that yield nothing. */
  execute(sql: string): void {
    this.connection.exec(sql);
  }

  /** The single value that a pragma answers with. */
  pragma(text: string): unknown {
    return this.connection.pragma(text, { simple: true });
  }

  /** Does the work in one transaction; when it throws, nothing of it has happened. */
  transaction<T>(work: () => T): T {
    this.begin.run();
    try {
      const result = work();
      this.commit.run();
      return result;
    } catch (thrown) {
      // SQLite ends the transaction itself on some failures (disk full, I/O error).
      if (this.connection.inTransaction) this.rollback.run();
      throw thrown;
    }
  }

  /** Does reads that must agree with each other: whatever others commit meanwhile, they see the file as of one time. */
  reading<T>(work: () => T): T {
    if (this.connection.inTransaction) return work();
    this.beginReading.run();
    try {
      return work();
    } finally {
      // SQLite ends the transaction itself on some failures.
      if (this.connection.inTransaction) this.commit.run();
    }
  }

  close(): void {
    this.connection.close();
  }
}

/** SQLite's code (`SQLITE_BUSY`, …) of something thrown; '' where it is none of SQLite's. */
export function sqliteCodeOf(thrown: unknown): string {
  return thrown instanceof BetterSqlite3.SqliteError ? thrown.code : '';
}
