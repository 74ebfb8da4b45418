// Writes a day file and merges it, as fast as it can, while a test on another thread reads it.

import { workerData } from 'node:worker_threads';
import { Labels } from '../../../src/model/labels.ts';
import { DayWriter } from '../../../src/storage/day/day-writer.ts';
import { sourceOf } from './day-model.ts';

export interface MergingWorkerData {
  readonly file: string;
  readonly day: number;
  readonly startMs: number;
  readonly appends: number;
  /** Word 0 is set to 1 at the end. */
  readonly over: Int32Array;
}

export const seriesOf = (id: number): Labels => Labels.of({ __name__: 'm', id: String(id) });
export const SERIES = 100;

const data = workerData as MergingWorkerData | undefined;
if (data?.file) {
  const { file, day, startMs, appends, over } = data;
  const writer = new DayWriter(file, day);
  for (let i = 0; i < appends; i++) {
    writer.append(
      Array.from({ length: SERIES }, (_, id) =>
        sourceOf({ seriesId: id + 1, labels: seriesOf(id), samples: [[startMs + i, BigInt(id), 0]] }),
      ),
    );
    while (writer.mergeSome());
    if (i % 10 === 0) writer.checkpoint();
  }
  writer.close();
  Atomics.store(over, 0, 1);
}
