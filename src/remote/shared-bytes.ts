// Compares bytes: whether two ranges are the same, and what they have in common at their ends. Eight at a time, which
// is why less than eight at an end don't count as shared.

const STEP = 8;

/** Whether `length` bytes of one are those of the other. */
export function areSame(
  one: DataView,
  oneAt: number,
  other: DataView,
  otherAt: number,
  length: number,
): boolean {
  if (length < STEP) return areFewSame(one, oneAt, other, otherAt, length);
  const last = length - STEP;
  for (let i = 0; i < last; i += STEP) {
    if (one.getBigInt64(oneAt + i, true) !== other.getBigInt64(otherAt + i, true)) return false;
  }
  // Some of these may have been compared already.
  return one.getBigInt64(oneAt + last, true) === other.getBigInt64(otherAt + last, true);
}

function areFewSame(one: DataView, oneAt: number, other: DataView, otherAt: number, length: number): boolean {
  if (length >= 4) {
    const last = length - 4;
    if (one.getInt32(oneAt, true) !== other.getInt32(otherAt, true)) return false;
    return one.getInt32(oneAt + last, true) === other.getInt32(otherAt + last, true);
  }
  for (let i = 0; i < length; i++) {
    if (one.getUint8(oneAt + i) !== other.getUint8(otherAt + i)) return false;
  }
  return true;
}

/**
 * Whether two places of the source have the same `prefix` bytes, and two others the same `suffix` bytes; both lengths
 * are 0 or at least eight. One function for both ends, since two calls were measured to make finding a series a tenth
 * slower.
 */
export function areShared(
  source: DataView,
  prefixAt: number,
  otherPrefixAt: number,
  prefix: number,
  suffixAt: number,
  otherSuffixAt: number,
  suffix: number,
): boolean {
  for (let i = 0; i + STEP < prefix; i += STEP) {
    if (source.getBigInt64(prefixAt + i, true) !== source.getBigInt64(otherPrefixAt + i, true)) return false;
  }
  for (let i = 0; i + STEP < suffix; i += STEP) {
    if (source.getBigInt64(suffixAt + i, true) !== source.getBigInt64(otherSuffixAt + i, true)) return false;
  }
  return (
    isLastShared(source, prefixAt + prefix, otherPrefixAt + prefix, prefix) &&
    isLastShared(source, suffixAt + suffix, otherSuffixAt + suffix, suffix)
  );
}

/** The last eight bytes before the ends, where there are any. */
function isLastShared(source: DataView, end: number, otherEnd: number, length: number): boolean {
  if (length === 0) return true;
  return source.getBigInt64(end - STEP, true) === source.getBigInt64(otherEnd - STEP, true);
}

/** How many bytes, up to `limit`, a set shares at its beginning with what stands there in the source. */
export function sharedPrefix(set: DataView, source: DataView, start: number, limit: number): number {
  let shared = 0;
  while (shared < limit && set.getUint8(shared) === source.getUint8(start + shared)) shared++;
  return shared < STEP ? 0 : shared;
}

/** The same at its end, where `length` bytes are the set. */
export function sharedSuffix(
  set: DataView,
  length: number,
  source: DataView,
  end: number,
  limit: number,
): number {
  let shared = 0;
  while (shared < limit && set.getUint8(length - 1 - shared) === source.getUint8(end - 1 - shared)) shared++;
  return shared < STEP ? 0 : shared;
}
