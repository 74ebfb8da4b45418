// Work that can be done in pieces, done in one go.

/** What the generator returns in the end. */
export function finished<Result>(pieces: Generator<void, Result>): Result {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}
