// Builds remote write 1.0 bodies for tests, by protobufjs's writer.
import protobuf from 'protobufjs/minimal.js';
import snappy from 'snappy';

export interface TimeSeries {
  readonly labels: readonly (readonly [string | Uint8Array, string | Uint8Array])[];
  readonly samples?: readonly (readonly [number, number])[];
  /** Values by their eight bytes. */
  readonly rawSamples?: readonly (readonly [Uint8Array, number])[];
  readonly exemplars?: readonly {
    labels: readonly (readonly [string, string])[];
    value: number;
    timestampMs: number;
  }[];
  readonly histograms?: readonly Uint8Array[];
}

export interface SentMetadata {
  readonly family: string;
  /** As the protocol numbers them: 1 counter, 2 gauge, … */
  readonly type?: number;
  readonly help?: string;
  readonly unit?: string;
}

type Writer = protobuf.Writer;

const LENGTH = 2;
const tag = (field: number, wireType: number): number => (field << 3) | wireType;

/** The WriteRequest, not compressed. */
export function encodeRequest(
  series: readonly TimeSeries[],
  metadata: readonly SentMetadata[] = [{ family: 'metric' }],
): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const one of series) message(writer, 1, inner => writeSeries(inner, one));
  for (const one of metadata) message(writer, 3, inner => writeMetadata(inner, one));
  return writer.finish();
}

/** Labels as they stand inside a time series' message. */
export function encodeLabels(labels: TimeSeries['labels']): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const pair of labels) writeLabel(writer, pair);
  return writer.finish();
}

export function compressed(request: Uint8Array): Uint8Array {
  return snappy.compressSync(Buffer.from(request));
}

export const bodyOf = (series: readonly TimeSeries[], metadata?: readonly SentMetadata[]): Uint8Array =>
  compressed(encodeRequest(series, metadata));

function writeSeries(writer: Writer, series: TimeSeries): void {
  for (const pair of series.labels) writeLabel(writer, pair);
  for (const [value, timestampMs] of series.samples ?? []) {
    message(writer, 2, sample => {
      // An unknown field between the known ones.
      sample.uint32(tag(1, 1)).double(value).uint32(tag(9, 0)).uint32(7);
      sample.uint32(tag(2, 0)).int64(timestampMs);
    });
  }
  for (const [bits, timestampMs] of series.rawSamples ?? []) {
    message(writer, 2, sample => {
      const [low, high] = new Uint32Array(Uint8Array.from(bits).buffer);
      sample.uint32(tag(1, 1)).fixed32(low).fixed32(high).uint32(tag(2, 0)).int64(timestampMs);
    });
  }
  for (const { labels, value, timestampMs } of series.exemplars ?? []) {
    message(writer, 3, exemplar => {
      for (const pair of labels) writeLabel(exemplar, pair);
      exemplar.uint32(tag(2, 1)).double(value).uint32(tag(3, 0)).int64(timestampMs);
    });
  }
  for (const histogram of series.histograms ?? []) writer.uint32(tag(4, LENGTH)).bytes(histogram);
}

function writeMetadata(writer: Writer, { family, type = 0, help = '', unit = '' }: SentMetadata): void {
  writer.uint32(tag(1, 0)).int32(type).uint32(tag(2, LENGTH)).string(family);
  writer.uint32(tag(4, LENGTH)).string(help).uint32(tag(5, LENGTH)).string(unit);
}

function writeLabel(
  writer: Writer,
  [name, value]: readonly [string | Uint8Array, string | Uint8Array],
): void {
  message(writer, 1, label => {
    label.uint32(tag(1, LENGTH)).bytes(Buffer.from(name as string));
    label.uint32(tag(2, LENGTH)).bytes(Buffer.from(value as string));
  });
}

/** An integer histogram: buckets 1, 3 (as deltas 1, 2) from offset 0, and a span on. */
export function integerHistogram(timestampMs: number, sum = 18.4): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(1, 0)).uint64(6).uint32(tag(3, 1)).double(sum).uint32(tag(4, 0)).sint32(1);
  writer.uint32(tag(5, 1)).double(0.001).uint32(tag(6, 0)).uint64(2);
  span(writer, 11, -1, 2);
  packed(writer, 12, inner => inner.sint64(1).sint64(2));
  span(writer, 8, 0, 1);
  packed(writer, 9, inner => inner.sint64(1));
  writer.uint32(tag(14, 0)).int32(2).uint32(tag(15, 0)).int64(timestampMs);
  return writer.finish();
}

export function floatHistogram(timestampMs: number): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(2, 1)).double(1.5).uint32(tag(3, 1)).double(2).uint32(tag(4, 0)).sint32(-53);
  span(writer, 11, 0, 1);
  packed(writer, 13, inner => inner.double(1.5));
  packed(writer, 16, inner => inner.double(0.5).double(1));
  writer.uint32(tag(15, 0)).int64(timestampMs);
  return writer.finish();
}

function span(writer: Writer, field: number, offset: number, length: number): void {
  message(writer, field, inner => inner.uint32(tag(1, 0)).sint32(offset).uint32(tag(2, 0)).uint32(length));
}

function packed(writer: Writer, field: number, write: (writer: Writer) => void): void {
  message(writer, field, write);
}

function message(writer: Writer, field: number, write: (writer: Writer) => void): void {
  writer.uint32(tag(field, LENGTH)).fork();
  write(writer);
  writer.ldelim();
}
