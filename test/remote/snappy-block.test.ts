// The snappy decoder against the native library: what that compresses comes out again, in pieces of any size; what is
// broken is refused and harms nothing.
import fc from 'fast-check';
import snappy from 'snappy';
import { expect, test } from 'vitest';
import { SnappyDecoder } from '../../src/remote/snappy-block.ts';
import { readUncompressedLength } from '../../src/remote/snappy-length.ts';

const decoder = new SnappyDecoder();

/** undefined where the block is refused. */
function decoded(block: Uint8Array, sliceBytes = Number.POSITIVE_INFINITY): Buffer | undefined {
  const length = decoder.begin(block);
  if (length === undefined || length > 2 ** 26 || !decoder.allocate()) return undefined;
  let isDone = decoder.decode(sliceBytes);
  while (isDone === false) isDone = decoder.decode(sliceBytes);
  const data = isDone ? Buffer.from(decoder.data()) : undefined;
  decoder.release();
  return data;
}

/** Bytes that repeat themselves, near and far. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(40)), { maxLength: 40 })
  .map(parts => Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))));

test('what was compressed comes out again', () => {
  fc.assert(
    fc.property(fc.oneof(repetitive, fc.uint8Array()), fc.integer({ min: 1, max: 5000 }), (data, slice) => {
      const block = snappy.compressSync(Buffer.from(data));
      expect(decoded(block)?.equals(data)).toBe(true);
      expect(decoded(block, slice)?.equals(data)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('large blocks, with literals and copies of every form', () => {
  const random = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 2_654_435_761) >>> 13));
  for (const data of [Buffer.alloc(5_000_000, 'abc'), Buffer.concat([random, random, random])]) {
    expect(decoded(snappy.compressSync(data))?.equals(data)).toBe(true);
  }
  // Elements that the native library does not write: a copy with an offset of four bytes, a literal with a length of
  // four bytes, a copy that reaches into itself.
  const block = Uint8Array.of(15, (63 << 2) | 0, 3, 0, 0, 0, 1, 2, 3, 4, (3 << 2) | 3, 4, 0, 0, 0, 0b1101, 1);
  expect([...(decoded(block) ?? [])]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4]);
});

test('broken blocks are refused as the native library refuses them', () => {
  const block = snappy.compressSync(Buffer.from('remote write, remote read, remote write'.repeat(20)));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(block.length - 1), fc.nat(255)), { maxLength: 4 }), changes => {
      const broken = Buffer.from(block);
      for (const [at, byte] of changes) broken[at] = byte;
      expect(decoded(broken)).toEqual(native(broken));
    }),
    { numRuns: 2000 },
  );
  for (let end = 0; end < block.length; end++) expect(decoded(block.subarray(0, end))).toBeUndefined();
});

function native(block: Buffer): Buffer | undefined {
  const length = readUncompressedLength(block);
  if (length === undefined || length > 2 ** 26) return undefined;
  try {
    return Buffer.from(snappy.uncompressSync(block));
  } catch {
    return undefined;
  }
}
