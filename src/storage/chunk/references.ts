// Which series of a block are written as differences from another one: the buckets of one histogram grow together, so
// that what one has beyond its neighbour is smaller than either.
//
// Nothing is known here of labels: the numbers themselves tell. A reference has the same times and decimals and a lower
// slot, so that no circle can be; chains are short, since whoever reads a series reads its references.

import { bitsOf, medianOf } from './integer-column.ts';

/** A column of whole numbers, by slot ascending. */
export interface Candidate {
  readonly integers: Float64Array;
  readonly timeColumn: number;
  readonly decimals: number;
}

const DEEPEST_CHAIN = 3;
/** Positions at which columns are compared. */
const PROBES = 128;
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
function probe(integers: Float64Array): Float64Array {
  const pairs = Math.min(PROBES, integers.length - 1) >> 1;
  const found = new Float64Array(pairs * 2);
  const step = pairs > 0 ? (integers.length - 1) / pairs : 0;
  for (let pair = 0; pair < pairs; pair++) {
    const at = Math.floor(pair * step);
    found[2 * pair] = integers[at + 1] - integers[at];
    found[2 * pair + 1] = integers[at + 2] - integers[at + 1];
  }
  const usual = medianOf(found, found.length);
  for (let i = 0; i < found.length; i++) found[i] -= usual;
  return found;
}

function cost(probes: Float64Array): number {
  let bits = 0;
  for (let i = 0; i < probes.length; i++) bits += bitsOf(probes[i]);
  return bits;
}

/** Of a straight line as the prediction. */
function secondCost(probes: Float64Array): number {
  let bits = 0;
  for (let i = 0; i < probes.length; i += 2) bits += 2 * bitsOf(probes[i + 1] - probes[i]);
  return bits;
}

/** Given up at `limit`. */
function costOfDifference(probes: Float64Array, others: Float64Array, limit: number): number {
  let bits = 0;
  for (let i = 0; i < probes.length && bits < limit; i++) bits += bitsOf(probes[i] - others[i]);
  return bits;
}
