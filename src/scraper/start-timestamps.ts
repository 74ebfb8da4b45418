// Start timestamps: since when counters, histograms and summaries count, as OpenMetrics' `_created` lines say.
//
//   # TYPE http_requests counter
//   http_requests_total{path="/"} 7          both lines have the same slot: family, and labels but le or quantile
//   http_requests_created{path="/"} 1712345678.123
//
// In: samples' places in rows and their slots, then what the `_created` lines said. Out: the rows with their start
// timestamps (feature st-storage), and rows of zeros at those times (feature created-timestamp-zero-ingestion).

import { type Labels, METRIC_NAME } from '../model/labels.ts';
import type { MetricType } from '../model/metadata.ts';
import { Row } from '../storage/contract.ts';
import type { MetricFamily } from './metric-family.ts';
import { type Generation, NO_SLOT } from './series-cache.ts';

const CREATED_SUFFIX = '_created';
const TYPES_WITH_START: ReadonlySet<MetricType> = new Set(['counter', 'histogram', 'summary']);

/** A zero older than this, counted from its sample, is not added. */
const ZERO_LIMIT_MS = 3_600_000;

interface TimedPlace {
  readonly row: Row;
  readonly position: number;
  readonly slot: number;
}

/** Whether a series is no series but the start timestamps of its family. */
export const isCreatedLine = (metricName: string, { type }: MetricFamily): boolean =>
  TYPES_WITH_START.has(type) && metricName.endsWith(CREATED_SUFFIX);

export class StartTimestamps {
  private readonly stores: boolean;
  private readonly slots = new Map<string, number>();
  /** By slot, ms; those count whose serial is that of this scrape. */
  private startsMs = new Float64Array(16);
  private seenAt = new Uint32Array(16);
  private serial = 0;
  /** By position in the scrape's row. */
  private rowSlots = new Int32Array(64);
  private noted = 0;
  private timedPlaces: TimedPlace[] = [];
  private readonly zeros: ZeroSamples | undefined;
  private readonly timedZeros: ZeroSamples | undefined;

  /** `stores`: rows get start timestamps; `addsZeros`: there are rows of zeros. */
  constructor(stores: boolean, addsZeros: boolean) {
    this.stores = stores;
    this.zeros = addsZeros ? new ZeroSamples() : undefined;
    this.timedZeros = addsZeros ? new ZeroSamples() : undefined;
  }

  begin(): void {
    this.serial++;
    this.noted = 0;
    this.timedPlaces = [];
    this.zeros?.begin();
    this.timedZeros?.begin();
  }

  /** What a series shares with its `_created` line; NO_SLOT where it can have none. */
  slotOf(exposed: Labels, family: MetricFamily): number {
    const { metricName } = exposed;
    const isCreated = isCreatedLine(metricName, family);
    if (!isCreated && !(TYPES_WITH_START.has(family.type) && family.has(metricName))) return NO_SLOT;
    const familyName = isCreated ? metricName.slice(0, -CREATED_SUFFIX.length) : family.name;
    const key = `${familyName}\u0000${exposed.without(partLabels(family.type)).key}`;
    const known = this.slots.get(key);
    if (known !== undefined) return known;
    const slot = this.slots.size;
    this.slots.set(key, slot);
    if (slot >= this.seenAt.length) this.growSlots();
    return slot;
  }

  /** Takes the value of a `_created` line: seconds. What is no time after 1970 stands for unknown. */
  setStart(slot: number, seconds: number): void {
    const startMs = Math.trunc(seconds * 1000);
    this.startsMs[slot] = startMs > 0 && Number.isSafeInteger(startMs) ? startMs : 0;
    this.seenAt[slot] = this.serial;
  }

  /** The sample added last to the scrape's row has this slot. To be told of every sample. */
  note(position: number, slot: number): void {
    if (position === this.rowSlots.length) this.growRow();
    this.rowSlots[position] = slot;
    this.noted = position + 1;
  }

  /** The same of a sample that brings its own timestamp. */
  noteTimed(row: Row, column: number, slot: number): void {
    const position = row.length - 1;
    // The same sample again is taken without being added.
    if (slot === NO_SLOT || row.columns[position] !== column) return;
    this.timedPlaces.push({ row, position, slot });
  }

  /** Once the body is read: gives the samples their starts. */
  fill(row: Row): void {
    for (let i = 0; i < this.noted; i++) this.setAt(row, i, this.rowSlots[i], this.zeros);
    for (const { row: timedRow, position, slot } of this.timedPlaces) {
      this.setAt(timedRow, position, slot, this.timedZeros);
    }
  }

  /** After fill(): zeros where series started; what the storage refuses of them had its zero, or samples, before. */
  zeroRows(): Row[] {
    return [...(this.zeros?.rows() ?? []), ...(this.timedZeros?.rows() ?? [])];
  }

  /** Lets go of slots that no line has any more, once they are many. */
  forget(lines: Generation): void {
    if (this.slots.size <= 2 * lines.length + 64) return;
    const renumbered = new Int32Array(this.slots.size).fill(NO_SLOT);
    let count = 0;
    for (let line = 0; line < lines.length; line++) {
      const slot = lines.startSlots[line];
      if (slot === NO_SLOT) continue;
      if (renumbered[slot] === NO_SLOT) renumbered[slot] = count++;
      lines.startSlots[line] = renumbered[slot];
    }
    for (const [key, slot] of this.slots) {
      if (renumbered[slot] === NO_SLOT) this.slots.delete(key);
      else this.slots.set(key, renumbered[slot]);
    }
  }

  /** The column belongs to no series any more. */
  forgetColumn(column: number): void {
    this.zeros?.forgetColumn(column);
  }

  forgetTimedColumn(column: number): void {
    this.timedZeros?.forgetColumn(column);
  }

  private setAt(row: Row, position: number, slot: number, zeros: ZeroSamples | undefined): void {
    if (slot === NO_SLOT || this.seenAt[slot] !== this.serial) return;
    const startMs = this.startsMs[slot];
    if (startMs === 0) return;
    if (this.stores) {
      row.startTimestampsMs ??= new Float64Array(row.values.length);
      row.startTimestampsMs[position] = startMs;
    }
    zeros?.add(row, row.columns[position], startMs);
  }

  private growSlots(): void {
    const startsMs = new Float64Array(this.startsMs.length * 2);
    startsMs.set(this.startsMs);
    this.startsMs = startsMs;
    const seenAt = new Uint32Array(startsMs.length);
    seenAt.set(this.seenAt);
    this.seenAt = seenAt;
  }

  private growRow(): void {
    const larger = new Int32Array(this.rowSlots.length * 2);
    larger.set(this.rowSlots);
    this.rowSlots = larger;
  }
}

/** Zeros of the series of one group, each start once. */
class ZeroSamples {
  /** By column: the start that had its zero. */
  private lastStartsMs = new Float64Array(64);
  private readonly byStart = new Map<number, Row>();

  begin(): void {
    this.byStart.clear();
  }

  /** `sample` is the row that has the sample whose series started at `startMs`. */
  add(sample: Row, column: number, startMs: number): void {
    const { group, timestampMs } = sample;
    if (startMs >= timestampMs || startMs < timestampMs - ZERO_LIMIT_MS) return;
    if (column >= this.lastStartsMs.length) this.grow(column);
    if (this.lastStartsMs[column] === startMs) return;
    this.lastStartsMs[column] = startMs;
    let row = this.byStart.get(startMs);
    if (row === undefined) {
      row = new Row(group, startMs, 8);
      this.byStart.set(startMs, row);
    }
    row.add(column, 0);
  }

  forgetColumn(column: number): void {
    if (column < this.lastStartsMs.length) this.lastStartsMs[column] = 0;
  }

  /** In order of time. */
  rows(): Row[] {
    return [...this.byStart.values()].sort((a, b) => a.timestampMs - b.timestampMs);
  }

  private grow(column: number): void {
    const larger = new Float64Array(Math.max(column + 1, this.lastStartsMs.length * 2));
    larger.set(this.lastStartsMs);
    this.lastStartsMs = larger;
  }
}

const NAME_ONLY: ReadonlySet<string> = new Set([METRIC_NAME]);
const HISTOGRAM_PARTS: ReadonlySet<string> = new Set([METRIC_NAME, 'le']);
const SUMMARY_PARTS: ReadonlySet<string> = new Set([METRIC_NAME, 'quantile']);

/** The labels in which the series of one metric of a family differ. */
function partLabels(type: MetricType): ReadonlySet<string> {
  if (type === 'histogram') return HISTOGRAM_PARTS;
  return type === 'summary' ? SUMMARY_PARTS : NAME_ONLY;
}
