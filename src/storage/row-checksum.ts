// The checksum of a row in an SQLite file: a CRC-32 of its key, of its other numbers and of what bytes or text it has, so
// that a row which damage shows under another key is told like one that is damaged itself.

import { crc32 } from 'node:zlib';

/** Of the row that has the most. */
const MOST_NUMBERS = 8;

const numbers = new Float64Array(MOST_NUMBERS);
const numberBytes = new Uint8Array(numbers.buffer);

/** As SQLite stores it in the fewest bytes: a whole number of 32 bits with a sign. */
export function rowChecksum(
  key: number,
  others: readonly number[],
  content: Uint8Array | string = '',
): number {
  numbers[0] = key;
  for (let i = 0; i < others.length; i++) numbers[i + 1] = others[i];
  return crc32(content, crc32(numberBytes.subarray(0, (others.length + 1) * numbers.BYTES_PER_ELEMENT))) | 0;
}

/** What the checksum of a blob that has one of its own starts from: the key of its row. */
export function checksumOfKey(key: number): number {
  numbers[0] = key;
  return crc32(numberBytes.subarray(0, numbers.BYTES_PER_ELEMENT));
}

/** Whether all are whole numbers, as they were written; damage may have made anything of them. */
export const areWhole = (values: readonly unknown[]): boolean => values.every(Number.isSafeInteger);
