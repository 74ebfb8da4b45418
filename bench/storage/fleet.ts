// The fleet data as targets have it: a handful of instances with some thousand series each, in the order in which
// their pages name them (families together, buckets by bound).

import { type FleetSeries, fleetSeries } from './fleet-data.ts';

export interface FleetTarget {
  readonly job: string;
  readonly instance: string;
  readonly series: readonly TargetSeries[];
}

export interface TargetSeries {
  /** Pairs of name and value, sorted by name, with __name__, but without job and instance. */
  readonly labels: readonly (readonly [string, string])[];
  /** One value a row, all series alike. */
  readonly values: Float64Array;
}

export interface FleetSize {
  readonly targets: number;
  /** In all, cut to that number exactly. */
  readonly series: number;
  readonly rows: number;
  readonly intervalMs: number;
}

/** A host of the fleet data has 8 routes, each of 19 series and, one of five, a gauge. */
const ROUTES_A_HOST = 8;
const SERIES_A_ROUTE = 19;

/** Like the fleet of DESIGN: 7 targets, 7,315 series, every 15 s for 6 h. */
export const FLEET: FleetSize = { targets: 7, series: 7315, rows: 1440, intervalMs: 15_000 };

export function fleetTargets({ targets, series, rows, intervalMs }: FleetSize): FleetTarget[] {
  const hostsATarget = Math.ceil(series / targets / SERIES_A_ROUTE / ROUTES_A_HOST);
  const all = fleetSeries({ routes: targets * hostsATarget * ROUTES_A_HOST, samples: rows, intervalMs });
  const byTarget: Parsed[][] = Array.from({ length: targets }, () => []);
  for (const one of all.map(parse)) byTarget[Math.floor(one.host / hostsATarget)].push(one);
  let left = series;
  return byTarget.map((found, target) => {
    const share = Math.ceil(left / (targets - target));
    left -= share;
    return {
      job: `service-${target % 3}`,
      instance: `10.0.0.${target}:8000`,
      series: evenly(found, share)
        .sort((a, b) => (a.order < b.order ? -1 : 1))
        .map(({ labels, values }) => ({ labels, values })),
    };
  });
}

/** `count` of them, of every kind alike. */
const evenly = <T>(all: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]);

interface Parsed extends TargetSeries {
  readonly host: number;
  /** Sorts as a page does. */
  readonly order: string;
}

/** `family{instance="host-3:8000",job="service-0",le="5",path="/api/1"}`: the host becomes part of the path. */
function parse({ name, values }: FleetSeries): Parsed {
  const brace = name.indexOf('{');
  const found = new Map(
    [...name.slice(brace).matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const host = Number(/\d+/.exec(found.get('instance') ?? '')?.[0]);
  const path = `/api/v${host}${found.get('path')?.slice('/api'.length)}`;
  const labels = new Map([['__name__', name.slice(0, brace)], ...found, ['path', path]]);
  labels.delete('instance');
  labels.delete('job');
  const bound = String(Number((labels.get('le') ?? '0').replace('+Inf', '1e9')).toFixed(3)).padStart(16, '0');
  return {
    host,
    labels: [...labels].sort(([a], [b]) => (a < b ? -1 : 1)),
    values,
    order: [labels.get('__name__'), path, bound, labels.get('code')].join(' '),
  };
}
