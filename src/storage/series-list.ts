// A list of series for those who look at it again later, when some may have left and their refs be others'.

import type { SeriesRegistry } from './series.ts';

export class SeriesList {
  private readonly registry: SeriesRegistry;
  private readonly refs: Uint32Array;
  /** How often each ref had been closed when the list was made. */
  private readonly closings: Uint32Array;

  /** `refs` is kept. Without `closings` the series must be open. */
  constructor(registry: SeriesRegistry, refs: Uint32Array, closings = closingsOf(registry, refs)) {
    this.registry = registry;
    this.refs = refs;
    this.closings = closings;
  }

  get length(): number {
    return this.refs.length;
  }

  /** The ref of the series at that position, -1 where it has been closed since. */
  at(position: number): number {
    const ref = this.refs[position];
    return this.registry.columns.closings[ref] === this.closings[position] ? ref : -1;
  }

  /** The list of those at these positions. */
  pick(positions: Uint32Array): SeriesList {
    const { registry, refs, closings } = this;
    return new SeriesList(
      registry,
      positions.map(position => refs[position]),
      positions.map(position => closings[position]),
    );
  }

  /** The refs of those between two positions that have not been closed. */
  open(from: number, to: number): number[] {
    const open: number[] = [];
    for (let position = from; position < Math.min(to, this.length); position++) {
      const ref = this.at(position);
      if (ref >= 0) open.push(ref);
    }
    return open;
  }
}

function closingsOf({ columns }: SeriesRegistry, refs: Uint32Array): Uint32Array {
  const { closings } = columns;
  return refs.map(ref => closings[ref]);
}
