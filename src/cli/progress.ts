// Shows on standard error how far long work is: one line that changes on a terminal, a line every few seconds elsewhere.

import type { Clock } from '../base/clock.ts';

const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5000;
const BAR_CELLS = 20;
const ERASE_LINE = '\r\u001b[2K';

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class ProgressDisplay {
  private readonly stream: ProgressStream;
  private readonly clock: Clock;
  private shownMs: number;
  private isDrawn = false;

  constructor(stream: ProgressStream, clock: Clock) {
    this.stream = stream;
    this.clock = clock;
    this.shownMs = clock.monotonicMs();
  }

  /** Shows the line that `text` makes, if it is time. */
  update(text: () => string): void {
    const nowMs = this.clock.monotonicMs();
    const { stream } = this;
    if (nowMs - this.shownMs < (stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    this.shownMs = nowMs;
    if (!stream.isTTY) {
      stream.write(`${text()}\n`);
      return;
    }
    stream.write(ERASE_LINE + text().slice(0, (stream.columns ?? 80) - 1));
    this.isDrawn = true;
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.clear();
    this.stream.write(`${line}\n`);
  }

  /** Takes the changing line away. */
  clear(): void {
    if (this.isDrawn) this.stream.write(ERASE_LINE);
    this.isDrawn = false;
  }
}

/** `[=====>              ] 27 %`; nothing where the whole is not known. */
export function bar(done: number, whole: number | undefined): string {
  if (whole === undefined) return '';
  const share = whole === 0 ? 1 : Math.min(1, done / whole);
  const cells = Math.floor(share * BAR_CELLS);
  const drawn = cells === BAR_CELLS ? '='.repeat(cells) : `${'='.repeat(cells)}>`.padEnd(BAR_CELLS);
  return `[${drawn}] ${Math.floor(share * 100)} %`;
}

/** `1,234,567`. */
export const countText = (count: number): string => Math.round(count).toLocaleString('en-US');

/** `1.2 GB`: the nearest unit, powers of 1000. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** `1h2m`, `3m20s`, `5s`. */
export function shortDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}
