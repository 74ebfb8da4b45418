// What an open does: reads series and journal from head.db, so that memory is as it was at the last commit.

import { Labels } from '../model/labels.ts';
import { decodeHistograms } from './chunk/histogram-codec.ts';
import { readJournalSamples } from './chunk/journal-codec.ts';
import type { HeadGroup } from './head/group.ts';
import type { JournalRecord, SeriesRecord } from './head/head-rows.ts';
import { Layout, NO_COLUMN } from './head/layout.ts';
import type { Series } from './series.ts';
import type { StorageState } from './state.ts';

/** Name of the setting that holds the time before which everything is dropped, ms. */
export const FLOOR_SETTING = 'floor_ms';

export function loadState(state: StorageState): void {
  state.floorMs = state.tables.setting(FLOOR_SETTING) ?? Number.NEGATIVE_INFINITY;
  const seriesById = new Map<number, Series>();
  for (const record of state.tables.allSeries()) seriesById.set(record.id, loadSeries(state, record));
  for (const { id, key } of state.tables.allGroups()) state.noteGroup(key, id);
  new JournalReplay(state, seriesById).run();
  showSeries(state, seriesById.values());
  if (state.days.size > 0) {
    state.noteTime(state.days.minTimeMs);
    state.noteTime(state.days.maxTimeMs);
    state.releasedMaxMs = state.days.maxTimeMs;
  }
  state.minTimeMs = Math.max(state.minTimeMs, state.floorMs);
  for (const id of [...state.groupKeys.keys()]) state.removeGroupRow(id);
}

function loadSeries(state: StorageState, { id, labels, last_ms, last_value }: SeriesRecord): Series {
  const { registry } = state;
  const series = registry.open(Labels.fromSorted(JSON.parse(labels)));
  series.id = id;
  if (last_ms === null || last_value === null) return series;
  registry.lastTimesMs[series.ref] = last_ms;
  registry.lastValues.set(new Float64Array(new Uint8Array(last_value).buffer), series.ref);
  series.minTimeMs = last_ms;
  return series;
}

class JournalReplay {
  private readonly state: StorageState;
  private readonly seriesById: ReadonlyMap<number, Series>;
  private readonly layoutSeries = new Map<number, Uint32Array>();
  /** By layout id; a layout belongs to one group. */
  private readonly layouts = new Map<number, Layout>();

  constructor(state: StorageState, seriesById: ReadonlyMap<number, Series>) {
    this.state = state;
    this.seriesById = seriesById;
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
    const { lastTimesMs, lastValues } = this.state.registry;
    for (let i = 0; i < layout.width; i++) {
      const column = layout.columns[i];
      if (column === NO_COLUMN) continue;
      const series = group.seriesAt(column);
      if (timestampMs < series.minTimeMs) series.minTimeMs = timestampMs;
      if (timestampMs <= lastTimesMs[series.ref]) continue;
      lastTimesMs[series.ref] = timestampMs;
      lastValues[series.ref] = values[i];
      const histogram = histograms?.[i];
      if (histogram) series.lastHistogram = { timestampMs, histogram };
    }
  }

  private layout(id: number, group: HeadGroup): Layout {
    const known = this.layouts.get(id);
    if (known) return known;
    const columns = (this.layoutSeries.get(id) ?? new Uint32Array()).map(seriesId => {
      const series = this.seriesById.get(seriesId);
      return series ? group.columnOf(series) : NO_COLUMN;
    });
    const layout = new Layout(columns);
    layout.id = id;
    this.layouts.set(id, layout);
    return layout;
  }
}

/** Puts series with samples into the index; the rows of those without any go. */
function showSeries(state: StorageState, all: Iterable<Series>): void {
  const { tables, registry } = state;
  const empty: Series[] = [];
  for (const series of all) {
    const hasSamples = registry.lastTimesMs[series.ref] !== Number.NEGATIVE_INFINITY;
    if (!hasSamples) {
      empty.push(series);
      continue;
    }
    state.showSeries(series);
    state.liveSeries++;
    if (!series.hasPlace) state.homeless.push(series);
  }
  if (empty.length > 0) {
    tables.database.transaction(() => {
      for (const series of empty) tables.deleteSeries(series.id);
    });
  }
  for (const series of empty) {
    series.id = 0;
    registry.closeIfUnused(series);
  }
}
