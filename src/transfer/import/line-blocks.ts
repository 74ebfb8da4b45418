// Cuts a stream of bytes into blocks of whole lines. Lines may span reads; their length is bounded.

import { NEWLINE } from '../../scraper/exposition/bytes.ts';

/** Longer lines are left out. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** For the refusal of those. */
export const TOO_LONG = `lines of up to ${MAX_LINE_BYTES} bytes are taken`;

export type LineBlock =
  /** Whole lines, each with its line break; the bytes are the reader's until it asks for the next block. */
  | { readonly kind: 'lines'; readonly bytes: Buffer }
  /** A line that is longer than may be, up to its line break (or the end of the text). */
  | { readonly kind: 'overlong'; readonly bytes: number }
  /** What stands after the last line break. */
  | { readonly kind: 'cut'; readonly bytes: Buffer };

export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LineBlock, void> {
  let rest: Buffer = Buffer.alloc(0);
  /** Bytes of an overlong line that have been let go. */
  let skipped = 0;
  for await (const chunk of chunks) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (skipped > 0) {
      const lineBreak = bytes.indexOf(NEWLINE);
      if (lineBreak < 0) {
        skipped += bytes.length;
        continue;
      }
      yield { kind: 'overlong', bytes: skipped + lineBreak + 1 };
      skipped = 0;
      bytes = bytes.subarray(lineBreak + 1);
    }
    const lastBreak = bytes.lastIndexOf(NEWLINE);
    const whole = bytes.subarray(0, lastBreak + 1);
    if (whole.length > 0) {
      yield { kind: 'lines', bytes: rest.length > 0 ? Buffer.concat([rest, whole]) : whole };
      rest = Buffer.from(bytes.subarray(lastBreak + 1));
    } else if (bytes.length > 0) rest = Buffer.concat([rest, bytes]);
    if (rest.length > MAX_LINE_BYTES) {
      skipped = rest.length;
      rest = Buffer.alloc(0);
    }
  }
  if (skipped > 0) yield { kind: 'overlong', bytes: skipped };
  if (rest.length > 0) yield { kind: 'cut', bytes: rest };
}
