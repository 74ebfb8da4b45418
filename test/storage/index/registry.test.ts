// The registry gives each label set one series, tells the order of labels, and grows with the series that are live,
// not with all that ever were.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareLabels, Labels } from '../../../src/model/labels.ts';
import { Matcher } from '../../../src/model/matcher.ts';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { LabelIndex } from '../../../src/storage/index/label-index.ts';
import type { Home } from '../../../src/storage/places.ts';
import { SeriesRegistry } from '../../../src/storage/series.ts';
import { SeriesList } from '../../../src/storage/series-list.ts';

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

class NotingHome implements Home {
  readonly columns: number[] = [];
  read(column: number): void {
    this.columns.push(column);
  }
}

function numberOf(registry: SeriesRegistry, home: Home = new NotingHome()): number {
  return registry.places.enter(home);
}

test('one series a label set, whatever opened and closed before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyLabels, fc.boolean()), { maxLength: 200 }), changes => {
      const registry = new SeriesRegistry();
      const live = new Map<string, number>();
      for (const [labels, close] of changes) {
        const ref = registry.open(labels);
        expect(ref).toBe(live.get(labels.key) ?? ref);
        expect(registry.find(labels)).toBe(ref);
        expect(registry.labels(ref).pairs).toEqual(labels.pairs);
        live.set(labels.key, ref);
        if (!close) continue;
        registry.closeIfUnused(ref);
        live.delete(labels.key);
        expect(registry.find(labels)).toBe(-1);
      }
      expect(registry.size).toBe(live.size);
      expect(new Set(live.values()).size).toBe(live.size);
      for (const [key, ref] of live) expect(registry.labels(ref).key).toBe(key);

      const refs = Uint32Array.from(live.values());
      const sorted = [...refs].sort((a, b) => compareLabels(registry.labels(a), registry.labels(b)));
      expect([...registry.sortByLabels(refs)]).toEqual(sorted);

      const some = refs.filter(ref => ref % 2 === 0);
      const theirs = [...some].map(ref => registry.labels(ref));
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

test('what is known of a series goes with it, and the next one with its ref has nothing of it', () => {
  const registry = new SeriesRegistry();
  const first = registry.open(Labels.of({ __name__: 'first' }));
  const { ids, minTimesMs, firstCommits, lastTimesMs, lastValues, lastHistograms } = registry.columns;
  ids[first] = 2 ** 32 - 1;
  minTimesMs[first] = 1_700_000_000_137;
  firstCommits[first] = 7;
  lastHistograms.set(first, { timestampMs: 1, histogram: {} as never });
  lastTimesMs[first] = 5;
  lastValues[first] = 6;
  registry.closeIfUnused(first);
  expect(registry.find(Labels.of({ __name__: 'first' }))).toBe(first);
  expect([ids[first], minTimesMs[first], firstCommits[first]]).toEqual([2 ** 32 - 1, 1_700_000_000_137, 7]);

  ids[first] = 0;
  registry.closeIfUnused(first);
  expect([registry.size, registry.closings]).toEqual([0, 1]);
  expect(() => registry.closeIfUnused(first)).toThrow('BUG');
  openUntil(registry, first);
  expect([ids[first], minTimesMs[first], firstCommits[first]]).toEqual([0, Infinity, 0]);
  expect([lastTimesMs[first], lastValues[first], lastHistograms.has(first)]).toEqual([-Infinity, 0, false]);
});

test('a list tells a series from the next one with its ref', () => {
  const registry = new SeriesRegistry();
  const [a, b, c] = ['a', 'b', 'c'].map(name => registry.open(Labels.of({ name })));
  const list = new SeriesList(registry, Uint32Array.of(c, a, b));
  expect([list.length, list.at(0), list.at(1), list.at(2)]).toEqual([3, c, a, b]);
  registry.closeIfUnused(a);
  const expectGone = () => {
    expect([list.at(0), list.at(1), list.at(2)]).toEqual([c, -1, b]);
    expect([list.open(0, 2), list.open(1, 9), list.open(3, 9)]).toEqual([[c], [b], []]);
  };
  expectGone();
  openUntil(registry, a);
  expectGone();
  const picked = list.pick(Uint32Array.of(1, 2));
  expect([picked.length, picked.at(0), picked.at(1)]).toEqual([2, -1, b]);
  expect(new SeriesList(registry, Uint32Array.of(a)).at(0)).toBe(a);
});

/** Opens series, and closes every other one, until one has that ref. */
function openUntil(registry: SeriesRegistry, wanted: number): void {
  for (let i = 0; ; i++) {
    const ref = registry.open(Labels.of({ __name__: `next ${i}` }));
    if (ref === wanted) return;
    if (i % 2 === 0) registry.closeIfUnused(ref);
  }
}

test('places: one in most cases, several in any order, kept open by any', () => {
  const registry = new SeriesRegistry();
  const { places } = registry;
  const ref = registry.open(Labels.of({ a: 'b' }));
  const homes = [new NotingHome(), new NotingHome(), new NotingHome()];
  const numbers = homes.map(home => numberOf(registry, home));
  const columnsRead = () => {
    places.read(ref, 0, 1, 0, 0, new SampleBuffer());
    return homes.map(({ columns }) => columns.splice(0));
  };
  expect([places.columnIn(numbers[0], ref), places.has(ref)]).toEqual([-1, false]);
  expect(columnsRead()).toEqual([[], [], []]);
  numbers.forEach((home, i) => {
    places.add(ref, home, i + 5);
  });
  expect(numbers.map(home => places.columnIn(home, ref))).toEqual([5, 6, 7]);
  expect(columnsRead()).toEqual([[5], [6], [7]]);
  places.remove(ref, numbers[0]);
  places.remove(ref, numbers[0]);
  expect(numbers.map(home => places.columnIn(home, ref))).toEqual([-1, 6, 7]);
  expect(columnsRead()).toEqual([[], [6], [7]]);
  places.remove(ref, numbers[2]);
  registry.closeIfUnused(ref);
  expect([registry.size, places.has(ref)]).toEqual([1, true]);
  places.remove(ref, numbers[1]);
  registry.closeIfUnused(ref);
  expect([registry.size, places.has(ref)]).toEqual([0, false]);
});

test('the number of a home that has left is given to the next', () => {
  const registry = new SeriesRegistry();
  const { places } = registry;
  const first = numberOf(registry);
  const second = numberOf(registry);
  const ref = registry.open(Labels.of({ a: 'b' }));
  places.add(ref, first, 1);
  places.remove(ref, first);
  places.leave(first);
  expect(() => places.leave(first)).toThrow('BUG');
  expect(numberOf(registry)).toBe(first);
  expect([places.columnIn(first, ref), places.columnIn(second, ref)]).toEqual([-1, -1]);
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
  const alive: number[] = [];
  const count = 1000;
  const share = 50;
  let named = 0;
  let home = numberOf(registry);
  const open = () => {
    const ref = registry.open(
      Labels.of({
        __name__: `m_${named % 17}`,
        job: 'j',
        pod: `pod-${Math.floor(named / 50)}`,
        i: `${named++}`,
      }),
    );
    const { ids, lastHistograms } = registry.columns;
    ids[ref] = named;
    registry.places.add(ref, home, 0);
    if (named % 10 === 0) lastHistograms.set(ref, { timestampMs: named, histogram: {} as never });
    index.add(ref, registry.labels(ref));
    alive.push(ref);
  };
  const close = (ref: number) => {
    index.remove(ref, registry.labels(ref));
    registry.columns.ids[ref] = 0;
    registry.places.remove(ref, home);
    registry.closeIfUnused(ref);
  };
  const move = () => {
    const next = numberOf(registry);
    for (const ref of alive) {
      registry.places.add(ref, next, 0);
      registry.places.remove(ref, home);
    }
    registry.places.leave(home);
    home = next;
  };
  while (alive.length < count) open();
  const peaks: Record<string, number> = {};
  const tooLarge: string[] = [];
  for (let generation = 0; generation < 300; generation++) {
    for (const ref of alive.splice(0, share)) close(ref);
    if (generation % 5 === 0) move();
    while (alive.length < count) open();
    if (generation % 7 === 0)
      index.find([Matcher.equal('job', 'j')], ref => registry.labels(ref), registry.refLimit);
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
  for (const ref of alive) close(ref);
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
