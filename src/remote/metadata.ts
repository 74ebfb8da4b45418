// What senders say of the metrics that they write: type, help and unit, kept for as long as they go on saying it.
//
//   MetricMetadata   1 type   2 metric family name   4 help   5 unit
//
// A family may have several entries, since targets may differ. A sender repeats itself every minute or so.

import type { Metadata, MetricType } from '../model/metadata.ts';
import { textOf } from './labels.ts';
import { LENGTH_DELIMITED, tagOf, VARINT, type WireReader } from './wire.ts';

export interface ReceivedMetadata {
  readonly family: string;
  readonly metadata: Metadata;
}

const TYPE_TAG = tagOf(1, VARINT);
const FAMILY_TAG = tagOf(2, LENGTH_DELIMITED);
const HELP_TAG = tagOf(4, LENGTH_DELIMITED);
const UNIT_TAG = tagOf(5, LENGTH_DELIMITED);

const TYPES: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** Reads the message that ends at `end`; undefined where it names no family, or a text is no UTF-8. */
export function readMetadata(reader: WireReader, end: number): ReceivedMetadata | undefined {
  let type = 0;
  let family: string | undefined = '';
  let help: string | undefined = '';
  let unit: string | undefined = '';
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === TYPE_TAG) type = reader.uint32();
    else if (tag === FAMILY_TAG) family = textOf(reader, end);
    else if (tag === HELP_TAG) help = textOf(reader, end);
    else if (tag === UNIT_TAG) unit = textOf(reader, end);
    else reader.skip(tag & 7);
  }
  reader.finish(end);
  if (!family || help === undefined || unit === undefined) return undefined;
  return { family, metadata: { type: TYPES[type] ?? 'unknown', help, unit } };
}

/** Far above what any sender has. */
const MAX_ENTRIES = 50_000;
const MAX_TEXT_LENGTH = 16 * 1024 * 1024;
const FORGOTTEN_AFTER_MS = 10 * 60_000;

interface Entry extends ReceivedMetadata {
  seenMs: number;
}

export class MetadataStore {
  /** In the order in which they were last seen, oldest first. */
  private readonly entries = new Map<string, Entry>();
  private textLength = 0;

  /** `nowMs` never goes back. Beyond the bounds the oldest make way. */
  add({ family, metadata }: ReceivedMetadata, nowMs: number): void {
    const key = keyOf(family, metadata);
    if (key.length > MAX_TEXT_LENGTH) return;
    const entry = this.entries.get(key) ?? { family, metadata, seenMs: nowMs };
    this.remove(key);
    entry.seenMs = nowMs;
    this.entries.set(key, entry);
    this.textLength += key.length;
    while (this.entries.size > MAX_ENTRIES || this.textLength > MAX_TEXT_LENGTH) {
      this.remove(this.entries.keys().next().value as string);
    }
  }

  /** Forgets what nobody says any more. */
  age(nowMs: number): void {
    for (const [key, { seenMs }] of this.entries) {
      if (seenMs > nowMs - FORGOTTEN_AFTER_MS) return;
      this.remove(key);
    }
  }

  /** Family and metadata, a family as often as there are different entries. */
  *[Symbol.iterator](): Generator<readonly [string, Metadata]> {
    for (const { family, metadata } of this.entries.values()) yield [family, metadata];
  }

  private remove(key: string): void {
    if (this.entries.delete(key)) this.textLength -= key.length;
  }
}

const keyOf = (family: string, { type, help, unit }: Metadata): string =>
  `${family}\u0000${type}\u0000${unit}\u0000${help}`;
