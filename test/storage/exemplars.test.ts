// The ring of exemplars equals the plainest model of it, through any sequence; its metrics tell what is in it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Registry } from '../../src/base/metrics.ts';
import type { Exemplar } from '../../src/model/exemplar.ts';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { declareExemplarMetrics } from '../../src/storage/exemplar-metrics.ts';
import { ExemplarRing } from '../../src/storage/exemplars.ts';
import { MetricGroup } from '../../src/storage/metric-group.ts';

const ALL = [[new Matcher('=~', '__name__', '.*')]];
const seriesOf = (name: string) => Labels.of({ __name__: name });
const exemplarOf = (timestampMs: number, value = 1): Exemplar => ({
  labels: Labels.of({ trace_id: 't' }),
  value,
  timestampMs,
});

/** Every exemplar as `name@time`, series by series. */
function contents(ring: ExemplarRing): string[] {
  return ring
    .select(ALL, -1e15, 1e15)
    .flatMap(({ labels, exemplars }) => exemplars.map(one => `${labels.metricName}@${one.timestampMs}`));
}

/** A list in order of arrival. */
class Model {
  private kept: { name: string; timeMs: number }[] = [];
  private capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  append(name: string, timeMs: number): void {
    const newest = this.kept.filter(one => one.name === name).at(-1);
    if (newest && timeMs <= newest.timeMs) return;
    this.kept.push({ name, timeMs });
    this.resize(this.capacity);
  }

  resize(capacity: number): void {
    this.capacity = capacity;
    this.kept = this.kept.slice(Math.max(0, this.kept.length - capacity));
  }

  contents(): string[] {
    const names = [...new Set(this.kept.map(one => one.name))].sort();
    return names.flatMap(name =>
      this.kept.filter(one => one.name === name).map(one => `${name}@${one.timeMs}`),
    );
  }
}

const capacity = fc.integer({ min: 0, max: 5 });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 20 })) },
  { weight: 1, arbitrary: capacity },
);

test('any sequence of exemplars and sizes leaves what a plain list would', () => {
  fc.assert(
    fc.property(capacity, fc.array(step, { maxLength: 60 }), (first, steps) => {
      const ring = new ExemplarRing(first);
      const model = new Model(first);
      for (const one of steps) {
        if (typeof one === 'number') {
          ring.resize(one);
          model.resize(one);
        } else {
          ring.append(seriesOf(one[0]), exemplarOf(one[1]));
          model.append(...one);
        }
        expect(contents(ring)).toEqual(model.contents());
        expect(ring.size).toBe(model.contents().length);
      }
    }),
  );
});

test('the same time with another value is another exemplar; the same again is not', () => {
  const ring = new ExemplarRing(10);
  for (const value of [1, 1, 2, 2, 1]) ring.append(seriesOf('a'), exemplarOf(5, value));
  expect(ring.select(ALL, 0, 10)[0].exemplars.map(one => one.value)).toEqual([1, 2, 1]);
});

test('in numbers', async () => {
  const registry = new Registry();
  const ring = new ExemplarRing(3);
  const group = new MetricGroup(registry);
  declareExemplarMetrics(group, ring);
  for (const timeMs of [1000, 2000, 500, 3000, 4000]) ring.append(seriesOf('a'), exemplarOf(timeMs));
  ring.append(seriesOf('b'), exemplarOf(2500));
  const text = await registry.metrics();
  for (const line of [
    'exemplars_appended_total 5',
    'out_of_order_exemplars_total 1',
    'exemplars_in_storage 3',
    'series_with_exemplars_in_storage 2',
    'last_exemplars_timestamp_seconds 3',
    'max_exemplars 3',
  ]) {
    expect(text.split('\n')).toContain(`prometheus_tsdb_exemplar_${line}`);
  }
});
