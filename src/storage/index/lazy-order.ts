// Members (small numbers) in an order that is costly to compare: each is compared when it joins, not when some of them
// are to be sorted. Newcomers wait unsorted until a sort meets one or many have gathered; then they are sorted
// among themselves and merged in, so that no call does more than a fraction of the whole work.

/** The rank of what waits to be merged in. */
const WAITING = 0xffffffff;
/** Takes the place of a member that left. */
const GONE = 0xffffffff;
/** This many newcomers are merged in without being asked for: a few milliseconds' work. */
const MOST_NEWCOMERS = 2048;

export class LazyOrder {
  private readonly compare: (a: number, b: number) => number;
  /** Called before a round of comparisons. */
  private readonly prepare: (() => void) | undefined;
  /** The first `placed` entries: members in order, with holes. */
  private order = new Uint32Array(64);
  private placed = 0;
  private holes = 0;
  /** By member: its position in `order`. */
  private ranks = new Uint32Array(64);
  private readonly newcomers = new Set<number>();

  /** `compare` must not change its mind about two members while both are in. */
  constructor(compare: (a: number, b: number) => number, prepare?: () => void) {
    this.compare = compare;
    this.prepare = prepare;
  }

  get size(): number {
    return this.placed - this.holes + this.newcomers.size;
  }

  /** The member must not be in. */
  add(member: number): void {
    if (member >= this.ranks.length) this.ranks = enlarged(this.ranks, member + 1);
    this.ranks[member] = WAITING;
    this.newcomers.add(member);
    if (this.newcomers.size >= MOST_NEWCOMERS) this.settle();
  }

  /** The member must be in. */
  remove(member: number): void {
    if (this.newcomers.delete(member)) return;
    this.order[this.ranks[member]] = GONE;
    this.holes++;
    if (this.holes > MOST_NEWCOMERS + (this.placed >> 1)) this.close();
  }

  /** Gives every member a rank. */
  settle(): void {
    if (this.newcomers.size === 0) return;
    this.prepare?.();
    if (this.holes > 0) this.close();
    this.merge(Uint32Array.from(this.newcomers).sort(this.compare));
    this.newcomers.clear();
  }

  /** Ranks by member, ascending in the order; good until the next change. Call settle() first. */
  view(): Uint32Array {
    return this.ranks;
  }

  /** The same members in order. None may stand there twice. */
  sorted(members: Uint32Array): Uint32Array {
    if (this.newcomers.size > 0 && members.some(member => this.ranks[member] === WAITING)) this.settle();
    const ranks = new Uint32Array(members.length);
    for (let i = 0; i < members.length; i++) ranks[i] = this.ranks[members[i]];
    const { order } = this;
    if (members.length < this.placed >> 4) {
      ranks.sort();
      for (let i = 0; i < ranks.length; i++) ranks[i] = order[ranks[i]];
      return ranks;
    }
    // Most of them: walking along the order is cheaper than sorting.
    const marks = new Uint8Array(this.placed);
    for (let i = 0; i < ranks.length; i++) marks[ranks[i]] = 1;
    let length = 0;
    for (let rank = 0; rank < marks.length; rank++) if (marks[rank] === 1) ranks[length++] = order[rank];
    return ranks;
  }

  /** Closes the holes. */
  private close(): void {
    const { order, ranks } = this;
    let length = 0;
    for (let rank = 0; rank < this.placed; rank++) {
      const member = order[rank];
      if (member === GONE) continue;
      order[length] = member;
      ranks[member] = length++;
    }
    this.placed = length;
    this.holes = 0;
    if (length < order.length >> 1) this.order = order.slice(0, Math.max(length, 64));
  }

  /** Puts members that are in order among those that have a place; there are no holes. */
  private merge(newcomers: Uint32Array): void {
    const total = this.placed + newcomers.length;
    if (total > this.order.length) this.order = enlarged(this.order, total);
    const { order } = this;
    // From the end, so that what stands there moves only once.
    let end = this.placed;
    for (let i = newcomers.length - 1; i >= 0; i--) {
      const at = this.position(newcomers[i], end);
      order.copyWithin(at + i + 1, at, end);
      order[at + i] = newcomers[i];
      end = at;
    }
    this.placed = total;
    for (let rank = end; rank < total; rank++) this.ranks[order[rank]] = rank;
  }

  /** How many of the first `end` members stand before this one; looked for from the end, in growing steps. */
  private position(member: number, end: number): number {
    const { order, compare } = this;
    let high = end;
    let step = 1;
    let low = end - step;
    while (low >= 0 && compare(order[low], member) > 0) {
      high = low;
      step *= 2;
      low = high - step;
    }
    low = Math.max(low, -1) + 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(order[middle], member) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** A copy with room for `least` and a quarter more than there was. */
function enlarged(column: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, column.length + (column.length >> 2)));
  larger.set(column);
  return larger;
}
