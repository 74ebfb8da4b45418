// Exemplars of a request: read from protobuf, judged, held until the samples are stored.
//
//   Exemplar   1 labels*   2 value   3 timestamp (ms)
//
// As in Prometheus, an exemplar that can't be taken is left out and counted; it never fails a request.

import { bug } from '../base/errors.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { Labels } from '../model/labels.ts';
import type { Storage } from '../storage/contract.ts';
import type { KnownSeries } from './known-series.ts';
import { LABEL_TAG, LabelsBuilder, labelsAt } from './labels.ts';
import { EIGHT_BYTES, tagOf, VARINT, type WireReader } from './wire.ts';

const VALUE_TAG = tagOf(2, EIGHT_BYTES);
const TIMESTAMP_TAG = tagOf(3, VARINT);

/** Of all names and values of its labels, in characters. */
const MAX_LABEL_LENGTH = 128;

export class PendingExemplars {
  /** Older than one that the series sent before. */
  outOfOrder = 0;
  /** With labels that are invalid or too long. */
  invalid = 0;
  private readonly kept: { readonly labels: Labels; readonly exemplar: Exemplar }[] = [];
  private readonly builder = new LabelsBuilder();

  /**
   * Reads the exemplar that ends at `end`, of a series (null: one that is not taken) whose labels stand from
   * `labelsStart` on.
   */
  read(reader: WireReader, end: number, series: KnownSeries | null, labelsStart: number): void {
    let value = 0;
    let timestampMs = 0;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === LABEL_TAG) this.builder.read(reader, end);
      else if (tag === VALUE_TAG) value = reader.double();
      else if (tag === TIMESTAMP_TAG) timestampMs = reader.int64();
      else reader.skip(tag & 7);
    }
    reader.finish(end);
    const labels = this.builder.build();
    if (!series) return;
    if (!labels || lengthOf(labels) > MAX_LABEL_LENGTH) this.invalid++;
    else if (timestampMs < (series.source.exemplarTimeMs(series.column) ?? timestampMs)) this.outOfOrder++;
    else {
      series.source.setExemplarTimeMs(series.column, timestampMs);
      const ofSeries = labelsAt(reader, labelsStart, end, this.builder) ?? bug('known labels are valid');
      this.kept.push({ labels: ofSeries, exemplar: { labels, value, timestampMs } });
    }
  }

  storeIn(storage: Storage): void {
    for (const { labels, exemplar } of this.kept) storage.appendExemplar(labels, exemplar);
  }
}

/** In code points. */
function lengthOf(labels: Labels): number {
  let length = 0;
  for (const text of labels.pairs) length += [...text].length;
  return length;
}
