// A list of series refs without repeats: which series carry a label pair. Sorted when it is looked at.

const NONE = new Uint32Array(0);

export class Postings {
  length = 0;
  /** The first `length` entries count. A list of one has none: most lists of a label with many values are such. */
  private refs: Uint32Array | undefined;
  private only = 0;
  /** How many of the first entries are in order. */
  private sorted = 0;

  /** The refs, ascending. A view: not to be kept or changed. */
  view(): Uint32Array {
    if (this.length === 0) return NONE;
    if (!this.refs) return Uint32Array.of(this.only);
    if (this.sorted < this.length) this.sort();
    return this.length === this.refs.length ? this.refs : this.refs.subarray(0, this.length);
  }

  /** The ref must not be in. */
  add(ref: number): void {
    if (this.length === 0) {
      this.only = ref;
      this.length = 1;
      this.sorted = 1;
      return;
    }
    const refs = this.room();
    if (this.sorted === this.length && refs[this.length - 1] < ref) this.sorted++;
    refs[this.length++] = ref;
  }

  /** Takes out the refs that `marks` has a 1 for. */
  removeMarked(marks: Uint8Array): void {
    const refs = this.refs ?? Uint32Array.of(this.only);
    let kept = 0;
    let sorted = 0;
    for (let i = 0; i < this.length; i++) {
      const ref = refs[i];
      if (marks[ref] === 1) continue;
      if (i < this.sorted) sorted++;
      refs[kept++] = ref;
    }
    this.length = kept;
    this.sorted = sorted;
    this.only = refs[0];
    if (kept <= 1) this.refs = undefined;
    else if (kept < refs.length >> 1) this.refs = refs.slice(0, kept);
  }

  /** The array, with room for one more: exact while small, a quarter more each time. */
  private room(): Uint32Array {
    const { refs, length } = this;
    if (refs && length < refs.length) return refs;
    const larger = new Uint32Array(length + 1 + (length >> 2));
    if (refs) larger.set(refs);
    else larger[0] = this.only;
    this.refs = larger;
    return larger;
  }

  /** Merges what came out of order, from the end. */
  private sort(): void {
    const refs = this.refs as Uint32Array;
    const tail = refs.slice(this.sorted, this.length).sort();
    let head = this.sorted - 1;
    let at = this.length - 1;
    for (let i = tail.length - 1; i >= 0; at--) {
      if (head >= 0 && refs[head] > tail[i]) refs[at] = refs[head--];
      else refs[at] = tail[i--];
    }
    this.sorted = this.length;
  }
}
