// Writes down the names of series before their first sample, so that the commit that brings 100,000 of them is short.

import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { StorageError } from './errors.ts';
import type { StorageState } from './state.ts';

const SERIES_A_TRANSACTION = 500;

/** For about `budgetMs`; returns whether all newcomers are written. Throws StorageError. */
export function registerNewcomers(state: StorageState, clock: Clock, budgetMs: number): boolean {
  const endMs = clock.monotonicMs() + budgetMs;
  while (state.newcomers.size > 0) {
    writeSome(state, takeSome(state.newcomers));
    if (clock.monotonicMs() >= endMs) break;
  }
  return state.newcomers.size === 0;
}

function takeSome(newcomers: ReadonlySet<number>): number[] {
  const taken: number[] = [];
  for (const ref of newcomers) {
    taken.push(ref);
    if (taken.length === SERIES_A_TRANSACTION) break;
  }
  return taken;
}

function writeSome(state: StorageState, refs: readonly number[]): void {
  const { tables, registry } = state;
  const { ids } = registry.columns;
  let written: number[];
  try {
    written = tables.database.transaction(() =>
      refs.map(ref => ids[ref] || tables.insertSeries(JSON.stringify(registry.labels(ref).pairs))),
    );
  } catch (thrown) {
    throw new StorageError('write_failed', `series can't be written: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  refs.forEach((ref, i) => {
    const isNew = ids[ref] === 0;
    ids[ref] = written[i];
    if (isNew) state.showSeries(ref);
    else state.newcomers.delete(ref);
  });
}
