// What may happen in a storage's life, as data, so that a failing sequence can be printed and made smaller.

import fc from 'fast-check';
import { Matcher } from '../../../src/model/matcher.ts';
import { SERIES } from './samples.ts';

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How late samples of commits are at most. */
export const WINDOW_MS = 40 * HOUR_MS;

export interface StepRow {
  readonly group: string;
  /** Before now. */
  readonly lateMs: number;
  readonly series: readonly number[];
}

export type Step =
  /** One commit. */
  | { readonly kind: 'rows'; readonly rows: readonly StepRow[] }
  /** One commit after the other, with time in between. */
  | {
      readonly kind: 'burst';
      readonly group: string;
      readonly series: readonly number[];
      readonly rows: number;
      readonly everyMs: number;
    }
  | {
      readonly kind: 'load';
      readonly series: readonly number[];
      readonly agesMs: readonly number[];
    }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'retire'; readonly group: string; readonly series: number }
  | { readonly kind: 'release'; readonly group: string }
  | {
      readonly kind: 'delete';
      readonly matchers: readonly Matcher[];
      readonly fromAgeMs: number;
      readonly lengthMs: number;
    }
  | { readonly kind: 'drop'; readonly ageMs: number }
  | { readonly kind: 'look'; readonly ageMs: number; readonly matchers: readonly Matcher[] }
  | { readonly kind: 'snapshot'; readonly skipHead: boolean }
  | { readonly kind: 'settle' | 'clean' | 'dropBeyond' | 'reopen' | 'closeQueriers' };

const anyGroup = fc.constantFrom('g', 'h', 'k');
const anySeries = fc.uniqueArray(fc.nat({ max: SERIES.length - 1 }), { minLength: 1 });
const anyAgeMs = fc.oneof(fc.nat({ max: HOUR_MS }), fc.nat({ max: 4 * DAY_MS }));
const anyMatchers = fc.constantFrom<readonly Matcher[]>(
  [],
  [Matcher.equal('__name__', 'm1')],
  [new Matcher('=~', 'i', '[0-6]')],
  [Matcher.equal('odd', '')],
  [new Matcher('!=', 'odd', ''), new Matcher('!~', '__name__', 'm3|m1')],
);

const anyRow: fc.Arbitrary<StepRow> = fc.record({
  group: anyGroup,
  lateMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: WINDOW_MS })),
  series: anySeries,
});

const of = <K extends Step['kind']>(kind: K) => fc.constant(kind);

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: of('rows'), rows: fc.array(anyRow, { minLength: 1, maxLength: 4 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: of('burst'),
      group: anyGroup,
      series: anySeries,
      rows: fc.integer({ min: 1, max: 40 }),
      everyMs: fc.constantFrom(1000, 15_000, 40 * 60_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('load'),
      series: anySeries,
      agesMs: fc.array(anyAgeMs, { minLength: 1, maxLength: 20 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: of('wait'),
      forMs: fc.constantFrom(1000, 6 * 60_000, 2 * HOUR_MS, 26 * HOUR_MS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('retire'),
      group: anyGroup,
      series: fc.nat({ max: SERIES.length - 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of('release'), group: anyGroup }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('delete'),
      matchers: anyMatchers,
      fromAgeMs: anyAgeMs,
      lengthMs: fc.nat({ max: 2 * DAY_MS }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of('drop'), ageMs: fc.nat({ max: 4 * DAY_MS }) }) },
  { weight: 4, arbitrary: fc.record({ kind: of('look'), ageMs: anyAgeMs, matchers: anyMatchers }) },
  { weight: 1, arbitrary: fc.record({ kind: of('snapshot'), skipHead: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('settle', 'settle', 'settle', 'clean', 'reopen', 'closeQueriers', 'dropBeyond'),
    }),
  },
);
