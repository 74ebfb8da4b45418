// What a query's operators keep goes back when the query ends, whether it grew or not.
import { expect, test } from 'vitest';
import { QueryMemory } from '../../../src/query/exec/query-memory.ts';

test('arrays are zeros, and none of the large ones is left at the end', () => {
  const memory = new QueryMemory();
  const [numbers, bytes] = [memory.numbers(1000), memory.bytes(5000)];
  expect(numbers.length + bytes.length).toBe(6000);
  expect(numbers.every(one => one === 0) && bytes.every(one => one === 0)).toBe(true);
  memory.free();
  expect([numbers.buffer.detached, bytes.buffer.detached]).toEqual([true, true]);
  memory.free();
});

test('what grows keeps what it had, with zeros behind, and the smaller array is gone at once', () => {
  const memory = new QueryMemory();
  for (const length of [10, 1000]) {
    const [numbers, bytes] = [memory.numbers(length), memory.bytes(length * 8)];
    numbers.fill(-0);
    numbers[length - 1] = Number.NaN;
    bytes.fill(7);
    const [more, moreBytes] = [
      memory.grownNumbers(numbers, length * 2),
      memory.grownBytes(bytes, length * 9),
    ];
    expect([numbers.buffer.detached, bytes.buffer.detached]).toEqual([true, true]);
    expect([...more]).toEqual([...new Array(length - 1).fill(-0), Number.NaN, ...new Array(length).fill(0)]);
    expect([...moreBytes]).toEqual([...new Array(length * 8).fill(7), ...new Array(length).fill(0)]);
    memory.free();
    expect(more.buffer.detached).toBe(length === 1000);
  }
});
