// /api/v1/admin/tsdb/*: deleting series, cleaning up after that, snapshots. Only with --web.enable-admin-api.

import { messageOf } from '../../base/errors.ts';
import { type Answer, failure, NO_CONTENT, success } from '../answer.ts';
import { ApiError, invalidParameter } from '../errors.ts';
import type { Form } from '../form.ts';
import { parseGoBoolean } from '../go-number.ts';
import { badData, MAX_TIME_MS, MIN_TIME_MS, parseSelector, timeParameter } from '../params.ts';
import type { Handler } from '../route.ts';

const DISABLED: Answer = failure(500, 'unavailable', 'admin APIs disabled');

/** Where one selector is wrong, nothing is deleted. */
export const deleteSeriesHandler = whenEnabled(({ form }, { storage }) => {
  if (form.fault !== undefined) throw badData(`error parsing form values: ${form.fault}`);
  const selectors = form.all('match[]');
  if (selectors.length === 0) throw badData('no match[] parameter provided');
  const startMs = timeParameter(form, 'start', MIN_TIME_MS);
  const endMs = timeParameter(form, 'end', MAX_TIME_MS);
  const lists = selectors.map(text => parseSelector(text, message => invalidParameter('match[]', message)));
  if (startMs <= endMs) storage.deleteSeries(lists, startMs, endMs);
  return NO_CONTENT;
});

/** Answers when all is done, which may take minutes. */
export const cleanTombstonesHandler = whenEnabled(async (_request, { storage }) => {
  await storage.cleanTombstones();
  return NO_CONTENT;
});

export const snapshotHandler = whenEnabled(async ({ form }, { storage }) => {
  const skipHead = skipHeadParameter(form);
  try {
    return success({ name: await storage.snapshot(skipHead) });
  } catch (thrown) {
    throw new ApiError('internal', `create snapshot: ${messageOf(thrown)}`, { cause: thrown });
  }
});

function whenEnabled(handler: Handler): Handler {
  return (request, dependencies) =>
    dependencies.options.adminEnabled ? handler(request, dependencies) : DISABLED;
}

function skipHeadParameter(form: Form): boolean {
  const text = form.get('skip_head');
  if (text === '') return false;
  const skipHead = parseGoBoolean(text);
  if (skipHead !== undefined) return skipHead;
  const reason = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw invalidParameter('skip_head', `unable to parse boolean: ${reason}`);
}
