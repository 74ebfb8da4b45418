// A storage that notes whether a native histogram was read from it, around any other one.

import type { SampleBuffer } from '../../src/model/sample-buffer.ts';
import type { Querier, SeriesSet, Storage } from '../../src/storage/contract.ts';

export interface HistogramWatch {
  /** Set as soon as a histogram was read; whoever watches resets it. */
  seen: boolean;
}

/** The same storage; reads of histograms set `watch.seen`. */
export function observeHistograms(storage: Storage, watch: HistogramWatch): Storage {
  return {
    group: key => storage.group(key),
    commit: rows => storage.commit(rows),
    querier: (minTimeMs, maxTimeMs) => observedQuerier(storage.querier(minTimeMs, maxTimeMs), watch),
    register: budgetMs => storage.register(budgetMs),
    configure: limits => storage.configure(limits),
    appendExemplar: (series, exemplar) => storage.appendExemplar(series, exemplar),
    exemplars: (lists, minTimeMs, maxTimeMs) => storage.exemplars(lists, minTimeMs, maxTimeMs),
    dropBefore: timeMs => storage.dropBefore(timeMs),
    stats: () => storage.stats(),
    close: () => storage.close(),
  };
}

function observedQuerier(querier: Querier, watch: HistogramWatch): Querier {
  return {
    select: (matchers, hints) => observedSet(querier.select(matchers, hints), watch),
    *selecting(matchers, hints) {
      return observedSet(yield* querier.selecting(matchers, hints), watch);
    },
    labelNames: matchers => querier.labelNames(matchers),
    labelValues: (name, matchers) => querier.labelValues(name, matchers),
    listingLabelNames: matchers => querier.listingLabelNames(matchers),
    listingLabelValues: (name, matchers) => querier.listingLabelValues(name, matchers),
    close: () => querier.close(),
  };
}

function observedSet(set: SeriesSet, watch: HistogramWatch): SeriesSet {
  return {
    labels: set.labels,
    read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleBuffer): void {
      set.read(index, minTimeMs, maxTimeMs, into);
      if (into.histograms?.some(histogram => histogram !== undefined)) watch.seen = true;
    },
  };
}
