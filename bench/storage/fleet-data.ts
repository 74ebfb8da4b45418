// The fleet data that codecs and storage are measured with: services whose requests are counted, timed and summed.
//
// 59 % of the series are buckets of cumulative histograms, 35 % integer counters (a histogram's count among them), 5 %
// sums of random floats, the rest gauges; 20 series a route. Rates differ from route to route by powers of ten (a third
// is all but idle) and swing over the day. Numbers are drawn, not measured, and the same on every run.

import { randomNumbers } from '../../test/reference/written-data.ts';

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CODES = ['200', '301', '400', '404', '500'];
const DAY_MS = 24 * 3600 * 1000;
/** Of every 20 routes this many have a gauge beside their 19 other series. */
const GAUGES_OF_20 = 4;

export interface FleetSeries {
  /** Metric and labels, sorted as series in a day file are: by metric, then by label names and values. */
  readonly name: string;
  readonly kind: 'bucket' | 'counter' | 'sum' | 'gauge';
  readonly values: Float64Array;
}

export interface FleetOptions {
  readonly routes: number;
  readonly samples: number;
  readonly intervalMs: number;
}

/** All series, sorted by name. */
export function fleetSeries({ routes, samples, intervalMs }: FleetOptions): FleetSeries[] {
  const random = randomNumbers(11);
  const all: FleetSeries[] = [];
  for (let route = 0; route < routes; route++) all.push(...routeSeries(route, samples, intervalMs, random));
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function routeSeries(
  route: number,
  samples: number,
  intervalMs: number,
  random: () => number,
): FleetSeries[] {
  const labels = (extra: string, before: string) =>
    `{instance="host-${Math.floor(route / 8)}:8000",job="service-${route % 3}",${before}path="/api/${route % 8}"${extra}}`;
  const column = (name: string, kind: FleetSeries['kind']) => ({
    name,
    kind,
    values: new Float64Array(samples),
  });
  const buckets = [...BOUNDS.map(String), '+Inf'].map(le =>
    column(`http_request_duration_seconds_bucket${labels('', `le="${le}",`)}`, 'bucket'),
  );
  const count = column(`http_request_duration_seconds_count${labels('', '')}`, 'counter');
  const sum = column(`http_request_duration_seconds_sum${labels('', '')}`, 'sum');
  const codes = CODES.map(code => column(`http_requests_total${labels('', `code="${code}",`)}`, 'counter'));
  const bytes = column(`http_response_bytes_total${labels('', '')}`, 'counter');
  const gauge = column(`http_requests_in_flight${labels('', '')}`, 'gauge');

  const meanPerSample = (10 ** (random() * 3 - 1) * intervalMs) / 15_000;
  const medianSeconds = 0.01 * 30 ** random();
  const inBuckets = new Float64Array(BOUNDS.length + 1);
  const byCode = new Float64Array(CODES.length);
  let [requests, seconds, sent] = [0, 0, 0];
  for (let i = 0; i < samples; i++) {
    const swing = 1 + 0.6 * Math.sin((2 * Math.PI * i * intervalMs) / DAY_MS);
    for (let left = poisson(meanPerSample * swing, random); left > 0; left--) {
      const took = medianSeconds * Math.exp(normal(random));
      let bucket = 0;
      while (bucket < BOUNDS.length && took > BOUNDS[bucket]) bucket++;
      inBuckets[bucket]++;
      byCode[random() < 0.95 ? 0 : 1 + Math.floor(random() ** 3 * 4)]++;
      requests++;
      seconds += took;
      sent += 200 + Math.floor(random() ** 4 * 50_000);
    }
    let cumulative = 0;
    buckets.forEach(({ values }, bucket) => {
      cumulative += inBuckets[bucket];
      values[i] = cumulative;
    });
    count.values[i] = requests;
    sum.values[i] = seconds;
    codes.forEach(({ values }, code) => {
      values[i] = byCode[code];
    });
    bytes.values[i] = sent;
    gauge.values[i] = Math.round(random() * meanPerSample * 0.2);
  }
  const gauges = route % 20 < GAUGES_OF_20 ? [gauge] : [];
  return [...buckets, count, sum, ...codes, bytes, ...gauges];
}

function poisson(mean: number, random: () => number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let drawn = 0;
  for (let product = random(); product > limit; product *= random()) drawn++;
  return drawn;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
