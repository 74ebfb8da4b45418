// A storage's whole life over many days (commits, late samples, deletions, imports, retention, restarts, snapshots, and
// all that the maintenance does between them) equals a plain model, bit for bit.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StorageOptions } from '../../src/storage/open.ts';
import { LifePlayer } from './life/player.ts';
import { anyStep, type Step } from './life/steps.ts';

async function play(steps: readonly Step[], options: Partial<StorageOptions>): Promise<void> {
  const player = new LifePlayer(options);
  try {
    await player.play(steps);
  } finally {
    player.dispose();
  }
}

const anyLife = (maxLength: number) => fc.array(anyStep, { minLength: 1, maxLength, size: 'max' });

test.each([
  ['on the caller’s thread', 'inline', 40],
  ['in a thread of its own', 'thread', 4],
] as const)(
  'any life equals a plain model, with the maintenance %s',
  { timeout: 120_000 },
  async (_where, maintenance, numRuns) => {
    const sizes = fc.constantFrom(
      { sealRows: 1 },
      { sealRows: 2 },
      { sealRows: 5 },
      { sealRows: 12, packFromCells: 1 },
    );
    await fc.assert(
      fc.asyncProperty(anyLife(50), sizes, (steps, some) => play(steps, { maintenance, ...some })),
      { numRuns },
    );
    expect.hasAssertions();
  },
);

test('a day that was dropped and is imported again keeps its file', async () => {
  await play(
    [
      { kind: 'rows', rows: [{ group: 'g', lateMs: 6_400_001, series: [0] }] },
      { kind: 'burst', group: 'g', series: [0], rows: 3, everyMs: 2_400_000 },
      { kind: 'dropBeyond' },
      { kind: 'burst', group: 'g', series: [0], rows: 1, everyMs: 1000 },
      { kind: 'load', series: [0], agesMs: [13_601_001, 0] },
      { kind: 'settle' },
      { kind: 'clean' },
      { kind: 'rows', rows: [{ group: 'g', lateMs: 0, series: [0] }] },
    ],
    { maintenance: 'inline', sealRows: 1 },
  );
  expect.hasAssertions();
});
