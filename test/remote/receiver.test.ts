// Remote write 1.0: what is taken, what is refused and in which words, and that nothing sent can do harm.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Matcher, nameMatcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { isStaleAt } from '../../src/model/stale.ts';
import type { RemoteWriteAnswer, RemoteWriteReceiver } from '../../src/remote/contract.ts';
import { createRemoteWriteReceiver } from '../../src/remote/receiver.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import {
  bodyOf,
  compressed,
  encodeRequest,
  floatHistogram,
  integerHistogram,
  type TimeSeries,
} from './write-request.ts';

const HEADERS = { contentType: 'application/x-protobuf', contentEncoding: 'snappy' };
const TAKEN: RemoteWriteAnswer = { status: 204, message: '' };
const T = 1_795_382_176_255;

let storage: MemoryStorage;
let registry: Registry;
let clock: ManualClock;
let receiver: RemoteWriteReceiver;
beforeEach(() => {
  storage = new MemoryStorage();
  registry = new Registry();
  clock = new ManualClock(1);
  receiver = createRemoteWriteReceiver({ storage, clock, registry, log: silentLogger });
});
afterEach(() => receiver.close());

const write = (series: readonly TimeSeries[]): Promise<RemoteWriteAnswer> =>
  receiver.write(bodyOf(series), HEADERS);

/** All samples of the metric, by labels. */
function stored(name: string): Record<string, [number, number][]> {
  const querier = storage.querier(-1e15, 1e15);
  const set = querier.select([nameMatcher(name)]);
  const buffer = new SampleBuffer();
  const result: Record<string, [number, number][]> = {};
  set.labels.forEach((labels, i) => {
    set.read(i, -1e15, 1e15, buffer);
    result[labels.toString()] = Array.from({ length: buffer.length }, (_, at) => [
      buffer.values[at],
      buffer.timestampsMs[at],
    ]);
  });
  querier.close();
  return result;
}

const up = (job: string, ...samples: [number, number][]): TimeSeries => ({
  labels: [
    ['__name__', 'up'],
    ['job', job],
  ],
  samples,
});

test('samples of several series and times are stored', async () => {
  expect(await write([up('a', [1, T], [2, T + 1]), up('b', [3, T])])).toEqual(TAKEN);
  expect(await write([up('a', [4, T + 2])])).toEqual(TAKEN);
  expect(stored('up')).toEqual({
    '{__name__="up", job="a"}': [
      [1, T],
      [2, T + 1],
      [4, T + 2],
    ],
    '{__name__="up", job="b"}': [[3, T]],
  });
  expect(await registry.metrics()).toContain('promlite_remote_write_samples_total 4\n');
});

test('labels in any order name the same series, and empty values are no labels', async () => {
  const labels = [
    ['job', 'a'],
    ['empty', ''],
    ['__name__', 'up'],
  ] as const;
  expect(await write([up('a', [1, T])])).toEqual(TAKEN);
  expect(await write([{ labels, samples: [[2, T + 1]] }])).toEqual(TAKEN);
  expect(Object.keys(stored('up'))).toEqual(['{__name__="up", job="a"}']);
});

test('the same sample again is taken, another value for the same time is not', async () => {
  expect(await write([up('a', [1, T])])).toEqual(TAKEN);
  expect(await write([up('a', [1, T])])).toEqual(TAKEN);
  expect(await write([up('a', [2, T]), up('b', [7, T])])).toEqual({
    status: 400,
    message: `duplicate sample for timestamp ${T}; overrides not allowed: existing 1, new value 2`,
  });
  expect(stored('up')).toEqual({
    '{__name__="up", job="a"}': [[1, T]],
    '{__name__="up", job="b"}': [[7, T]],
  });
});

test('a sample out of order is refused and the others stay', async () => {
  expect(await write([up('a', [1, T])])).toEqual(TAKEN);
  expect(await write([up('a', [0, T - 1], [2, T + 1]), up('b', [3, T])])).toEqual({
    status: 400,
    message: 'out of order sample',
  });
  expect(stored('up')).toEqual({
    '{__name__="up", job="a"}': [
      [1, T],
      [2, T + 1],
    ],
    '{__name__="up", job="b"}': [[3, T]],
  });
  expect(await registry.metrics()).toContain(
    'promlite_remote_write_refused_samples_total{reason="out_of_order"} 1\n',
  );
});

test('a series may come several times in one request, and going back in time within one is refused', async () => {
  expect(await write([up('a', [1, T]), up('a', [2, T + 1]), up('a', [2, T + 1])])).toEqual(TAKEN);
  expect(await write([up('b', [1, T + 5], [2, T])])).toMatchObject({
    status: 400,
    message: 'out of order sample',
  });
  expect(await write([up('c', [1, T], [9, T])])).toMatchObject({
    message: `duplicate sample for timestamp ${T}; overrides not allowed: existing 1, new value 9`,
  });
  expect(stored('up')).toEqual({
    '{__name__="up", job="a"}': [
      [1, T],
      [2, T + 1],
    ],
    '{__name__="up", job="b"}': [[1, T + 5]],
    '{__name__="up", job="c"}': [[1, T]],
  });
});

test('a series behind one with far too many labels is not taken for another', async () => {
  const one = (name: string, label: string, value: string, at: number): TimeSeries => ({
    labels: [
      ['__name__', name],
      [label, value],
    ],
    samples: [[at, T + at]],
  });
  expect(await write([one('known', 'x', '1', 1), one('known', 'yy', '2', 1)])).toEqual(TAKEN);
  const huge = one('other', 'x', 'x'.repeat(1024 * 1024), 2);
  expect(await write([one('known', 'x', '1', 2), huge, one('other', 'yy', '2', 2)])).toEqual(TAKEN);
  expect(stored('other')).toEqual({ '{__name__="other", yy="2"}': [[2, T + 2]] });
  expect(await registry.metrics()).toContain('promlite_remote_write_samples_total 4\n');
});

test('going back in time is noticed though many series of the source were new in between', async () => {
  const one = (name: string, at: number): TimeSeries => ({
    labels: [
      ['__name__', name],
      ['job', 'a'],
    ],
    samples: [[at, T + at]],
  });
  const others = Array.from({ length: 1000 }, (_, i) => one(`metric_${i}`, 1));
  const answer = await write([one('first', 2), ...others, one('first', 1), one('first', 3)]);
  expect(answer).toEqual({ status: 400, message: 'out of order sample' });
  expect(stored('first')).toEqual({
    '{__name__="first", job="a"}': [
      [2, T + 2],
      [3, T + 3],
    ],
  });
  expect(storage.stats().samplesAppended).toBe(1002);
});

test('staleness markers keep their bits, other NaN stay NaN', async () => {
  const stale = Uint8Array.of(2, 0, 0, 0, 0, 0, 0xf0, 0x7f);
  const labels = [['__name__', 'up']] as const;
  expect(await write([{ labels, samples: [[Number.NaN, T]], rawSamples: [[stale, T + 1]] }])).toEqual(TAKEN);
  const querier = storage.querier(0, 1e15);
  const buffer = new SampleBuffer();
  querier.select([nameMatcher('up')]).read(0, 0, 1e15, buffer);
  expect([0, 1].map(i => isStaleAt(buffer.values, i))).toEqual([false, true]);
  expect(buffer.values[0]).toBeNaN();
});

test.each([
  ['no name', [['job', 'a']]],
  [
    'a name twice',
    [
      ['__name__', 'bad'],
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    'an empty name',
    [
      ['__name__', 'bad'],
      ['', '1'],
    ],
  ],
  [
    'no UTF-8',
    [
      ['__name__', 'bad'],
      ['a', Uint8Array.of(0xff, 0xfe)],
    ],
  ],
] as [string, [string, string | Uint8Array][]][])(
  'series with %s are left out and counted',
  async (_, labels) => {
    const bad = { labels, samples: [[1, T] as const, [2, T + 1] as const] };
    expect(await write([bad, up('a', [1, T]), bad])).toEqual(TAKEN);
    expect([Object.keys(stored('up')).length, stored('bad')]).toEqual([1, {}]);
    expect(await registry.metrics()).toContain(
      'prometheus_api_remote_write_invalid_labels_samples_total 4\n',
    );
  },
);

test('any UTF-8 will do in names and values', async () => {
  const labels = [
    ['__name__', 'utf8.name'],
    ['l.ü', '\ufeff😀'],
  ] as const;
  expect(await write([{ labels, samples: [[1, T]] }])).toEqual(TAKEN);
  expect(Object.keys(stored('utf8.name'))).toEqual(['{__name__="utf8.name", "l.ü"="\ufeff😀"}']);
});

test('exemplars are kept with their series', async () => {
  const exemplars = [{ labels: [['trace_id', 'x']] as const, value: 0.5, timestampMs: T }];
  expect(await write([{ ...up('a', [1, T]), exemplars }])).toEqual(TAKEN);
  const [kept] = storage.exemplars([[new Matcher('=', 'job', 'a')]], 0, 1e15);
  expect(kept.labels.toObject()).toEqual({ __name__: 'up', job: 'a' });
  expect(kept.exemplars.map(one => [one.labels.toObject(), one.value, one.timestampMs])).toEqual([
    [{ trace_id: 'x' }, 0.5, T],
  ]);
});

test('exemplars that come too late or say too much are counted and fail nothing', async () => {
  const exemplar = (value: string, timestampMs: number) => ({
    labels: [['trace_id', value]] as const,
    value: 1,
    timestampMs,
  });
  const send = (at: number, exemplars: ReturnType<typeof exemplar>[]) =>
    write([{ ...up('a', [1, at]), exemplars }]);
  expect(await send(T, [exemplar('first', T)])).toEqual(TAKEN);
  expect(await send(T + 1, [exemplar('late', T - 1), exemplar('x'.repeat(121), T + 1)])).toEqual(TAKEN);
  expect(await send(T + 2, [exemplar('x'.repeat(120), T + 2)])).toEqual(TAKEN);
  const [kept] = storage.exemplars([[new Matcher('=', 'job', 'a')]], 0, 1e15);
  expect(kept.exemplars.map(one => one.timestampMs)).toEqual([T, T + 2]);
  const metrics = await registry.metrics();
  for (const reason of ['out_of_order', 'invalid_labels']) {
    expect(metrics).toContain(`promlite_remote_write_refused_exemplars_total{reason="${reason}"} 1\n`);
  }
});

test('metadata is kept', async () => {
  expect(await receiver.write(bodyOf([], [{ family: 'up', type: 2, help: 'H.' }]), HEADERS)).toEqual(TAKEN);
  expect([...receiver.metadata()]).toEqual([['up', { type: 'gauge', help: 'H.', unit: '' }]]);
});

test('native histograms, of integers and of floats', async () => {
  const labels = [['__name__', 'h']] as const;
  const body = bodyOf([{ labels, histograms: [integerHistogram(T), floatHistogram(T + 1)] }]);
  expect(await receiver.write(body, HEADERS)).toEqual(TAKEN);
  const querier = storage.querier(0, 1e15);
  const buffer = new SampleBuffer();
  querier.select([nameMatcher('h')]).read(0, 0, 1e15, buffer);
  expect(buffer.histograms?.[0]).toEqual({
    counterResetHint: 'not_reset',
    schema: 1,
    zeroThreshold: 0.001,
    zeroCount: 2,
    count: 6,
    sum: 18.4,
    positiveSpans: [{ offset: -1, length: 2 }],
    negativeSpans: [{ offset: 0, length: 1 }],
    positiveBuckets: [1, 3],
    negativeBuckets: [1],
    customValues: [],
  });
  expect(buffer.histograms?.[1]).toMatchObject({
    schema: -53,
    count: 1.5,
    positiveBuckets: [1.5],
    customValues: [0.5, 1],
  });
});

test.each([
  ['application/x-protobuf;proto=prometheus.WriteRequest', 'snappy', undefined],
  ['', '', undefined],
  [
    'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'snappy',
    'io.prometheus.write.v2.Request protobuf message is not accepted by this server; accepted [prometheus.WriteRequest]',
  ],
  [
    'text/plain',
    'snappy',
    'expected application/x-protobuf as the first (media) part, got text/plain content-type',
  ],
  [
    'application/x-protobuf',
    'gzip',
    'gzip encoding (compression) is not accepted by this server; only snappy is acceptable',
  ],
])('Content-Type %j with Content-Encoding %j', async (contentType, contentEncoding, message) => {
  const answer = await receiver.write(bodyOf([up('a', [1, T])]), { contentType, contentEncoding });
  expect(answer).toEqual(message === undefined ? TAKEN : { status: 415, message });
});

test('an empty request is taken', async () => {
  expect(await receiver.write(compressed(new Uint8Array(0)), HEADERS)).toEqual(TAKEN);
});

test('a body that is no snappy, or no WriteRequest, is refused and nothing of it is kept', async () => {
  expect(await receiver.write(new Uint8Array(0), HEADERS)).toEqual({
    status: 400,
    message: 'snappy: corrupt input',
  });
  expect(await receiver.write(Buffer.from('x'), HEADERS)).toEqual({
    status: 400,
    message: 'snappy: corrupt input',
  });
  const request = encodeRequest([up('a', [1, T]), up('b', [1, T])]);
  for (let end = 1; end < request.length - 1; end++) {
    const answer = await receiver.write(compressed(request.subarray(0, end)), HEADERS);
    if (answer.status === 400) expect(answer.message).toMatch(/^(proto: |unexpected EOF$)/);
  }
  expect((await receiver.write(compressed(request.subarray(0, request.length - 3)), HEADERS)).status).toBe(
    400,
  );
});

test('labels that break off leave nothing behind for those that come after', async () => {
  // The value of the second label says that it is longer than its label.
  const label = (value: string) =>
    Buffer.concat([Buffer.of(0x0a, 6, 0x0a, 1), Buffer.from(value), Buffer.of(0x12)]);
  const labels = Buffer.concat([
    label('x'),
    Buffer.of(1),
    Buffer.from('y'),
    label('z'),
    Buffer.of(9),
    Buffer.from('y'),
  ]);
  const request = Buffer.concat([Buffer.of(0x0a, labels.length), labels]);
  expect(await receiver.write(compressed(request), HEADERS)).toEqual({
    status: 400,
    message: 'unexpected EOF',
  });
  expect(await write([up('a', [1, T])])).toEqual(TAKEN);
  expect(Object.keys(stored('up'))).toEqual(['{__name__="up", job="a"}']);
});

test('a body that says it will inflate beyond the limit is never inflated', async () => {
  const bomb = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3);
  expect(await receiver.write(bomb, HEADERS)).toEqual({
    status: 413,
    message: 'snappy: decoded block is too large',
  });
  const small = createRemoteWriteReceiver({
    storage,
    clock,
    registry: new Registry(),
    log: silentLogger,
    limits: { uncompressedBytes: 10 },
  });
  expect((await small.write(bodyOf([up('a', [1, T])]), HEADERS)).status).toBe(413);
});

test('no bytes do harm', async () => {
  const request = encodeRequest([{ ...up('a', [1, T]), histograms: [integerHistogram(T + 1)] }]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(request.length - 1), fc.nat(255)), { maxLength: 8 }),
      async changes => {
        const bytes = Uint8Array.from(request);
        for (const [at, byte] of changes) bytes[at] = byte;
        expect([204, 400]).toContain((await receiver.write(compressed(bytes), HEADERS)).status);
      },
    ),
    { numRuns: 2000 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
      expect([204, 400, 413]).toContain((await receiver.write(bytes, HEADERS)).status);
      expect([204, 400]).toContain((await receiver.write(compressed(bytes), HEADERS)).status);
    }),
    { numRuns: 2000 },
  );
});
