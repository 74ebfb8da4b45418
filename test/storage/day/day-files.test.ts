// Any sequence of appends, merges, reopenings and rewrites equals a plain model.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finished } from '../../../src/base/finished.ts';
import { compareLabels, Labels } from '../../../src/model/labels.ts';
import { Matcher, matchesAll } from '../../../src/model/matcher.ts';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { DayRewrite } from '../../../src/storage/day/day-rewrite.ts';
import { DayWriter } from '../../../src/storage/day/day-writer.ts';
import { anyDouble } from '../doubles.ts';
import { contentOf, contentOfFile, DayModel, type ModelSample, openReader, sourceOf } from './day-model.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY = 20_000;
const START_MS = DAY * 86_400_000;
const nothingHidden = () => undefined;

/** Some 150 series, of which several share a metric. */
const seriesLabels = (id: number): Labels =>
  Labels.of({ __name__: `m${id % 7}`, instance: `i${id}`, ...(id % 3 === 0 ? { A: 'x' } : {}) });

const anySample: fc.Arbitrary<ModelSample> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(40), anyDouble)
      .map(([offset, bits]): ModelSample => [START_MS + offset * 1000, bits, 0]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(40), fc.integer({ min: 1, max: 1e6 }))
      .map(([offset, startMs]): ModelSample => [START_MS + offset * 1000, 0n, startMs]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(40), fc.nat(9))
      .map(([offset, sum]): ModelSample => [START_MS + offset * 1000, 0n, 0, sum]),
  },
);
const anySource = fc.record({
  id: fc.nat(150),
  hasId: fc.boolean(),
  samples: fc.array(anySample, { maxLength: 5 }),
});
const anyStep = fc.oneof(
  { weight: 8, arbitrary: fc.record({ append: fc.array(anySource, { maxLength: 40 }) }) },
  { weight: 3, arbitrary: fc.constant('merge' as const) },
  { weight: 2, arbitrary: fc.constant('reopen' as const) },
  { weight: 1, arbitrary: fc.constant('forget' as const) },
  { weight: 1, arbitrary: fc.constant('read' as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      rewriteFrom: fc.nat(5),
      hide: fc.nat(6),
      minOffset: fc.nat(40),
      length: fc.nat(20),
    }),
  },
);

test('a day file equals a plain model, whatever is done to it', () => {
  const folder = temporaryFolder();
  let run = 0;
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 40 }), steps => {
      run++;
      let generation = 0;
      const file = () => join(folder, `${run}.${generation}.db`);
      const model = new DayModel();
      let writer = new DayWriter(file(), DAY);
      let reader = openReader(file());
      let idOffset = 0;
      const reopen = () => {
        writer.close();
        reader.close();
        writer = new DayWriter(file(), DAY);
        reader = openReader(file());
        // A head that was loaded anew gives out other ids.
        idOffset += 1000;
      };
      for (const step of steps) {
        if (step === 'merge') {
          while (writer.mergeSome());
        } else if (step === 'reopen') {
          reopen();
        } else if (step === 'forget') {
          writer.forget(Array.from({ length: 151 }, (_, id) => idOffset + id + 1));
          idOffset += 1000;
        } else if (step === 'read') {
          expect(contentOf(reader)).toEqual(model.content());
        } else if ('append' in step) {
          const sources = step.append.map(({ id, hasId, samples }) => ({
            seriesId: hasId ? idOffset + id + 1 : 0,
            labels: seriesLabels(id),
            samples,
          }));
          writer.append(sources.map(sourceOf));
          model.add(sources);
        } else {
          const floorMs = START_MS + step.rewriteFrom * 1000;
          const minMs = START_MS + step.minOffset * 1000;
          const hidden = { minMs, maxMs: minMs + step.length * 1000 };
          const isHidden = (labels: Labels) => labels.metricName === `m${step.hide}`;
          const next = join(folder, `${run}.${generation + 1}.db`);
          const rewrite = new DayRewrite(
            file(),
            next,
            labels => (isHidden(labels) ? [hidden] : undefined),
            floorMs,
          );
          while (!rewrite.step());
          const hiddenKeys = new Set(
            Array.from({ length: 151 }, (_, id) => seriesLabels(id))
              .filter(isHidden)
              .map(labels => labels.key),
          );
          model.remove(
            (key, timeMs) =>
              timeMs < floorMs || (hiddenKeys.has(key) && timeMs >= minMs && timeMs <= hidden.maxMs),
          );
          expect(rewrite.isEmpty).toBe(model.content().size === 0);
          expect(existsSync(next)).toBe(!rewrite.isEmpty);
          generation++;
          reopen();
          expect(writer.hasLeftovers).toBe(false);
        }
        reader.refresh();
      }
      const content = model.content();
      expect(contentOf(reader)).toEqual(content);
      const [minMs, maxMs] = [START_MS + 7_000, START_MS + 19_500];
      expect(contentOf(reader, minMs, maxMs)).toEqual(model.content(minMs, maxMs));
      writer.close();
      reader.close();
      expect(contentOfFile(file())).toEqual(content);
    }),
    { numRuns: 60 },
  );
});

test('bounds and counts', () => {
  const file = join(temporaryFolder(), 'day.db');
  const writer = new DayWriter(file, DAY);
  const reader = openReader(file);
  expect([reader.minTimeMs, reader.maxTimeMs, reader.sampleCount]).toEqual([Infinity, -Infinity, 0]);
  expect(writer.hasLeftovers).toBe(false);
  const samples: ModelSample[] = [
    [START_MS + 5, 1n, 0],
    [START_MS + 2, 1n, 0],
  ];
  writer.append([sourceOf({ seriesId: 1, labels: seriesLabels(1), samples })]);
  expect([writer.minTimeMs, writer.maxTimeMs, writer.sampleCount]).toEqual([START_MS + 2, START_MS + 5, 2]);
  expect([writer.finished, writer.hasLeftovers]).toEqual([false, true]);
  expect(reader.sampleCount).toBe(0);
  reader.refresh();
  expect([reader.day, reader.minTimeMs, reader.maxTimeMs, reader.sampleCount]).toEqual([
    DAY,
    START_MS + 2,
    START_MS + 5,
    2,
  ]);
  reader.close();
  writer.close();
});

/** Appends the same series over and over, one sample each time. */
function appendSome(writer: DayWriter, from: number, count: number, series = 100): void {
  for (let i = from; i < from + count; i++) {
    const samples: ModelSample[] = [[START_MS + i * 1000, BigInt(i), 0]];
    writer.append(
      Array.from({ length: series }, (_, id) =>
        sourceOf({ seriesId: id + 1, labels: seriesLabels(id), samples }),
      ),
    );
  }
}

test('a block is merged when it has 16 fresh chunks', () => {
  const writer = new DayWriter(join(temporaryFolder(), 'day.db'), DAY);
  appendSome(writer, 0, 15);
  expect(writer.mergeSome()).toBe(false);
  expect(writer.sampleCount).toBe(1500);
  appendSome(writer, 15, 1);
  while (writer.mergeSome());
  appendSome(writer, 0, 16);
  while (writer.mergeSome());
  expect(writer.sampleCount).toBe(3200);
  writer.close();
});

test('merging removes repeats; the earlier one stays', () => {
  const file = join(temporaryFolder(), 'day.db');
  const writer = new DayWriter(file, DAY);
  const labels = seriesLabels(1);
  for (let i = 0; i < 16; i++) {
    writer.append([sourceOf({ seriesId: 1, labels, samples: [[START_MS, BigInt(i), 0]] })]);
  }
  writer.mergeSome();
  expect(writer.sampleCount).toBe(1);
  expect(contentOfFile(file)).toEqual(new Map([[labels.key, [[START_MS, 0n, 0]]]]));
  writer.close();
});

test('a series keeps its place over a restart of the writer', () => {
  const file = join(temporaryFolder(), 'day.db');
  for (const seriesId of [1, 2, 0, 0, 3]) {
    const writer = new DayWriter(file, DAY);
    writer.append([sourceOf({ seriesId, labels: seriesLabels(1), samples: [[START_MS + seriesId, 1n, 0]] })]);
    writer.close();
  }
  const reader = openReader(file);
  expect(reader.select([], -Infinity, Infinity)).toHaveLength(1);
  reader.close();
});

test('a rewritten day has its series in order and needs no more work', () => {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
  const writer = new DayWriter(from, DAY);
  // Group by group, as targets are scraped.
  for (const start of [100, 0, 50]) {
    for (let i = 0; i < 20; i++) {
      writer.append(
        Array.from({ length: 60 }, (_, k) =>
          sourceOf({
            seriesId: start + k + 1,
            labels: seriesLabels(start + k),
            samples: [[START_MS + i, 7n, 0]],
          }),
        ),
      );
    }
  }
  const before = contentOfFile(from);
  const rewrite = new DayRewrite(from, to, nothingHidden, -Infinity);
  while (!rewrite.step());
  writer.close();
  expect(readdirSync(folder).sort()).toEqual(['a.db', 'b.db']);
  expect(contentOfFile(to)).toEqual(before);
  const reader = openReader(to);
  const order = reader.select([], -Infinity, Infinity).map(({ labels }) => labels);
  const byMetric = (a: Labels, b: Labels) =>
    a.metricName < b.metricName ? -1 : a.metricName > b.metricName ? 1 : compareLabels(a, b);
  expect(order).toEqual([...order].sort(byMetric));
  expect(order).toHaveLength(before.size);
  reader.close();
  const finished = new DayWriter(to, DAY);
  expect([finished.finished, finished.hasLeftovers, finished.sampleCount]).toEqual([true, false, 160 * 20]);
  appendSome(finished, 100, 1, 10);
  expect([finished.finished, finished.hasLeftovers]).toEqual([true, true]);
  finished.close();
});

test('a rewrite that is abandoned leaves nothing behind', () => {
  const folder = temporaryFolder();
  const writer = new DayWriter(join(folder, 'a.db'), DAY);
  appendSome(writer, 0, 3, 200);
  writer.close();
  for (let steps = 0; steps < 6; steps++) {
    const rewrite = new DayRewrite(join(folder, 'a.db'), join(folder, 'b.db'), nothingHidden, -Infinity);
    for (let i = 0; i < steps; i++) rewrite.step();
    rewrite.abandon();
    expect(readdirSync(folder).filter(name => name.startsWith('b.db'))).toEqual([]);
  }
});

test('what a crash has left of a rewrite is written over, and the old file is as it was at every step', () => {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
  const writer = new DayWriter(from, DAY);
  appendSome(writer, 0, 20, 300);
  writer.close();
  const before = contentOfFile(from);
  const bytes = readFileSync(from);
  writeFileSync(`${to}.tmp`, 'half a database');
  writeFileSync(`${to}.tmp-journal`, 'and its journal');
  const rewrite = new DayRewrite(from, to, nothingHidden, -Infinity);
  for (let isOver = false; !isOver; ) {
    isOver = rewrite.step();
    expect(existsSync(to)).toBe(isOver);
    expect(readFileSync(from).equals(bytes)).toBe(true);
  }
  expect(readdirSync(folder).filter(name => name.startsWith('b.db'))).toEqual(['b.db']);
  expect(contentOfFile(to)).toEqual(before);
});

test('a file that is changed while it is rewritten is not replaced', () => {
  const folder = temporaryFolder();
  const writer = new DayWriter(join(folder, 'a.db'), DAY);
  appendSome(writer, 0, 3);
  const rewrite = new DayRewrite(join(folder, 'a.db'), join(folder, 'b.db'), nothingHidden, -Infinity);
  rewrite.step();
  appendSome(writer, 3, 1);
  expect(() => {
    while (!rewrite.step());
  }).toThrow(/was changed while it was written anew/);
  expect(existsSync(join(folder, 'b.db'))).toBe(false);
  writer.close();
});

test('names, values and series by matchers and range', () => {
  const file = join(temporaryFolder(), 'day.db');
  const writer = new DayWriter(file, DAY);
  appendSome(writer, 0, 1, 64);
  const labels = Labels.of({ __name__: 'late', zone: 'b' });
  writer.append([sourceOf({ seriesId: 900, labels, samples: [[START_MS + 5_000_000, 1n, 0]] })]);
  const reader = openReader(file);
  const names = new Set<string>();
  finished(reader.listingLabelNames([], START_MS, START_MS + 1000, names));
  expect([...names].sort()).toEqual(['A', '__name__', 'instance']);
  finished(reader.listingLabelNames([Matcher.equal('zone', 'b')], START_MS, START_MS + 1e7, names));
  expect(names).toContain('zone');
  const values = new Set<string>();
  finished(
    reader.listingLabelValues('instance', [Matcher.equal('__name__', 'm1')], START_MS, START_MS, values),
  );
  expect(values).toEqual(
    new Set(
      Array.from({ length: 64 }, (_, id) => id)
        .filter(id => id % 7 === 1)
        .map(id => `i${id}`),
    ),
  );
  const matchers = [Matcher.equal('A', ''), new Matcher('=~', '__name__', 'm[12]')];
  const selected = reader.select(matchers, START_MS, START_MS).map(series => series.labels);
  expect(new Set(selected.map(l => l.key))).toEqual(
    new Set(
      Array.from({ length: 64 }, (_, id) => seriesLabels(id))
        .filter(l => matchesAll(l, matchers))
        .map(l => l.key),
    ),
  );
  expect(reader.select([], START_MS + 10_000, START_MS + 20_000)).toEqual([]);
  reader.close();
  writer.close();
});

test('a reader that has not noticed a merge reads on', () => {
  const file = join(temporaryFolder(), 'day.db');
  const writer = new DayWriter(file, DAY);
  appendSome(writer, 0, 16);
  const reader = openReader(file);
  const first = contentOf(reader, START_MS, START_MS + 3000);
  expect(first.size).toBe(100);
  while (writer.mergeSome());
  const after = contentOf(reader);
  expect(after.size).toBe(100);
  for (const samples of after.values())
    expect(samples.map(([timeMs]) => timeMs - START_MS)).toEqual(
      Array.from({ length: 16 }, (_, i) => i * 1000),
    );
  reader.close();
  writer.close();
});

test('a day that is rewritten in several batches is whole', () => {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, 'a.db'), join(folder, 'b.db')];
  const [series, length] = [700, 4000];
  const writer = new DayWriter(from, DAY);
  writer.append(
    Array.from({ length: series }, (_, id) => ({
      seriesId: id + 1,
      labels: () => Labels.of({ __name__: `m${id % 5}`, id: String(id) }),
      read: (into: SampleBuffer) => {
        into.clear();
        for (let i = 0; i < length; i++) into.push(START_MS + i * 20_000, id * length + i);
      },
    })),
  );
  writer.close();
  const rewrite = new DayRewrite(from, to, nothingHidden, -Infinity);
  while (!rewrite.step());
  const reader = openReader(to);
  const samples = new SampleBuffer();
  const found = reader.select([], -Infinity, Infinity);
  expect(found).toHaveLength(series);
  for (const one of found) {
    samples.clear();
    reader.read(one, -Infinity, Infinity, samples);
    const first = Number(one.labels.get('id')) * length;
    expect(samples.length).toBe(length);
    expect(samples.values.subarray(0, length).every((value, i) => value === first + i)).toBe(true);
  }
  reader.close();
});

test('large fresh chunks are merged some at a time; the sample that was written first stays', () => {
  const file = join(temporaryFolder(), 'day.db');
  const writer = new DayWriter(file, DAY);
  const [series, length] = [64, 400];
  for (let i = 0; i < 26; i++) {
    writer.append(
      Array.from({ length: series }, (_, id) => ({
        seriesId: id + 1,
        labels: () => seriesLabels(id),
        read: (into: SampleBuffer) => {
          into.clear();
          for (let k = 0; k < length; k++) into.push(START_MS + k * 1000, i);
        },
      })),
    );
  }
  const valuesAreThoseOfTheFirst = (): boolean =>
    [...contentOfFile(file).values()].every(
      all => all.length === length && all.every(([, bits]) => bits === 0n),
    );
  let slices = 0;
  for (let isDue = true; isDue; slices++) {
    isDue = writer.mergeSome();
    expect(valuesAreThoseOfTheFirst()).toBe(true);
  }
  expect(slices).toBeGreaterThan(1);
  // Some are merged, and less than 16 are not.
  expect(writer.sampleCount).toBeLessThan(series * length * 20);
  expect(writer.sampleCount).toBeGreaterThan(series * length * 3);
  writer.close();
});
