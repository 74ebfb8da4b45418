// When V8 saves memory: for 20 seconds after what fills it (a start, samples by remote write, large answers). Its heaps
// then grow in small steps, and what is freed is given back. Not while somebody waits for an answer, since collecting
// often makes that late; and not in between, when targets are scraped and little changes. See ADR 11.

import { setFlagsFromString } from 'node:v8';

const FLAG = '--memory-saver-mode';
const NO_FLAG = '--no-memory-saver-mode';

/** V8 begins to tidy up eight seconds after it last collected. */
const SAVES_FOR_MS = 20_000;
/** A dashboard's panels come one after the other. */
const RESUMED_AFTER_MS = 5000;

export interface MemorySaving {
  /** Memory has been filled: saves it for a while from now on, or once nobody waits for an answer. */
  begin(): void;
  /** An answer is waited for. To be called as often as resume(). */
  suspend(): void;
  /** It was given, and has filled memory. */
  resume(): void;
}

/** For a process that was started with these flags; nothing happens where it was not to save memory. */
export function createMemorySaving(
  nodeFlags: readonly string[],
  setFlags: (flags: string) => void = setFlagsFromString,
): MemorySaving {
  return nodeFlags.includes(FLAG) ? new Saving(setFlags) : NO_SAVING;
}

const NO_SAVING: MemorySaving = { begin() {}, suspend() {}, resume() {} };

class Saving implements MemorySaving {
  private readonly setFlags: (flags: string) => void;
  private isOn = true;
  private waiting = 0;
  /** Ends the saving where that is on, else begins it. */
  private timer: NodeJS.Timeout | undefined;

  constructor(setFlags: (flags: string) => void) {
    this.setFlags = setFlags;
    this.begin();
  }

  begin(): void {
    if (this.waiting > 0) return;
    if (this.isOn && this.timer) {
      this.timer.refresh();
      return;
    }
    clearTimeout(this.timer);
    this.turn(true);
    this.timer = setTimeout(() => this.end(), SAVES_FOR_MS).unref();
  }

  suspend(): void {
    this.waiting++;
    if (this.waiting > 1) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.turn(false);
  }

  resume(): void {
    this.waiting--;
    if (this.waiting > 0) return;
    this.timer = setTimeout(() => this.begin(), RESUMED_AFTER_MS).unref();
  }

  private end(): void {
    this.timer = undefined;
    this.turn(false);
  }

  private turn(on: boolean): void {
    if (this.isOn === on) return;
    this.isOn = on;
    this.setFlags(on ? FLAG : NO_FLAG);
  }
}
