// A storage that takes everything and keeps nothing: what is left of a measurement when the storage costs nothing.

import type { Labels } from '../../src/model/labels.ts';
import type { CommitReport, Row, SeriesGroup } from '../../src/storage/contract.ts';
import { MemoryStorage } from '../../test/support/memory-storage.ts';

export class NowhereStorage extends MemoryStorage {
  private readonly opened = new Map<string, NowhereGroup>();

  override group(key: string): SeriesGroup {
    const group = this.opened.get(key) ?? new NowhereGroup(key);
    this.opened.set(key, group);
    return group;
  }

  override commit(rows: readonly Row[]): CommitReport {
    let appended = 0;
    for (const { length } of rows) appended += length;
    const refused = { out_of_order: 0, duplicate: 0, too_old: 0, out_of_bounds: 0 };
    return { appended, refused, firstRefused: undefined, newSeries: 0 };
  }
}

/** Gives each label set that it is shown a new column. */
class NowhereGroup implements SeriesGroup {
  readonly key: string;
  private columns = 0;

  constructor(key: string) {
    this.key = key;
  }

  column(_labels: Labels): number {
    return this.columns++;
  }

  retire(): void {}

  release(): void {}
}
