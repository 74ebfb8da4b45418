// The values of one label, each with the list of the series that carry it, in the order the values came in; and the list
// of all series that carry the label.

import { Postings } from './postings.ts';

export class ValueLists {
  readonly byValue = new Map<string, Postings>();
  readonly carriers = new Postings();
  /** How many values have gone since the beginning: while this stays, known values keep their positions. */
  drops = 0;

  /** The list of that value, made on first use. */
  open(value: string): Postings {
    let postings = this.byValue.get(value);
    if (!postings) {
      postings = new Postings();
      this.byValue.set(value, postings);
    }
    return postings;
  }

  /** Lets the value go where no series carries it. */
  dropIfEmpty(value: string): void {
    if (this.byValue.get(value)?.length !== 0) return;
    this.byValue.delete(value);
    this.drops++;
  }
}
