// When a target is scraped: on a grid of its own, one interval wide, at an offset that a hash of the target gives.
// So targets are spread over the interval, and keep their places over restarts.
//
//   grid        |-----------|-----------|-----------|        one interval each
//   at start          o     |           |           |        waits for the grid: first scrape at |
//   added later       o-x   |           |           |        x: within a fifth of the interval; then the grid
//                        o-x|           |           |        x too close to |: on with the one after it
//
// A target that is added while promlite runs was written down some time ago, since its source is looked at now and
// then. Its first scrape therefore does not wait for the grid: from the change of the source to that scrape no more
// than one interval is to pass.
//
// All functions are pure; times are ms since the epoch.

/** A target that is added is scraped after this at most, however long its interval. */
const LONGEST_WAIT_MS = 3000;
/** Of the interval: so long may the first scrape wait, so far from the next one it must be. */
const NEW_TARGET_SHARE = 1 / 5;
const TIMESTAMP_TOLERANCE_MS = 2;

export interface FirstScrapes {
  readonly firstMs: number;
  /** The one after it, which is on the grid. */
  readonly secondMs: number;
}

/** The first moment after now that lies on the target's grid. */
export function firstScrapeMs(key: string, intervalMs: number, nowMs: number): number {
  const offsetMs = Number(hashOf(key) % BigInt(intervalMs));
  const firstMs = nowMs - (nowMs % intervalMs) + offsetMs;
  return firstMs > nowMs ? firstMs : firstMs + intervalMs;
}

/** The first scrapes of a target that is added now, while others are being scraped. */
export function newTargetScrapes(key: string, intervalMs: number, nowMs: number): FirstScrapes {
  const onGridMs = firstScrapeMs(key, intervalMs, nowMs);
  const shareMs = intervalMs * NEW_TARGET_SHARE;
  const windowMs = Math.floor(Math.min(shareMs, LONGEST_WAIT_MS));
  if (onGridMs - nowMs <= windowMs) return { firstMs: onGridMs, secondMs: onGridMs + intervalMs };
  // Other bits than those of the offset, lest targets that share the one share the other.
  const firstMs = nowMs + Number((hashOf(key) >> 32n) % BigInt(windowMs + 1));
  const isTooClose = onGridMs - firstMs < shareMs;
  return { firstMs, secondMs: isTooClose ? onGridMs + intervalMs : onGridMs };
}

/** How often a source of targets must be looked at so that an added one is scraped within its interval, ms. */
export const lookEveryMs = (intervalMs: number): number => Math.max(1, Math.floor(intervalMs / 2));

/** The planned time where now is close to it (2 ms, at most 1 % of the interval), else now. */
export function alignedTimestampMs(nowMs: number, dueMs: number, intervalMs: number): number {
  const tolerance = Math.min(intervalMs / 100, TIMESTAMP_TOLERANCE_MS);
  return Math.abs(nowMs - dueMs) <= tolerance ? dueMs : nowMs;
}

/** Whether a timer that fired now may stand for a scrape planned for `dueMs`. */
export const isDue = (nowMs: number, dueMs: number): boolean => nowMs >= dueMs - TIMESTAMP_TOLERANCE_MS;

/** The first planned time that is not over: a scrape that took too long skips those it covered. */
export function nextScrapeMs(dueMs: number, intervalMs: number, nowMs: number): number {
  const missed = Math.max(0, Math.floor((nowMs - dueMs) / intervalMs));
  return dueMs + (missed + 1) * intervalMs;
}

/** FNV-1a, 64 bits. */
function hashOf(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash;
}
