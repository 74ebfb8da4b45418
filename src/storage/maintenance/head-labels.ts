// The labels of the head's series, read from head.db by id: asked for once a day and series.

import { Labels } from '../../model/labels.ts';
import { openBeside } from '../head/head-file.ts';
import type { Database, Statement } from '../sqlite/driver.ts';

export class HeadLabels {
  private readonly database: Database;
  private readonly byId: Statement<[number], { labels: string }>;

  constructor(headFile: string) {
    this.database = openBeside(headFile);
    this.byId = this.database.prepare('SELECT labels FROM series WHERE id = ?');
  }

  /** Throws where there is no such series. */
  of(seriesId: number): Labels {
    const record = this.byId.get(seriesId);
    if (!record) throw new Error(`series ${seriesId} has no row in the head file`);
    return Labels.fromSorted(JSON.parse(record.labels));
  }

  /** Brings the write-ahead log of head.db into the file, as far as no reader needs it. */
  checkpoint(): void {
    this.database.pragma('wal_checkpoint(PASSIVE)');
  }

  /** Writes a copy as of now. */
  copyTo(file: string): void {
    this.database.prepare<[string]>('VACUUM INTO ?').run(file);
  }

  close(): void {
    this.database.close();
  }
}
