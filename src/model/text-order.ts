// The order of strings that Prometheus uses everywhere: by the bytes of their UTF-8 form, which is that of their code
// points.
//
// JavaScript compares UTF-16 units, which differs only where a surrogate (a half of U+10000 and up) meets a unit
// from U+E000 on; strings with surrogates take the slow path.

const SURROGATE = /[\ud800-\udfff]/;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** Negative, zero or positive as `a` sorts before, with or after `b` by UTF-8 bytes. Zero for equal strings only. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const firstA = a.charCodeAt(0);
  const firstB = b.charCodeAt(0);
  if (firstA !== firstB && firstA < FIRST_SURROGATE && firstB < FIRST_SURROGATE) return firstA - firstB;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return compareUnits(a, b);
  return a < b ? -1 : 1;
}

function compareUnits(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = orderOf(a.charCodeAt(i)) - orderOf(b.charCodeAt(i));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Puts surrogates behind all other units. */
function orderOf(unit: number): number {
  return unit >= FIRST_SURROGATE && unit < AFTER_SURROGATES ? unit + 0x10000 : unit;
}
