// Chunks are kept up to a number of bytes over all files; the one unused for longest makes way.
import { expect, test } from 'vitest';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { Chunk, ChunkEncoder } from '../../../src/storage/chunk/chunk-codec.ts';
import { ChunkCache } from '../../../src/storage/day/chunk-cache.ts';

/** Of a chunk. */
const ID = 1;

function someChunk(): Chunk {
  const samples = new SampleBuffer();
  for (let i = 0; i < 100; i++) samples.push(i, Math.sqrt(i));
  const encoder = new ChunkEncoder({ span: 'fresh' });
  encoder.add(0, samples);
  return new Chunk(ID, encoder.finish(ID));
}

test('what was used lately stays, whichever file it is of', () => {
  const chunk = someChunk();
  const cache = new ChunkCache(chunk.byteLength * 3);
  const [a, b] = [cache.openShelf(), cache.openShelf()];
  a.put(1, chunk);
  b.put(1, someChunk());
  a.put(2, someChunk());
  expect(a.get(1)).toBe(chunk);
  b.put(2, someChunk());
  expect(b.get(1)).toBeUndefined();
  expect([a.get(1), a.get(2), b.get(2)].every(found => found !== undefined)).toBe(true);
  expect(cache.byteLength).toBe(chunk.byteLength * 3);
});

test('a chunk that is larger than all of it stays until the next one comes', () => {
  const chunk = someChunk();
  const shelf = new ChunkCache(1).openShelf();
  shelf.put(1, chunk);
  expect(shelf.get(1)).toBe(chunk);
  shelf.put(2, someChunk());
  expect(shelf.get(1)).toBeUndefined();
});

test("a file's chunks go with it", () => {
  const cache = new ChunkCache();
  const [a, b] = [cache.openShelf(), cache.openShelf()];
  a.put(1, someChunk());
  b.put(1, someChunk());
  a.clear();
  expect(a.get(1)).toBeUndefined();
  expect(b.get(1)).toBeDefined();
  b.clear();
  expect(cache.byteLength).toBe(0);
});
