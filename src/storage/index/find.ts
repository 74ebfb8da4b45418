// Which series satisfy all matchers: lists of refs by label value, intersected from the shortest on.
//
// A series without a label has the value '' for it. So a matcher that does not match '' wants the series of the
// values that it matches; one that does match '' wants all but the series of the values that it does not match.

import type { Matcher } from '../../model/matcher.ts';
import type { Postings } from './postings.ts';
import { filterByLists, totalLength, unite } from './ref-sets.ts';
import type { RegexAnswers } from './regex-answers.ts';
import { ValueLists } from './value-lists.ts';

const NO_VALUES = new ValueLists();
const NONE = new Uint32Array(0);
/** Asking a series costs as much as this many entries of a list. */
const MANY = 16;

/** What find() asks of the index and of the series. */
export interface Findable {
  /** How many series there are. */
  readonly size: number;
  /** Their refs, ascending. */
  all(): Uint32Array;
  listsOf(name: string): ValueLists | undefined;
  readonly answers: RegexAnswers;
  /** The value that a series has for a label, '' for none. */
  valueOf(ref: number, name: string): string;
  /** Above every ref. */
  readonly refLimit: number;
}

/** Refs, ascending; maybe a view. */
export function find(matchers: readonly Matcher[], series: Findable): Uint32Array {
  const parts = matchers.map(matcher => new Part(matcher, series)).sort((a, b) => a.estimate - b.estimate);
  let found: Uint32Array | undefined;
  for (const part of parts) {
    if (found?.length === 0) return found;
    found = part.narrow(found);
  }
  return found ?? series.all();
}

/** One matcher against the values of its label. */
class Part {
  /** About how many series it leaves; very many where only asking every value tells. */
  readonly estimate: number;
  private readonly matcher: Matcher;
  private readonly series: Findable;
  private readonly values: ValueLists;
  /** Whether the lists are those of the series wanted, not of those unwanted. */
  private readonly wanted: boolean;
  /** The lists, where they are found without asking every value. */
  private readonly known: readonly Postings[] | undefined;

  constructor(matcher: Matcher, series: Findable) {
    this.matcher = matcher;
    this.series = series;
    this.values = series.listsOf(matcher.name) ?? NO_VALUES;
    this.wanted = !matcher.matchesEmpty;
    this.known = this.knownLists();
    this.estimate = this.wanted && this.known ? totalLength(this.known) : Number.MAX_SAFE_INTEGER;
  }

  /** The refs of `found` that match; undefined stands for all, there and here. */
  narrow(found: Uint32Array | undefined): Uint32Array | undefined {
    const { wanted, series } = this;
    // Few candidates against many values: asking each series is cheaper than asking each value.
    if (found && !this.known && found.length < this.values.byValue.size) return this.ask(found);
    const postings = this.known ?? this.matchingLists();
    const length = totalLength(postings);
    if (length === 0) return wanted ? NONE : found;
    if (length === series.size) return wanted ? found : NONE;
    if (found && found.length * MANY < length) return this.ask(found);
    const lists = postings.map(one => one.view());
    if (found) return filterByLists(found, lists, wanted, series.refLimit);
    return wanted
      ? unite(lists, series.refLimit)
      : filterByLists(series.all(), lists, false, series.refLimit);
  }

  private knownLists(): readonly Postings[] | undefined {
    const { matcher, values } = this;
    // `=""`, `!=""`, `=~".+"`, `!~".+"`: having the label or not.
    if (matcher.value === (matcher.regex ? '.+' : '')) return [values.carriers];
    if (matcher.regex && matcher.value === '.*') return [];
    const literals = literalsOf(matcher, this.wanted);
    return literals && [...new Set(literals)].flatMap(literal => values.byValue.get(literal) ?? []);
  }

  /** The lists of the values that match (or, where not `wanted`, that do not). They share no ref. */
  private matchingLists(): Postings[] {
    const { matcher, wanted } = this;
    const { byValue } = this.values;
    const lists: Postings[] = [];
    if (!matcher.regex) {
      for (const [value, postings] of byValue) if (matcher.matches(value) === wanted) lists.push(postings);
      return lists;
    }
    // What the expression matches is wanted of =~, and unwanted of !~.
    const sought = wanted === (matcher.operator === '=~') ? 1 : 0;
    const answers = this.series.answers.of(matcher.name, matcher.regex, this.values);
    let position = 0;
    for (const postings of byValue.values()) if (answers[position++] === sought) lists.push(postings);
    return lists;
  }

  private ask(found: Uint32Array): Uint32Array {
    const { matcher, series } = this;
    const answers = new Map<string, boolean>();
    return found.filter(ref => {
      const value = series.valueOf(ref, matcher.name);
      let answer = answers.get(value);
      if (answer === undefined) {
        answer = matcher.matches(value);
        answers.set(value, answer);
      }
      return answer;
    });
  }
}

/** The only values for which `matches() === wanted`, where these are few and known. */
function literalsOf(matcher: Matcher, wanted: boolean): readonly string[] | undefined {
  switch (matcher.operator) {
    case '=':
      return wanted ? [matcher.value] : undefined;
    case '!=':
      return wanted ? undefined : [matcher.value];
    case '=~':
      return wanted ? matcher.regex?.literals : undefined;
    case '!~':
      return wanted ? undefined : matcher.regex?.literals;
  }
}
