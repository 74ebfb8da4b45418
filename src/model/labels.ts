// A label set: names and values, sorted by name, immutable. The identity of a series.
//
// Prometheus' rule holds: a label with an empty value is the same as no label, so none is kept.

import { compareText } from './text-order.ts';

export const METRIC_NAME = '__name__';

const KEY_SEPARATOR = '\u0000';

export class Labels {
  /** Name, value, name, value, …: sorted by name, no name twice, no empty value. Nobody may modify it. */
  readonly pairs: readonly string[];
  private cachedKey: string | undefined;

  /** Callers use the functions of this class; `pairs` must already hold what the field promises. */
  private constructor(pairs: readonly string[]) {
    this.pairs = pairs;
  }

  static readonly EMPTY = new Labels([]);

  /** From an object; empty values are left out. */
  static of(entries: Readonly<Record<string, string>>): Labels {
    return Labels.fromEntries(Object.entries(entries));
  }

  /** From pairs in any order; empty values are left out, of a repeated name the last one stays. */
  static fromEntries(entries: Iterable<readonly [string, string]>): Labels {
    const map = new Map(entries);
    const names = [...map.keys()].filter(name => map.get(name) !== '').sort(compareText);
    return new Labels(names.flatMap(name => [name, map.get(name) as string]));
  }

  /** Takes over a flat array that is already sorted by name, without repeats or empty values. */
  static fromSorted(pairs: readonly string[]): Labels {
    return new Labels(pairs);
  }

  /** How many labels there are. */
  get size(): number {
    return this.pairs.length / 2;
  }

  /** The label's value, '' where there is none. */
  get(name: string): string {
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1];
    return '';
  }

  has(name: string): boolean {
    return this.get(name) !== '';
  }

  get metricName(): string {
    return this.get(METRIC_NAME);
  }

  *entries(): Generator<[string, string]> {
    for (let i = 0; i < this.pairs.length; i += 2) yield [this.pairs[i], this.pairs[i + 1]];
  }

  /** A string that two label sets share exactly when they are equal; made once. For maps, not for people. */
  get key(): string {
    this.cachedKey ??= keyOf(this.pairs);
    return this.cachedKey;
  }

  equals(other: Labels): boolean {
    if (this === other) return true;
    const { pairs } = this;
    if (pairs.length !== other.pairs.length) return false;
    // From the end: `__name__` stands first, and is what most often is the same.
    for (let i = pairs.length - 1; i >= 0; i--) if (pairs[i] !== other.pairs[i]) return false;
    return true;
  }

  /** With one label set, or removed where the value is ''. */
  with(name: string, value: string): Labels {
    if (this.get(name) === value) return this;
    const map = new Map(this.entries());
    map.set(name, value);
    return Labels.fromEntries(map);
  }

  /** Without the given names. */
  without(names: ReadonlySet<string>): Labels {
    return this.filter(name => !names.has(name));
  }

  /** With the given names only. */
  only(names: ReadonlySet<string>): Labels {
    return this.filter(name => names.has(name));
  }

  withoutName(): Labels {
    return this.has(METRIC_NAME) ? this.filter(name => name !== METRIC_NAME) : this;
  }

  private filter(keep: (name: string) => boolean): Labels {
    const kept: string[] = [];
    for (let i = 0; i < this.pairs.length; i += 2) {
      if (keep(this.pairs[i])) kept.push(this.pairs[i], this.pairs[i + 1]);
    }
    return kept.length === this.pairs.length ? this : new Labels(kept);
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.entries());
  }

  /** As in messages: `{__name__="up", job="a"}`, every label named. */
  toString(): string {
    return `{${[...this.entries()].map(([name, value]) => `${quoteName(name)}=${quoteText(value)}`).join(', ')}}`;
  }
}

/** By name and value, pair by pair, then by length: the order of matrix results. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.pairs.length, b.pairs.length);
  for (let i = 0; i < shared; i++) {
    const order = compareText(a.pairs[i], b.pairs[i]);
    if (order !== 0) return order;
  }
  return a.pairs.length - b.pairs.length;
}

function keyOf(pairs: readonly string[]): string {
  for (const text of pairs) {
    // A value that holds the separator itself: rare, and must not be taken for two.
    if (text.includes(KEY_SEPARATOR)) return KEY_SEPARATOR + JSON.stringify(pairs);
  }
  return pairs.join(KEY_SEPARATOR);
}

const LEGACY_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LEGACY_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Whether a label name needs no quotes in PromQL. */
export const isLegacyLabelName = (name: string): boolean => LEGACY_LABEL_NAME.test(name);

/** Whether a metric name needs no quotes in PromQL. */
export const isLegacyMetricName = (name: string): boolean => LEGACY_METRIC_NAME.test(name);

/** The name as PromQL writes it: quoted where it needs to be. */
export function quoteName(name: string): string {
  return isLegacyLabelName(name) ? name : quoteText(name);
}

/** A double-quoted string as Go's %q and PromQL write it. */
export function quoteText(text: string): string {
  return JSON.stringify(text)
    .replace(/[\u007f-\u009f\u00ad\u2028\u2029]/g, unicodeEscape)
    .replace(/\\u00([01][0-9a-f])/g, (_whole, hex) => SHORT_ESCAPES[hex] ?? `\\x${hex}`);
}

/** Control characters that Go writes by letter, beside those that JSON does. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '07': '\\a', '0b': '\\v' };

function unicodeEscape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x80 ? `\\x${code.toString(16)}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
