// How a column of whole numbers lies in a chunk: what its encoder and its decoder agree on. Drawn in
// docs/format/chunk.md.

import { packedLength } from './packing.ts';

/**
 * How residuals become numbers from 0 up: as they are, negated, or twice the absolute (less one where negative); DRIFT
 * is the last, of order 1, where a usual step is part of the prediction.
 */
export const PLUS = 0;
export const MINUS = 1;
export const ZIGZAG = 2;
export const DRIFT = 3;

/** The usual step follows a change of steps by one part in 32 a sample. */
export const DRIFT_BITS = 5;

/** How a column of whole numbers lies in a chunk. */
export interface IntegerLayout {
  readonly order: number;
  readonly sign: number;
  readonly width: number;
  /** The first number; of order 0 the smallest. */
  readonly base: number;
  /** The first usual step; 0 for every sign but DRIFT. */
  readonly drift: number;
  readonly outliers: number;
  /** Bytes that the outliers take, behind the packed residuals. */
  readonly outlierBytes: number;
}

/** How many bytes the column takes. */
export function integersLength(layout: IntegerLayout, count: number): number {
  return packedLength(count, layout.width) + layout.outlierBytes;
}

/** No residual moves the usual step by more than this, or a counter's reset would spoil it for long. */
export function mostOfDrift(drift: number): number {
  return 2 * drift + 64;
}
