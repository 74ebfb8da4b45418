// Takes requests' data, one request at a time: reads it, gives the rows to the storage, says how that went.
//
// Nothing reaches the storage before the whole body has been read. Whatever the size, this thread is not held for
// long: reading stops after some milliseconds, the names of new series are written down in pieces, and many rows
// make several commits.

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import type { Refusal, RefusedSample, Row, Storage } from '../storage/contract.ts';
import { StorageError } from '../storage/errors.ts';
import type { RemoteWriteAnswer } from './contract.ts';
import { MetadataStore } from './metadata.ts';
import { createReceiverMetrics, type ReceiverMetrics } from './metrics.ts';
import { refusalText } from './refusal.ts';
import { RowGatherer } from './row-gatherer.ts';
import { SeriesCache } from './series-cache.ts';
import { nextTurn } from './turns.ts';
import { WireError } from './wire.ts';
import { RequestReader } from './write-request.ts';

export interface IntakeDependencies {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly log: Logger;
}

const SLICE_MS = 10;
/** How many time series are read, or label sets aged, between two looks at the clock. */
const SERIES_A_STEP = 256;
/** So many new series and more are written down before the commit. */
const REGISTER_FROM = 1000;
/** What one commit takes, in samples. */
const COMMIT_SAMPLES = 50_000;
/** What a row costs beside its samples, in samples. */
const ROW_COST = 30;

const TAKEN: RemoteWriteAnswer = { status: 204, message: '' };

export class Intake {
  readonly metadata = new MetadataStore();
  private readonly storage: Storage;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly cache: SeriesCache;
  private readonly gatherer = new RowGatherer();
  private readonly metrics: ReceiverMetrics;

  constructor({ storage, clock, log, registry }: IntakeDependencies) {
    this.storage = storage;
    this.clock = clock;
    this.log = log;
    this.cache = new SeriesCache(storage);
    this.metrics = createReceiverMetrics(registry, () => this.cache.size.series);
  }

  /** Takes an inflated body. Not to be called again before it has resolved. */
  async take(body: Buffer): Promise<RemoteWriteAnswer> {
    try {
      const request = new RequestReader(body, this.cache, this.gatherer);
      await this.read(request);
      this.count(request);
      return await this.store(request);
    } catch (thrown) {
      if (thrown instanceof WireError) return { status: 400, message: thrown.message };
      if (!(thrown instanceof StorageError)) throw thrown;
      this.log.error({ err: thrown.message }, 'Error writing remote write samples');
      return { status: 500, message: thrown.message };
    } finally {
      this.gatherer.recycle();
    }
  }

  /** Forgets series and metadata that no sender sends any more. Not to be called while a body is taken. */
  async age(): Promise<void> {
    const { cache, clock } = this;
    cache.setNow(clock.monotonicMs());
    this.metadata.age(clock.monotonicMs());
    for (let sliceEndMs = clock.monotonicMs() + SLICE_MS; !cache.age(SERIES_A_STEP); ) {
      if (clock.monotonicMs() < sliceEndMs) continue;
      await nextTurn();
      sliceEndMs = clock.monotonicMs() + SLICE_MS;
    }
  }

  private async read(request: RequestReader): Promise<void> {
    const { clock, cache } = this;
    let nowMs = clock.monotonicMs();
    cache.setNow(nowMs);
    const openedBefore = cache.opened;
    for (let sliceEndMs = nowMs + SLICE_MS; !request.read(SERIES_A_STEP); ) {
      nowMs = clock.monotonicMs();
      if (nowMs < sliceEndMs) continue;
      await nextTurn();
      sliceEndMs = clock.monotonicMs() + SLICE_MS;
    }
    if (cache.opened - openedBefore < REGISTER_FROM) return;
    while (!this.storage.register(SLICE_MS)) await nextTurn();
  }

  private count({ invalidSamples, exemplars, metadata }: RequestReader): void {
    const { log, metrics } = this;
    if (invalidSamples > 0) {
      metrics.invalidLabels.inc(invalidSamples);
      log.warn({ samples: invalidSamples }, 'Samples with invalid labels in a remote write request');
    }
    if (exemplars.invalid > 0) metrics.refusedExemplars.inc({ reason: 'invalid_labels' }, exemplars.invalid);
    if (exemplars.outOfOrder > 0) {
      metrics.refusedExemplars.inc({ reason: 'out_of_order' }, exemplars.outOfOrder);
      log.warn({ num_dropped: exemplars.outOfOrder }, 'Error on ingesting out-of-order exemplars');
    }
    const nowMs = this.clock.monotonicMs();
    for (const one of metadata) this.metadata.add(one, nowMs);
  }

  private async store(request: RequestReader): Promise<RemoteWriteAnswer> {
    const rows = request.rows();
    let refused: RefusedSample | undefined;
    for (let from = 0, to = 0; from < rows.length; from = to) {
      if (from > 0) await nextTurn();
      to = commitEnd(rows, from);
      const report = this.storage.commit(from === 0 && to === rows.length ? rows : rows.slice(from, to));
      this.metrics.taken.inc(report.appended);
      refused ??= report.firstRefused;
      if (report.firstRefused) this.countRefused(report.refused);
    }
    request.exemplars.storeIn(this.storage);
    return refused ? this.refusal(refused, rows) : TAKEN;
  }

  private countRefused(refused: Readonly<Record<Refusal, number>>): void {
    for (const [reason, count] of Object.entries(refused)) {
      if (count > 0) this.metrics.refused.inc({ reason }, count);
    }
  }

  private refusal(refused: RefusedSample, rows: readonly Row[]): RemoteWriteAnswer {
    const { labels, timestampMs } = refused;
    const message = refusalText(refused, rows, this.cache.placeOf(labels), this.storage);
    const details = { err: message, series: labels.toString(), timestamp: timestampMs };
    this.log.debug(details, 'Out of order sample from remote write');
    return { status: 400, message };
  }
}

/** Where the commit that begins with row `from` ends. */
function commitEnd(rows: readonly Row[], from: number): number {
  let cost = 0;
  let to = from;
  while (to < rows.length && cost < COMMIT_SAMPLES) cost += rows[to++].length + ROW_COST;
  return to;
}
