// Which series of a block are written as differences from another one: the buckets of one histogram grow together, so
// that what one has beyond its neighbour is smaller than either.
//
// Nothing is known here of labels: the numbers themselves tell. A reference has the same times and decimals and a lower
// slot, so that no circle can be; chains are short, since whoever reads a series reads its references.

import { medianOf } from './prediction.ts';

/** A column of whole numbers, by slot ascending. */
export interface Candidate {
  readonly integers: Float64Array;
  readonly timeColumn: number;
  readonly decimals: number;
}

const DEEPEST_CHAIN = 3;
/** Positions at which columns are compared. */
const PROBES = 128;
const MOST = 2 ** 29;
/** A reference must make the numbers that much smaller. */
const WORTHWHILE = 0.95;

/** For each candidate the index of its reference, or -1. */
export function chooseReferences(candidates: readonly Candidate[]): Int32Array {
  const references = new Int32Array(candidates.length).fill(-1);
  const depths = new Uint8Array(candidates.length);
  const probes = candidates.map(({ integers }) => probe(integers));
  for (let i = 1; i < candidates.length; i++) {
    const own = candidates[i];
    let best = Math.min(cost(probes[i]), secondCost(probes[i])) * WORTHWHILE;
    // The nearest first: it is the likeliest, and makes the others be given up early.
    for (let k = i - 1; k >= 0 && best > 0; k--) {
      const { timeColumn, decimals } = candidates[k];
      if (timeColumn !== own.timeColumn || decimals !== own.decimals || depths[k] === DEEPEST_CHAIN) continue;
      const costs = costOfDifference(probes[i], probes[k], best);
      if (costs >= best) continue;
      best = costs;
      references[i] = k;
    }
    if (references[i] >= 0) depths[i] = depths[references[i]] + 1;
  }
  return references;
}

/**
 * How much a column grows at some positions spread over it, in pairs of neighbours; less what is usual for it, which
 * the entropy stage does not mind.
 */
function probe(integers: Float64Array): Int32Array {
  const pairs = Math.min(PROBES, integers.length - 1) >> 1;
  const found = new Int32Array(pairs * 2);
  const step = pairs > 0 ? (integers.length - 1) / pairs : 0;
  for (let pair = 0; pair < pairs; pair++) {
    const at = Math.floor(pair * step);
    found[2 * pair] = clamp(integers[at + 1] - integers[at]);
    found[2 * pair + 1] = clamp(integers[at + 2] - integers[at + 1]);
  }
  const usual = medianOf(found, found.length);
  for (let i = 0; i < found.length; i++) found[i] = clamp(found[i] - usual);
  return found;
}

/** So that a difference of two stays within 32 bits. */
function clamp(value: number): number {
  return Math.max(-MOST, Math.min(MOST, value));
}

/** How many bits a number of 32 bits has, its sign aside. */
function bits(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function cost(probes: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < probes.length; i++) sum += bits(probes[i]);
  return sum;
}

/** Of a straight line as the prediction. */
function secondCost(probes: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < probes.length; i += 2) sum += 2 * bits(probes[i + 1] - probes[i]);
  return sum;
}

/** Given up at `limit`. */
function costOfDifference(probes: Int32Array, others: Int32Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < probes.length && sum < limit; i++) sum += bits(probes[i] - others[i]);
  return sum;
}
