// What a folder takes on disk: the files' lengths, as `du -sb` adds them up, and the blocks given to them.

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK_BYTES = 512;

export interface DiskUse {
  readonly apparentBytes: number;
  readonly allocatedBytes: number;
}

export function diskUse(folder: string): DiskUse {
  let [apparentBytes, allocatedBytes] = [0, 0];
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // A server may remove a file while it is looked at.
    const stat = lstatSync(join(parentPath, name), { throwIfNoEntry: false });
    if (!stat?.isFile()) continue;
    apparentBytes += stat.size;
    allocatedBytes += stat.blocks * BLOCK_BYTES;
  }
  return { apparentBytes, allocatedBytes };
}
