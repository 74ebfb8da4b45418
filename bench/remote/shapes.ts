// Requests of remote write as senders make them, in several shapes.

import { compressSync } from 'snappy';
import { encodeWriteRequest, type WriteSeries } from '../../test/reference/remote-write.ts';

export interface Shape {
  readonly name: string;
  readonly series: number;
  /** (job, instance) pairs, each with as many series. */
  readonly sources: number;
  /** Of each series, in one message. */
  readonly samples: number;
  /** Messages a request, where that is not one for each series: the stream is cut wherever that falls. */
  readonly perRequest?: number;
}

export interface Request {
  readonly body: Buffer;
  readonly samples: number;
}

/** A Prometheus sends a message for each sample, 500 (2.42) or 2,000 (3.x) a request. */
export const SHAPES: readonly Shape[] = [
  { name: 'plain', series: 2000, sources: 4, samples: 1 },
  { name: 'cut', series: 2274, sources: 4, samples: 1, perRequest: 500 },
  { name: 'queued', series: 200, sources: 4, samples: 1, perRequest: 2000 },
  { name: 'dense', series: 200, sources: 4, samples: 100 },
  { name: 'scattered', series: 2000, sources: 2000, samples: 1 },
];

const INTERVAL_MS = 1000;

/** As many requests one after the other in time, the last of them about now. */
export function requestsOf(shape: Shape, count: number): Request[] {
  const { series, samples, perRequest = series } = shape;
  const labels = Array.from({ length: series }, (_, i) => labelsOf(shape, i));
  const rounds = Math.ceil((count * perRequest) / series);
  const firstMs = Date.now() - rounds * samples * INTERVAL_MS;
  return Array.from({ length: count }, (_, request) => {
    const messages = Array.from({ length: perRequest }, (_, k) => {
      const message = request * perRequest + k;
      const round = Math.floor(message / series);
      return messageOf(labels[message % series], firstMs + round * samples * INTERVAL_MS, samples, message);
    });
    return { body: bodyOf(messages), samples: perRequest * samples };
  });
}

/** One request with a sample of each of so many series that were never sent before. */
export function newSeries(count: number): Buffer {
  const shape = { name: 'new', series: count, sources: 100, samples: 1 };
  const timeMs = Date.now() - INTERVAL_MS;
  return bodyOf(Array.from({ length: count }, (_, i) => messageOf(labelsOf(shape, i), timeMs, 1, i)));
}

function messageOf(
  labels: WriteSeries['labels'],
  startMs: number,
  samples: number,
  value: number,
): WriteSeries {
  const points = Array.from(
    { length: samples },
    (_, k) => [startMs + k * INTERVAL_MS, value + k * 1.5] as const,
  );
  return { labels, samples: points };
}

/** About as long as those of a service with a request histogram; the series of a source follow one another. */
function labelsOf({ name, series, sources }: Shape, i: number): WriteSeries['labels'] {
  return [
    ['__name__', 'http_request_duration_seconds_bucket'],
    ['instance', `10.0.0.${Math.floor((i * sources) / series)}:8080`],
    ['job', name],
    ['le', String(2 ** (i % 12))],
    ['method', 'GET'],
    ['path', `/api/v1/projects/{project_id}/models/${Math.floor(i / 12)}`],
    ['service', 'query-router'],
  ];
}

const bodyOf = (series: readonly WriteSeries[]): Buffer =>
  compressSync(Buffer.from(encodeWriteRequest(series)));
