// Retention: how long samples are kept and how much room they may take, as flags and the configuration say it.

import { formatBytes } from './bytes.ts';
import { formatDuration } from './duration.ts';

/** Several limits may be set: the one that is reached first counts. 0 is no limit. */
export interface Retention {
  readonly timeMs: number;
  /** Of everything that is stored. */
  readonly sizeBytes: number;
  /** The same as a share of the file system, percent; where it is set, sizeBytes is not looked at. */
  readonly diskPercent: number;
}

export const NO_RETENTION: Retention = Object.freeze({ timeMs: 0, sizeBytes: 0, diskPercent: 0 });

const DEFAULT_MS = 15 * 86_400_000;

/** What the file says counts before what the flags say; where both say nothing, samples are kept for 15 days. */
export function retentionInForce(flags: Retention, file: Retention): Retention {
  const timeMs = file.timeMs || flags.timeMs;
  const sizeBytes = file.sizeBytes || flags.sizeBytes;
  const diskPercent = file.diskPercent || flags.diskPercent;
  const isLimited = timeMs > 0 || sizeBytes > 0 || diskPercent > 0;
  return Object.freeze({ timeMs: isLimited ? timeMs : DEFAULT_MS, sizeBytes, diskPercent });
}

/** As Prometheus prints it: `15d or 512MiB`. */
export function formatRetention({ timeMs, sizeBytes, diskPercent }: Retention): string {
  const limits: string[] = [];
  if (timeMs > 0) limits.push(formatDuration(timeMs));
  if (sizeBytes > 0) limits.push(formatBytes(sizeBytes));
  if (diskPercent > 0) limits.push(`${diskPercent}%`);
  return limits.join(' or ');
}
