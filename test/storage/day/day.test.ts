// Days and the names of their files.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, dayFileName, dayOf, parseDayFileName, startOfDayMs } from '../../../src/storage/day/day.ts';

test('a day is 24 hours from midnight UTC', () => {
  expect(dayOf(0)).toBe(0);
  expect(dayOf(DAY_MS - 1)).toBe(0);
  expect(dayOf(DAY_MS)).toBe(1);
  expect(dayOf(-1)).toBe(-1);
  expect(startOfDayMs(-1)).toBe(-DAY_MS);
});

test('names', () => {
  expect(dayFileName(dayOf(Date.parse('2026-11-22T23:59:59.999Z')), 0)).toBe('2026-11-22.db');
  expect(dayFileName(0, 12)).toBe('1970-01-01.12.db');
  expect(dayFileName(dayOf(8.64e15), 0)).toBe('+275760-09-13.db');
  expect(dayFileName(dayOf(-8.64e15), 1)).toBe('-271821-04-20.1.db');
});

test('a name gives back what it was made of', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e8, max: 1e8 }),
      fc.integer({ min: 0, max: 1e9 - 1 }),
      (day, generation) => {
        expect(parseDayFileName(dayFileName(day, generation))).toEqual({ day, generation });
      },
    ),
  );
});

test.each([
  '2026-11-22.db-wal',
  '2026-11-22.db.tmp',
  '2026-11-22.0.db',
  '2026-11-22.01.db',
  '2026-11-31.db',
  '2026-13-01.db',
  '-000000-01-01.db',
  '+002026-11-22.db',
  'head.db',
  '',
])('%j is no day file', name => {
  expect(parseDayFileName(name)).toBeUndefined();
});
