// What a process costs, as Linux counts it: CPU seconds of all its threads, memory, and when it has come to rest.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const TICKS_A_SECOND = 100;

/** User and system time of all threads so far, s. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command in parentheses may hold anything; utime and stime are the 12th and 13th field behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

export interface Memory {
  /** All that is in memory, shared and file pages included. */
  readonly residentBytes: number;
  /** Shared pages counted by their share. */
  readonly proportionalBytes: number;
  /** Of this process alone. */
  readonly privateBytes: number;
}

export function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1024;
  return {
    residentBytes: bytes('Rss'),
    proportionalBytes: bytes('Pss'),
    privateBytes: bytes('Private_Clean') + bytes('Private_Dirty'),
  };
}

/** Resolves when it has used less than 2 % of a core for two seconds, or after a minute. */
export async function idle(pid: number): Promise<void> {
  for (let tries = 0; tries < 30; tries++) {
    const before = cpuSeconds(pid);
    await delay(2000);
    if (cpuSeconds(pid) - before < 0.04) return;
  }
}

/**
 * Resolves when its memory has changed by less than 1 % in 20 s, or after two and a half minutes: V8 gives back what it
 * has left over some ten seconds after the work is done, Go when it collects, at the latest every two minutes.
 */
export async function settledMemory(pid: number): Promise<Memory> {
  let before = memoryOf(pid);
  for (let tries = 0; tries < 8; tries++) {
    await delay(20_000);
    const now = memoryOf(pid);
    if (Math.abs(now.residentBytes - before.residentBytes) < before.residentBytes / 100) return now;
    before = now;
  }
  return before;
}
