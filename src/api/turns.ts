// Work for many series in turns, so that one request does not keep all others waiting.

import type { Matcher } from '../model/matcher.ts';
import type { Querier, SelectHints, SeriesSet } from '../storage/contract.ts';

/** Resolves when others have had their turn on the event loop. */
export const nextTurn = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve);
  });

/** What the generator returns, each of its pieces made in another turn. */
export async function inTurns<Result>(pieces: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    await nextTurn();
  }
}

/** As Querier.select(). */
export const selectInTurns = (
  querier: Querier,
  matchers: readonly Matcher[],
  hints?: SelectHints,
): Promise<SeriesSet> => inTurns(querier.selecting(matchers, hints));
