// Every statement that the head uses on head.db, prepared once, as methods that speak of series, groups and rows.

import type { Database, Statement } from '../sqlite/driver.ts';

export interface SeriesRecord {
  readonly id: number;
  readonly labels: string;
  /** Its newest sample, where no row of the journal holds it. */
  readonly last_ms: number | null;
  /** The eight bytes of the value. */
  readonly last_value: Buffer | null;
}
export interface GroupRecord {
  readonly id: number;
  readonly key: string;
}
export interface LayoutRecord {
  readonly id: number;
  readonly series: Buffer;
}
export interface JournalRecord {
  readonly id: number;
  readonly group_id: number;
  readonly layout_id: number;
  readonly time_ms: number;
  readonly samples: Buffer;
  readonly histograms: Buffer | null;
}
export interface TombstoneRecord {
  readonly id: number;
  readonly labels: string;
  readonly min_ms: number;
  readonly max_ms: number;
}

type Id = [number];

const ROWS_AT_A_TIME = 256;

export class HeadTables {
  readonly database: Database;
  private readonly seriesInsert: Statement<[string], never>;
  private readonly seriesUpdate: Statement<[number | null, Uint8Array | null, number], never>;
  private readonly seriesDelete: Statement<Id, never>;
  private readonly groupInsert: Statement<[string], never>;
  private readonly groupDelete: Statement<Id, never>;
  private readonly layoutInsert: Statement<[Uint8Array], never>;
  private readonly layoutDelete: Statement<Id, never>;
  private readonly journalInsert: Statement<[number, number, number, Uint8Array, Uint8Array | null], never>;
  private readonly journalDelete: Statement<Id, never>;
  private readonly tombstoneInsert: Statement<[string, number, number], never>;
  private readonly tombstoneDelete: Statement<Id, never>;
  private readonly settingGet: Statement<[string], { value: number }>;
  private readonly settingPut: Statement<[string, number], never>;

  constructor(database: Database) {
    this.database = database;
    this.seriesInsert = database.prepare('INSERT INTO series (labels) VALUES (?)');
    this.seriesUpdate = database.prepare('UPDATE series SET last_ms = ?, last_value = ? WHERE id = ?');
    this.seriesDelete = database.prepare('DELETE FROM series WHERE id = ?');
    this.groupInsert = database.prepare('INSERT INTO groups (key) VALUES (?)');
    this.groupDelete = database.prepare('DELETE FROM groups WHERE id = ?');
    this.layoutInsert = database.prepare('INSERT INTO layouts (series) VALUES (?)');
    this.layoutDelete = database.prepare('DELETE FROM layouts WHERE id = ?');
    this.journalInsert = database.prepare(
      'INSERT INTO journal (group_id, layout_id, time_ms, samples, histograms) VALUES (?, ?, ?, ?, ?)',
    );
    this.journalDelete = database.prepare('DELETE FROM journal WHERE id = ?');
    this.tombstoneInsert = database.prepare(
      'INSERT INTO tombstones (labels, min_ms, max_ms) VALUES (?, ?, ?)',
    );
    this.tombstoneDelete = database.prepare('DELETE FROM tombstones WHERE id = ?');
    this.settingGet = database.prepare('SELECT value FROM settings WHERE name = ?');
    this.settingPut = database.prepare(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  insertSeries = (labels: string): number => Number(this.seriesInsert.run(labels).lastInsertRowid);
  /** Notes the newest sample of a series that no row of the journal holds any more. */
  noteLast = (id: number, timeMs: number, value: Uint8Array): void =>
    void this.seriesUpdate.run(timeMs, value, id);
  deleteSeries = (id: number): void => void this.seriesDelete.run(id);
  insertGroup = (key: string): number => Number(this.groupInsert.run(key).lastInsertRowid);
  deleteGroup = (id: number): void => void this.groupDelete.run(id);
  insertLayout = (seriesIds: Uint8Array): number => Number(this.layoutInsert.run(seriesIds).lastInsertRowid);
  deleteLayout = (id: number): void => void this.layoutDelete.run(id);

  insertRow(
    groupId: number,
    layoutId: number,
    timeMs: number,
    samples: Uint8Array,
    histograms: Uint8Array | null,
  ): number {
    return Number(this.journalInsert.run(groupId, layoutId, timeMs, samples, histograms).lastInsertRowid);
  }
  deleteRow = (id: number): void => void this.journalDelete.run(id);

  insertTombstone = (labels: string, minMs: number, maxMs: number): number =>
    Number(this.tombstoneInsert.run(labels, minMs, maxMs).lastInsertRowid);
  deleteTombstone = (id: number): void => void this.tombstoneDelete.run(id);

  setting = (name: string): number | undefined => this.settingGet.get(name)?.value;
  putSetting = (name: string, value: number): void => void this.settingPut.run(name, value);

  allSeries = (): IterableIterator<SeriesRecord> =>
    this.database
      .prepare<[], SeriesRecord>('SELECT id, labels, last_ms, last_value FROM series ORDER BY id')
      .iterate();
  allGroups = (): GroupRecord[] => this.database.prepare<[], GroupRecord>('SELECT id, key FROM groups').all();
  allLayouts = (): LayoutRecord[] =>
    this.database.prepare<[], LayoutRecord>('SELECT id, series FROM layouts').all();
  allTombstones = (): TombstoneRecord[] =>
    this.database.prepare<[], TombstoneRecord>('SELECT id, labels, min_ms, max_ms FROM tombstones').all();

  /** Journal rows in order, read some at a time: faster than one by one, and not all in memory at once. */
  *allRows(): Generator<JournalRecord> {
    const next = this.database.prepare<[number], JournalRecord>(
      `SELECT id, group_id, layout_id, time_ms, samples, histograms FROM journal
       WHERE id > ? ORDER BY id LIMIT ${ROWS_AT_A_TIME}`,
    );
    for (let rows = next.all(0); rows.length > 0; rows = next.all(rows[rows.length - 1].id)) yield* rows;
  }
}
