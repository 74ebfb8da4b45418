// Notices that a configuration file has changed, by polling: file events do not cross every mount, and a file that
// an editor replaces gets a new inode. A changed stat leads to a look at the content; only other content is a change.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

export interface WatchOptions {
  /** Asked before each wait; 5 s unless said otherwise. */
  readonly intervalMs?: () => number;
}

export interface ConfigWatch {
  /** Ends the polling; onChange is not called any more. */
  stop(): void;
  /** Resolves once the file as it is now is known: what changes after this is told. */
  readonly started: Promise<void>;
  /**
   * To be awaited before the file is read for another reason: what it holds now is no change any more, and going
   * back to what it held before is one.
   */
  refresh(): Promise<void>;
}

const DEFAULT_INTERVAL_MS = 5000;

interface Seen {
  readonly stamp: string;
  readonly digest: string;
}

/**
 * Calls onChange after each change of the file's content. A file that is missing or can't be read is waited for:
 * it is a change when it is back with other content. The polling does not keep the process alive.
 */
export function watchConfigFile(file: string, onChange: () => void, options: WatchOptions = {}): ConfigWatch {
  const intervalMs = options.intervalMs ?? (() => DEFAULT_INTERVAL_MS);
  let seen: Seen | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const again = () => {
    if (stopped) return;
    timer = setTimeout(poll, intervalMs());
    timer.unref();
  };
  const poll = async () => {
    const now = await look(file, seen);
    if (stopped) return;
    const changed = now !== undefined && now.digest !== seen?.digest;
    seen = now ?? seen;
    again();
    if (changed) onChange();
  };
  const started = look(file, undefined).then(now => {
    seen = now;
    again();
  });
  return {
    started,
    async refresh() {
      seen = (await look(file, undefined)) ?? seen;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** What the file is now; undefined where it can't be read. The content is read only where the stat is another. */
async function look(file: string, before: Seen | undefined): Promise<Seen | undefined> {
  try {
    const { mtimeNs, ctimeNs, size, ino, dev } = await stat(file, { bigint: true });
    const stamp = [mtimeNs, ctimeNs, size, ino, dev].join(' ');
    if (stamp === before?.stamp) return before;
    const digest = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return { stamp, digest };
  } catch {
    // Between an editor's removal and its rename there is no file: the next poll looks again.
    return undefined;
  }
}
