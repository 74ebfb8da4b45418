// Remote-write bodies made beforehand, so that sending costs next to nothing while a server is measured: rows in the
// order of time, cut into requests of so many samples as a sender's queue does, one sample a series.

import { compressSync } from 'snappy';
import { encodeWriteRequest } from '../../test/reference/remote-write.ts';
import type { FleetTarget } from './fleet.ts';

export interface WriteBody {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly samples: number;
}

export interface WriteRange {
  /** Of the first row. */
  readonly startMs: number;
  readonly intervalMs: number;
  readonly rows: number;
}

/** As Prometheus 3's queues: max_samples_per_send. */
const SAMPLES_A_REQUEST = 2000;

/** A series ends with its sample: a double behind its tag, then the time as a varint of six bytes behind its own. */
const VALUE_FROM_END = 15;
const TIME_FROM_END = 6;

export function writeBodies(targets: readonly FleetTarget[], range: WriteRange): WriteBody[] {
  const encoded = targets.flatMap(({ job, instance, series }) =>
    series.map(({ labels, values }) => ({ bytes: encodeSeries(labels, job, instance), values })),
  );
  const bodies: WriteBody[] = [];
  let pending: Buffer[] = [];
  const send = () => {
    if (pending.length === 0) return;
    bodies.push({ body: new Uint8Array(compressSync(Buffer.concat(pending))), samples: pending.length });
    pending = [];
  };
  for (let row = 0; row < range.rows; row++) {
    const time = encodeTime(range.startMs + row * range.intervalMs);
    for (const { bytes, values } of encoded) {
      const copy = Buffer.from(bytes);
      copy.writeDoubleLE(values[row], copy.length - VALUE_FROM_END);
      time.copy(copy, copy.length - TIME_FROM_END);
      pending.push(copy);
      if (pending.length === SAMPLES_A_REQUEST) send();
    }
  }
  send();
  return bodies;
}

/** One sample of a series of its own: how a server learns that time has passed. */
export function clockBody(timeMs: number): WriteBody {
  const labels = [
    ['__name__', 'bench_clock'] as const,
    ['instance', 'bench'] as const,
    ['job', 'bench'] as const,
  ];
  const request = encodeWriteRequest([{ labels, samples: [[timeMs, 1]] }]);
  return { body: new Uint8Array(compressSync(Buffer.from(request))), samples: 1 };
}

/** Sends them one after the other; rejects where one is refused. */
export async function sendAll(url: string, bodies: readonly WriteBody[]): Promise<void> {
  for (const { body } of bodies) {
    const response = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`remote write to ${url}: ${response.status} ${text.slice(0, 500)}`);
  }
}

export const samplesOf = (bodies: readonly WriteBody[]): number =>
  bodies.reduce((sum, { samples }) => sum + samples, 0);

const SOME_TIME_MS = Date.UTC(2026, 0, 1);

function encodeSeries(labels: readonly (readonly [string, string])[], job: string, instance: string): Buffer {
  const all = [...labels, ['job', job] as const, ['instance', instance] as const];
  const sorted = all.sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(encodeWriteRequest([{ labels: sorted, samples: [[SOME_TIME_MS, 1]] }]));
}

function encodeTime(timeMs: number): Buffer {
  const bytes = Buffer.from(encodeWriteRequest([{ labels: [], samples: [[timeMs, 1]] }]));
  return bytes.subarray(bytes.length - TIME_FROM_END);
}
