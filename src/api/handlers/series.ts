// /api/v1/series: the label sets of all series that some selector matches.

import { sorting } from '../../base/sorting.ts';
import { compareLabels, type Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Querier } from '../../storage/contract.ts';
import { successParts, TRUNCATED } from '../answer.ts';
import { makeLabelsJson } from '../encode/json.ts';
import { invalidParameter } from '../errors.ts';
import {
  badData,
  limitParameter,
  MAX_TIME_MS,
  MIN_TIME_MS,
  selectorParameters,
  timeParameter,
} from '../params.ts';
import type { Handler } from '../route.ts';
import { inTurns, nextTurn, selectInTurns } from '../turns.ts';

/** Label sets that are written in one turn. */
const SERIES_A_TURN = 2000;

export const seriesHandler: Handler = async ({ form }, { storage }) => {
  if (form.fault !== undefined) throw badData(`error parsing form values: ${form.fault}`);
  if (form.all('match[]').length === 0) throw badData('no match[] parameter provided');
  const limit = limitParameter(form);
  const startMs = timeParameter(form, 'start', MIN_TIME_MS);
  const endMs = timeParameter(form, 'end', MAX_TIME_MS);
  const lists = selectorParameters(form, message => invalidParameter('match[]', message));

  const querier = storage.querier(startMs, endMs);
  try {
    const series = await union(querier, lists, startMs, endMs);
    const truncated = limit > 0 && series.length > limit;
    const shown = truncated ? series.slice(0, limit) : series;
    return successParts(await listed(shown), truncated ? [TRUNCATED] : []);
  } finally {
    querier.close();
  }
};

/** What any of the lists matches, each label set once, sorted. */
async function union(
  querier: Querier,
  lists: readonly (readonly Matcher[])[],
  minTimeMs: number,
  maxTimeMs: number,
): Promise<readonly Labels[]> {
  const hints = { minTimeMs, maxTimeMs, functionName: 'series' };
  const sets: (readonly Labels[])[] = [];
  for (const list of lists) sets.push((await selectInTurns(querier, list, hints)).labels);
  if (sets.length === 1) return sets[0];
  const byKey = new Map<string, Labels>();
  let looked = 0;
  for (const set of sets) {
    for (const labels of set) {
      byKey.set(labels.key, labels);
      if (++looked % SERIES_A_TURN === 0) await nextTurn();
    }
  }
  return inTurns(sorting([...byKey.values()], compareLabels));
}

/** JSON of the list, in parts. */
async function listed(series: readonly Labels[]): Promise<string[]> {
  const parts: string[] = [];
  for (let from = 0; from < series.length; from += SERIES_A_TURN) {
    if (from > 0) await nextTurn();
    const sets = series.slice(from, from + SERIES_A_TURN).map(makeLabelsJson);
    parts.push(`${from === 0 ? '[' : ','}${sets.join(',')}`);
  }
  return parts.length === 0 ? ['[]'] : [...parts, ']'];
}
