// Chunks that were read lately, inflated, of all day files together up to a number of bytes. Each reader has a shelf of
// its own in it, and clears that when it closes.
//
// Chunks are laid into segments of memory one behind the other; when there is no room for another segment, the oldest
// one is used again, and all chunks in it are forgotten. So chunks that come and go leave nothing to the garbage
// collector, which would let them lie in old memory until it next looks there, and scatter that. What nobody has asked
// for a while is given back by trim().

import { ChunkMemory, ChunkView, UnpackedChunk } from '../chunk/chunk-codec.ts';

const DEFAULT_LIMIT_BYTES = 32 * 1024 * 1024;

/** Room for so many segments; a chunk that is larger than one has a segment of its own. */
const SEGMENTS = 16;

/** A chunk's place: the number of its segment times this, and where it is in there, in units of 8 bytes. */
const UNIT_BYTES = 8;

export class ChunkCache {
  private readonly limitBytes: number;
  private readonly segmentBytes: number;
  private readonly placesASegment: number;
  /** A ring, from the one behind `newest` round to it; one more, for one that is larger than all of them should be. */
  private readonly segments: (Segment | undefined)[] = new Array(SEGMENTS + 1).fill(undefined);
  private newest = 0;
  private bytes = 0;
  private wasUsed = false;

  constructor(limitBytes = DEFAULT_LIMIT_BYTES) {
    this.limitBytes = limitBytes;
    const units = Math.floor(limitBytes / SEGMENTS / UNIT_BYTES);
    this.segmentBytes = units * UNIT_BYTES;
    this.placesASegment = units + 1;
  }

  /** The memory that it has taken. */
  get byteLength(): number {
    return this.bytes;
  }

  /** A place for the chunks of one file. */
  openShelf(): ChunkShelf {
    return new ChunkShelf(this);
  }

  /** Gives its memory back where nobody has used it since the last call. */
  trim(): void {
    if (!this.wasUsed) while (this.bytes > 0) this.takeOldest().memory.free();
    this.wasUsed = false;
  }

  /** For shelves: turns to the chunk at a place. */
  open(place: number): ChunkView {
    this.wasUsed = true;
    const number = Math.floor(place / this.placesASegment);
    return this.segments[number]!.view.open((place - number * this.placesASegment) * UNIT_BYTES);
  }

  /** For shelves: lays a chunk down; returns its place. */
  lay(shelf: ChunkShelf, id: number, chunk: UnpackedChunk): number {
    const segment = this.segmentFor(chunk.byteLength);
    const at = segment.usedBytes;
    const place = this.newest * this.placesASegment + at / UNIT_BYTES;
    chunk.layInto(segment.memory, at);
    segment.note(shelf, id, place, chunk.byteLength);
    return place;
  }

  /** The newest segment, with room for so many bytes. */
  private segmentFor(bytes: number): Segment {
    const newest = this.segments[this.newest];
    if (newest && newest.freeBytes >= bytes) return newest;
    const size = Math.max(bytes, this.segmentBytes);
    const segment = this.makeRoom(size) ?? new Segment(size);
    this.newest = (this.newest + 1) % this.segments.length;
    this.segments[this.newest] = segment;
    this.bytes += size;
    return segment;
  }

  /** Forgets the oldest segments until there is room for one of that size; returns one that was of that size. */
  private makeRoom(size: number): Segment | undefined {
    let spare: Segment | undefined;
    while (this.bytes > 0 && this.bytes + size > this.limitBytes) {
      spare?.memory.free();
      spare = this.takeOldest();
    }
    if (spare?.memory.byteLength === size) return spare;
    spare?.memory.free();
    return undefined;
  }

  /** There must be one. */
  private takeOldest(): Segment {
    let number = this.newest;
    do number = (number + 1) % this.segments.length;
    while (!this.segments[number]);
    const segment = this.segments[number]!;
    this.segments[number] = undefined;
    this.bytes -= segment.memory.byteLength;
    segment.forgetAll();
    return segment;
  }
}

/** A piece of memory with chunks in it, one behind the other. */
class Segment {
  readonly memory: ChunkMemory;
  readonly view: ChunkView;
  usedBytes = 0;
  private count = 0;
  /** By chunk, `count` of them; what is beyond is of earlier ones. */
  private readonly shelves: ChunkShelf[] = [];
  private readonly ids: number[] = [];
  private readonly places: number[] = [];

  constructor(byteLength: number) {
    this.memory = new ChunkMemory(byteLength);
    this.view = new ChunkView(this.memory);
  }

  get freeBytes(): number {
    return this.memory.byteLength - this.usedBytes;
  }

  /** A chunk was laid behind the others. */
  note(shelf: ChunkShelf, id: number, place: number, byteLength: number): void {
    this.shelves[this.count] = shelf;
    this.ids[this.count] = id;
    this.places[this.count] = place;
    this.count++;
    this.usedBytes += byteLength;
  }

  forgetAll(): void {
    for (let i = 0; i < this.count; i++) this.shelves[i].forget(this.ids[i], this.places[i]);
    this.count = 0;
    this.usedBytes = 0;
  }
}

/** The chunks of one file, by id. */
export class ChunkShelf {
  private readonly cache: ChunkCache;
  private readonly places = new Map<number, number>();

  constructor(cache: ChunkCache) {
    this.cache = cache;
  }

  /** Good until the next call for any shelf. */
  get(id: number): ChunkView | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.cache.open(place);
  }

  /** From the stored bytes of chunk `id`; good as long as get()'s. Throws where they are damaged or not of this one. */
  add(id: number, stored: Uint8Array): ChunkView {
    const place = this.cache.lay(this, id, new UnpackedChunk(id, stored));
    this.places.set(id, place);
    return this.cache.open(place);
  }

  clear(): void {
    this.places.clear();
  }

  /** For the cache: what was at that place is there no more. */
  forget(id: number, place: number): void {
    if (this.places.get(id) === place) this.places.delete(id);
  }
}
