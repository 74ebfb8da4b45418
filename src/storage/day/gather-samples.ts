// Puts the samples of one buffer behind those of another.

import type { SampleBuffer } from '../../model/sample-buffer.ts';

/** `from` stays as it is. */
export function gatherSamples(into: SampleBuffer, from: SampleBuffer): void {
  into.reserve(from.length);
  const { length } = into;
  into.timestampsMs.set(from.timestampsMs.subarray(0, from.length), length);
  into.values.set(from.values.subarray(0, from.length), length);
  if (from.startTimestampsMs) into.withStarts().set(from.startTimestampsMs.subarray(0, from.length), length);
  else into.startTimestampsMs?.fill(0, length, length + from.length);
  from.histograms?.forEach((histogram, i) => {
    into.histograms ??= [];
    into.histograms[length + i] = histogram;
  });
  into.length += from.length;
}
