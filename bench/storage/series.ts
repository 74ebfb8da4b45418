// What a live series costs in the registry and the label index: bytes by part, and the times of first sights,
// look-ups and sorting. `node bench/storage/series.ts [instances]`; an instance has 1,000 series.
//
// Labels come as a scraper makes them: cut out of the bodies, which are thrown away.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Matcher } from '../../src/model/matcher.ts';
import { LabelIndex } from '../../src/storage/index/label-index.ts';
import { SeriesRegistry } from '../../src/storage/series.ts';
import { fleetBody, labelsOfLine, SERIES_AN_INSTANCE } from './series-data.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const instances = Number(process.argv[2] ?? 100);
const count = instances * SERIES_AN_INSTANCE;
const registry = new SeriesRegistry();
const index = new LabelIndex();

/** Bytes in use after a collection: objects and typed arrays. */
function usedBytes(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What this thread has spent: steadier than the time by the clock on a machine that is shared. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Runs `work` a few times; prints the least time of one run by the clock. */
function time(name: string, work: () => number, times = 15): void {
  let least = Number.POSITIVE_INFINITY;
  let result = 0;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    result = work();
    least = Math.min(least, performance.now() - start);
  }
  console.log(`${name.padEnd(88)} ${least.toFixed(3).padStart(8)} ms   ${result}`);
}

function openAll(start: number): void {
  let longest = 0;
  let openMs = 0;
  for (let i = 0; i < instances; i++) {
    const parsed = fleetBody(i, start).map(labelsOfLine);
    const began = cpuMs();
    for (const labels of parsed) registry.open(labels);
    const took = cpuMs() - began;
    longest = Math.max(longest, took);
    openMs += took;
  }
  console.log(
    `open: ${((openMs * 1000) / count).toFixed(2)} µs a series (CPU), longest thousand ${longest.toFixed(1)} ms`,
  );
}

labelsOfLine(fleetBody(0, 0)[0]);
const empty = usedBytes();
const emptyRss = process.memoryUsage().rss;
openAll(0);
const opened = usedBytes();
console.log(`registry: ${((opened - empty) / count).toFixed(0)} B a series`);

const addStart = cpuMs();
for (let ref = 0; ref < registry.refLimit; ref++) index.add(ref, registry.labels(ref));
console.log(`index.add: ${(((cpuMs() - addStart) * 1000) / count).toFixed(2)} µs a series (CPU)`);
const indexed = usedBytes();
console.log(`index: ${((indexed - opened) / count).toFixed(0)} B a series`);
const { rss } = process.memoryUsage();
console.log(
  `both: ${((indexed - empty) / count).toFixed(0)} B; resident ${((rss - emptyRss) / count).toFixed(0)} B`,
);

const find = (...matchers: Matcher[]): Uint32Array =>
  index.find(matchers, ref => registry.labelsOf(ref), registry.refLimit);
const m = (operator: '=' | '!=' | '=~' | '!~', name: string, value: string) =>
  new Matcher(operator, name, value);

const shapes: Matcher[][] = [
  [],
  [m('=', '__name__', 'http_request_duration_seconds_bucket')],
  [m('=', '__name__', 'http_request_duration_seconds_bucket'), m('=', 'instance', 'host-7.example.org:9100')],
  [m('=', '__name__', 'http_request_duration_seconds_bucket'), m('=', 'le', '0.5'), m('=', 'method', 'GET')],
  [m('=', '__name__', 'http_request_duration_seconds_bucket'), m('=~', 'route', '/api/v1/(users|orders)')],
  [m('=', '__name__', 'http_request_duration_seconds_bucket'), m('=~', 'instance', 'host-1.*')],
  [m('=', '__name__', 'http_request_duration_seconds_bucket'), m('=~', 'instance', 'host-[0-4]+[.].*')],
  [m('=', '__name__', 'http_request_duration_seconds_bucket'), m('!=', 'status', '500')],
  [m('=~', '__name__', '.+')],
  [m('!=', 'job', '')],
  [m('=~', '__name__', 'http_.*')],
  [m('=', 'job', 'gateway'), m('!~', 'route', '/api/v1/.*')],
  [m('=', 'le', '')],
];
for (const matchers of shapes) time(`find {${matchers.join(',')}}`, () => find(...matchers).length);

const all = find().slice();
const some = find(
  m('=', '__name__', 'http_request_duration_seconds_bucket'),
  m('=~', 'method', 'GET|POST'),
).slice();
const sortStart = cpuMs();
registry.sortByLabels(all);
console.log(`first sort of ${all.length}: ${(cpuMs() - sortStart).toFixed(1)} ms`);
for (const refs of [some.slice(0, 10_000), all]) {
  time(`sort ${refs.length}`, () => registry.sortByLabels(refs).length);
}
time('labels of 10,000', () => {
  let size = 0;
  for (const ref of all.subarray(0, 10_000)) size += registry.labels(ref).size;
  return size;
});
const again = fleetBody(3, 0).map(labelsOfLine);
time('label values of all', () => registry.labelValuesOf('pod', all).size);
time('open 1,000 that are known', () => {
  let sum = 0;
  for (const labels of again) sum += registry.open(labels);
  return sum;
});

// Churn: 1 % leave and others come, again and again, with a query between.
const generations = 300;
const share = Math.min(SERIES_AN_INSTANCE, Math.floor(count / 100));
const churnStart = cpuMs();
let longest = 0;
let oldest = 0;
const alive: number[] = [...all];
for (let generation = 1; generation <= generations; generation++) {
  const labels = fleetBody(0, generation).slice(0, share).map(labelsOfLine);
  const began = cpuMs();
  for (let i = 0; i < share; i++) {
    const ref = alive[oldest + i];
    registry.columns.ids[ref] = 0;
    index.remove(ref, registry.labels(ref));
    registry.closeIfUnused(ref);
  }
  oldest += share;
  for (const of of labels) {
    const ref = registry.open(of);
    registry.columns.ids[ref] = generation;
    index.add(ref, registry.labels(ref));
    alive.push(ref);
  }
  find(m('=', '__name__', 'http_request_duration_seconds_bucket'));
  registry.sortByLabels(find());
  longest = Math.max(longest, cpuMs() - began);
}
console.log(
  `churn: ${((cpuMs() - churnStart) / generations).toFixed(1)} ms CPU a generation of ${share}, longest ${longest.toFixed(1)} ms`,
);
console.log(`after ${generations} generations: ${((usedBytes() - empty) / count).toFixed(0)} B a series`);
