// Series for tests of moving samples: put into a storage, and seen as bits.

import { expect } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import { writeStale } from '../../../src/model/stale.ts';
import { Row, type Storage } from '../../../src/storage/contract.ts';
import type { WriteSeries } from '../../reference/remote-write.ts';
import { showBits } from './memory-loader.ts';

export type Sample = readonly [timestampMs: number, value: number | 'stale'];

export const series = (labels: Record<string, string>, samples: readonly Sample[]): WriteSeries => ({
  labels: [...Labels.of(labels).entries()],
  samples,
});

/** Commits every sample, each in a row of its own. */
export function store<S extends Storage>(storage: S, all: readonly WriteSeries[]): S {
  const group = storage.group('test');
  for (const { labels, samples } of all) {
    const column = group.column(Labels.fromEntries(labels));
    for (const [timestampMs, value] of samples) {
      const row = new Row(group, timestampMs);
      row.add(column, value === 'stale' ? 0 : value);
      if (value === 'stale') writeStale(row.values, 0);
      expect(storage.commit([row]).appended).toBe(1);
    }
  }
  return storage;
}

/** One line for every series, in the form of MemoryLoader.lines(), sorted. */
export function linesOf(
  all: readonly WriteSeries[],
  show: (sample: Sample) => string | undefined = ([, value]) => showValue(value),
): string[] {
  return all
    .map(({ labels, samples }) => {
      const shown = samples.flatMap(sample => {
        const text = show(sample);
        return text === undefined ? [] : [`${text}@${sample[0]}`];
      });
      return `${Labels.fromEntries(labels)} ${shown.join(' ')}`;
    })
    .sort();
}

export const showValue = (value: number | 'stale'): string =>
  value === 'stale' ? 'stale' : showBits(new BigUint64Array(Float64Array.of(value).buffer)[0]);
