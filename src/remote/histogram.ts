// A native histogram of remote write 1.0 as the model's histogram.
//
//   1 count_int    2 count_float    3 sum    4 schema    5 zero_threshold    6 zero_count_int   7 zero_count_float
//   8 negative_spans*   9 negative_deltas*   10 negative_counts*
//   11 positive_spans*  12 positive_deltas*  13 positive_counts*
//   14 reset_hint   15 timestamp (ms)   16 custom_values*          BucketSpan: 1 offset   2 length
//
// Integer histograms carry deltas between buckets, float histograms counts; both become counts.

import type { BucketSpan, CounterResetHint, Histogram } from '../model/histogram.ts';
import { LENGTH_DELIMITED, tagOf, VARINT, type WireReader } from './wire.ts';

export interface TimedHistogram {
  /** undefined: a staleness marker. */
  readonly histogram: Histogram | undefined;
  readonly timestampMs: number;
}

const HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];
const OFFSET_TAG = tagOf(1, VARINT);
const LENGTH_TAG = tagOf(2, VARINT);
/** Of the staleness marker, which a number may not keep. */
const [STALE_LOW, STALE_HIGH] = [0x00000002, 0x7ff00000];

/** Reads the message that ends at `end`. */
export function readHistogram(reader: WireReader, end: number): TimedHistogram {
  const fields = new HistogramFields(end);
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (!fields.read(reader, tag >>> 3, tag & 7)) reader.skip(tag & 7);
  }
  reader.finish(end);
  return { histogram: fields.isStale ? undefined : fields.histogram(), timestampMs: fields.timestampMs };
}

class HistogramFields {
  timestampMs = 0;
  isStale = false;
  private count = 0;
  private sum = 0;
  private schema = 0;
  private zeroThreshold = 0;
  private zeroCount = 0;
  private resetHint = 0;
  private readonly spans = { negative: [] as BucketSpan[], positive: [] as BucketSpan[] };
  private readonly deltas = { negative: [] as number[], positive: [] as number[] };
  private readonly counts = { negative: [] as number[], positive: [] as number[] };
  private readonly customValues: number[] = [];
  private readonly end: number;

  constructor(end: number) {
    this.end = end;
  }

  read(reader: WireReader, number: number, wireType: number): boolean {
    if (wireType === LENGTH_DELIMITED) return this.readRepeated(reader, number);
    return this.readSingle(reader, number) || this.readElement(reader, number);
  }

  histogram(): Histogram {
    return {
      counterResetHint: HINTS[this.resetHint] ?? 'unknown',
      schema: this.schema,
      zeroThreshold: this.zeroThreshold,
      zeroCount: this.zeroCount,
      count: this.count,
      sum: this.sum,
      positiveSpans: this.spans.positive,
      negativeSpans: this.spans.negative,
      positiveBuckets: bucketsOf(this.counts.positive, this.deltas.positive),
      negativeBuckets: bucketsOf(this.counts.negative, this.deltas.negative),
      customValues: this.customValues,
    };
  }

  private readSingle(reader: WireReader, number: number): boolean {
    switch (number) {
      case 1:
        this.count = reader.uint64();
        return true;
      case 2:
        this.count = reader.double();
        return true;
      case 3:
        this.isStale = isStaleDouble(reader);
        this.sum = reader.double();
        return true;
      case 4:
        this.schema = reader.sint32();
        return true;
      case 5:
        this.zeroThreshold = reader.double();
        return true;
      case 6:
        this.zeroCount = reader.uint64();
        return true;
      case 7:
        this.zeroCount = reader.double();
        return true;
      case 14:
        this.resetHint = reader.int32();
        return true;
      case 15:
        this.timestampMs = reader.int64();
        return true;
      default:
        return false;
    }
  }

  private readRepeated(reader: WireReader, number: number): boolean {
    if (number === 8 || number === 11) {
      const spans = number === 8 ? this.spans.negative : this.spans.positive;
      spans.push(readSpan(reader, this.end));
      return true;
    }
    if (!REPEATED_NUMBERS.has(number)) return false;
    const end = reader.messageEnd(this.end);
    while (reader.pos < end) this.readElement(reader, number);
    reader.finish(end);
    return true;
  }

  /** One number of a repeated field. */
  private readElement(reader: WireReader, number: number): boolean {
    switch (number) {
      case 9:
        this.deltas.negative.push(reader.sint64());
        return true;
      case 10:
        this.counts.negative.push(reader.double());
        return true;
      case 12:
        this.deltas.positive.push(reader.sint64());
        return true;
      case 13:
        this.counts.positive.push(reader.double());
        return true;
      case 16:
        this.customValues.push(reader.double());
        return true;
      default:
        return false;
    }
  }
}

const REPEATED_NUMBERS: ReadonlySet<number> = new Set([9, 10, 12, 13, 16]);

function readSpan(reader: WireReader, end: number): BucketSpan {
  const spanEnd = reader.messageEnd(end);
  let offset = 0;
  let length = 0;
  while (reader.pos < spanEnd) {
    const tag = reader.tag(spanEnd);
    if (tag === OFFSET_TAG) offset = reader.sint32();
    else if (tag === LENGTH_TAG) length = reader.uint32();
    else reader.skip(tag & 7);
  }
  reader.finish(spanEnd);
  return { offset, length };
}

function isStaleDouble({ view, pos }: WireReader): boolean {
  return (
    pos + 8 <= view.byteLength &&
    view.getUint32(pos, true) === STALE_LOW &&
    view.getUint32(pos + 4, true) === STALE_HIGH
  );
}

/** Counts as they are, or summed up from deltas. */
function bucketsOf(counts: readonly number[], deltas: readonly number[]): readonly number[] {
  if (counts.length > 0) return counts;
  let count = 0;
  return deltas.map(delta => {
    count += delta;
    return count;
  });
}
