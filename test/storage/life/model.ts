// The plainest model of a storage over many days: of each series the times of its samples.
//
// The contract leaves open what becomes of a sample that comes late into a range that was deleted before: the model
// does not say whether such samples are there.

import type { Matcher } from '../../../src/model/matcher.ts';
import { matchesAll } from '../../../src/model/matcher.ts';
import { SERIES } from './samples.ts';

interface Interval {
  readonly minMs: number;
  readonly maxMs: number;
}

interface SeriesModel {
  readonly times: Set<number>;
  /** May be there or not. */
  readonly unsure: Set<number>;
  readonly deleted: readonly Interval[];
}

export class LifeModel {
  /** By index in SERIES. */
  private series: SeriesModel[] = SERIES.map(() => ({ times: new Set(), unsure: new Set(), deleted: [] }));
  /** Nothing older is there. */
  floorMs = Number.NEGATIVE_INFINITY;
  /** Of all samples that were ever added. */
  newestMs = Number.NEGATIVE_INFINITY;

  /** Returns whether it is not too old. */
  add(k: number, timeMs: number): boolean {
    if (timeMs < this.floorMs) return false;
    this.newestMs = Math.max(this.newestMs, timeMs);
    const { times, unsure, deleted } = this.series[k];
    if (times.has(timeMs)) return true;
    if (deleted.some(({ minMs, maxMs }) => timeMs >= minMs && timeMs <= maxMs)) unsure.add(timeMs);
    else times.add(timeMs);
    return true;
  }

  /** The range ends at the newest sample of each series. */
  delete(matchers: readonly Matcher[], minMs: number, maxMs: number): void {
    this.series = this.series.map((one, k) => {
      if (!matchesAll(SERIES[k], matchers)) return one;
      const within = [...one.times, ...one.unsure].filter(timeMs => timeMs >= minMs && timeMs <= maxMs);
      if (within.length === 0) return one;
      const times = new Set([...one.times].filter(timeMs => timeMs < minMs || timeMs > maxMs));
      return { ...one, times, deleted: [...one.deleted, { minMs, maxMs: Math.max(...within) }] };
    });
  }

  dropBefore(timeMs: number): void {
    this.floorMs = Math.max(this.floorMs, timeMs);
    for (const { times, unsure } of this.series) {
      for (const set of [times, unsure]) for (const old of set) if (old < this.floorMs) set.delete(old);
    }
  }

  /** Times in the range, ascending. */
  times(k: number, minMs: number, maxMs: number): number[] {
    return within(this.series[k].times, minMs, maxMs);
  }

  /** Times that may be there or not. */
  unsure(k: number): ReadonlySet<number> {
    return this.series[k].unsure;
  }

  copy(): LifeModel {
    const copy = new LifeModel();
    copy.floorMs = this.floorMs;
    copy.newestMs = this.newestMs;
    copy.series = this.series.map(one => ({
      ...one,
      times: new Set(one.times),
      unsure: new Set(one.unsure),
    }));
    return copy;
  }
}

function within(times: ReadonlySet<number>, minMs: number, maxMs: number): number[] {
  return [...times].filter(timeMs => timeMs >= minMs && timeMs <= maxMs).sort((a, b) => a - b);
}
