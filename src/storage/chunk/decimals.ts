// Tells columns of whole numbers, and of decimals that are whole numbers once multiplied by a power of ten.
//
// In: doubles. Out: whole numbers of which each divided by that power is the very double, and the positions of the few
// *odd* doubles for which there is none (staleness markers, other NaNs, infinities, -0, fractions that are too long).

/** By number of decimals; each is exact. */
export const POWERS_OF_TEN = Float64Array.from({ length: 10 }, (_, decimals) => 10 ** decimals);

/** Whole numbers, and any difference of two of them, stay exact through all that is computed with them. */
const LARGEST = 2 ** 49;

/** Among the first values this many may be odd, and then one in four: a column of random doubles is told at once. */
const FIRST_ODD = 2;

export interface ScaledColumn {
  /** At odd positions the number before, or, at the start, the first one. */
  readonly integers: Float64Array;
  readonly decimals: number;
  /** Ascending. */
  readonly odd: readonly number[];
}

/** Of as many values as there is room for in `integers`, which becomes the column's; undefined where too many are odd. */
export function scaleColumn(values: Float64Array, integers: Float64Array): ScaledColumn | undefined {
  const count = integers.length;
  let decimals = 0;
  for (;;) {
    const odd: number[] = [];
    const wanted = fill(values, integers, decimals, odd);
    if (wanted === undefined || odd.length === count) return undefined;
    if (wanted === decimals) {
      for (let i = 0; i < count && odd[i] === i; i++) integers[i] = integers[firstRegular(odd)];
      return { integers, decimals, odd };
    }
    decimals = wanted;
  }
}

/**
 * Scales all values by that many decimals. Returns that number; or a larger one, at the first value that needs more
 * decimals; or undefined where too many values are odd.
 */
function fill(
  values: Float64Array,
  integers: Float64Array,
  decimals: number,
  odd: number[],
): number | undefined {
  const power = POWERS_OF_TEN[decimals];
  let before = 0;
  for (let i = 0; i < integers.length; i++) {
    const value = values[i];
    const scaled = Math.round(value * power);
    if (scaled / power === value && isExact(scaled, value)) {
      before = scaled;
    } else {
      const more = decimalsOf(value, decimals + 1);
      if (more !== undefined) return more;
      odd.push(i);
      if (odd.length > FIRST_ODD + (i >> 2)) return undefined;
    }
    integers[i] = before;
  }
  return decimals;
}

/** The fewest decimals, but no fewer than `least`, with which the value is a whole number; undefined for none. */
function decimalsOf(value: number, least: number): number | undefined {
  for (let decimals = least; decimals < POWERS_OF_TEN.length; decimals++) {
    const scaled = Math.round(value * POWERS_OF_TEN[decimals]);
    if (scaled / POWERS_OF_TEN[decimals] === value && isExact(scaled, value)) return decimals;
  }
  return undefined;
}

function isExact(scaled: number, value: number): boolean {
  if (scaled === 0) return Object.is(value, 0);
  return scaled <= LARGEST && scaled >= -LARGEST;
}

/** The first position that is not odd. */
function firstRegular(odd: readonly number[]): number {
  let i = 0;
  while (odd[i] === i) i++;
  return i;
}
