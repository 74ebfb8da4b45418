// The lines of a target from one scrape to the next: where the scrape under way stands among those of the last one,
// and, once it differs from that, the lines that will take their place.

import { Generation } from './series-cache.ts';

export class KnownLines {
  /** Of the last scrape that was read to its end. */
  current = new Generation();
  /** Of this scrape, once it differs. */
  next = new Generation();
  differs = false;
  /** The line of `current` that should come next. */
  cursor = 0;

  begin(): void {
    this.differs = false;
    this.cursor = 0;
  }

  /** Nothing is known any more. */
  clear(): void {
    this.current.clear();
  }

  /** The line that should come next did. */
  step(): void {
    const line = this.cursor++;
    if (this.differs) this.next.pushLine(this.current, line);
  }

  /** A line of `current` came out of its place: others are expected to follow it as they did. */
  jump(line: number): void {
    this.next.pushLine(this.current, line);
    this.cursor = line + 1;
  }

  /** From here on this scrape differs from the last one: its lines are written down anew. */
  differ(): void {
    if (this.differs) return;
    this.differs = true;
    this.next.copyFirst(this.current, this.cursor);
  }

  /** After a scrape that differed: what it had is what the next one is compared with. */
  replace(): void {
    [this.current, this.next] = [this.next, this.current];
    this.current.trim();
    this.next.clear();
    this.next.trim();
  }
}
