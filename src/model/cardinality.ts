// What the series in memory have most of: what /api/v1/status/tsdb shows.

export interface Cardinality {
  /** Pairs of a label's name and value. */
  readonly labelPairs: number;
  /** Largest first, of equal ones by name; each list has a limited length. */
  readonly seriesByMetric: readonly NamedCount[];
  readonly valuesByLabel: readonly NamedCount[];
  /** The bytes of each label's values. */
  readonly bytesByLabel: readonly NamedCount[];
  /** Named `label=value`. */
  readonly seriesByPair: readonly NamedCount[];
}

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}
