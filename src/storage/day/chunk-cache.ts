// Chunks that were read lately, inflated, of all day files together up to a number of bytes; the one unused for
// longest makes way. Each reader has a shelf of its own in it, and clears that when it closes.

import type { Chunk } from '../chunk/chunk-codec.ts';

const DEFAULT_LIMIT_BYTES = 32 * 1024 * 1024;

interface Entry {
  readonly shelf: Map<number, Entry>;
  readonly id: number;
  readonly chunk: Chunk;
  readonly bytes: number;
}

export class ChunkCache {
  private readonly limitBytes: number;
  /** The one used last at the end. */
  private readonly entries = new Set<Entry>();
  private bytes = 0;

  constructor(limitBytes = DEFAULT_LIMIT_BYTES) {
    this.limitBytes = limitBytes;
  }

  /** What it holds, about. */
  get byteLength(): number {
    return this.bytes;
  }

  /** A place for the chunks of one file. */
  openShelf(): ChunkShelf {
    return new ChunkShelf(this);
  }

  /** For shelves. */
  use(entry: Entry): Chunk {
    this.entries.delete(entry);
    this.entries.add(entry);
    return entry.chunk;
  }

  /** For shelves. */
  add(entry: Entry): void {
    entry.shelf.set(entry.id, entry);
    this.entries.add(entry);
    this.bytes += entry.bytes;
    for (const oldest of this.entries) {
      if (this.bytes <= this.limitBytes || oldest === entry) return;
      this.remove(oldest);
    }
  }

  /** For shelves. */
  remove(entry: Entry): void {
    entry.shelf.delete(entry.id);
    this.entries.delete(entry);
    this.bytes -= entry.bytes;
  }
}

/** The chunks of one file, by id. */
export class ChunkShelf {
  private readonly cache: ChunkCache;
  private readonly chunks = new Map<number, Entry>();

  constructor(cache: ChunkCache) {
    this.cache = cache;
  }

  get(id: number): Chunk | undefined {
    const entry = this.chunks.get(id);
    return entry && this.cache.use(entry);
  }

  put(id: number, chunk: Chunk): void {
    this.cache.add({ shelf: this.chunks, id, chunk, bytes: chunk.byteLength });
  }

  clear(): void {
    for (const entry of [...this.chunks.values()]) this.cache.remove(entry);
  }
}
