// The rest of a sample line after its series, in its plain form: a blank, a value, a blank, a time, a line break.
//
// In: bytes and where the series ends. Out: value and time, or that the line is not plain. Times are taken from their
// digits: a double times 1000 may fall short of the millisecond, and cutting it then loses one (1.001 becomes 1000 ms).

import { DOT, NEWLINE, SPACE, ZERO } from '../../scraper/exposition/bytes.ts';
import { FloatReader, parseFloatText } from '../../scraper/exposition/float.ts';

/** Whole numbers below this are exact, ten times over. */
const LARGEST_PLAIN = 1e14;

export type TimeUnit = 'seconds' | 'milliseconds';

/** Reads the rest of lines. After read() returned an index, `value` and `timestampMs` are what stood there. */
export class PlainNumbers {
  value = 0;
  timestampMs = 0;
  /** Where the time starts, after read(); -1 where the line did not get that far. */
  timeStart = -1;

  private readonly isSeconds: boolean;
  private readonly floats = new FloatReader();

  constructor(unit: TimeUnit) {
    this.isSeconds = unit === 'seconds';
  }

  /** The index after the line break, or -1 where the line is not plain; `at` is just after the series. */
  read(body: Buffer, at: number): number {
    this.timeStart = -1;
    if (body[at] !== SPACE) return -1;
    const valueEnd = this.readValue(body, at + 1);
    if (valueEnd < 0) return -1;
    this.timeStart = valueEnd + 1;
    return this.readTime(body, valueEnd + 1);
  }

  /** The index of the blank after the value, or -1. */
  private readValue(body: Buffer, at: number): number {
    const end = this.floats.read(body, at);
    if (end >= 0 && body[end] === SPACE) {
      this.value = this.floats.value;
      return end;
    }
    let tokenEnd = at;
    while (body[tokenEnd] > SPACE) tokenEnd++;
    if (body[tokenEnd] !== SPACE) return -1;
    const number = parseFloatText(body.toString('latin1', at, tokenEnd));
    if (typeof number === 'string') return -1;
    this.value = number;
    return tokenEnd;
  }

  private readTime(body: Buffer, at: number): number {
    const start = at;
    let time = 0;
    while ((body[at] ^ ZERO) <= 9) time = time * 10 + (body[at++] ^ ZERO);
    if (at === start || time > LARGEST_PLAIN) return -1;
    if (this.isSeconds) {
      time *= 1000;
      if (body[at] === DOT) {
        at++;
        for (let unit = 100; (body[at] ^ ZERO) <= 9; unit = unit === 1 ? 0 : unit / 10) {
          time += unit * (body[at++] ^ ZERO);
        }
      }
    }
    this.timestampMs = time;
    return body[at] === NEWLINE ? at + 1 : -1;
  }
}

/** Milliseconds of a time in seconds that is written in any other way; what is below 1 ms is cut off. */
export function secondsToMs(text: string): number {
  return Math.trunc(Math.round(Number(text) * 1e6) / 1e3);
}
