// Reads a WriteRequest of remote write 1.0 into rows for the storage, in pieces of bounded time.
//
//   WriteRequest  1 timeseries*   3 metadata*
//   TimeSeries    1 labels*   2 samples*   3 exemplars*   4 histograms*
//   Sample        1 value     2 timestamp (ms)
//
// Almost every sample that is sent is 16 bytes long, a double and a timestamp of six bytes, which has a fast path:
//
//   0x12 16 | 0x09 value, 8 bytes | 0x10 timestamp, 6 bytes
//
// Labels must stand before samples. Unknown fields are skipped; what breaks the format throws a WireError.

import type { Row } from '../storage/contract.ts';
import { PendingExemplars } from './exemplars.ts';
import { readHistogram } from './histogram.ts';
import type { KnownSeries } from './known-series.ts';
import { NOT_FOUND } from './label-table.ts';
import { LABEL_TAG } from './labels.ts';
import { type ReceivedMetadata, readMetadata } from './metadata.ts';
import type { RowGatherer } from './row-gatherer.ts';
import type { INVALID, SeriesCache } from './series-cache.ts';
import { EIGHT_BYTES, LENGTH_DELIMITED, tagOf, VARINT, WireError, WireReader } from './wire.ts';

const TIME_SERIES_TAG = tagOf(1, LENGTH_DELIMITED);
const METADATA_TAG = tagOf(3, LENGTH_DELIMITED);
const SAMPLE_TAG = tagOf(2, LENGTH_DELIMITED);
const EXEMPLAR_TAG = tagOf(3, LENGTH_DELIMITED);
const HISTOGRAM_TAG = tagOf(4, LENGTH_DELIMITED);
const VALUE_TAG = tagOf(1, EIGHT_BYTES);
const TIMESTAMP_TAG = tagOf(2, VARINT);

/** Of a sample as it is almost always sent, after tag and length. */
const USUAL_SAMPLE_BYTES = 16;
/** Its first three bytes: tag, length, tag of the value. */
const USUAL_START = SAMPLE_TAG | (USUAL_SAMPLE_BYTES << 8) | (VALUE_TAG << 16);
const TWO_28 = 2 ** 28;

export class RequestReader {
  readonly exemplars = new PendingExemplars();
  readonly metadata: ReceivedMetadata[] = [];
  /** How many samples were left out since their labels are invalid. */
  invalidSamples = 0;
  private readonly reader: WireReader;
  private readonly cache: SeriesCache;
  private readonly gatherer: RowGatherer;
  /** Of the series that was read last. */
  private labelsStart = NOT_FOUND;
  // The timestamp that was read last, and its bytes:
  private lastTimestampMs = 0;
  private lastLow = 0;
  private lastHigh = -1;

  /** Series are found in the cache, rows made by the gatherer, which holds nothing of another request. */
  constructor(body: Buffer, cache: SeriesCache, gatherer: RowGatherer) {
    this.reader = new WireReader(body);
    this.cache = cache;
    this.gatherer = gatherer;
  }

  /** Reads up to `count` time series and metadata on; returns whether that was the end. */
  read(count: number): boolean {
    const { reader } = this;
    const end = reader.bytes.length;
    for (let i = 0; i < count && reader.pos < end; i++) {
      const tag = reader.tag(end);
      if (tag === TIME_SERIES_TAG) this.timeSeries(reader.messageEnd(end));
      else if (tag === METADATA_TAG) this.readMetadata(reader.messageEnd(end));
      else reader.skip(tag & 7);
    }
    return reader.pos === end;
  }

  /** Once everything has been read; of recycled rows see RowGatherer. */
  rows(): readonly Row[] {
    return this.gatherer.finish();
  }

  private timeSeries(end: number): void {
    const { reader } = this;
    const start = reader.pos;
    const series = this.cache.find(reader, end, this.labelsStart);
    this.labelsStart = start;
    while (reader.pos < end) {
      if (this.usualSample(end, series)) continue;
      const tag = reader.tag(end);
      if (tag === SAMPLE_TAG) this.sample(reader.messageEnd(end), series);
      else if (tag === EXEMPLAR_TAG) this.exemplars.read(reader, reader.messageEnd(end), series, start);
      else if (tag === HISTOGRAM_TAG) this.histogram(reader.messageEnd(end), series);
      else if (tag === LABEL_TAG) throw new WireError('proto: labels must stand before samples');
      else reader.skip(tag & 7);
    }
    reader.finish(end);
  }

  /** Fast path: reads a sample of the usual form; returns false, with nothing done, where there is none. */
  private usualSample(end: number, series: KnownSeries | typeof INVALID): boolean {
    const { reader } = this;
    const { view, pos } = reader;
    if (pos + USUAL_SAMPLE_BYTES + 2 > end) return false;
    if ((view.getInt32(pos, true) & 0xffffff) !== USUAL_START) return false;
    if (view.getUint8(pos + 11) !== TIMESTAMP_TAG) return false;
    const low = view.getInt32(pos + 12, true);
    const high = view.getUint16(pos + 16, true);
    if (low !== this.lastLow || high !== this.lastHigh) {
      // Six bytes of a varint: all but the last say that it goes on.
      if ((low & 0x80808080) !== (0x80808080 | 0) || (high & 0x8080) !== 0x0080) return false;
      const lowBits =
        (low & 0x7f) | ((low >>> 1) & 0x3f80) | ((low >>> 2) & 0x1fc000) | ((low >>> 3) & 0xfe00000);
      this.lastTimestampMs = lowBits + ((high & 0x7f) | ((high >>> 1) & 0x3f80)) * TWO_28;
      this.lastLow = low;
      this.lastHigh = high;
    }
    reader.pos = pos + USUAL_SAMPLE_BYTES + 2;
    this.take(series, this.lastTimestampMs, pos + 3);
    return true;
  }

  /** Slow path, of a sample message in any form. */
  private sample(end: number, series: KnownSeries | typeof INVALID): void {
    const { reader } = this;
    let valueAt = -1;
    let timestampMs = 0;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === VALUE_TAG) {
        valueAt = reader.pos;
        reader.skip(EIGHT_BYTES);
      } else if (tag === TIMESTAMP_TAG) timestampMs = reader.int64();
      else reader.skip(tag & 7);
    }
    reader.finish(end);
    if (valueAt >= 0) this.take(series, timestampMs, valueAt);
    else if (series) this.gatherer.add(series, timestampMs, 0);
    else this.invalidSamples++;
  }

  /** Takes the sample whose value's eight bytes stand there. */
  private take(series: KnownSeries | typeof INVALID, timestampMs: number, valueAt: number): void {
    if (!series) {
      this.invalidSamples++;
      return;
    }
    const { view } = this.reader;
    const value = view.getFloat64(valueAt, true);
    if (value === value) this.gatherer.add(series, timestampMs, value);
    else {
      const [low, high] = [view.getUint32(valueAt, true), view.getUint32(valueAt + 4, true)];
      this.gatherer.addBits(series, timestampMs, low, high);
    }
  }

  private histogram(end: number, series: KnownSeries | typeof INVALID): void {
    const { histogram, timestampMs } = readHistogram(this.reader, end);
    if (!series) this.invalidSamples++;
    else if (histogram) this.gatherer.addHistogram(series, timestampMs, histogram);
    else this.gatherer.addStale(series, timestampMs);
  }

  private readMetadata(end: number): void {
    const one = readMetadata(this.reader, end);
    if (one) this.metadata.push(one);
  }
}
