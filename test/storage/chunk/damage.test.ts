// Damaged chunks are told, never read as something else.
import { randomFillSync } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { Chunk, ChunkEncoder } from '../../../src/storage/chunk/chunk-codec.ts';
import { decodeHistograms, encodeHistograms } from '../../../src/storage/chunk/histogram-codec.ts';
import { checksumOfKey } from '../../../src/storage/row-checksum.ts';
import { HISTOGRAM } from '../day/day-model.ts';
import { SPANS, samplesOf, timesFrom } from './columns.ts';

/** Of the chunk. */
const ID = 2 ** 24 + 3;

/** A small chunk of every kind of column. */
function smallChunk(span: (typeof SPANS)[number]): Buffer {
  const encoder = new ChunkEncoder({ span });
  const times = timesFrom(1_800_000_000_000, 15_000, 20);
  const values = [
    (i: number) => i * 7,
    (i: number) => i * 7 + (i % 3),
    (i: number) => Math.sin(i),
    (i: number) => (i === 5 ? Number.NaN : i / 10),
  ];
  values.forEach((value, slot) => {
    const samples = samplesOf(
      times,
      Float64Array.from({ length: 20 }, (_, i) => value(i)),
    );
    if (slot === 1) samples.withStarts().fill(12_345);
    encoder.add(slot, samples);
  });
  return Buffer.from(encoder.finish(ID));
}

function readAll(stored: Uint8Array): void {
  const chunk = new Chunk(ID, stored);
  for (const slot of chunk.slots()) chunk.read(slot, -Infinity, Infinity, new SampleBuffer());
}

describe.each(SPANS)('a %s chunk', span => {
  test('under the id of another one', () => {
    for (let bit = 0; bit < 53; bit++) {
      const other = Number(BigInt(ID) ^ (1n << BigInt(bit)));
      expect(() => new Chunk(other, smallChunk(span))).toThrow(/checksum/);
    }
  });

  test('with any bit flipped', () => {
    const stored = smallChunk(span);
    readAll(Buffer.from(stored));
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const flipped = Buffer.from(stored);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      expect(() => new Chunk(ID, flipped)).toThrow();
    }
  });

  test('cut off anywhere, or with something behind', () => {
    const stored = smallChunk(span);
    for (let length = 0; length < stored.length; length++) {
      expect(() => new Chunk(ID, Buffer.from(stored.subarray(0, length)))).toThrow();
    }
    expect(() => new Chunk(ID, Buffer.concat([stored, Buffer.alloc(1)]))).toThrow();
  });
});

test('random bytes', () => {
  for (let length = 0; length < 200; length++) {
    expect(() => new Chunk(ID, randomFillSync(new Uint8Array(length)))).toThrow();
  }
});

test('a histogram beyond its row is told, not looked for through four billion positions', () => {
  const stored = Buffer.from(encodeHistograms([undefined, HISTOGRAM, HISTOGRAM]));
  expect(decodeHistograms(stored, 3)).toEqual([undefined, HISTOGRAM, HISTOGRAM]);
  expect(() => decodeHistograms(stored, 2)).toThrow(/position 2 of a row of 2/);
  for (let bit = 0; bit < 32; bit++) {
    const flipped = Buffer.from(stored);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    if (bit < 2) expect(decodeHistograms(flipped, 4).length).toBeLessThanOrEqual(4);
    else expect(() => decodeHistograms(flipped, 4)).toThrow(/of a row of 4/);
  }
});

test('bytes that are wrong under a right checksum end in an error or in samples, not in a long wait', () => {
  const stored = smallChunk('fresh');
  const anyChanges = fc.array(fc.tuple(fc.integer({ min: 6, max: stored.length - 5 }), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(anyChanges, changes => {
      const changed = Buffer.from(stored);
      for (const [at, byte] of changes) changed[at] = byte;
      changed.writeUInt32LE(crc32(changed.subarray(0, -4), checksumOfKey(ID)), changed.length - 4);
      try {
        readAll(changed);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 2000 },
  );
});
