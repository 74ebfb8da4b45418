// What senders no longer send is given back: columns, groups, remembered labels, metadata; what they go on sending
// stays, and what comes again after a long time is taken as before.
import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Labels } from '../../src/model/labels.ts';
import { Intake } from '../../src/remote/intake.ts';
import { type KnownSeries, Source } from '../../src/remote/known-series.ts';
import { FORGOTTEN_AFTER_MS, SeriesCache } from '../../src/remote/series-cache.ts';
import { WireReader } from '../../src/remote/wire.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { encodeLabels, encodeRequest, type SentMetadata, type TimeSeries } from './write-request.ts';

const T = 1_795_382_176_255;
const TAKEN = { status: 204, message: '' };

let storage: MemoryStorage;
let clock: ManualClock;
let registry: Registry;
let intake: Intake;
beforeEach(() => {
  storage = new MemoryStorage();
  clock = new ManualClock(T);
  registry = new Registry();
  intake = new Intake({ storage, clock, registry, log: silentLogger });
});

const take = (series: readonly TimeSeries[], metadata: readonly SentMetadata[] = []) =>
  intake.take(Buffer.from(encodeRequest(series, metadata)));
const groupOf = (job: string) => storage.group(`remote_write ${JSON.stringify([job, ''])}`);
const seriesKept = async (): Promise<number> => {
  const metric = await registry.getSingleMetric('promlite_remote_write_series')?.get();
  return Number(metric?.values[0].value);
};

function sampleOf(name: string, job: string, at: number): TimeSeries {
  const labels = [
    ['__name__', name],
    ['job', job],
  ] as const;
  return { labels, samples: [[1, T + at]] };
}

/** The labels of a series as they stand inside its message. */
const labelsOf = (name: string): Buffer => Buffer.from(encodeLabels([['__name__', name]]));

test('a source that is silent for ten minutes is given up; others stay', async () => {
  await take([sampleOf('up', 'gone', 0), sampleOf('up', 'stays', 0)]);
  const [gone, stays] = [groupOf('gone'), groupOf('stays')];
  clock.advance(FORGOTTEN_AFTER_MS / 2);
  await take([sampleOf('up', 'stays', 1)]);
  await intake.age();
  expect(groupOf('gone')).toBe(gone);
  clock.advance(FORGOTTEN_AFTER_MS / 2);
  await intake.age();
  expect(await seriesKept()).toBe(1);
  expect(groupOf('stays')).toBe(stays);
  expect(groupOf('gone')).not.toBe(gone);

  expect(await take([sampleOf('up', 'gone', 1), sampleOf('up', 'stays', 2)])).toEqual(TAKEN);
  expect(await seriesKept()).toBe(2);
  expect(storage.stats().samplesAppended).toBe(5);
});

test('a series that is silent loses its column, and gets one when it comes again', async () => {
  await take([sampleOf('up', 'a', 0), sampleOf('down', 'a', 0)]);
  clock.advance(FORGOTTEN_AFTER_MS);
  await take([sampleOf('up', 'a', 1)]);
  await intake.age();
  const labels = Labels.of({ __name__: 'down', job: 'a' });
  const column = groupOf('a').column(labels);
  expect(await take([sampleOf('down', 'a', 1), sampleOf('up', 'a', 2)])).toEqual(TAKEN);
  expect(groupOf('a').column(labels)).toBe(column);
  expect(storage.stats()).toMatchObject({ headSeries: 2, samplesAppended: 5 });
});

test('a label set that is sent in two spellings stays until both are gone', async () => {
  const sorted = sampleOf('up', 'a', 0);
  const reversed = { ...sampleOf('up', 'a', 1), labels: [...sorted.labels].reverse() };
  await take([sorted, reversed]);
  const column = groupOf('a').column(Labels.of({ __name__: 'up', job: 'a' }));
  clock.advance(FORGOTTEN_AFTER_MS);
  await take([{ ...reversed, samples: [[1, T + 2]] }]);
  await intake.age();
  expect(groupOf('a').column(Labels.of({ __name__: 'up', job: 'a' }))).toBe(column);
  expect(await take([sampleOf('up', 'a', 3), { ...reversed, samples: [[1, T + 4]] }])).toEqual(TAKEN);
});

test('however many spellings a label set has, it stays until the last is gone', async () => {
  const spelled = (i: number, at: number): TimeSeries => {
    const { labels } = sampleOf('up', 'a', 0);
    return { labels: [...labels, [`empty_${i}`, '']], samples: [[1, T + at]] };
  };
  await take(Array.from({ length: 600 }, (_, i) => spelled(i, i)));
  const labels = Labels.of({ __name__: 'up', job: 'a' });
  const [group, column] = [groupOf('a'), groupOf('a').column(labels)];
  expect(storage.stats().headSeries).toBe(1);
  clock.advance(FORGOTTEN_AFTER_MS);
  await take([spelled(599, 600)]);
  await intake.age();
  expect(await seriesKept()).toBe(1);
  expect(groupOf('a')).toBe(group);
  expect(group.column(labels)).toBe(column);
  clock.advance(FORGOTTEN_AFTER_MS);
  await intake.age();
  expect(groupOf('a')).not.toBe(group);
});

test('a series that gets the column of one that is gone begins without its exemplars', () => {
  const source = new Source('a', storage.group('a'), 0);
  source.addSpelling(9);
  source.setExemplarTimeMs(9, T);
  source.addSpelling(9);
  expect(source.removeSpelling(9)).toBe(false);
  expect(source.exemplarTimeMs(9)).toBe(T);
  expect(source.removeSpelling(9)).toBe(true);
  source.addSpelling(9);
  expect(source.exemplarTimeMs(9)).toBeUndefined();
  expect(source.seriesCount).toBe(1);
});

test('churn for days leaves no more behind than ten minutes of it', () => {
  const cache = new SeriesCache(storage);
  const lasting = Array.from({ length: 500 }, (_, i) => labelsOf(`lasting_${i}`));
  // One object stands for all series that are found: what it said is copied.
  const find = (labels: Buffer) => ({ ...cache.find(new WireReader(labels), labels.length) });
  const opened = lasting.map(find);
  let bytes = 0;
  for (let round = 0; round < 200; round++) {
    cache.setNow(round * 60_000);
    for (let i = 0; i < 100; i++) find(labelsOf(`brief_${round}_${i}`));
    const isOpened = ({ source, column }: Partial<KnownSeries>, i: number) =>
      source !== undefined && source === opened[i].source && column === opened[i].column;
    expect(lasting.map(find).every(isOpened)).toBe(true);
    while (!cache.age(64));
    expect(cache.size.series).toBeLessThanOrEqual(500 + 100 * 11);
    if (round === 50) bytes = cache.size.bytes;
  }
  expect(cache.size.bytes).toBeLessThanOrEqual(2 * bytes);
  cache.setNow(1e9);
  while (!cache.age(64));
  expect(cache.size).toMatchObject({ series: 0, groups: 0 });
});

test('metadata is kept as long as it is sent, each family as often as entries differ', async () => {
  await take([], [{ family: 'a', type: 1, help: 'A.', unit: 's' }, { family: 'b' }]);
  await take(
    [],
    [{ family: 'a', type: 2, help: 'A.', unit: 's' }, { family: '' }, { family: 'z', type: 99 }],
  );
  expect([...intake.metadata]).toEqual([
    ['a', { type: 'counter', help: 'A.', unit: 's' }],
    ['b', { type: 'unknown', help: '', unit: '' }],
    ['a', { type: 'gauge', help: 'A.', unit: 's' }],
    ['z', { type: 'unknown', help: '', unit: '' }],
  ]);
  clock.advance(FORGOTTEN_AFTER_MS - 1);
  await take([], [{ family: 'b' }]);
  clock.advance(1);
  await intake.age();
  expect([...intake.metadata].map(([family]) => family)).toEqual(['b']);
});

test('metadata is bounded: the oldest makes way', async () => {
  const help = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 20; i++) await take([], [{ family: `m${i}`, help }]);
  const families = [...intake.metadata].map(([family]) => family);
  expect(families.at(-1)).toBe('m19');
  expect(families.length).toBeLessThan(17);
  await take([], [{ family: 'huge', help: 'x'.repeat(17 * 1024 * 1024) }]);
  expect([...intake.metadata].map(([family]) => family)).toEqual(families);
});
