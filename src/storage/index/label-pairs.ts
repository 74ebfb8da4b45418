// Label pairs by number: each name and value that live series carry is kept once, for as long as one carries it.

import { compareText } from '../../model/text-order.ts';
import { flatText } from './flat-text.ts';
import { LazyOrder } from './lazy-order.ts';

interface LabelName {
  readonly text: string;
  /** Value to the pair's number. */
  readonly values: Map<string, number>;
}

const SURROGATE = /[\ud800-\udfff]/;
const hasSurrogates = (text: string): boolean => SURROGATE.test(text);

export class LabelPairs {
  private readonly byName = new Map<string, LabelName>();
  /** By pair. */
  private readonly names: (LabelName | undefined)[] = [];
  private readonly values: string[] = [];
  private uses = new Uint32Array(64);
  private readonly free: number[] = [];
  /** How many pairs need the slow comparison. */
  private withSurrogates = 0;
  private readonly order = new LazyOrder((a, b) => this.compare(a, b));

  /** How many pairs are in use. */
  get size(): number {
    return this.names.length - this.free.length;
  }

  /** Numbers are below this. */
  get limit(): number {
    return this.names.length;
  }

  /** The pair's number, -1 where no series carries it. */
  find(name: string, value: string): number {
    return this.byName.get(name)?.values.get(value) ?? -1;
  }

  /** Whether that is the pair of this number, which may be none at all. */
  is(pair: number, name: string, value: string): boolean {
    return pair < this.names.length && this.values[pair] === value && this.names[pair]?.text === name;
  }

  /** One user more. */
  use(pair: number): void {
    this.uses[pair]++;
  }

  /** Gives a pair that has none a number; call use() next. */
  make(name: string, value: string): number {
    let entry = this.byName.get(name);
    if (!entry) {
      entry = { text: flatText(name), values: new Map() };
      this.byName.set(entry.text, entry);
    }
    const pair = this.free.pop() ?? this.names.length;
    const text = flatText(value);
    entry.values.set(text, pair);
    this.names[pair] = entry;
    this.values[pair] = text;
    if (pair >= this.uses.length) {
      const uses = new Uint32Array(pair + 1 + (pair >> 2));
      uses.set(this.uses);
      this.uses = uses;
    }
    if (hasSurrogates(name) || hasSurrogates(value)) this.withSurrogates++;
    this.order.add(pair);
    return pair;
  }

  /** One user less: the last one takes the pair along, and its number is free. */
  release(pair: number): void {
    this.uses[pair]--;
    if (this.uses[pair] > 0) return;
    const name = this.names[pair] as LabelName;
    name.values.delete(this.values[pair]);
    if (name.values.size === 0) this.byName.delete(name.text);
    this.order.remove(pair);
    if (hasSurrogates(name.text) || hasSurrogates(this.values[pair])) this.withSurrogates--;
    this.names[pair] = undefined;
    this.values[pair] = '';
    this.free.push(pair);
  }

  nameOf(pair: number): string {
    return (this.names[pair] as LabelName).text;
  }

  valueOf(pair: number): string {
    return this.values[pair];
  }

  /** By name, then by value. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const nameA = this.names[a] as LabelName;
    const nameB = this.names[b] as LabelName;
    const sameName = nameA === nameB;
    const textA = sameName ? this.values[a] : nameA.text;
    const textB = sameName ? this.values[b] : nameB.text;
    // Fast path: where no text has surrogates, the language's own order is the right one.
    if (this.withSurrogates === 0) return textA < textB ? -1 : 1;
    return compareText(textA, textB);
  }

  /** By pair: numbers that order the pairs in use as compare() does. Good until the next pair comes or goes. */
  ranks(): Uint32Array {
    this.order.settle();
    return this.order.view();
  }
}
