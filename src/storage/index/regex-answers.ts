// Remembers which values of a label an expression matches: a panel asks the same again and again, and asking the
// regular expression engine takes microseconds a value.

import type { AnchoredRegex } from '../../model/regex.ts';
import type { ValueLists } from './value-lists.ts';

/** Expressions that are remembered; those asked last stay. */
const REMEMBERED = 32;
/** Of fewer values, asking is cheap enough. */
const FEWEST_VALUES = 64;

interface Answers {
  readonly of: ValueLists;
  /** Good while no value was dropped: values stand in the order they came in, new ones last. */
  readonly drops: number;
  /** By position of the value: 1 for a match. */
  matches: Uint8Array;
  length: number;
}

export class RegexAnswers {
  /** By label name and expression; the one asked last stands last. */
  private readonly kept = new Map<string, Answers>();

  /** By position of the value in `lists`: 1 for a match. */
  of(name: string, regex: AnchoredRegex, lists: ValueLists): Uint8Array {
    const { byValue } = lists;
    if (byValue.size < FEWEST_VALUES) return answer(none(lists), regex).matches;
    const key = `${name}\0${regex.source}`;
    let answers = this.kept.get(key);
    this.kept.delete(key);
    if (!answers || answers.of !== lists || answers.drops !== lists.drops) answers = none(lists);
    this.kept.set(key, answers);
    if (this.kept.size > REMEMBERED) this.kept.delete(this.kept.keys().next().value as string);
    return answer(answers, regex).matches;
  }
}

const none = (lists: ValueLists): Answers => ({
  of: lists,
  drops: lists.drops,
  matches: new Uint8Array(0),
  length: 0,
});

/** Asks for the values that came since. */
function answer(answers: Answers, regex: AnchoredRegex): Answers {
  const { byValue } = answers.of;
  if (answers.length === byValue.size) return answers;
  if (answers.matches.length < byValue.size) {
    const matches = new Uint8Array(byValue.size + (answers.length >> 3));
    matches.set(answers.matches);
    answers.matches = matches;
  }
  let position = 0;
  for (const value of byValue.keys()) {
    if (position >= answers.length) answers.matches[position] = regex.test(value) ? 1 : 0;
    position++;
  }
  answers.length = position;
  return answers;
}
