// Ascending refs as runs of neighbours, a first and a last ref each. A target's series get neighbouring refs, so that
// the list of a label that all of them have is a run a target.

export function countRuns(refs: Uint32Array): number {
  let runs = refs.length === 0 ? 0 : 1;
  for (let i = 1; i < refs.length; i++) if (refs[i] !== refs[i - 1] + 1) runs++;
  return runs;
}

/** First, last, first, last, … of so many runs. */
export function toRuns(refs: Uint32Array, runs: number): Uint32Array {
  const words = new Uint32Array(2 * runs);
  let used = 0;
  for (let i = 0; i < refs.length; i++) {
    if (i > 0 && refs[i] === refs[i - 1] + 1) {
      words[used - 1] = refs[i];
    } else {
      words[used] = refs[i];
      words[used + 1] = refs[i];
      used += 2;
    }
  }
  return words;
}

/** The refs that the first `used` words stand for, in a list with room for `capacity`. */
export function fromRuns(words: Uint32Array, used: number, capacity: number): Uint32Array {
  const refs = new Uint32Array(capacity);
  let length = 0;
  for (let i = 0; i < used; i += 2) {
    for (let ref = words[i]; ref <= words[i + 1]; ref++) refs[length++] = ref;
  }
  return refs;
}

/** How many refs, in how many runs, are left of the first `used` words without those that `marks` has a 1 for. */
export function countLeft(
  words: Uint32Array,
  used: number,
  marks: Uint8Array,
): { readonly refs: number; readonly runs: number } {
  let refs = 0;
  let runs = 0;
  for (let i = 0; i < used; i += 2) {
    let wasLeft = false;
    for (let ref = words[i]; ref <= words[i + 1]; ref++) {
      const isLeft = ref >= marks.length || marks[ref] === 0;
      if (isLeft) refs++;
      if (isLeft && !wasLeft) runs++;
      wasLeft = isLeft;
    }
  }
  return { refs, runs };
}

/** These runs. */
export function runsLeft(words: Uint32Array, used: number, marks: Uint8Array, runs: number): Uint32Array {
  const left = new Uint32Array(2 * runs);
  let filled = 0;
  for (let i = 0; i < used; i += 2) {
    let wasLeft = false;
    for (let ref = words[i]; ref <= words[i + 1]; ref++) {
      const isLeft = ref >= marks.length || marks[ref] === 0;
      if (isLeft && !wasLeft) {
        left[filled] = ref;
        filled += 2;
      }
      if (isLeft) left[filled - 1] = ref;
      wasLeft = isLeft;
    }
  }
  return left;
}
