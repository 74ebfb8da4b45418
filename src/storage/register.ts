// Writes down the names of series before their first sample, so that the commit that brings 100,000 of them is short.

import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { StorageError } from './errors.ts';
import type { Series } from './series.ts';
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

function takeSome(newcomers: Set<Series>): Series[] {
  const taken: Series[] = [];
  for (const series of newcomers) {
    taken.push(series);
    if (taken.length === SERIES_A_TRANSACTION) break;
  }
  return taken;
}

function writeSome(state: StorageState, all: readonly Series[]): void {
  const { tables } = state;
  let ids: number[];
  try {
    ids = tables.database.transaction(() =>
      all.map(series => series.id || tables.insertSeries(JSON.stringify(series.labels.pairs))),
    );
  } catch (thrown) {
    throw new StorageError('write_failed', `series can't be written: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  all.forEach((series, i) => {
    const isNew = series.id === 0;
    series.id = ids[i];
    if (isNew) state.showSeries(series);
    else state.newcomers.delete(series);
  });
}
