// The rows of head.db as they are read, and their checksums, each of which begins with the row's key. Drawn in
// docs/format/storage.md. What is checked here throws DamagedHead where it is not as it was written.

import { crc32 } from 'node:zlib';
import { rowChecksum } from '../row-checksum.ts';

/** A row of head.db is not as it was written. */
export class DamagedHead extends Error {}

export interface SeriesRecord {
  readonly id: number;
  readonly labels: string;
  readonly checksum: number;
  /** Its newest sample, where no row of the journal holds it. */
  readonly last_ms: number | null;
  /** The eight bytes of the value. */
  readonly last_value: Buffer | null;
  /** Of the newest sample. */
  readonly last_checksum: number | null;
}
export interface GroupRecord {
  readonly id: number;
  readonly key: string;
  readonly checksum: number;
}
export interface LayoutRecord {
  readonly id: number;
  readonly series: Buffer;
  readonly checksum: number;
}
export interface JournalRecord {
  readonly id: number;
  readonly group_id: number;
  readonly layout_id: number;
  readonly time_ms: number;
  readonly checksum: number;
  readonly samples: Buffer;
  readonly histograms: Buffer | null;
}
export interface TombstoneRecord {
  readonly id: number;
  readonly labels: string;
  readonly min_ms: number;
  readonly max_ms: number;
  readonly checksum: number;
}
export interface SettingRecord {
  readonly name: string;
  readonly value: number;
  readonly checksum: number;
}

export type NameRecord = Pick<SeriesRecord, 'id' | 'labels' | 'checksum'>;
type Summed<Record> = Omit<Record, 'checksum'>;

export const checksumOfLast = (id: number, lastMs: number, lastValue: Uint8Array): number =>
  rowChecksum(id, [lastMs], lastValue);
export const checksumOfText = (id: number, text: string): number => rowChecksum(id, [], text);
export const checksumOfLayout = (id: number, series: Uint8Array): number => rowChecksum(id, [], series);
export const checksumOfTombstone = ({ id, labels, min_ms, max_ms }: Summed<TombstoneRecord>): number =>
  rowChecksum(id, [min_ms, max_ms], labels);
export const checksumOfSetting = ({ name, value }: Summed<SettingRecord>): number =>
  rowChecksum(value, [], name);

export function checksumOfRow(
  id: number,
  groupId: number,
  layoutId: number,
  timeMs: number,
  samples: Uint8Array,
  histograms: Uint8Array | null,
): number {
  const checksum = rowChecksum(id, [groupId, layoutId, timeMs, samples.length], samples);
  return histograms ? crc32(histograms, checksum >>> 0) | 0 : checksum;
}

/** What a series is called. */
export function checkName({ id, labels, checksum }: NameRecord): void {
  check(checksum === checksumOfText(id, labels), 'series', id);
}

export function checkSeries(record: SeriesRecord): void {
  checkName(record);
  const { id, last_ms, last_value, last_checksum } = record;
  if (last_ms === null && last_value === null && last_checksum === null) return;
  const isSound = last_ms !== null && last_value?.length === 8;
  check(
    isSound && last_checksum === checksumOfLast(id, last_ms, last_value),
    'the last sample of series',
    id,
  );
}

export function checkGroup({ id, key, checksum }: GroupRecord): void {
  check(checksum === checksumOfText(id, key), 'group', id);
}

export function checkLayout({ id, series, checksum }: LayoutRecord): void {
  check(checksum === checksumOfLayout(id, series), 'layout', id);
}

export function checkTombstone(record: TombstoneRecord): void {
  check(record.checksum === checksumOfTombstone(record), 'tombstone', record.id);
}

export function checkSetting(record: SettingRecord): void {
  check(record.checksum === checksumOfSetting(record), 'setting', record.name);
}

export function checkRow(row: JournalRecord): void {
  const { id, group_id, layout_id, time_ms, samples, histograms } = row;
  const checksum = checksumOfRow(id, group_id, layout_id, time_ms, samples, histograms);
  check(row.checksum === checksum, 'row', id);
}

/** Rows are read by id, which rises: in a damaged table it may not. */
export function checkOrder(id: number, before: number): void {
  check(id > before, 'the order of the rows, at', id);
}

function check(isSound: boolean, what: string, id: number | string): void {
  if (!isSound) throw new DamagedHead(`${what} ${id} is not as it was written`);
}
