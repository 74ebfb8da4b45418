// Arrays of a running query that may be large: they go back when the query ends, without waiting for the garbage
// collector. They live long enough to be old by then, and old memory is looked at seldom.

/** Shorter ones are not worth it. */
const LEAST_BYTES = 4096;

export class QueryMemory {
  private readonly buffers: ArrayBuffer[] = [];

  /** So many zeros. */
  numbers(length: number): Float64Array<ArrayBuffer> {
    return this.noted(new Float64Array(length));
  }

  /** So many zeros. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return this.noted(new Uint8Array(length));
  }

  /** The same numbers with zeros behind them, `length` in all; what was given is not to be used any more. */
  grownNumbers(numbers: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
    return this.noted(new Float64Array(numbers.buffer.transfer(length * Float64Array.BYTES_PER_ELEMENT)));
  }

  grownBytes(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
    return this.noted(new Uint8Array(bytes.buffer.transfer(length)));
  }

  /** The query has ended: none of the arrays may be used any more. */
  free(): void {
    for (const buffer of this.buffers.splice(0)) if (!buffer.detached) buffer.transfer(0);
  }

  private noted<T extends Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(array: T): T {
    if (array.byteLength >= LEAST_BYTES) this.buffers.push(array.buffer);
    return array;
  }
}
