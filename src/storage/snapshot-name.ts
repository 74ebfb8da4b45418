// The name of a snapshot's folder, as Prometheus gives it: the time in UTC and 16 random hexadecimal digits.

import { randomBytes } from 'node:crypto';

/** For example `20261122T010203Z-0123456789abcdef`. */
export function snapshotName(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(8).toString('hex')}`;
}
