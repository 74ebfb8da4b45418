// Room for many short columns of numbers without an allocation each: they are cut out of slabs that are used again.

const SLAB = 8192;
/** How many slabs are kept for the next arena. */
const SPARE = 64;

const spare: Float64Array[] = [];

/** Columns that live until release(). */
export class NumberArena {
  private slabs: Float64Array[] = [];
  private slab: Float64Array | undefined;
  private used = 0;

  /** A column of that length, with anything in it. */
  take(count: number): Float64Array {
    if (count > SLAB / 4) return new Float64Array(count);
    if (!this.slab || this.used + count > SLAB) this.slab = this.nextSlab();
    this.used += count;
    return this.slab.subarray(this.used - count, this.used);
  }

  /** A copy of the first `count` numbers, bit for bit. */
  copy(numbers: Float64Array, count: number): Float64Array {
    const copied = this.take(count);
    copied.set(numbers.subarray(0, count));
    return copied;
  }

  /** Gives back all that was taken; none of it may be used any more. */
  release(): void {
    for (const slab of this.slabs) if (spare.length < SPARE) spare.push(slab);
    this.slabs = [];
    this.slab = undefined;
  }

  private nextSlab(): Float64Array {
    const slab = spare.pop() ?? new Float64Array(SLAB);
    this.slabs.push(slab);
    this.used = 0;
    return slab;
  }
}
