// A copy of a text that stands alone. V8 makes a part of a string a view of the whole and a sum of strings a tree of
// its parts; a text that is kept for long must keep neither alive.

const LATIN_1 = /^[\0-\xff]*$/;
/** V8 copies parts that are shorter than this. */
const SHORTEST_VIEW = 13;

/** The same text with characters of its own, a byte each where that suffices. */
export function flatText(text: string): string {
  if (text.length < SHORTEST_VIEW) return text;
  const encoding = LATIN_1.test(text) ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}
