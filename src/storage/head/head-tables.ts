// Every statement that the head uses on head.db, prepared once, as methods that speak of series, groups and rows.
//
// Rows get their ids here, since their checksums begin with them, and are checked as they are read: a row that is not
// as it was written throws DamagedHead.

import type { Database, Statement } from '../sqlite/driver.ts';
import {
  checkGroup,
  checkLayout,
  checkOrder,
  checkRow,
  checkSeries,
  checkSetting,
  checksumOfLast,
  checksumOfLayout,
  checksumOfRow,
  checksumOfSetting,
  checksumOfText,
  checksumOfTombstone,
  checkTombstone,
  type GroupRecord,
  type JournalRecord,
  type LayoutRecord,
  type SeriesRecord,
  type SettingRecord,
  type TombstoneRecord,
} from './head-rows.ts';

type Id = [number];
type NumberedTable = 'series' | 'groups' | 'layouts' | 'tombstones' | 'journal';

const ROWS_AT_A_TIME = 256;
/** Layouts name series with 32 bits. */
const HIGHEST_SERIES_ID = 2 ** 32 - 1;

export class HeadTables {
  readonly database: Database;
  private readonly seriesInsert: Statement<[number, string, number], never>;
  private readonly seriesUpdate: Statement<[number, Uint8Array, number, number], never>;
  private readonly seriesDelete: Statement<Id, never>;
  private readonly groupInsert: Statement<[number, string, number], never>;
  private readonly groupDelete: Statement<Id, never>;
  private readonly layoutInsert: Statement<[number, Uint8Array, number], never>;
  private readonly layoutDelete: Statement<Id, never>;
  private readonly journalInsert: Statement<
    [number, number, number, number, number, Uint8Array, Uint8Array | null],
    never
  >;
  private readonly journalDelete: Statement<Id, never>;
  private readonly tombstoneInsert: Statement<[number, string, number, number, number], never>;
  private readonly tombstoneDelete: Statement<Id, never>;
  private readonly settingGet: Statement<[string], SettingRecord>;
  private readonly settingPut: Statement<[string, number, number], never>;
  /** The highest that was given out, by table. */
  private readonly lastIds: Record<NumberedTable, number>;

  constructor(database: Database) {
    this.database = database;
    this.seriesInsert = database.prepare('INSERT INTO series (id, labels, checksum) VALUES (?, ?, ?)');
    this.seriesUpdate = database.prepare(
      'UPDATE series SET last_ms = ?, last_value = ?, last_checksum = ? WHERE id = ?',
    );
    this.seriesDelete = database.prepare('DELETE FROM series WHERE id = ?');
    this.groupInsert = database.prepare('INSERT INTO groups (id, key, checksum) VALUES (?, ?, ?)');
    this.groupDelete = database.prepare('DELETE FROM groups WHERE id = ?');
    this.layoutInsert = database.prepare('INSERT INTO layouts (id, series, checksum) VALUES (?, ?, ?)');
    this.layoutDelete = database.prepare('DELETE FROM layouts WHERE id = ?');
    this.journalInsert = database.prepare(
      `INSERT INTO journal (id, group_id, layout_id, time_ms, checksum, samples, histograms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.journalDelete = database.prepare('DELETE FROM journal WHERE id = ?');
    this.tombstoneInsert = database.prepare(
      'INSERT INTO tombstones (id, labels, min_ms, max_ms, checksum) VALUES (?, ?, ?, ?, ?)',
    );
    this.tombstoneDelete = database.prepare('DELETE FROM tombstones WHERE id = ?');
    this.settingGet = database.prepare('SELECT name, value, checksum FROM settings WHERE name = ?');
    this.settingPut = database.prepare(
      'INSERT OR REPLACE INTO settings (name, value, checksum) VALUES (?, ?, ?)',
    );
    this.lastIds = readLastIds(database);
  }

  /** Throws where all ids have been given out. */
  insertSeries(labels: string): number {
    if (this.lastIds.series >= HIGHEST_SERIES_ID) throw new Error('head.db has no ids left for series');
    const id = ++this.lastIds.series;
    this.seriesInsert.run(id, labels, checksumOfText(id, labels));
    return id;
  }
  /** Notes the newest sample of a series that no row of the journal holds any more. */
  noteLast = (id: number, timeMs: number, value: Uint8Array): void =>
    void this.seriesUpdate.run(timeMs, value, checksumOfLast(id, timeMs, value), id);
  deleteSeries = (id: number): void => void this.seriesDelete.run(id);

  insertGroup(key: string): number {
    const id = ++this.lastIds.groups;
    this.groupInsert.run(id, key, checksumOfText(id, key));
    return id;
  }
  deleteGroup = (id: number): void => void this.groupDelete.run(id);

  insertLayout(seriesIds: Uint8Array): number {
    const id = ++this.lastIds.layouts;
    this.layoutInsert.run(id, seriesIds, checksumOfLayout(id, seriesIds));
    return id;
  }
  deleteLayout = (id: number): void => void this.layoutDelete.run(id);

  insertRow(
    groupId: number,
    layoutId: number,
    timeMs: number,
    samples: Uint8Array,
    histograms: Uint8Array | null,
  ): number {
    const id = ++this.lastIds.journal;
    const checksum = checksumOfRow(id, groupId, layoutId, timeMs, samples, histograms);
    this.journalInsert.run(id, groupId, layoutId, timeMs, checksum, samples, histograms);
    return id;
  }
  deleteRow = (id: number): void => void this.journalDelete.run(id);

  insertTombstone(labels: string, minMs: number, maxMs: number): number {
    const id = ++this.lastIds.tombstones;
    const checksum = checksumOfTombstone({ id, labels, min_ms: minMs, max_ms: maxMs });
    this.tombstoneInsert.run(id, labels, minMs, maxMs, checksum);
    return id;
  }
  deleteTombstone = (id: number): void => void this.tombstoneDelete.run(id);

  setting(name: string): number | undefined {
    const record = this.settingGet.get(name);
    if (record) checkSetting(record);
    return record?.value;
  }
  putSetting = (name: string, value: number): void =>
    void this.settingPut.run(name, value, checksumOfSetting({ name, value }));

  allSeries = (): Generator<SeriesRecord> =>
    checked(
      this.database
        .prepare<[], SeriesRecord>(
          'SELECT id, labels, checksum, last_ms, last_value, last_checksum FROM series ORDER BY id',
        )
        .iterate(),
      checkSeries,
    );
  allGroups = (): GroupRecord[] => [
    ...checked(
      this.database.prepare<[], GroupRecord>('SELECT id, key, checksum FROM groups ORDER BY id').iterate(),
      checkGroup,
    ),
  ];
  allLayouts = (): LayoutRecord[] => [
    ...checked(
      this.database
        .prepare<[], LayoutRecord>('SELECT id, series, checksum FROM layouts ORDER BY id')
        .iterate(),
      checkLayout,
    ),
  ];
  allTombstones = (): TombstoneRecord[] => [
    ...checked(
      this.database
        .prepare<[], TombstoneRecord>(
          'SELECT id, labels, min_ms, max_ms, checksum FROM tombstones ORDER BY id',
        )
        .iterate(),
      checkTombstone,
    ),
  ];

  /** Journal rows in order, read some at a time: faster than one by one, and not all in memory at once. */
  *allRows(): Generator<JournalRecord> {
    const next = this.database.prepare<[number], JournalRecord>(
      `SELECT id, group_id, layout_id, time_ms, checksum, samples, histograms FROM journal
       WHERE id > ? ORDER BY id LIMIT ${ROWS_AT_A_TIME}`,
    );
    let last = 0;
    for (let rows = next.all(last); rows.length > 0; rows = next.all(last)) {
      // Without order the next rows could be those before, again and again.
      yield* checked(rows, checkRow, last);
      last = rows[rows.length - 1].id;
    }
  }
}

/** The rows, of which each is sound and has a higher id than the one before. Throws DamagedHead. */
function* checked<Row extends { readonly id: number }>(
  rows: Iterable<Row>,
  check: (row: Row) => void,
  after = 0,
): Generator<Row> {
  let before = after;
  for (const row of rows) {
    checkOrder(row.id, before);
    check(row);
    before = row.id;
    yield row;
  }
}

/** Also of rows that are gone, but for the journal's, whose ids nothing else on disk names. */
function readLastIds(database: Database): Record<NumberedTable, number> {
  const last = { series: 0, groups: 0, layouts: 0, tombstones: 0, journal: 0 };
  const kept = database.prepare<[string], number>('SELECT seq FROM sqlite_sequence WHERE name = ?', 'value');
  for (const table of Object.keys(last) as NumberedTable[]) {
    const inUse = database.prepare<[], number | null>(`SELECT max(id) FROM ${table}`, 'value').get();
    last[table] = Math.max(kept.get(table) ?? 0, inUse ?? 0);
  }
  return last;
}
