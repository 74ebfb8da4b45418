// The labels of a time series or exemplar, from protobuf.
//
//   Label   1 name   2 value

import { Labels } from '../model/labels.ts';
import { compareText } from '../model/text-order.ts';
import { LENGTH_DELIMITED, tagOf, type WireReader } from './wire.ts';

/** Of a label in a time series or exemplar. */
export const LABEL_TAG = tagOf(1, LENGTH_DELIMITED);
const NAME_TAG = tagOf(1, LENGTH_DELIMITED);
const VALUE_TAG = tagOf(2, LENGTH_DELIMITED);

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Collects labels one by one, from any order. */
export class LabelsBuilder {
  private pairs: string[] = [];
  private isSorted = true;
  private isValid = true;

  /** Reads one Label message, the tag of which has been read, inside a message that ends at `end`. */
  read(reader: WireReader, end: number): void {
    const labelEnd = reader.messageEnd(end);
    let name: string | undefined = '';
    let value: string | undefined = '';
    while (reader.pos < labelEnd) {
      const tag = reader.tag(labelEnd);
      if (tag === NAME_TAG) name = textOf(reader, labelEnd);
      else if (tag === VALUE_TAG) value = textOf(reader, labelEnd);
      else reader.skip(tag & 7);
    }
    reader.finish(labelEnd);
    this.add(name, value);
  }

  /** undefined where a name is empty or stands twice, or a text is no UTF-8. Empty afterwards. */
  build(): Labels | undefined {
    const { pairs, isSorted, isValid } = this;
    this.reset();
    if (!isValid) return undefined;
    return isSorted ? Labels.fromSorted(pairs) : fromUnsorted(pairs);
  }

  /** Forgets what was read, as after a label that broke off. */
  reset(): void {
    this.pairs = [];
    this.isSorted = true;
    this.isValid = true;
  }

  private add(name: string | undefined, value: string | undefined): void {
    if (name === undefined || value === undefined || name === '') {
      this.isValid = false;
      return;
    }
    const { pairs } = this;
    if (value === '' || (pairs.length > 0 && compareText(pairs[pairs.length - 2], name) >= 0)) {
      this.isSorted = false;
    }
    pairs.push(name, value);
  }
}

function fromUnsorted(pairs: readonly string[]): Labels | undefined {
  const map = new Map<string, string>();
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  return map.size * 2 === pairs.length ? Labels.fromEntries(map) : undefined;
}

/**
 * The labels that stand from `start` on, up to the first field that is none or to `end`; undefined as build(). The
 * reader stays where it is.
 */
export function labelsAt(
  reader: WireReader,
  start: number,
  end: number,
  builder: LabelsBuilder,
): Labels | undefined {
  const { bytes, pos } = reader;
  builder.reset();
  reader.pos = start;
  while (reader.pos < end && bytes[reader.pos] === LABEL_TAG) {
    reader.pos++;
    builder.read(reader, end);
  }
  reader.pos = pos;
  return builder.build();
}

/** A string or bytes field inside a message that ends at `end`; undefined where it is no UTF-8. */
export function textOf(reader: WireReader, end: number): string | undefined {
  const textEnd = reader.messageEnd(end);
  const from = reader.pos;
  reader.pos = textEnd;
  const { bytes } = reader;
  for (let i = from; i < textEnd; i++) {
    if (bytes[i] < 0x80) continue;
    try {
      return decoder.decode(bytes.subarray(from, textEnd));
    } catch {
      return undefined;
    }
  }
  return bytes.toString('latin1', from, textEnd);
}
