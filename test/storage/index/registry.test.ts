// The registry gives each label set one series, tells the order of labels, and grows with the series that are live,
// not with all that ever were.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareLabels, Labels } from '../../../src/model/labels.ts';
import { Matcher } from '../../../src/model/matcher.ts';
import { LabelIndex } from '../../../src/storage/index/label-index.ts';
import { compareSeries, type Home, type Series, SeriesRegistry } from '../../../src/storage/series.ts';

const TEXTS = [
  '',
  'a',
  'b',
  'a\0b',
  'ab',
  'z',
  '\u{1f600}',
  '\uffee',
  '\ud800',
  'a long text of many characters',
  'ä',
];
const anyLabels = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'a\0', '__name__', 'Z', '\u{1f600}'), fc.constantFrom(...TEXTS))
  .map(entries => Labels.of(entries));

const group: Home = { read() {} };

test('one series a label set, whatever opened and closed before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyLabels, fc.boolean()), { maxLength: 200 }), changes => {
      const registry = new SeriesRegistry();
      const live = new Map<string, Series>();
      for (const [labels, close] of changes) {
        const series = registry.open(labels);
        expect(series).toBe(live.get(labels.key) ?? series);
        expect(registry.at(series.ref)).toBe(series);
        expect(series.labels.pairs).toEqual(labels.pairs);
        live.set(labels.key, series);
        if (!close) continue;
        registry.closeIfUnused(series);
        live.delete(labels.key);
        expect(registry.find(labels)).toBeUndefined();
        expect(series.labels.pairs).toEqual(labels.pairs);
      }
      expect(registry.size).toBe(live.size);
      expect(new Set([...live.values()].map(({ ref }) => ref)).size).toBe(live.size);
      for (const series of live.values())
        expect(series.labels.key).toBe([...live].find(([, s]) => s === series)?.[0]);

      const sorted = [...live.values()].sort((a, b) => compareLabels(a.labels, b.labels));
      const refs = Uint32Array.from(live.values(), ({ ref }) => ref);
      expect([...registry.sortByLabels(refs)]).toEqual(sorted.map(({ ref }) => ref));
      expect([...live.values()].sort(compareSeries)).toEqual(sorted);

      const some = refs.filter(ref => ref % 2 === 0);
      const theirs = [...some].map(ref => registry.at(ref).labels);
      for (const name of ['a', 'Z', 'never']) {
        expect([...some].map(ref => registry.labelsOf(ref).get(name))).toEqual(
          theirs.map(one => one.get(name)),
        );
        const values = new Set(theirs.map(one => one.get(name)));
        values.delete('');
        expect(registry.labelValuesOf(name, some)).toEqual(values);
      }
      expect(registry.labelNamesOf(some)).toEqual(
        new Set(theirs.flatMap(one => Object.keys(one.toObject()))),
      );
    }),
    { numRuns: 500 },
  );
});

test('what a series says of itself is gone with it, and the next one with its ref knows nothing of it', () => {
  const registry = new SeriesRegistry();
  const first = registry.open(Labels.of({ __name__: 'first' }));
  first.id = 2 ** 40;
  first.minTimeMs = 1_700_000_000_137;
  first.firstCommit = 7;
  first.lastHistogram = { timestampMs: 1, histogram: {} as never };
  registry.lastTimesMs[first.ref] = 5;
  registry.closeIfUnused(first);
  expect([first.id, first.minTimeMs, first.firstCommit]).toEqual([2 ** 40, 1_700_000_000_137, 7]);
  expect(registry.find(Labels.of({ __name__: 'first' }))).toBe(first);

  first.id = 0;
  registry.closeIfUnused(first);
  registry.closeIfUnused(first);
  expect(registry.size).toBe(0);
  const refs = new Map<number, Series>();
  while (!refs.has(first.ref)) {
    const series = registry.open(Labels.of({ __name__: `next ${refs.size}` }));
    refs.set(series.ref, series);
    if (refs.size % 2 === 0) registry.closeIfUnused(series);
  }
  const heir = refs.get(first.ref) as Series;
  expect([heir.id, heir.minTimeMs, heir.firstCommit, heir.lastHistogram]).toEqual([
    0,
    Infinity,
    0,
    undefined,
  ]);
  expect(registry.lastTimesMs[heir.ref]).toBe(-Infinity);
  heir.id = 3;
  expect([first.id, first.minTimeMs, first.lastHistogram]).toEqual([0, Infinity, undefined]);
  expect(first.labels.toObject()).toEqual({ __name__: 'first' });
  expect(() => {
    first.id = 4;
  }).toThrow('BUG');
  expect(() => first.addPlace(group, 0)).toThrow('BUG');
});

test('places: one in most cases, several in any order, kept open by any', () => {
  const registry = new SeriesRegistry();
  const series = registry.open(Labels.of({ a: 'b' }));
  const groups: Home[] = [group, { read() {} }, { read() {} }];
  expect([series.places, series.columnIn(group), series.hasPlace]).toEqual([[], -1, false]);
  groups.forEach((one, i) => {
    series.addPlace(one, i + 5);
  });
  expect(groups.map(one => series.columnIn(one))).toEqual([5, 6, 7]);
  series.removePlace(groups[0]);
  series.removePlace(groups[0]);
  expect(series.places).toEqual([
    { group: groups[1], column: 6 },
    { group: groups[2], column: 7 },
  ]);
  series.removePlace(groups[2]);
  registry.closeIfUnused(series);
  expect(registry.size).toBe(1);
  series.removePlace(groups[1]);
  registry.closeIfUnused(series);
  expect([registry.size, series.hasPlace]).toEqual([0, false]);
});

test('texts are shared, and go with the last series that carries them', () => {
  const registry = new SeriesRegistry();
  const { pairs } = registry.sets;
  const a = registry.open(Labels.of({ __name__: 'm', l: 'one' }));
  const b = registry.open(Labels.of({ __name__: 'm', l: 'two' }));
  expect(pairs.size).toBe(3);
  registry.closeIfUnused(a);
  expect(pairs.size).toBe(2);
  expect(pairs.find('l', 'one')).toBe(-1);
  registry.closeIfUnused(b);
  expect([pairs.size, pairs.find('__name__', 'm')]).toEqual([0, -1]);
});

test('generations of series come and go, and nothing grows', () => {
  const registry = new SeriesRegistry();
  const index = new LabelIndex();
  const alive: Series[] = [];
  const count = 1000;
  const share = 50;
  let named = 0;
  const open = () => {
    const series = registry.open(
      Labels.of({
        __name__: `m_${named % 17}`,
        job: 'j',
        pod: `pod-${Math.floor(named / 50)}`,
        i: `${named++}`,
      }),
    );
    series.id = named;
    series.addPlace(group, 0);
    if (named % 10 === 0) series.lastHistogram = { timestampMs: named, histogram: {} as never };
    index.add(series.ref, series.labels);
    alive.push(series);
  };
  const close = (series: Series) => {
    index.remove(series.ref, series.labels);
    series.id = 0;
    series.removePlace(group);
    registry.closeIfUnused(series);
  };
  while (alive.length < count) open();
  const peaks: Record<string, number> = {};
  const tooLarge: string[] = [];
  for (let generation = 0; generation < 300; generation++) {
    for (const series of alive.splice(0, share)) close(series);
    while (alive.length < count) open();
    if (generation % 7 === 0)
      index.find([Matcher.equal('job', 'j')], ref => registry.at(ref).labels, registry.refLimit);
    if (generation % 11 === 0) registry.sortByLabels(index.allRefs());
    for (const [name, size] of Object.entries(tableSizes('registry', registry))) {
      const peak = peaks[name] ?? 0;
      if (generation < 150) peaks[name] = Math.max(peak, size);
      else if (size > peak * 1.1 + 64) tooLarge.push(`${name}: ${size} after ${peak}`);
    }
  }
  expect(Object.keys(peaks).length).toBeGreaterThan(15);
  expect(tooLarge).toEqual([]);
  expect(registry.size).toBe(count);
  expect(registry.refLimit).toBeLessThan(count * 1.2);
  expect(registry.columns.lastHistograms.size).toBe(count / 10);
  expect(new Set(index.labelNames()).size).toBe(4);
  expect(index.valuesOf('i')?.size).toBe(count);
  for (const series of alive) close(series);
  expect([registry.size, index.size, registry.sets.pairs.size, [...index.labelNames()].length]).toEqual([
    0, 0, 0, 0,
  ]);
});

/** How many entries each table of the object and of the objects in it has, by the path of its field. */
function tableSizes(path: string, owner: object): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [name, value] of Object.entries(owner)) {
    const field = `${path}.${name}`;
    if (value instanceof Map || value instanceof Set) sizes[field] = value.size;
    else if (Array.isArray(value) || ArrayBuffer.isView(value))
      sizes[field] = (value as { length: number }).length;
    else if (typeof value === 'object' && value) Object.assign(sizes, tableSizes(field, value));
  }
  return sizes;
}
