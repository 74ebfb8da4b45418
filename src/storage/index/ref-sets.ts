// Sets of refs as ascending lists: what is in both, in one and not the other, in any of many.

/** A list this many times as long as another is searched, not walked. */
const MUCH_LONGER = 16;

/** The refs of `found` that are in `list` (with `wanted` false: that are not). */
export function filterByList(found: Uint32Array, list: Uint32Array, wanted: boolean): Uint32Array {
  if (wanted && list.length * MUCH_LONGER < found.length) return filterByList(list, found, true);
  const kept = new Uint32Array(wanted ? Math.min(found.length, list.length) : found.length);
  const search = found.length * MUCH_LONGER < list.length;
  let length = 0;
  let at = 0;
  for (let i = 0; i < found.length; i++) {
    const ref = found[i];
    if (search) at = lowerBound(list, ref, at);
    else while (at < list.length && list[at] < ref) at++;
    if ((at < list.length && list[at] === ref) === wanted) kept[length++] = ref;
  }
  return kept.subarray(0, length);
}

/** The refs of `found` that are in any of the lists (with `wanted` false: in none). Refs are below `refLimit`. */
export function filterByLists(
  found: Uint32Array,
  lists: readonly Uint32Array[],
  wanted: boolean,
  refLimit: number,
): Uint32Array {
  if (lists.length === 1) return filterByList(found, lists[0], wanted);
  const marks = new Uint8Array(refLimit);
  for (const list of lists) {
    const shared = found.length * MUCH_LONGER < list.length ? filterByList(found, list, true) : list;
    for (let i = 0; i < shared.length; i++) marks[shared[i]] = 1;
  }
  const keep = wanted ? 1 : 0;
  const kept = new Uint32Array(found.length);
  let length = 0;
  for (let i = 0; i < found.length; i++) if (marks[found[i]] === keep) kept[length++] = found[i];
  return kept.subarray(0, length);
}

/** All refs of lists that share none. */
export function unite(lists: readonly Uint32Array[], refLimit: number): Uint32Array {
  if (lists.length === 1) return lists[0];
  const united = new Uint32Array(totalLength(lists));
  let length = 0;
  if (united.length * MUCH_LONGER < refLimit) {
    for (const list of lists) {
      united.set(list, length);
      length += list.length;
    }
    return united.sort();
  }
  const marks = new Uint8Array(refLimit);
  for (const list of lists) for (let i = 0; i < list.length; i++) marks[list[i]] = 1;
  for (let ref = 0; ref < refLimit; ref++) if (marks[ref] === 1) united[length++] = ref;
  return united;
}

export function totalLength(lists: readonly { readonly length: number }[]): number {
  let total = 0;
  for (const list of lists) total += list.length;
  return total;
}

/** The first position from `from` on whose ref is not below `ref`; found in growing steps. */
function lowerBound(list: Uint32Array, ref: number, from: number): number {
  let low = from;
  let step = 1;
  while (low + step < list.length && list[low + step] < ref) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, list.length);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < ref) low = middle + 1;
    else high = middle;
  }
  return low;
}
