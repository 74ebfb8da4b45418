// Closed rows become the samples of each series and day: each sample once, of one series in the order of the rows.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { dayOf } from '../../../src/storage/day/day.ts';
import { ArrayPool } from '../../../src/storage/head/array-pool.ts';
import { packRows } from '../../../src/storage/head/packed-rows.ts';
import type { ClosedRows } from '../../../src/storage/maintenance/contract.ts';
import { sourcesByDay } from '../../../src/storage/maintenance/seal-sources.ts';

const HOUR_MS = 3_600_000;
const HIGHEST_ID = 2 ** 32 - 1;

const seriesId = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(HIGHEST_ID, HIGHEST_ID - 1, 2 ** 31),
  fc.constant(0),
);

interface SomeRows {
  readonly closed: ClosedRows;
  /** Row after row. */
  readonly values: Float64Array;
}

/** Some rows, an hour or more apart, with a value for each cell that tells it from all others of the rows. */
const someRows = fc
  .record({
    ids: fc.uniqueArray(seriesId, { minLength: 1, maxLength: 8, selector: id => id || {} }),
    times: fc.array(fc.integer({ min: 0, max: 72 }), { minLength: 1, maxLength: 5 }),
    firstValue: fc.integer({ min: 0, max: 1e9 }),
    isPacked: fc.boolean(),
  })
  .map(({ ids, times, firstValue, isPacked }): SomeRows => {
    const values = Float64Array.from({ length: times.length * ids.length }, (_, cell) => firstValue + cell);
    const packed = isPacked ? packRows(values, times.length, ids.length, new ArrayPool(0)) : undefined;
    const closed = {
      seriesIds: Uint32Array.from(ids),
      rows: times.length,
      timesMs: Float64Array.from(times, hours => hours * HOUR_MS),
      cells: packed ?? values,
      startsMs: undefined,
      histograms: undefined,
    };
    return { closed, values };
  });

/** `day/series` to the samples that a plain walk over the rows finds. */
function expected(all: readonly SomeRows[], floorMs: number): Map<string, [number, number][]> {
  const found = new Map<string, [number, number][]>();
  for (const { closed, values } of all) {
    const { seriesIds, rows, timesMs } = closed;
    for (let row = 0; row < rows; row++) {
      if (timesMs[row] < floorMs) continue;
      seriesIds.forEach((id, position) => {
        if (id === 0) return;
        const key = `${dayOf(timesMs[row])}/${id}`;
        const samples = found.get(key) ?? [];
        samples.push([timesMs[row], values[row * seriesIds.length + position]]);
        found.set(key, samples);
      });
    }
  }
  return found;
}

test('every sample comes once, with its series and day, in the order of the rows', () => {
  const labelsOf = (id: number) => Labels.fromSorted(['id', String(id)]);
  fc.assert(
    fc.property(fc.array(someRows, { maxLength: 6 }), fc.integer({ min: 0, max: 72 }), (all, floorHours) => {
      const floorMs = floorHours * HOUR_MS;
      const found = new Map<string, [number, number][]>();
      const samples = new SampleBuffer(1);
      const rows = all.map(({ closed }) => closed);
      const days = sourcesByDay(rows, floorMs, labelsOf);
      for (const [day, sources] of days) {
        for (const source of sources) {
          source.read(samples);
          expect(source.labels().get('id')).toBe(String(source.seriesId));
          const { length, timestampsMs, values } = samples;
          const pairs = Array.from({ length }, (_, i): [number, number] => [timestampsMs[i], values[i]]);
          if (length > 0) found.set(`${day}/${source.seriesId}`, pairs);
        }
      }
      expect(found).toEqual(expected(all, floorMs));
      expect([...days.keys()]).toEqual([...days.keys()].sort((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});
