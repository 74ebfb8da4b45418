// Time ranges that are deleted, and taking what lies in them out of samples.

import type { SampleBuffer } from '../../model/sample-buffer.ts';

/** Both ends belong to it, ms. */
export interface Interval {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Takes out of samples in order of time those before `floorMs` and those in the intervals. */
export function hideSamples(samples: SampleBuffer, floorMs: number, hidden: readonly Interval[] = []): void {
  if (hidden.length === 0 && !(samples.timestampsMs[0] < floorMs)) return;
  const { timestampsMs, values, startTimestampsMs, histograms, length } = samples;
  let out = 0;
  for (let i = 0; i < length; i++) {
    const timeMs = timestampsMs[i];
    if (timeMs < floorMs || hidden.some(({ minMs, maxMs }) => timeMs >= minMs && timeMs <= maxMs)) continue;
    if (out !== i) {
      timestampsMs[out] = timeMs;
      values[out] = values[i];
      if (startTimestampsMs) startTimestampsMs[out] = startTimestampsMs[i];
      if (histograms) moveHistogram(histograms, i, out);
    }
    out++;
  }
  samples.length = out;
  if (histograms) histograms.length = Math.min(histograms.length, out);
}

function moveHistogram(histograms: NonNullable<SampleBuffer['histograms']>, from: number, to: number): void {
  if (histograms[from]) histograms[to] = histograms[from];
  else delete histograms[to];
}
