// Days in UTC, counted from 1970-01-01, and the names of their files: `2026-11-22.db`, and `2026-11-22.1.db`,
// `2026-11-22.2.db`, … once the day was written anew. Of several generations the highest counts.

export const DAY_MS = 86_400_000;

/** The day that a time belongs to; negative before 1970. */
export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

export const startOfDayMs = (day: number): number => day * DAY_MS;

/** Years before 0 and after 9999 have a sign and six digits. Throws RangeError where a Date cannot hold the day. */
export function dayFileName(day: number, generation: number): string {
  const [date] = new Date(startOfDayMs(day)).toISOString().split('T');
  return generation === 0 ? `${date}.db` : `${date}.${generation}.db`;
}

const NAME = /^((?:[+-]\d\d)?\d{4}-\d\d-\d\d)(?:\.(\d{1,9}))?\.db$/;

/** Undefined where the name is not exactly one that dayFileName() gives. */
export function parseDayFileName(name: string): { day: number; generation: number } | undefined {
  const parts = NAME.exec(name);
  if (!parts) return undefined;
  const startMs = Date.parse(`${parts[1]}T00:00:00.000Z`);
  const generation = Number(parts[2] ?? 0);
  if (Number.isNaN(startMs) || dayFileName(dayOf(startMs), generation) !== name) return undefined;
  return { day: dayOf(startMs), generation };
}
