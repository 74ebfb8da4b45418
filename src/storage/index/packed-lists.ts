// Short lists of numbers, each by a number of its own, packed into one column. What lists that were removed leave free
// is used again when the column is full.

const NOWHERE = 0xffffffff;

export class PackedLists {
  /** At a list's offset: how many numbers; then the numbers. */
  words: Uint32Array = new Uint32Array(1024);
  private used = 0;
  private free = 0;
  /** By list. */
  private offsets = new Uint32Array(64).fill(NOWHERE);

  /** Lists are below this. */
  get limit(): number {
    return this.offsets.length;
  }

  has(list: number): boolean {
    return this.offsets[list] !== NOWHERE;
  }

  /** Where in `words` the list begins, with its length. Good until the next list comes. */
  offsetOf(list: number): number {
    return this.offsets[list];
  }

  /** Copies the first `length` numbers into a list that must not be in. */
  add(list: number, numbers: Uint32Array, length: number): void {
    if (list >= this.offsets.length) this.reach(list);
    if (this.used + length + 1 > this.words.length) this.makeRoom(length + 1);
    const { words, used } = this;
    words[used] = length;
    for (let i = 0; i < length; i++) words[used + 1 + i] = numbers[i];
    this.offsets[list] = used;
    this.used += length + 1;
  }

  /** The list must be in. */
  remove(list: number): void {
    this.free += this.words[this.offsets[list]] + 1;
    this.offsets[list] = NOWHERE;
  }

  private reach(list: number): void {
    const { offsets } = this;
    this.offsets = new Uint32Array(list + 1 + (list >> 2));
    this.offsets.set(offsets);
    this.offsets.fill(NOWHERE, offsets.length);
  }

  /** Packs anew, into a larger column where little of this one is free. */
  private makeRoom(length: number): void {
    const live = this.used - this.free;
    const words = new Uint32Array(live + length + (live >> 2) + 1024);
    if (this.free === 0) {
      words.set(this.words.subarray(0, this.used));
    } else {
      let used = 0;
      for (let list = 0; list < this.offsets.length; list++) {
        const offset = this.offsets[list];
        if (offset === NOWHERE) continue;
        this.offsets[list] = used;
        for (let i = 0, size = this.words[offset] + 1; i < size; i++) words[used++] = this.words[offset + i];
      }
      this.used = used;
      this.free = 0;
    }
    this.words = words;
  }
}
