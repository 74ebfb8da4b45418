// The series part of a line in the two spellings there are: OpenMetrics' `name{label="value"}`, and Go's
// `{__name__="name", label="value"}` as `promtool tsdb dump` prints it.
//
// In: bytes. Out: where the series ends, and its labels.

import { Labels, quoteText } from '../../model/labels.ts';
import { parseMetricSelector } from '../../query/syntax/parse.ts';
import { ParseError } from '../../query/syntax/parse-error.ts';
import { BACKSLASH, BRACE_CLOSE, BRACE_OPEN, NEWLINE, QUOTE, SPACE } from '../../scraper/exposition/bytes.ts';

/**
 * The index after the series that starts at `at`: after its closing brace, or after its name. Without a closing brace
 * the end of the line. `body` ends in a line break.
 */
export function seriesEnd(body: Buffer, at: number): number {
  while (body[at] !== BRACE_OPEN) {
    if (body[at] === SPACE || body[at] === NEWLINE) return at;
    at++;
  }
  let quoted = false;
  for (at++; body[at] !== NEWLINE; at++) {
    const byte = body[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === BACKSLASH && quoted) at += body[at + 1] === NEWLINE ? 0 : 1;
    else if (byte === BRACE_CLOSE && !quoted) return at + 1;
  }
  return at;
}

/**
 * The labels that Go prints, in which PromQL's selectors are written, too: the strings are Go's in both. Returns what
 * is wrong where they are none. The name may stand before the brace.
 */
export function goLabels(text: string): Labels | string {
  try {
    const matchers = parseMetricSelector(text);
    const other = matchers.find(({ operator }) => operator !== '=');
    if (other) return `a label is given as ${other.name}${other.operator}, expected ${other.name}=`;
    const names = matchers.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) return `label name ${quoteText(twice)} is not unique`;
    const labels = Labels.fromEntries(matchers.map(({ name, value }): [string, string] => [name, value]));
    return labels.size === 0 ? 'a series without labels' : labels;
  } catch (thrown) {
    if (thrown instanceof ParseError) return thrown.message;
    throw thrown;
  }
}

/** Whether there is a backslash that OpenMetrics gives no meaning, as Go writes for what can't be printed. */
export function hasGoEscape(body: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (body[at] !== BACKSLASH) continue;
    const escaped = body[++at];
    if (escaped !== BACKSLASH && escaped !== QUOTE && escaped !== 0x6e) return true;
  }
  return false;
}
