// Which limits are in force, and how they are printed.
import { expect, test } from 'vitest';
import {
  formatRetention,
  NO_RETENTION,
  type Retention,
  retentionInForce,
} from '../../src/model/retention.ts';

const DAY_MS = 86_400_000;
const MB = 1024 ** 2;

test.each<[string, Partial<Retention>, Partial<Retention>, Partial<Retention>, string]>([
  ['nothing said', {}, {}, { timeMs: 15 * DAY_MS }, '15d'],
  ['a time', { timeMs: 2 * DAY_MS }, {}, { timeMs: 2 * DAY_MS }, '2d'],
  ['a size alone: age does not count', { sizeBytes: 512 * MB }, {}, { sizeBytes: 512 * MB }, '512MiB'],
  [
    'both',
    { timeMs: 15 * DAY_MS, sizeBytes: 512 * MB },
    {},
    { timeMs: 15 * DAY_MS, sizeBytes: 512 * MB },
    '15d or 512MiB',
  ],
  [
    'the file before the flags, each for itself',
    { timeMs: 15 * DAY_MS, sizeBytes: 512 * MB },
    { timeMs: DAY_MS },
    { timeMs: DAY_MS, sizeBytes: 512 * MB },
    '1d or 512MiB',
  ],
  ['a share of the disk', {}, { diskPercent: 12.5 }, { diskPercent: 12.5 }, '12.5%'],
])('%s', (_, flags, file, expected, text) => {
  const inForce = retentionInForce({ ...NO_RETENTION, ...flags }, { ...NO_RETENTION, ...file });
  expect(inForce).toEqual({ ...NO_RETENTION, ...expected });
  expect(formatRetention(inForce)).toBe(text);
});
