// Retention in the head: what is older than a time goes from memory and journal, a bounded part of it in each call.
// From the first call on nothing older is shown, whatever is still there.

import type { HeadGroup } from './head/group.ts';
import type { Layout } from './head/layout.ts';
import type { Segment } from './head/segment.ts';
import { FLOOR_SETTING } from './load.ts';
import type { StorageState } from './state.ts';

const SERIES_A_CALL = 5000;

/** What goes of one group in memory. */
interface DoomedGroup {
  readonly group: HeadGroup;
  readonly segments: readonly Segment[];
  readonly layouts: readonly Layout[];
}

export interface Dropped {
  /** Of samples, about. */
  readonly bytes: number;
  /** How many series have lost all they had. */
  readonly series: number;
}

/** What is older than the floor. Throws SQLite's error where it can't write; then nothing was dropped. */
export function dropFromHead(state: StorageState): Dropped {
  const { tables, floorMs } = state;
  const doomed = findDoomed(state, floorMs);
  const empty = emptySeries(state, floorMs);
  const { ids } = state.registry.columns;
  tables.database.transaction(() => {
    if (floorMs !== tables.setting(FLOOR_SETTING)) tables.putSetting(FLOOR_SETTING, floorMs);
    for (const { segments, layouts } of doomed) {
      for (const { journalIds } of segments) journalIds.forEach(tables.deleteRow);
      for (const layout of layouts) tables.deleteLayout(layout.id);
    }
    for (const ref of empty) tables.deleteSeries(ids[ref]);
  });
  state.minTimeMs = Math.max(state.minTimeMs, floorMs);
  let bytes = 0;
  for (const { group, segments, layouts } of doomed) {
    for (const segment of segments) {
      if (segment.isSealed) continue;
      bytes += segment.bytes;
      state.unsealedBytes -= segment.bytes;
    }
    group.remove(new Set(segments));
    for (const layout of layouts) layout.id = 0;
  }
  state.removeSeries(empty);
  return { bytes, series: empty.length };
}

function findDoomed(state: StorageState, floorMs: number): DoomedGroup[] {
  const doomed: DoomedGroup[] = [];
  for (const group of state.groups.values()) {
    const segments = group.segments.filter(segment => segment.maxTimeMs < floorMs);
    if (segments.length > 0) doomed.push({ group, segments, layouts: layoutsOnlyIn(segments) });
  }
  return doomed;
}

/** The layouts that have rows in head.db for these segments only. */
function layoutsOnlyIn(segments: readonly Segment[]): Layout[] {
  const uses = new Map<Layout, number>();
  for (const { layout, isSealed } of segments) if (!isSealed) uses.set(layout, (uses.get(layout) ?? 0) + 1);
  return [...uses].filter(([layout, count]) => layout.segments === count).map(([layout]) => layout);
}

/** Their refs. */
function emptySeries(state: StorageState, floorMs: number): number[] {
  const { registry, index } = state;
  const found: number[] = [];
  for (const ref of index.allRefs()) {
    const lastMs = registry.lastTimesMs[ref];
    if (lastMs < floorMs && lastMs !== Number.NEGATIVE_INFINITY) found.push(ref);
    if (found.length === SERIES_A_CALL) break;
  }
  return found;
}
