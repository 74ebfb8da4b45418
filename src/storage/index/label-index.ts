// The label index: label name to value to the refs of the series that carry the pair; finds series by matchers.
//
// Series that leave are taken out of the lists together, when the index is next looked at.

import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { find } from './find.ts';
import { Postings } from './postings.ts';
import { RegexAnswers } from './regex-answers.ts';
import { ValueLists } from './value-lists.ts';

/** What find() reads of a series' labels. */
export interface LabelSource {
  /** '' where there is no such label. */
  get(name: string): string;
}

/**
 * This many series may be leaving before they are taken out unasked; more where there are many, for all their lists are
 * gone through for it: one in 32. With 200,000 series that takes some 10 ms.
 */
const MOST_LEAVING = 1024;

export class LabelIndex {
  private readonly names = new Map<string, ValueLists>();
  private readonly answers = new RegexAnswers();
  private readonly all = new Postings();
  /** Removed, and still in the lists. */
  private readonly leaving = new Map<number, Labels>();

  get size(): number {
    return this.all.length - this.leaving.size;
  }

  /** The ref must not be in. The texts of the labels are kept: those that SeriesRegistry.labels() gives are shared. */
  add(ref: number, labels: Labels): void {
    if (this.leaving.has(ref)) this.sweep();
    this.all.add(ref);
    const { pairs } = labels;
    for (let i = 0; i < pairs.length; i += 2) {
      const lists = this.listsOf(pairs[i]);
      lists.carriers.add(ref);
      lists.open(pairs[i + 1]).add(ref);
    }
  }

  /** The ref must be in, with these labels. */
  remove(ref: number, labels: Labels): void {
    this.leaving.set(ref, labels);
    if (this.leaving.size > MOST_LEAVING + (this.all.length >> 5)) this.sweep();
  }

  /** Refs of all series, ascending. Maybe a view: not to be kept. */
  allRefs(): Uint32Array {
    this.sweep();
    return this.all.view();
  }

  /** Label names in use, in no order. */
  labelNames(): IterableIterator<string> {
    this.sweep();
    return this.names.keys();
  }

  /** The values of a label with the series that carry them. */
  valuesOf(name: string): ReadonlyMap<string, Postings> | undefined {
    this.sweep();
    return this.names.get(name)?.byValue;
  }

  /**
   * Refs of the series that satisfy all matchers, ascending; maybe a view. `labelsOf` gives the labels of a ref,
   * `refLimit` is above every ref.
   */
  find(matchers: readonly Matcher[], labelsOf: (ref: number) => LabelSource, refLimit: number): Uint32Array {
    this.sweep();
    return find(matchers, {
      size: this.all.length,
      all: () => this.all.view(),
      listsOf: name => this.names.get(name),
      answers: this.answers,
      valueOf: (ref, name) => labelsOf(ref).get(name),
      refLimit,
    });
  }

  /** Takes those that are leaving out of all their lists, each list once. */
  private sweep(): void {
    if (this.leaving.size === 0) return;
    let limit = 0;
    for (const ref of this.leaving.keys()) limit = Math.max(limit, ref + 1);
    const marks = new Uint8Array(limit);
    const touched = new Set<Postings>([this.all]);
    for (const [ref, { pairs }] of this.leaving) {
      marks[ref] = 1;
      for (let i = 0; i < pairs.length; i += 2) {
        const lists = this.names.get(pairs[i]);
        const postings = lists?.byValue.get(pairs[i + 1]);
        if (lists && postings) touched.add(lists.carriers).add(postings);
      }
    }
    for (const postings of touched) postings.removeMarked(marks);
    for (const { pairs } of this.leaving.values()) {
      for (let i = 0; i < pairs.length; i += 2) this.dropIfEmpty(pairs[i], pairs[i + 1]);
    }
    this.leaving.clear();
  }

  private dropIfEmpty(name: string, value: string): void {
    const lists = this.names.get(name);
    lists?.dropIfEmpty(value);
    if (lists?.byValue.size === 0) this.names.delete(name);
  }

  private listsOf(name: string): ValueLists {
    let lists = this.names.get(name);
    if (!lists) {
      lists = new ValueLists();
      this.names.set(name, lists);
    }
    return lists;
  }
}
