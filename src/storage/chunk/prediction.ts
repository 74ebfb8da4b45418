// Which prediction suits a column of whole numbers: what integer-column.ts then writes are the residuals of it.
//
// In: the numbers. Out: an order, and the usual step where the numbers grow steadily.

/** Below that a usual step is not worth it; above it does not fit 32 bits. */
const LEAST_DRIFT = 8;
export const MOST_DRIFT = 2 ** 22;

/** What suits most counters. */
export const STEPS: Prediction = { order: 1, drift: 0 };

/** Positions that are looked at when a prediction is chosen. */
const PROBES = 64;
const levels = new Float64Array(PROBES + 2);
const slopes = new Float64Array(PROBES + 2);
const bends = new Float64Array(PROBES + 2);

const MEDIAN_OF = 21;
const sorted = new Float64Array(MEDIAN_OF);

/** What the prediction is. */
export interface Prediction {
  readonly order: number;
  /** The usual step, 0 for none. */
  readonly drift: number;
}

/**
 * The prediction whose residuals take the least, as far as a look at some of them tells. A usual step is only looked
 * for where the numbers are many.
 */
export function choosePrediction(integers: Float64Array, withDrift: boolean): Prediction {
  const count = integers.length;
  const step = Math.max(1, (count - 2) / PROBES);
  let probes = 0;
  for (let at = 2; at < count; at += step) {
    const i = Math.floor(at);
    levels[probes] = integers[i] - integers[count >> 1];
    slopes[probes] = integers[i] - integers[i - 1];
    bends[probes] = slopes[probes] - (integers[i - 1] - integers[i - 2]);
    probes++;
  }
  const [level, bend] = [costOf(levels, probes), costOf(bends, probes)];
  const slope = costOf(slopes, probes);
  // The difference of two random steps takes half a bit more than one step does, less what is usual.
  const drifting = bend - probes * 0.4;
  const usual = withDrift && bend > 0 && drifting < slope * 0.9 ? medianOf(slopes, probes) : 0;
  if (usual >= LEAST_DRIFT && usual <= MOST_DRIFT && drifting <= level) return { order: 1, drift: usual };
  if (bend < slope * 0.9) return { order: 2, drift: 0 };
  return { order: level < slope * 0.95 ? 0 : 1, drift: 0 };
}

/** Whether no number is below the one before. */
export function neverFalls(integers: Float64Array): boolean {
  for (let i = 1; i < integers.length; i++) if (integers[i] < integers[i - 1]) return false;
  return true;
}

/** Bits of the numbers; their signs count where there are both. */
function costOf(numbers: Float64Array, count: number): number {
  let bits = 0;
  let [above, below] = [0, 0];
  for (let i = 0; i < count; i++) {
    const number = numbers[i];
    bits += bitsOf(number);
    if (number > 0) above++;
    else if (number < 0) below++;
  }
  return above > 0 && below > 0 ? bits + above + below : bits;
}

/** The number in the middle of some of the first `count`, spread over them. */
export function medianOf(numbers: ArrayLike<number>, count: number): number {
  const step = Math.max(1, count / MEDIAN_OF);
  let found = 0;
  for (let at = 0; at < count && found < MEDIAN_OF; at += step) {
    const number = numbers[Math.floor(at)];
    let i = found++;
    for (; i > 0 && sorted[i - 1] > number; i--) sorted[i] = sorted[i - 1];
    sorted[i] = number;
  }
  return found === 0 ? 0 : sorted[found >> 1];
}

/** How many bits a whole number below 2^53 has, its sign aside. */
export function bitsOf(value: number): number {
  const absolute = value < 0 ? -value : value;
  if (absolute < 4294967296) return 32 - Math.clz32(absolute);
  return 64 - Math.clz32(absolute / 4294967296);
}
