// The labels of the head's series, read from head.db by id: asked for once a day and series.

import { statSync } from 'node:fs';
import { Labels } from '../../model/labels.ts';
import { openBeside, openHeadFile } from '../head/head-file.ts';
import { checkName, type NameRecord } from '../head/head-rows.ts';
import type { Database, Statement } from '../sqlite/driver.ts';

const LONG_LOG_BYTES = 12 * 1024 * 1024;

export class HeadLabels {
  private readonly file: string;
  private readonly database: Database;
  private readonly byId: Statement<[number], NameRecord>;

  constructor(headFile: string) {
    this.file = headFile;
    this.database = openBeside(headFile);
    this.byId = this.database.prepare('SELECT id, labels, checksum FROM series WHERE id = ?');
  }

  /** Throws where there is no such series, or its row is damaged. */
  of(seriesId: number): Labels {
    const record = this.byId.get(seriesId);
    if (!record) throw new Error(`series ${seriesId} has no row in the head file`);
    checkName(record);
    return Labels.fromSorted(JSON.parse(record.labels));
  }

  /**
   * Brings the write-ahead log of head.db into the file. While rows keep coming the log never starts anew by that: one
   * that has grown long, or that nobody writes to (`isIdle`), is emptied; commits wait for the little that is left.
   */
  checkpoint(isIdle: boolean): void {
    this.database.pragma('wal_checkpoint(PASSIVE)');
    if (isIdle || fileBytes(`${this.file}-wal`) > LONG_LOG_BYTES) {
      this.database.pragma('wal_checkpoint(TRUNCATE)');
    }
  }

  /** Writes a copy as of now. */
  copyTo(file: string): void {
    this.database.prepare<[string]>('VACUUM INTO ?').run(file);
  }

  /** Writes a head file without samples: what it says of samples in day files, dropped and deleted ones. */
  copyHidingTo(file: string): void {
    openHeadFile(file).close();
    this.database.prepare<[string]>('ATTACH ? AS copy').run(file);
    try {
      this.database.execute('INSERT INTO copy.settings SELECT * FROM main.settings');
      this.database.execute('INSERT INTO copy.tombstones SELECT * FROM main.tombstones');
    } finally {
      this.database.execute('DETACH copy');
    }
  }

  close(): void {
    this.database.close();
  }
}

function fileBytes(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
