// Chunks are kept up to a number of bytes over all files: what is asked for is there whole, or not at all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import {
  Chunk,
  ChunkEncoder,
  type ChunkView,
  UnpackedChunk,
} from '../../../src/storage/chunk/chunk-codec.ts';
import { ChunkCache } from '../../../src/storage/day/chunk-cache.ts';
import { bitsOf } from '../doubles.ts';

const SLOTS = 5;

/** The stored bytes of a chunk; what it says follows from its id. Slots grow alike, as a histogram's buckets do. */
function stored(id: number, samples = 20): Uint8Array {
  const encoder = new ChunkEncoder({ span: id % 2 === 0 ? 'merged' : 'fresh' });
  const values = new Float64Array(samples);
  for (let slot = 0; slot < SLOTS; slot++) {
    const buffer = new SampleBuffer();
    for (let i = 0; i < samples; i++) {
      values[i] += (id * 7 + slot) * i + (i % 3);
      buffer.push(i * (1000 + id), slot === 4 ? Math.sqrt(values[i]) : values[i]);
    }
    encoder.add(slot, buffer);
  }
  return Buffer.from(encoder.finish(id));
}

/** What it says of a slot. */
function said(chunk: ChunkView, slot: number): unknown {
  const out = new SampleBuffer(1);
  chunk.read(slot, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, out);
  return [[...out.timestampsMs.subarray(0, out.length)], bitsOf(out.values, out.length)];
}

const bytesOf = (id: number, samples?: number) => new UnpackedChunk(id, stored(id, samples)).byteLength;

const anyCommands = fc.array(
  fc.record({
    shelf: fc.nat(2),
    id: fc.nat(30),
    slot: fc.nat(SLOTS - 1),
    action: fc.oneof(
      { weight: 60, arbitrary: fc.constant('read') },
      { weight: 2, arbitrary: fc.constant('clear') },
      { weight: 2, arbitrary: fc.constant('trim') },
    ),
  }),
  { minLength: 50, maxLength: 300 },
);

test('whatever comes, goes and is cleared, a chunk that is there says what was stored', () => {
  // Some chunks are larger than a segment, some than all segments together.
  const samplesOf = (id: number) => (id === 13 ? 3000 : id % 5 === 0 ? 400 : 10 + id);
  const all = Array.from({ length: 31 }, (_, id) => stored(id, samplesOf(id)));
  const truth = all.map((bytes, id) =>
    Array.from({ length: SLOTS }, (_, slot) => said(new Chunk(id, bytes), slot)),
  );
  const limit = bytesOf(1) * 100;
  expect(bytesOf(10, samplesOf(10))).toBeGreaterThan(limit / 16);
  const largest = bytesOf(13, samplesOf(13));
  expect(largest).toBeGreaterThan(limit);
  let hits = 0;
  fc.assert(
    fc.property(anyCommands, commands => {
      const cache = new ChunkCache(limit);
      const shelves = Array.from({ length: 3 }, () => ({ shelf: cache.openShelf(), has: new Set<number>() }));
      for (const { shelf: number, id, slot, action } of commands) {
        const { shelf, has } = shelves[number];
        if (action === 'trim') cache.trim();
        if (action === 'clear') {
          shelf.clear();
          has.clear();
        }
        if (action !== 'read') continue;
        const found = shelf.get(id);
        if (found) {
          expect(has.has(id)).toBe(true);
          hits++;
        }
        expect(said(found ?? shelf.add(id, all[id]), slot)).toEqual(truth[id][slot]);
        has.add(id);
        expect(cache.byteLength).toBeLessThanOrEqual(Math.max(limit, largest));
      }
    }),
    { numRuns: 40 },
  );
  expect(hits).toBeGreaterThan(100);
});

test('what came last stays, whichever file it is of, and what came first makes way', () => {
  const cache = new ChunkCache(bytesOf(99) * 64);
  const [a, b] = [cache.openShelf(), cache.openShelf()];
  for (let i = 0; i < 100; i++) {
    a.add(i, stored(i));
    b.add(i, stored(i));
    for (let back = 0; back <= Math.min(i, 10); back++) {
      expect(a.get(i - back)).toBeDefined();
      expect(b.get(i - back)).toBeDefined();
    }
  }
  expect(a.get(20)).toBeUndefined();
  expect(b.get(20)).toBeUndefined();
});

test('a chunk that is larger than all of it stays until the next one comes', () => {
  const shelf = new ChunkCache(1).openShelf();
  const first = stored(1);
  shelf.add(1, first);
  expect(said(shelf.get(1)!, 0)).toEqual(said(new Chunk(1, first), 0));
  shelf.add(2, stored(2));
  expect(shelf.get(1)).toBeUndefined();
  expect(shelf.get(2)).toBeDefined();
});

test("a file's chunks go with it, those of others stay", () => {
  const cache = new ChunkCache();
  const [a, b] = [cache.openShelf(), cache.openShelf()];
  a.add(1, stored(1));
  b.add(1, stored(1));
  a.clear();
  expect(a.get(1)).toBeUndefined();
  expect(b.get(1)).toBeDefined();
});

test('damaged bytes are told, and leave what is there as it was', () => {
  const shelf = new ChunkCache().openShelf();
  shelf.add(1, stored(1));
  const flipped = Buffer.from(stored(2));
  flipped[9] ^= 1;
  expect(() => shelf.add(2, flipped)).toThrow(/checksum/);
  expect(shelf.get(2)).toBeUndefined();
  expect(said(shelf.get(1)!, 3)).toEqual(said(new Chunk(1, stored(1)), 3));
});

test('memory goes back when nobody has asked for a chunk between two trims', () => {
  const cache = new ChunkCache();
  const shelf = cache.openShelf();
  shelf.add(1, stored(1));
  cache.trim();
  expect(shelf.get(1)).toBeDefined();
  cache.trim();
  expect(shelf.get(1)).toBeDefined();
  cache.trim();
  cache.trim();
  expect(shelf.get(1)).toBeUndefined();
  expect(cache.byteLength).toBe(0);
  expect(said(shelf.add(1, stored(1)), 2)).toEqual(said(new Chunk(1, stored(1)), 2));
});
