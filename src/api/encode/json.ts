// JSON text as Prometheus writes it where JSON.stringify differs.

import type { Labels } from '../../model/labels.ts';

/** Any plain value. As Go's encoder does, <, > and & are escaped. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapeUnit);
}

const cache = new WeakMap<Labels, string>();

/** A label set as an object, in the order of its names; kept as long as the label set lives. Not for very many. */
export function labelsJson(labels: Labels): string {
  let text = cache.get(labels);
  if (text === undefined) {
    text = makeLabelsJson(labels);
    cache.set(labels, text);
  }
  return text;
}

/** The same, not kept: for very many, whose keeping costs more than making them. */
export function makeLabelsJson({ pairs }: Labels): string {
  let text = '{';
  for (let i = 0; i < pairs.length; i += 2) {
    text += `${i === 0 ? '' : ','}${labelText(pairs[i])}:${labelText(pairs[i + 1])}`;
  }
  return `${text}}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON must escape
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A label's name or value; unlike jsonText this leaves <, > and & alone. */
function labelText(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/\\(?:\\|b|f)/g, escaped => SHORT_ESCAPES[escaped] ?? escaped);
}

/** JSON's short forms that Prometheus writes in the long form; an escaped backslash is passed over whole. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\\b': '\\u0008', '\\f': '\\u000c' };

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
