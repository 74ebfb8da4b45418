// What an open does: reads series and journal from head.db, so that memory is as it was at the last commit.

import { Labels } from '../model/labels.ts';
import { decodeHistograms } from './chunk/histogram-codec.ts';
import { readJournalSamples } from './chunk/journal-codec.ts';
import type { HeadGroup } from './head/group.ts';
import type { JournalRecord, SeriesRecord } from './head/head-rows.ts';
import { Layout, NO_COLUMN } from './head/layout.ts';
import { SeriesList } from './series-list.ts';
import type { StorageState } from './state.ts';

/** Name of the setting that holds the time before which everything is dropped, ms. */
export const FLOOR_SETTING = 'floor_ms';

export function loadState(state: StorageState): void {
  state.floorMs = state.tables.setting(FLOOR_SETTING) ?? Number.NEGATIVE_INFINITY;
  const refsById = new Map<number, number>();
  for (const record of state.tables.allSeries()) refsById.set(record.id, loadSeries(state, record));
  for (const { id, key } of state.tables.allGroups()) state.noteGroup(key, id);
  new JournalReplay(state, refsById).run();
  showSeries(state, refsById.values());
  if (state.days.size > 0) {
    state.noteTime(state.days.minTimeMs);
    state.noteTime(state.days.maxTimeMs);
    state.releasedMaxMs = state.days.maxTimeMs;
  }
  state.minTimeMs = Math.max(state.minTimeMs, state.floorMs);
  for (const id of [...state.groupKeys.keys()]) state.removeGroupRow(id);
}

function loadSeries(state: StorageState, { id, labels, last_ms, last_value }: SeriesRecord): number {
  const { registry } = state;
  const ref = registry.open(Labels.fromSorted(JSON.parse(labels)));
  const { ids, lastTimesMs, lastValues, minTimesMs } = registry.columns;
  ids[ref] = id;
  if (last_ms === null || last_value === null) return ref;
  lastTimesMs[ref] = last_ms;
  lastValues.set(new Float64Array(new Uint8Array(last_value).buffer), ref);
  minTimesMs[ref] = last_ms;
  return ref;
}

class JournalReplay {
  private readonly state: StorageState;
  private readonly refsById: ReadonlyMap<number, number>;
  private readonly layoutSeries = new Map<number, Uint32Array>();
  /** By layout id; a layout belongs to one group. */
  private readonly layouts = new Map<number, Layout>();

  constructor(state: StorageState, refsById: ReadonlyMap<number, number>) {
    this.state = state;
    this.refsById = refsById;
  }

  run(): void {
    const { tables } = this.state;
    for (const { id, series } of tables.allLayouts()) {
      this.layoutSeries.set(id, new Uint32Array(new Uint8Array(series).buffer));
    }
    // Rows that were to go outlive their group and layout when a crash comes in between.
    const left: number[] = [];
    for (const record of tables.allRows()) {
      const key = this.state.groupKeys.get(record.group_id);
      if (key === undefined || !this.layoutSeries.has(record.layout_id)) left.push(record.id);
      else this.replay(record, this.state.openGroup(key));
    }
    const unused = [...this.layoutSeries.keys()].filter(id => !this.layouts.has(id));
    if (left.length + unused.length === 0) return;
    tables.database.transaction(() => {
      left.forEach(tables.deleteRow);
      unused.forEach(tables.deleteLayout);
    });
  }

  private replay(record: JournalRecord, group: HeadGroup): void {
    const layout = this.layout(record.layout_id, group);
    const timestampMs = record.time_ms;
    const { values, startTimestampsMs } = readJournalSamples(record.samples, layout.width);
    const histograms = record.histograms ? decodeHistograms(record.histograms, layout.width) : undefined;
    group.append(layout, { timestampMs, values, histograms, startTimestampsMs }, record.id, 0);
    this.state.unsealedBytes += values.byteLength;
    this.state.noteTime(timestampMs);
    const { lastTimesMs, lastValues, minTimesMs, lastHistograms } = this.state.registry.columns;
    for (let i = 0; i < layout.width; i++) {
      const column = layout.columns[i];
      if (column === NO_COLUMN) continue;
      const ref = group.refs[column];
      if (timestampMs < minTimesMs[ref]) minTimesMs[ref] = timestampMs;
      if (timestampMs <= lastTimesMs[ref]) continue;
      lastTimesMs[ref] = timestampMs;
      lastValues[ref] = values[i];
      const histogram = histograms?.[i];
      if (histogram) lastHistograms.set(ref, { timestampMs, histogram });
    }
  }

  private layout(id: number, group: HeadGroup): Layout {
    const known = this.layouts.get(id);
    if (known) return known;
    const columns = (this.layoutSeries.get(id) ?? new Uint32Array()).map(seriesId => {
      const ref = this.refsById.get(seriesId);
      return ref === undefined ? NO_COLUMN : group.columnOf(ref);
    });
    const layout = new Layout(columns);
    layout.id = id;
    this.layouts.set(id, layout);
    return layout;
  }
}

/** Puts series with samples into the index; the rows of those without any go. */
function showSeries(state: StorageState, refs: Iterable<number>): void {
  const { tables, registry } = state;
  const { ids, lastTimesMs } = registry.columns;
  const empty: number[] = [];
  const homeless: number[] = [];
  for (const ref of refs) {
    if (lastTimesMs[ref] === Number.NEGATIVE_INFINITY) {
      empty.push(ref);
      continue;
    }
    state.showSeries(ref);
    state.liveSeries++;
    if (!registry.places.has(ref)) homeless.push(ref);
  }
  if (homeless.length > 0) state.homeless = new SeriesList(registry, Uint32Array.from(homeless));
  if (empty.length > 0) {
    tables.database.transaction(() => {
      for (const ref of empty) tables.deleteSeries(ids[ref]);
    });
  }
  for (const ref of empty) {
    ids[ref] = 0;
    registry.closeIfUnused(ref);
  }
}
