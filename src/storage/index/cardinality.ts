// Counts what the series of a label index have most of, from the lengths of its lists: no series is looked at.

import { setImmediate as pause } from 'node:timers/promises';
import type { Cardinality } from '../../model/cardinality.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import { Largest } from './largest.ts';

/** What is needed of the label index. */
export interface CountedIndex {
  labelNames(): Iterable<string>;
  valuesOf(name: string): ReadonlyMap<string, { readonly length: number }> | undefined;
}

/** Values that are counted before others get their turn: less than a millisecond. */
const SLICE = 2_000;

/**
 * The `limit` largest of each kind. Takes its time in slices; series that come and go meanwhile are in or not.
 */
export async function countCardinality(index: CountedIndex, limit: number): Promise<Cardinality> {
  const metrics = new Largest(limit);
  const values = new Largest(limit);
  const bytes = new Largest(limit);
  const pairs = new Largest(limit);
  let labelPairs = 0;
  for (const name of [...index.labelNames()]) {
    let nameBytes = 0;
    let nameValues = 0;
    for (const [value, { length }] of index.valuesOf(name) ?? []) {
      nameValues++;
      nameBytes += Buffer.byteLength(value);
      pairs.offer(length, () => `${name}=${value}`);
      if (name === METRIC_NAME) metrics.offer(length, () => value);
      if (++labelPairs % SLICE === 0) await pause();
    }
    values.offer(nameValues, () => name);
    bytes.offer(nameBytes, () => name);
  }
  return {
    labelPairs,
    seriesByMetric: metrics.list(),
    valuesByLabel: values.list(),
    bytesByLabel: bytes.list(),
    seriesByPair: pairs.list(),
  };
}
