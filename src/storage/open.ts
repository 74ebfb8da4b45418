// Opens the storage of a data path: the only way to make one.

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import type { StoredStorage } from './contract.ts';
import { type HeldFolder, holdFolder } from './folder.ts';
import type { Maintainer } from './maintenance/contract.ts';
import { InlineMaintainer } from './maintenance/inline.ts';
import { ThreadMaintainer } from './maintenance/thread.ts';
import { SqliteStorage } from './storage.ts';

/** As Prometheus: samples from clocks that run ahead are taken up to this. */
const MAX_AHEAD_MS = 10 * 60_000;

/** Six minutes of a target that is scraped every 15 s. */
const SEAL_ROWS = 24;

/** 16 KB: of less, the objects would take as much as is saved. */
const PACK_FROM_CELLS = 2048;

export interface StorageOptions {
  /** The data path; promlite's files are in a folder of their own inside it. Made where it is missing. */
  readonly folder: string;
  /** Samples older than this are refused, ms; Infinity takes all. */
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  /** How much older than the newest sample a sample may be that is not its series' newest, ms; none by default. */
  readonly outOfOrderWindowMs?: number;
  /** How far in the future a sample may lie, ms; ten minutes by default. */
  readonly maxAheadMs?: number;
  /** How many rows of a group are sealed together; about twice as many stay in memory; 24 by default. */
  readonly sealRows?: number;
  /** A full segment of fewer values stays as it is in memory; 2048 by default. */
  readonly packFromCells?: number;
  /** Where day files are written: in a thread of its own (the default), or on the caller's. */
  readonly maintenance?: 'thread' | 'inline';
}

function maintainerOf({ maintenance, log }: StorageOptions, folder: HeldFolder): Maintainer {
  const { headFile, daysFolder } = folder;
  const files = { headFile, daysFolder };
  return maintenance === 'inline' ? new InlineMaintainer(files) : new ThreadMaintainer(files, log);
}

/** Throws StorageError: folder_in_use, folder_unusable, format_unknown. */
export function openStorage(options: StorageOptions): StoredStorage {
  const { retentionMs, clock, log, registry, outOfOrderWindowMs = 0, maxAheadMs = MAX_AHEAD_MS } = options;
  const folder = holdFolder(options.folder, log);
  try {
    return new SqliteStorage({
      folder,
      sizes: {
        sealRows: options.sealRows ?? SEAL_ROWS,
        packFromCells: options.packFromCells ?? PACK_FROM_CELLS,
      },
      limits: { retentionMs, outOfOrderWindowMs, maxAheadMs },
      clock,
      log,
      registry,
      maintainer: () => maintainerOf(options, folder),
    });
  } catch (thrown) {
    folder.release();
    throw thrown;
  }
}
