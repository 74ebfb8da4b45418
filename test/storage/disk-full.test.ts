// A disk that is really full, and has room again: what was taken is served on, what was not taken is told, nothing is
// lost or half there; and folders that can't be written to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Outcome } from './full-disk-child.ts';
import { TemporaryStorage } from './temporary-storage.ts';

const CHILD = new URL('./full-disk-child.ts', import.meta.url).pathname;
const SIZE = 'size=1m';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'promlite-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a shell script with a small file system of its own at $0, which nobody else sees. */
async function onSmallDisk(script: string, ...parameters: string[]): Promise<Ended> {
  const folder = temporaryFolder();
  const mounting = `mount -t tmpfs -o ${SIZE} tmpfs "$0" && ${script}`;
  const child = spawn('unshare', ['-rm', 'sh', '-c', mounting, folder, ...parameters]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', more => {
    stdout += more;
  });
  child.stderr.on('data', more => {
    stderr += more;
  });
  const [status] = await once(child, 'close');
  return { status, stdout, stderr };
}

const canMount = (await onceMounted()) === 0;

async function onceMounted(): Promise<number> {
  const child = spawn('unshare', ['-rm', 'sh', '-c', `mount -t tmpfs -o ${SIZE} tmpfs /mnt`]);
  return new Promise(resolve => {
    child.on('error', () => resolve(-1));
    child.on('close', status => resolve(status ?? -1));
  });
}

test.skipIf(!canMount).each(['inline', 'thread'])(
  'a full disk is told, and all goes on when it has room (maintenance: %s)',
  { timeout: 60_000 },
  async maintenance => {
    const ended = await onSmallDisk('exec "$1" "$2" "$0" "$3"', process.execPath, CHILD, maintenance);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const outcome = JSON.parse(ended.stdout) as Outcome;
    expect(outcome).toMatchObject({
      isWholeWhileFull: true,
      isTakenAgain: true,
      isWholeWithRoom: true,
      isWholeAfterStart: true,
      failure: expect.stringMatching(/^samples can't be written: .*disk is full/),
    });
    expect(outcome.taken).toBeGreaterThan(1);
    expect(outcome.log.join('')).toMatch(/Samples stay in the journal/);
  },
);

const isRoot = process.geteuid?.() === 0;

test('a folder that may not be written to is refused with what to do', () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o555);
  // Nothing is forbidden to root.
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(() => new TemporaryStorage({ folder })).toThrow(
      expect.objectContaining({
        name: 'StorageError',
        code: 'folder_unusable',
        message: expect.stringContaining('it must be a folder that this user may write to'),
      }),
    );
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});
