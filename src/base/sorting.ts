// Sorting in pieces: what is too much to be sorted while others wait.

/** What is sorted as one; a few milliseconds where comparing takes long. */
const RUN = 1024;
/** Comparisons of a merge in one piece. */
const MERGED_A_PIECE = 8192;

/** As items.toSorted(compare): equal items stay in order. */
export function* sorting<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
  const { length } = items;
  let from: T[] = [];
  for (let at = 0; at < length; at += RUN) {
    if (at > 0) yield;
    for (const item of items.slice(at, at + RUN).sort(compare)) from.push(item);
  }
  let left = MERGED_A_PIECE;
  for (let width = RUN; width < length; width *= 2) {
    const to: T[] = [];
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      const end = Math.min(start + 2 * width, length);
      for (let a = start, b = middle; a < middle || b < end; ) {
        const takesFirst = b === end || (a < middle && compare(from[a], from[b]) <= 0);
        to.push(from[takesFirst ? a++ : b++]);
        if (--left > 0) continue;
        left = MERGED_A_PIECE;
        yield;
      }
    }
    from = to;
  }
  return from;
}
