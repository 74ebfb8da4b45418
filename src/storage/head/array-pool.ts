// Arrays of doubles that are used again. Rows come and go in arrays of a few lengths; those that are left to the
// garbage collector hold their memory until it next looks, and scatter it. What is not kept is freed at once.

const BYTES_PER_DOUBLE = 8;

export class ArrayPool {
  private readonly limitBytes: number;
  private readonly byLength = new Map<number, Float64Array[]>();
  private bytes = 0;
  /** What it had at least since the last trim(). */
  private lowestBytes = 0;

  /** It keeps no more than `limitBytes`. */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** An array of that length, with anything in it. */
  take(length: number): Float64Array {
    const kept = this.byLength.get(length)?.pop();
    if (!kept) return new Float64Array(length);
    this.bytes -= length * BYTES_PER_DOUBLE;
    this.lowestBytes = Math.min(this.lowestBytes, this.bytes);
    return kept;
  }

  /** The array, the whole of its buffer, is not the caller's any more. */
  giveBack(array: Float64Array): void {
    const { length } = array;
    if (length === 0) return;
    if (this.bytes + length * BYTES_PER_DOUBLE > this.limitBytes) {
      free(array);
      return;
    }
    this.bytes += length * BYTES_PER_DOUBLE;
    const kept = this.byLength.get(length);
    if (kept) kept.push(array);
    else this.byLength.set(length, [array]);
    if (this.byLength.size > MOST_LENGTHS) this.clear();
  }

  /** Lets go of as much as nobody wanted since the last call. */
  trim(): void {
    for (const [length, kept] of this.byLength) {
      const size = length * BYTES_PER_DOUBLE;
      while (this.lowestBytes >= size && kept.length > 0) {
        free(kept.pop());
        this.lowestBytes -= size;
        this.bytes -= size;
      }
      if (kept.length === 0) this.byLength.delete(length);
    }
    this.lowestBytes = this.bytes;
  }

  private clear(): void {
    for (const kept of this.byLength.values()) kept.forEach(free);
    this.byLength.clear();
    this.bytes = 0;
    this.lowestBytes = 0;
  }
}

/** More different lengths than that are not worth remembering. */
const MOST_LENGTHS = 1000;

/** The collector would find it, but later. */
function free(array: Float64Array | undefined): void {
  if (array) (array.buffer as ArrayBuffer).transfer(0);
}
