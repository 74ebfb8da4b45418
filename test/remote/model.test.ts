// Remote write against a plain model: whatever is sent, in whatever pieces, what is stored and what is refused is
// what the samples, taken one by one in the sender's order, come to.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { createRemoteWriteReceiver } from '../../src/remote/receiver.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { bodyOf, type TimeSeries } from './write-request.ts';

const HEADERS = { contentType: 'application/x-protobuf', contentEncoding: 'snappy' };
const T = 1_795_382_176_255;

/** A sample's eight bytes, as two words; the time as milliseconds after T. */
interface Sample {
  readonly low: number;
  readonly high: number;
  readonly at: number;
}

const bits = fc.oneof(
  fc.constantFrom({ low: 2, high: 0x7ff00000 }, { low: 7, high: 0xfff80000 }, { low: 0, high: 0x80000000 }),
  fc.record({ low: fc.nat(3), high: fc.nat(2).map(x => x + 0x40000000) }),
);
const sample: fc.Arbitrary<Sample> = fc
  .tuple(bits, fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(-T, -T - 5, 1e13)))
  .map(([value, at]) => ({ ...value, at }));

interface Sent {
  readonly job: string;
  readonly name: string;
  readonly reversed: boolean;
  readonly samples: readonly Sample[];
}

const series: fc.Arbitrary<Sent> = fc.record({
  job: fc.constantFrom('a', 'b', ''),
  name: fc.constantFrom('up', 'down'),
  // The same label set in another order.
  reversed: fc.boolean(),
  samples: fc.array(sample, { maxLength: 6 }),
});
const requests = fc.array(fc.array(series, { maxLength: 8 }), { minLength: 1, maxLength: 5 });

test('what is stored is what the samples come to one by one', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async sent => {
      const storage = new MemoryStorage();
      const dependencies = { storage, clock: systemClock, registry: new Registry(), log: silentLogger };
      const receiver = createRemoteWriteReceiver(dependencies);
      const model = new Map<string, Map<number, string>>();
      for (const request of sent) {
        let refused = false;
        for (const { job, name, samples } of request) {
          for (const one of samples) refused = !takes(model, `${name} ${job}`, one) || refused;
        }
        const answer = await receiver.write(bodyOf(request.map(seriesOf)), HEADERS);
        expect(answer.status).toBe(refused ? 400 : 204);
      }
      expect(stored(storage)).toEqual(model);
      receiver.close();
    }),
    { numRuns: 500 },
  );
});

/** Whether the sample is taken, or was there; a series' times only rise. */
function takes(model: Map<string, Map<number, string>>, key: string, { low, high, at }: Sample): boolean {
  const samples = model.get(key) ?? new Map<number, string>();
  const newest = [...samples.keys()].at(-1) ?? Number.NEGATIVE_INFINITY;
  if (at < newest) return false;
  if (at === newest) return samples.get(at) === `${low} ${high}`;
  samples.set(at, `${low} ${high}`);
  model.set(key, samples);
  return true;
}

function seriesOf({ job, name, reversed, samples }: Sent): TimeSeries {
  const labels: [string, string][] = [
    ['__name__', name],
    ['job', job],
  ];
  return {
    labels: reversed ? labels.reverse() : labels,
    rawSamples: samples.map(({ low, high, at }) => [
      new Uint8Array(Uint32Array.of(low, high).buffer),
      T + at,
    ]),
  };
}

function stored(storage: MemoryStorage): Map<string, Map<number, string>> {
  const querier = storage.querier(-1e15, 1e15);
  const set = querier.select([new Matcher('!=', '__name__', '')]);
  const buffer = new SampleBuffer();
  const found = new Map<string, Map<number, string>>();
  set.labels.forEach((labels, i) => {
    set.read(i, -1e15, 1e15, buffer);
    const words = new Uint32Array(buffer.values.buffer);
    const samples = new Map<number, string>();
    for (let at = 0; at < buffer.length; at++) {
      samples.set(buffer.timestampsMs[at] - T, `${words[2 * at]} ${words[2 * at + 1]}`);
    }
    found.set(`${labels.metricName} ${labels.get('job')}`, samples);
  });
  return found;
}
