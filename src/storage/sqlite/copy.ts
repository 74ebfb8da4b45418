// A compact copy of an SQLite file as it is now, its write-ahead log included.

import { Database } from './driver.ts';

/** `to` must not exist. */
export function copyDatabase(from: string, to: string): void {
  const database = new Database(from, { busyTimeoutMs: 1000 });
  try {
    database.prepare<[string]>('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
}
