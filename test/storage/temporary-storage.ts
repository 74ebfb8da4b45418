// A real storage in a folder of its own, for tests.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import type { StoredStorage } from '../../src/storage/contract.ts';
import { openStorage, type StorageOptions } from '../../src/storage/open.ts';

/** 2001, later than any sample of the contract's suite. */
export const START_MS = 1e12;

export class TemporaryStorage {
  readonly folder: string;
  readonly clock = new ManualClock(START_MS);
  readonly registry = new Registry();
  storage: StoredStorage;
  private readonly options: Partial<StorageOptions>;

  constructor(options: Partial<StorageOptions> = {}) {
    this.options = options;
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), 'promlite-storage-'));
    this.storage = this.open();
  }

  /** Opens the folder (again); the storage that was open before must be closed. */
  open = (): StoredStorage => {
    this.storage = openStorage({
      folder: this.folder,
      retentionMs: Number.POSITIVE_INFINITY,
      clock: this.clock,
      log: silentLogger,
      registry: this.registry,
      maintenance: 'inline',
      ...this.options,
    });
    return this.storage;
  };

  reopen = (): StoredStorage => {
    this.storage.close();
    return this.open();
  };

  dispose = (): void => {
    this.storage.close();
    rmSync(this.folder, { recursive: true, force: true });
  };
}
