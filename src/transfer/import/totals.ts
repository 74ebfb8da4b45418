// Sums of what an import took and refused.

import type { ImportTotals, RefusalReason } from '../contract.ts';

export const noTotals = (): ImportTotals => ({
  samples: 0,
  refused: {},
  olderThanRetention: 0,
  nans: 0,
  exemplars: 0,
});

export function addTotals(a: ImportTotals, b: ImportTotals): ImportTotals {
  const refused = { ...a.refused };
  for (const [reason, count] of Object.entries(b.refused) as [RefusalReason, number][]) {
    refused[reason] = (refused[reason] ?? 0) + count;
  }
  return {
    samples: a.samples + b.samples,
    refused,
    olderThanRetention: a.olderThanRetention + b.olderThanRetention,
    nans: a.nans + b.nans,
    exemplars: a.exemplars + b.exemplars,
  };
}
