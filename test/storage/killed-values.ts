// What the process of the kill test writes, known to both sides: a row every 20 minutes, so that days pass quickly.

export const KILL_SERIES = 10;

/** Rows of one era have series of their own: they churn. */
const ROWS_AN_ERA = 100;
const ROW_EVERY_MS = 20 * 60_000;
const FIRST_ROW_MS = Date.UTC(2001, 0, 1) + 137;

/** Retention keeps that many rows; a multiple of a day's. */
export const KEPT_ROWS = 8 * 72;

export const rowTimeMs = (row: number): number => FIRST_ROW_MS + row * ROW_EVERY_MS;
export const rowAt = (timeMs: number): number => (timeMs - FIRST_ROW_MS) / ROW_EVERY_MS;
export const rowEra = (row: number): string => String(Math.floor(row / ROWS_AN_ERA));

/** Of every other row; 0: unknown. */
export const sampleStart = (row: number, series: number): number => (row % 2 === 0 ? row - series - 1e6 : 0);

export const sampleValue = (row: number, series: number): number => Math.sin(row * 31 + series);

/** What the process says, a line each: what a query has returned, and what the maintenance is about to do. */
export type Said =
  | { readonly kind: 'seen'; readonly row: number }
  | { readonly kind: 'drop'; readonly row: number }
  | { readonly kind: 'begin' | 'end'; readonly work: Work };

/** `seal` includes merges, `rewrite` writes days in their final form, `drop` is retention. */
export const WORKS = ['seal', 'rewrite', 'drop'] as const;
export type Work = (typeof WORKS)[number];
