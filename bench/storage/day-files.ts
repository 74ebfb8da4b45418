// What day files cost: adding, merging, rewriting and reading a day of the fleet data, and finding series among 100,000.
//
//   node bench/storage/day-files.ts
//
// Times are CPU time of this thread, which is steadier than the clock's where a machine has other work.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { finished } from '../../src/base/finished.ts';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { ChunkEncoder, SLOTS } from '../../src/storage/chunk/chunk-codec.ts';
import { BlockLabels } from '../../src/storage/day/block-labels.ts';
import { ChunkCache } from '../../src/storage/day/chunk-cache.ts';
import { DayReader } from '../../src/storage/day/day-reader.ts';
import { DayRewrite } from '../../src/storage/day/day-rewrite.ts';
import { DayWriter, type SeriesSource } from '../../src/storage/day/day-writer.ts';
import { compareSeries } from '../../src/storage/day/series-order.ts';
import { type FleetSeries, fleetSeries } from './fleet-data.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const DAY = 20_000;
const START_MS = DAY * 86_400_000 + 137;
const INTERVAL_MS = 15_000;
const ROWS_A_SEGMENT = 32;
const TARGETS_AN_APPEND = 4;
const ROUTES = 96;
const ROWS = 5760;
const LARGE_ROUTES = 5000;

/** In use after a collection: objects and typed arrays. */
function usedBytes(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

class Measured {
  private cpuUs = 0;
  longestMs = 0;

  run<T>(work: () => T): T {
    const before = process.threadCpuUsage();
    const result = work();
    const { user, system } = process.threadCpuUsage(before);
    this.cpuUs += user + system;
    this.longestMs = Math.max(this.longestMs, (user + system) / 1000);
    return result;
  }

  nsEach = (count: number): string => `${((this.cpuUs * 1000) / count).toFixed(1)} ns`;
  usEach = (count: number): string => `${(this.cpuUs / count).toFixed(2)} µs`;
  get ms(): string {
    return `${(this.cpuUs / 1000).toFixed(1)} ms`;
  }
}

const print = (what: string, ...figures: string[]): void =>
  console.log(`${what.padEnd(52)}${figures.join('   ')}`);

/** `name{label="value",…}`, without escapes. */
function labelsOf(name: string): Labels {
  const [, metric, rest] = /^([^{]*)\{(.*)\}$/.exec(name) ?? ['', name, ''];
  const pairs = [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]): [string, string] => [
    key,
    value,
  ]);
  return Labels.fromEntries([['__name__', metric], ...pairs]);
}

interface Series {
  readonly id: number;
  readonly labels: Labels;
  readonly values: Float64Array;
}

/** As targets hand them over: one list a target. */
function targetsOf(series: readonly FleetSeries[]): Series[][] {
  const targets = new Map<string, Series[]>();
  series.forEach(({ name, values }, i) => {
    const labels = labelsOf(name);
    const own = targets.get(labels.get('instance')) ?? [];
    targets.set(labels.get('instance'), own);
    own.push({ id: i + 1, labels, values });
  });
  return [...targets.values()];
}

function sourceOf({ id, labels, values }: Series, from: number, to: number): SeriesSource {
  return { seriesId: id, labels: () => labels, read: into => fill(into, values, from, to) };
}

function fill(into: SampleBuffer, values: Float64Array, from: number, to: number): void {
  into.clear();
  into.reserve(to - from);
  for (let i = from; i < to; i++) into.timestampsMs[i - from] = START_MS + i * INTERVAL_MS;
  into.values.set(values.subarray(from, to));
  into.length = to - from;
}

function writeDay(file: string, targets: readonly Series[][]): void {
  const [append, merge, codec] = [new Measured(), new Measured(), new Measured()];
  const writer = new DayWriter(file, DAY);
  for (let from = 0; from < ROWS; from += ROWS_A_SEGMENT) {
    for (let first = 0; first < targets.length; first += TARGETS_AN_APPEND) {
      const series = targets.slice(first, first + TARGETS_AN_APPEND).flat();
      const sources = series.map(one => sourceOf(one, from, from + ROWS_A_SEGMENT));
      append.run(() => writer.append(sources));
      codec.run(() => encodeOnly(series, from));
      while (merge.run(() => writer.mergeSome()));
    }
    if ((from / ROWS_A_SEGMENT) % 16 === 15) writer.checkpoint();
  }
  const count = targets.flat().length * ROWS;
  print('append, a sample', append.nsEach(count), `longest ${append.longestMs.toFixed(1)} ms`);
  print('  of which the codec, about', codec.nsEach(count));
  print('merge, a sample', merge.nsEach(count), `longest slice ${merge.longestMs.toFixed(1)} ms`);
  writer.close();
  print('size before the day is finished', `${(statSync(file).size / count).toFixed(3)} B a sample`);
}

const samples = new SampleBuffer(256);

function encodeOnly(series: readonly Series[], from: number): void {
  for (let first = 0; first < series.length; first += SLOTS) {
    const encoder = new ChunkEncoder({ span: 'fresh' });
    series.slice(first, first + SLOTS).forEach(({ values }, slot) => {
      fill(samples, values, from, from + ROWS_A_SEGMENT);
      encoder.add(slot, samples);
    });
    encoder.finish(1);
  }
}

function rewriteDay(from: string, to: string, count: number): void {
  const rewrite = new Measured();
  const work = new DayRewrite(from, to, () => undefined, Number.NEGATIVE_INFINITY);
  let steps = 1;
  for (; !rewrite.run(() => work.step()); steps++);
  print(
    'rewrite, a sample',
    rewrite.nsEach(count),
    `${steps} steps`,
    `longest ${rewrite.longestMs.toFixed(1)} ms`,
  );
  print('size of the finished day', `${(statSync(to).size / count).toFixed(3)} B a sample`);
}

function readDay(file: string, what: string): void {
  const reader = new DayReader(file, new ChunkCache(), console.error);
  const read = new Measured();
  const found = reader.select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  found.sort((a, b) => compareSeries(a.labels, b.labels));
  read.run(() => {
    for (const series of found) {
      samples.clear();
      reader.read(series, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, samples);
    }
  });
  print(`read all series of ${what}, a sample`, read.nsEach(reader.sampleCount));
  reader.close();
}

function findSeries(file: string): void {
  const series = targetsOf(fleetSeries({ routes: LARGE_ROUTES, samples: 2, intervalMs: INTERVAL_MS }));
  const writer = new DayWriter(file, DAY);
  const first = new Measured();
  const again = new Measured();
  const all = series.flat();
  first.run(() => writer.append(all.map(one => sourceOf(one, 0, 1))));
  again.run(() => writer.append(all.map(one => sourceOf(one, 1, 2))));
  print(`append ${all.length} new series, each`, first.usEach(all.length));
  print(`append a sample to each of them`, again.usEach(all.length));
  writer.close();
  const unopened = usedBytes();
  const memory = (): string => `${((usedBytes() - unopened) / all.length).toFixed(0)} B a series`;
  const open = new Measured();
  const reader = open.run(() => new DayReader(file, new ChunkCache(), console.error));
  print(`open a day of ${all.length} series`, open.ms, memory());
  for (const [what, matchers] of [
    ['first select of a metric', [Matcher.equal('__name__', 'http_requests_in_flight')]],
    ['select of a metric', [Matcher.equal('__name__', 'http_requests_in_flight')]],
    ['select of a metric that is not there', [Matcher.equal('__name__', 'missing')]],
    ['first select of an instance', [Matcher.equal('instance', 'host-77:8000')]],
    ['select of an instance', [Matcher.equal('instance', 'host-77:8000')]],
    ['select by =~', [Matcher.equal('__name__', 'http_requests_total'), new Matcher('=~', 'code', '5..')]],
  ] as const) {
    const select = new Measured();
    const times = what.startsWith('first') ? 1 : 50;
    const count = select.run(() => {
      let found = 0;
      for (let i = 0; i < times; i++) found = reader.select(matchers, 0, Number.POSITIVE_INFINITY).length;
      return found;
    });
    print(`${what}: ${count} series`, select.usEach(times), memory());
  }
  const names = new Measured();
  names.run(() => finished(reader.listingLabelNames([], 0, Number.POSITIVE_INFINITY, new Set())));
  print('label names', names.ms);
  const values = new Measured();
  values.run(() =>
    finished(reader.listingLabelValues('instance', [], 0, Number.POSITIVE_INFINITY, new Set())),
  );
  print('values of a label', values.ms);
  reader.close();
  const bytes = Buffer.from(
    BlockLabels.encode(
      1,
      all.slice(0, SLOTS).map(({ labels }) => labels),
    ),
  );
  const decode = new Measured();
  decode.run(() => {
    for (let i = 0; i < 10_000; i++) BlockLabels.decode(1, bytes).match([Matcher.equal('__name__', 'up')]);
  });
  print(`decode a block's labels (${bytes.length} B) and match`, decode.usEach(10_000));
}

function readRows(file: string): void {
  const reader = new DayReader(file, new ChunkCache(0), console.error);
  const found = reader.select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const read = new Measured();
  let count = 0;
  read.run(() => {
    for (const series of found) {
      if (series.slot !== 0) continue;
      for (let hour = 0; hour < 24; hour += 2) {
        const timeMs = START_MS + hour * 3_600_000;
        samples.clear();
        reader.read(series, timeMs, timeMs, samples);
        count++;
      }
    }
  });
  print('read a chunk row, inflate it and find a slot', read.usEach(count), `${count} chunks`);
  reader.close();
}

const folder = mkdtempSync(join(tmpdir(), 'promlite-bench-'));
try {
  const [day, finished] = [join(folder, 'day.db'), join(folder, 'finished.db')];
  const targets = targetsOf(fleetSeries({ routes: ROUTES, samples: ROWS, intervalMs: INTERVAL_MS }));
  const count = targets.flat().length * ROWS;
  print(`${targets.flat().length} series, ${(count / 1e6).toFixed(1)} M samples`);
  writeDay(day, targets);
  readDay(day, 'an unfinished day');
  readRows(day);
  rewriteDay(day, finished, count);
  readDay(finished, 'a finished day');
  readRows(finished);
  findSeries(join(folder, 'large.db'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
