// /api/v1/labels and /api/v1/label/:name/values: what label names there are, and what values one has.

import { sorting } from '../../base/sorting.ts';
import { quoteText } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { compareText } from '../../model/text-order.ts';
import type { Querier } from '../../storage/contract.ts';
import { type Answer, success, TRUNCATED } from '../answer.ts';
import type { ApiDependencies } from '../contract.ts';
import type { Form } from '../form.ts';
import {
  badData,
  limitParameter,
  MAX_TIME_MS,
  MIN_TIME_MS,
  selectorParameters,
  timeParameter,
} from '../params.ts';
import type { Handler } from '../route.ts';
import { inTurns } from '../turns.ts';
import { unescapeName } from '../unescape-name.ts';

export const labelNamesHandler: Handler = ({ form }, dependencies) =>
  list(form, dependencies, (querier, matchers) => querier.listingLabelNames(matchers));

export const labelValuesHandler: Handler = ({ form, pathParameters }, dependencies) => {
  const name = unescapeName(pathParameters.name);
  // A replacement character stands for bytes that were no UTF-8.
  if (name === '' || name.includes('\ufffd')) throw badData(`invalid label name: ${quoteText(name)}`);
  return list(form, dependencies, (querier, matchers) => querier.listingLabelValues(name, matchers));
};

async function list(
  form: Form,
  { storage }: ApiDependencies,
  listing: (querier: Querier, matchers: readonly Matcher[]) => Generator<void, string[]>,
): Promise<Answer> {
  const limit = limitParameter(form);
  const startMs = timeParameter(form, 'start', MIN_TIME_MS);
  const endMs = timeParameter(form, 'end', MAX_TIME_MS);
  const lists = selectorParameters(form, badData);
  const querier = storage.querier(startMs, endMs);
  try {
    const found: string[][] = [];
    for (const matchers of lists.length > 0 ? lists : [[]]) {
      found.push(await inTurns(listing(querier, matchers)));
    }
    const texts = found.length === 1 ? found[0] : await union(found);
    const truncated = limit > 0 && texts.length > limit;
    return success(truncated ? texts.slice(0, limit) : texts, truncated ? [TRUNCATED] : []);
  } finally {
    querier.close();
  }
}

function union(lists: readonly (readonly string[])[]): Promise<string[]> {
  return inTurns(sorting([...new Set(lists.flat())], compareText));
}
