// Series of the head and of several days as one list, each label set once, sorted by labels.

import { compareLabels } from '../../model/labels.ts';
import type { DayReader, DaySeries } from '../day/day-reader.ts';
import type { SeriesRegistry } from '../series.ts';
import type { FoundSeries } from './series-set.ts';

export interface DayFound {
  readonly reader: DayReader;
  /** In no certain order; a label set may come more than once. */
  readonly series: readonly DaySeries[];
}

/** `liveRefs` sorted by labels; `days` oldest first. */
export function unite(
  registry: SeriesRegistry,
  liveRefs: Uint32Array,
  days: readonly DayFound[],
): FoundSeries[] {
  const found: FoundSeries[] = [];
  for (const ref of liveRefs) {
    const head = registry.at(ref);
    found.push({ labels: head.labels, head, pieces: [] });
  }
  if (days.every(({ series }) => series.length === 0)) return found;
  return new Union(registry, found).with(days);
}

class Union {
  private readonly registry: SeriesRegistry;
  private readonly found: FoundSeries[];
  private readonly live = new Map<number, FoundSeries>();
  private readonly departed = new Map<string, FoundSeries>();

  constructor(registry: SeriesRegistry, found: FoundSeries[]) {
    this.registry = registry;
    this.found = found;
    for (const one of found) if (one.head) this.live.set(one.head.ref, one);
  }

  with(days: readonly DayFound[]): FoundSeries[] {
    for (const { reader, series } of days) {
      for (const one of series) this.entryOf(one).pieces.push({ reader, series: one });
    }
    return this.departed.size === 0
      ? this.found
      : this.found.sort((a, b) => compareLabels(a.labels, b.labels));
  }

  private entryOf({ labels }: DaySeries): FoundSeries {
    const ref = this.registry.find(labels)?.ref;
    const live = ref === undefined ? undefined : this.live.get(ref);
    if (live) return live;
    let entry = this.departed.get(labels.key);
    if (!entry) {
      entry = { labels, head: undefined, pieces: [] };
      this.departed.set(labels.key, entry);
      this.found.push(entry);
    }
    return entry;
  }
}
