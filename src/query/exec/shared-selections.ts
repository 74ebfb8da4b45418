// Selectors of one query that read the same: selected once, and each series read once as far as memory allows.
//
// While operators are built they say what they will select; when the first of several alike reads a series, its
// samples are kept for the others, within a bound for the whole query. Beyond it a series is read again.

import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { SampleBuffer } from '../../model/sample-buffer.ts';
import type { Querier, SelectHints, SeriesSet } from '../../storage/contract.ts';
import type { Execution } from './execution.ts';

/** Samples that a query keeps for its other selectors: 16 MB. */
const KEPT_SAMPLES = 1_000_000;

export interface Selection {
  readonly matchers: readonly Matcher[];
  readonly hints: SelectHints;
}

export class SharedSelections {
  private readonly uses = new Map<string, number>();
  private readonly sets = new Map<string, Promise<SeriesSet>>();
  private readonly budget = { samples: KEPT_SAMPLES };

  /** To be called by each selector while operators are built. */
  announce(selection: Selection): void {
    const key = keyOf(selection);
    this.uses.set(key, (this.uses.get(key) ?? 0) + 1);
  }

  /** In slices: others get their turn where the selection is large. */
  async select(querier: Querier, selection: Selection, execution: Execution): Promise<SeriesSet> {
    const key = keyOf(selection);
    const uses = this.uses.get(key) ?? 1;
    if (uses === 1) return selected(querier, selection, execution);
    let shared = this.sets.get(key);
    if (!shared) {
      shared = selected(querier, selection, execution).then(
        set => new SharedSeriesSet(set, uses, this.budget),
      );
      this.sets.set(key, shared);
    }
    return shared;
  }
}

async function selected(
  querier: Querier,
  { matchers, hints }: Selection,
  execution: Execution,
): Promise<SeriesSet> {
  const pieces = querier.selecting(matchers, hints);
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    const wait = execution.checkpoint();
    if (wait) await wait;
  }
}

function keyOf({ matchers, hints }: Selection): string {
  return [hints.minTimeMs, hints.maxTimeMs, ...matchers.map(String)].join('\u0000');
}

interface Kept {
  readonly samples: SampleBuffer;
  /** How many readers are still to come. */
  readers: number;
}

class SharedSeriesSet implements SeriesSet {
  readonly labels: readonly Labels[];
  private readonly set: SeriesSet;
  private readonly readers: number;
  private readonly budget: { samples: number };
  private readonly kept = new Map<number, Kept>();

  constructor(set: SeriesSet, readers: number, budget: { samples: number }) {
    this.labels = set.labels;
    this.set = set;
    this.readers = readers;
    this.budget = budget;
  }

  read(index: number, minTimeMs: number, maxTimeMs: number, into: SampleBuffer): void {
    const kept = this.kept.get(index);
    if (kept) {
      into.copyFrom(kept.samples);
      if (--kept.readers > 0) return;
      this.kept.delete(index);
      this.budget.samples += kept.samples.length;
      return;
    }
    this.set.read(index, minTimeMs, maxTimeMs, into);
    if (into.length > this.budget.samples) return;
    this.budget.samples -= into.length;
    const samples = new SampleBuffer(into.length);
    samples.copyFrom(into);
    this.kept.set(index, { samples, readers: this.readers - 1 });
  }
}
