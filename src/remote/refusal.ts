// Says in Prometheus' words why a sample can never be taken.

import { bug } from '../base/errors.ts';
import { formatG } from '../model/go-format.ts';
import { Matcher } from '../model/matcher.ts';
import { SampleBuffer } from '../model/sample-buffer.ts';
import type { RefusedSample, Row, SeriesGroup, Storage } from '../storage/contract.ts';

const DUPLICATE = 'duplicate sample for timestamp';

/** A series' place in the rows. */
export interface Place {
  readonly group: SeriesGroup;
  readonly column: number;
}

/** `rows` are those that held the sample, `place` is where its series stands in them. */
export function refusalText(
  refused: RefusedSample,
  rows: readonly Row[],
  place: Place,
  storage: Storage,
): string {
  switch (refused.refusal) {
    case 'out_of_order':
      return 'out of order sample';
    case 'too_old':
      return 'too old sample';
    case 'out_of_bounds':
      return 'out of bounds: timestamp is too far in the future';
    case 'duplicate':
      return duplicateText(refused, rows, place, storage);
    default:
      return bug(`there is no refusal ${refused.refusal satisfies never}`);
  }
}

function duplicateText(refused: RefusedSample, rows: readonly Row[], place: Place, storage: Storage): string {
  const { timestampMs } = refused;
  const existing = storedAt(refused, storage);
  if (!existing) return DUPLICATE;
  const isHistogram = existing.histograms?.[0] !== undefined;
  const sent = sentValue(rows, timestampMs, place, isHistogram ? undefined : existing.values[0]);
  if (sent === undefined) return DUPLICATE;
  const was = isHistogram ? 'is a histogram' : formatG(existing.values[0]);
  return `${DUPLICATE} ${timestampMs}; overrides not allowed: existing ${was}, new value ${formatG(sent)}`;
}

/** The float that was sent for that time in place of `existing`; undefined where it was a histogram. */
function sentValue(
  rows: readonly Row[],
  timestampMs: number,
  { group, column }: Place,
  existing: number | undefined,
): number | undefined {
  for (const row of rows) {
    if (row.timestampMs !== timestampMs || row.group !== group) continue;
    for (let i = 0; i < row.length; i++) {
      if (row.columns[i] !== column || row.histograms?.[i]) continue;
      if (existing === undefined || !Object.is(row.values[i], existing)) return row.values[i];
    }
  }
  return undefined;
}

/** The sample that stands where the refused one wanted to. */
function storedAt({ labels, timestampMs }: RefusedSample, storage: Storage): SampleBuffer | undefined {
  const querier = storage.querier(timestampMs, timestampMs);
  try {
    const matchers = [...labels.entries()].map(([name, value]) => new Matcher('=', name, value));
    const set = querier.select(matchers);
    const index = set.labels.findIndex(found => found.equals(labels));
    if (index < 0) return undefined;
    const buffer = new SampleBuffer();
    set.read(index, timestampMs, timestampMs, buffer);
    return buffer.length > 0 ? buffer : undefined;
  } finally {
    querier.close();
  }
}
