// What series have most of: counted from the index as from the series themselves, in turns with others' work.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NamedCount } from '../../src/model/cardinality.ts';
import { Labels } from '../../src/model/labels.ts';
import { compareText } from '../../src/model/text-order.ts';
import { countCardinality } from '../../src/storage/index/cardinality.ts';
import { LabelIndex } from '../../src/storage/index/label-index.ts';

function largest(names: readonly string[], limit: number, weight = (_: string) => 1): NamedCount[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + weight(name));
  const all = [...counts].map(([name, count]) => ({ name, count }));
  return all.sort((a, b) => b.count - a.count || compareText(a.name, b.name)).slice(0, limit);
}

const labels = fc.record({
  __name__: fc.constantFrom('up', 'm', 'n', 'ü'),
  job: fc.constantFrom('', 'a', 'b'),
  id: fc.constantFrom('', '1', '2', 'größer', '4'),
});

test('is what counting series by series gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(labels), fc.integer({ min: 1, max: 6 }), async (all, limit) => {
      const index = new LabelIndex();
      const series = [...new Map(all.map(one => [Labels.of(one).key, Labels.of(one)])).values()];
      series.forEach((one, ref) => {
        index.add(ref, one);
      });
      const entries = series.flatMap(one => [...one.entries()]);
      const pairs = entries.map(([name, value]) => `${name}=${value}`);
      const distinct = [...new Set(pairs)];
      const nameOf = (pair: string) => pair.slice(0, pair.indexOf('='));
      const bytes = new Map<string, number>();
      for (const pair of distinct) {
        const own = Buffer.byteLength(pair.slice(pair.indexOf('=') + 1));
        bytes.set(nameOf(pair), (bytes.get(nameOf(pair)) ?? 0) + own);
      }
      expect(await countCardinality(index, limit)).toEqual({
        labelPairs: distinct.length,
        seriesByMetric: largest(
          series.map(one => one.metricName),
          limit,
        ),
        valuesByLabel: largest(distinct.map(nameOf), limit),
        bytesByLabel: largest([...bytes.keys()], limit, name => bytes.get(name) ?? 0),
        seriesByPair: largest(pairs, limit),
      });
    }),
    { numRuns: 50 },
  );
});

test('gives way to other work, and bears with series that come meanwhile', async () => {
  const index = new LabelIndex();
  for (let ref = 0; ref < 30_000; ref++) index.add(ref, Labels.of({ __name__: 'm', id: String(ref) }));
  let turns = 0;
  let counting = true;
  const takeTurns = (): void => {
    index.add(30_000 + turns, Labels.of({ __name__: 'm', id: `late ${turns}` }));
    turns++;
    if (counting) setImmediate(takeTurns);
  };
  setImmediate(takeTurns);
  const { seriesByMetric, labelPairs } = await countCardinality(index, 10);
  counting = false;
  expect(turns).toBeGreaterThan(1);
  expect(labelPairs).toBeGreaterThan(30_000);
  expect(seriesByMetric).toEqual([{ name: 'm', count: expect.any(Number) }]);
});
