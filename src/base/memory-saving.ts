// V8 saves memory, except while somebody waits for an answer that may be large: then it collects garbage as rarely as
// it usually does, and catches up when it is quiet again. See ADR 11.

import { setFlagsFromString } from 'node:v8';

const FLAG = '--memory-saver-mode';
const NO_FLAG = '--no-memory-saver-mode';

/** A dashboard's panels come one after the other. */
const RESUMED_AFTER_MS = 5000;

export interface MemorySaving {
  /** To be called as often as resume(). */
  suspend(): void;
  resume(): void;
}

/** For a process that was started with these flags; nothing happens where it does not save memory. */
export function createMemorySaving(
  nodeFlags: readonly string[],
  setFlags: (flags: string) => void = setFlagsFromString,
): MemorySaving {
  return nodeFlags.includes(FLAG) ? new Saving(setFlags) : NO_SAVING;
}

const NO_SAVING: MemorySaving = { suspend() {}, resume() {} };

class Saving implements MemorySaving {
  private readonly setFlags: (flags: string) => void;
  private suspended = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(setFlags: (flags: string) => void) {
    this.setFlags = setFlags;
  }

  suspend(): void {
    this.suspended++;
    if (this.suspended > 1) return;
    if (this.timer) clearTimeout(this.timer);
    else this.setFlags(NO_FLAG);
    this.timer = undefined;
  }

  resume(): void {
    this.suspended--;
    if (this.suspended > 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.setFlags(FLAG);
    }, RESUMED_AFTER_MS).unref();
  }
}
