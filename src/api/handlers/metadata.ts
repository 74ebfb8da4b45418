// /api/v1/metadata and /api/v1/targets/metadata: type, help and unit of metrics, as the targets tell them, and, the
// former only, as those who write from afar do.

import { type Matcher, matchesAll } from '../../model/matcher.ts';
import type { Metadata } from '../../model/metadata.ts';
import { compareText } from '../../model/text-order.ts';
import type { TargetStatus } from '../../scraper/contract.ts';
import { success } from '../answer.ts';
import type { ApiDependencies } from '../contract.ts';
import { invalidParameter } from '../errors.ts';
import { integerParameter, parseSelector } from '../params.ts';
import type { Handler } from '../route.ts';

/** A limit of 0 is none, which differs from Prometheus: Grafana sends it where a user asks for no limit. */
export const metadataHandler: Handler = ({ form }, dependencies) => {
  const limit = integerParameter(form, 'limit', -1);
  const limitPerMetric = integerParameter(form, 'limit_per_metric', -1);
  const metric = form.get('metric');

  const merged = new Map<string, Map<string, Metadata>>();
  for (const source of metadataSources(dependencies)) {
    for (const [name, metadata] of source) {
      if (metric !== '' && name !== metric) continue;
      const entries = merged.get(name) ?? new Map<string, Metadata>();
      merged.set(name, entries);
      if (limitPerMetric > 0 && entries.size >= limitPerMetric) continue;
      const { type, help, unit } = metadata;
      entries.set(JSON.stringify([type, help, unit]), { type, help, unit });
    }
  }
  const names = [...merged.keys()].sort(compareText);
  const shown = limit > 0 ? names.slice(0, limit) : names;
  return success(Object.fromEntries(shown.map(name => [name, [...(merged.get(name)?.values() ?? [])]])));
};

export const targetMetadataHandler: Handler = ({ form }, dependencies) => {
  const limit = integerParameter(form, 'limit', -1);
  const metric = form.get('metric');
  const matchers = targetMatchers(form.get('match_target'));

  const entries: object[] = [];
  for (const { labels, metadata } of activeTargets(dependencies)) {
    if (!matchesAll(labels, matchers)) continue;
    const target = labels.toObject();
    for (const [name, { type, help, unit }] of metadata) {
      if (limit >= 0 && entries.length >= limit) return success(entries);
      if (metric === '') entries.push({ target, metric: name, type, help, unit });
      else if (metric === name) entries.push({ target, type, help, unit });
    }
  }
  return success(entries);
};

function targetMatchers(text: string): readonly Matcher[] {
  return text === '' ? [] : parseSelector(text, message => invalidParameter('match_target', message));
}

/** Families and their metadata: of each target, then of remote write. */
function metadataSources(dependencies: ApiDependencies): Iterable<readonly [string, Metadata]>[] {
  return [
    ...activeTargets(dependencies).map(({ metadata }) => metadata),
    dependencies.remoteWrite?.metadata() ?? [],
  ];
}

function activeTargets({ scraper }: ApiDependencies): readonly TargetStatus[] {
  return scraper.pools().flatMap(pool => pool.active);
}
