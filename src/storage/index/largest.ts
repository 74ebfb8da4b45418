// Keeps the largest of many counts: of equal ones those whose name comes first.
//
// Nearly all that are offered are too small, so that one comparison settles them; a name is made only for those that
// stay.

import type { NamedCount } from '../../model/cardinality.ts';
import { compareText } from '../../model/text-order.ts';

export class Largest {
  private readonly limit: number;
  private kept: NamedCount[] = [];
  /** The smallest count that may stay. */
  private threshold = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  offer(count: number, name: () => string): void {
    if (count < this.threshold) return;
    this.kept.push({ name: name(), count });
    if (this.kept.length >= 2 * this.limit) this.cut();
  }

  /** The largest first. */
  list(): readonly NamedCount[] {
    this.cut();
    return this.kept;
  }

  /** Sorting at twice the limit costs each that is offered a constant share. */
  private cut(): void {
    this.kept.sort((a, b) => b.count - a.count || compareText(a.name, b.name));
    this.kept.length = Math.min(this.kept.length, this.limit);
    if (this.kept.length === this.limit) this.threshold = this.kept[this.limit - 1].count;
  }
}
