// The data folder: made, locked, refused where it can't be used or is not known.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { createLogger } from '../../src/base/log.ts';
import { StorageError, type StorageErrorCode } from '../../src/storage/errors.ts';
import { Database } from '../../src/storage/sqlite/driver.ts';
import { TemporaryStorage } from './temporary-storage.ts';

let temporary: TemporaryStorage[] = [];
const fresh = (options = {}): TemporaryStorage => {
  const made = new TemporaryStorage(options);
  temporary.push(made);
  return made;
};
afterEach(() => {
  for (const one of temporary) one.dispose();
  temporary = [];
});

function refusal(open: () => unknown): StorageError {
  try {
    open();
  } catch (thrown) {
    if (thrown instanceof StorageError) return thrown;
  }
  throw new Error('expected a StorageError');
}

const codeOf = (open: () => unknown): StorageErrorCode => refusal(open).code;

test('a folder in use is refused, by this process and by others, until it is let go', async () => {
  const held = fresh();
  const error = refusal(() => new TemporaryStorage({ folder: held.folder }));
  expect(error.code).toBe('folder_in_use');
  expect(error.message).toContain(held.folder);
  held.reopen();

  held.storage.close();
  const child = new URL('./committing-child.ts', import.meta.url).pathname;
  const other = spawn(process.execPath, [child, held.folder, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  expect(codeOf(held.open)).toBe('folder_in_use');
  other.kill('SIGKILL');
  await once(other, 'close');
  held.open();
});

test('a path that is no folder is refused with what to do', () => {
  const { folder } = fresh();
  writeFileSync(join(folder, 'file'), '');
  const error = refusal(() => new TemporaryStorage({ folder: join(folder, 'file') }));
  expect(error.code).toBe('folder_unusable');
  expect(error.message).toMatch(/must be a folder that this user may write to/);
});

test('files of a newer format, and files that are none of ours, are refused and left as they are', () => {
  const one = fresh();
  one.storage.close();
  const file = join(one.folder, 'promlite', 'head.db');
  const database = new Database(file, { busyTimeoutMs: 0 });
  database.pragma('user_version = 99');
  database.close();
  const error = refusal(one.open);
  expect(error.code).toBe('format_unknown');
  expect(error.message).toMatch(/format 99/);

  writeFileSync(file, 'this is no database, it is a text that is long enough to be looked at'.repeat(100));
  expect(codeOf(one.open)).toBe('format_unknown');
});

test('the file of versions before the first release is named and left as it is', () => {
  const one = fresh();
  one.storage.close();
  writeFileSync(join(one.folder, 'promlite', 'promlite.db'), 'x');
  const error = refusal(one.open);
  expect(error.code).toBe('format_unknown');
  expect(error.message).toMatch(/promlite\.db .* move it away/);
  expect(readFileSync(join(one.folder, 'promlite', 'promlite.db'), 'utf8')).toBe('x');
});

test('a Prometheus TSDB in the data path is left alone, and the log says so', async () => {
  const first = fresh();
  first.storage.close();
  const block = join(first.folder, '01BKGV7JBM69T2G1BGBGM6KB12');
  mkdirSync(block);
  writeFileSync(join(block, 'index'), 'x');
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  fresh({ folder: first.folder, log: createLogger({ level: 'info', format: 'logfmt', destination }) });
  expect(lines.filter(line => line.includes('left alone'))).toHaveLength(1);
  expect(existsSync(join(block, 'index'))).toBe(true);
  expect(readdirSync(first.folder).sort()).toEqual(['01BKGV7JBM69T2G1BGBGM6KB12', 'promlite']);
});
