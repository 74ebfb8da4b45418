// Leads a storage through a life, step by step, beside the model, and compares both.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Matcher, matchesAll } from '../../../src/model/matcher.ts';
import { SampleBuffer } from '../../../src/model/sample-buffer.ts';
import { type Querier, Row, type SeriesSet, type StoredStorage } from '../../../src/storage/contract.ts';
import { parseDayFileName, startOfDayMs } from '../../../src/storage/day/day.ts';
import type { StorageOptions } from '../../../src/storage/open.ts';
import { TemporaryStorage } from '../temporary-storage.ts';
import { LifeModel } from './model.ts';
import { addToBuffer, addToRow, faultsOf, indexOf, SERIES, sampleOf } from './samples.ts';
import { type Step, WINDOW_MS } from './steps.ts';

/** Storages need not keep queriers apart from what comes for longer. */
const LONGEST_VIEW_MS = 10 * 60_000;

const FOREVER = { minMs: -1e15, maxMs: 1e15 };

interface Range {
  readonly minMs: number;
  readonly maxMs: number;
}

/** A querier that was opened some steps ago. */
interface Look extends Range {
  readonly querier: Querier;
  readonly matchers: readonly Matcher[];
  readonly set: SeriesSet;
  readonly openedMs: number;
  readonly then: LifeModel;
  /** What was loaded or deleted since may be seen or not. */
  readonly changed: ReadonlySet<number>[];
}

export class LifePlayer {
  private readonly model = new LifeModel();
  private readonly opened: TemporaryStorage;
  private looks: Look[] = [];

  constructor(options: Partial<StorageOptions>) {
    this.opened = new TemporaryStorage({
      sealRows: 2,
      outOfOrderWindowMs: WINDOW_MS + 1,
      ...options,
    });
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.do(step);
      this.compareLooks();
      this.compare(this.storage, this.model, {
        minMs: this.nowMs - 30 * 3_600_000,
        maxMs: this.nowMs - 3_600_000,
      });
    }
    this.compare(this.storage, this.model, FOREVER);
    await this.storage.settled();
    this.compareLooks();
    this.compare(this.storage, this.model, FOREVER);
    this.reopen();
    this.compare(this.storage, this.model, FOREVER);
  }

  dispose(): void {
    this.closeLooks();
    this.opened.dispose();
  }

  private get storage(): StoredStorage {
    return this.opened.storage;
  }

  private get nowMs(): number {
    return this.opened.clock.nowMs();
  }

  private async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'rows':
        this.commit(step.rows.map(({ lateMs, ...row }) => ({ ...row, timeMs: this.nowMs - lateMs })));
        break;
      case 'burst':
        for (let i = 0; i < step.rows; i++) {
          this.commit([{ ...step, timeMs: this.nowMs }]);
          this.advance(step.everyMs);
        }
        break;
      case 'load':
        await this.load(
          step.series,
          step.agesMs.map(ageMs => this.nowMs - ageMs),
        );
        break;
      case 'wait':
        this.advance(step.forMs);
        break;
      case 'retire': {
        const group = this.storage.group(step.group);
        group.retire(group.column(SERIES[step.series]));
        break;
      }
      case 'release':
        this.storage.group(step.group).release();
        break;
      case 'delete': {
        const minMs = this.nowMs - step.fromAgeMs;
        this.delete(step.matchers, { minMs, maxMs: minMs + step.lengthMs });
        break;
      }
      case 'clean':
        await this.storage.cleanTombstones();
        break;
      case 'settle':
        await this.storage.settled();
        break;
      case 'drop':
        while (this.storage.dropBefore(this.nowMs - step.ageMs) > 0);
        this.model.dropBefore(this.nowMs - step.ageMs);
        break;
      case 'dropBeyond':
        await this.dropBeyond();
        break;
      case 'look':
        this.look({ minMs: this.nowMs - step.ageMs, maxMs: this.nowMs + 1 }, step.matchers);
        break;
      case 'closeQueriers':
        this.closeLooks();
        break;
      case 'reopen':
        this.reopen();
        break;
      case 'snapshot':
        await this.snapshot(step.skipHead);
        break;
    }
  }

  private commit(rows: readonly { group: string; timeMs: number; series: readonly number[] }[]): void {
    const filled: Row[] = [];
    for (const { group, timeMs, series } of rows) {
      const row = new Row(this.storage.group(group), timeMs);
      for (const k of series) addToRow(row, k);
      filled.push(row);
    }
    const { appended, refused } = this.storage.commit(filled);
    let [taken, tooOld, histograms] = [0, 0, 0];
    for (const { timeMs, series } of rows) {
      for (const k of series) {
        if (this.model.add(k, timeMs)) taken++;
        else tooOld++;
        if (sampleOf(k, timeMs).histogram) histograms++;
      }
    }
    // A histogram that comes again after a restart may count as another one: only values of floats are remembered.
    expect(refused.duplicate).toBeLessThanOrEqual(histograms);
    expect([appended + refused.duplicate, refused.too_old]).toEqual([taken, tooOld]);
    expect([refused.out_of_order, refused.out_of_bounds]).toEqual([0, 0]);
  }

  private async load(series: readonly number[], timesMs: readonly number[]): Promise<void> {
    const loader = this.storage.bulkLoader();
    for (const k of series) {
      const samples = new SampleBuffer(1);
      for (const timeMs of timesMs) addToBuffer(samples, k, timeMs);
      await loader.add(SERIES[k], samples);
    }
    await loader.flush();
    for (const k of series) {
      for (const timeMs of timesMs) {
        this.model.add(k, timeMs);
        this.noteChanged(k, [timeMs]);
      }
    }
  }

  private delete(matchers: readonly Matcher[], { minMs, maxMs }: Range): void {
    this.storage.deleteSeries([matchers], minMs, maxMs);
    SERIES.forEach((labels, k) => {
      if (matchesAll(labels, matchers)) this.noteChanged(k, this.model.times(k, minMs, maxMs));
    });
    this.model.delete(matchers, minMs, maxMs);
  }

  /** Drops one day after the other, until only the newest is left. */
  private async dropBeyond(): Promise<void> {
    this.closeLooks();
    await this.storage.settled();
    const names = readdirSync(join(this.opened.folder, 'promlite', 'days'));
    const days = names.flatMap(name => parseDayFileName(name)?.day ?? []);
    this.storage.dropBeyond(0);
    const last = [...new Set(days)].sort((a, b) => a - b).at(-2);
    if (last !== undefined) this.model.dropBefore(startOfDayMs(last + 1));
  }

  private async snapshot(skipHead: boolean): Promise<void> {
    const name = await this.storage.snapshot(skipHead);
    const folder = join(this.opened.folder, 'snapshots', name);
    const copy = new TemporaryStorage({ folder, clock: this.opened.clock });
    try {
      this.compare(copy.storage, this.model, FOREVER, skipHead);
    } finally {
      copy.dispose();
    }
  }

  private look({ minMs, maxMs }: Range, matchers: readonly Matcher[]): void {
    const querier = this.storage.querier(minMs, maxMs);
    const set = querier.select(matchers);
    const then = this.model.copy();
    const changed = SERIES.map(() => new Set<number>());
    this.looks.push({ minMs, maxMs, querier, matchers, set, openedMs: this.nowMs, then, changed });
  }

  private noteChanged(k: number, timesMs: readonly number[]): void {
    for (const { changed } of this.looks)
      for (const timeMs of timesMs) (changed[k] as Set<number>).add(timeMs);
  }

  private advance(byMs: number): void {
    for (const look of this.looks)
      if (this.nowMs + byMs - look.openedMs >= LONGEST_VIEW_MS) look.querier.close();
    this.looks = this.looks.filter(look => this.nowMs + byMs - look.openedMs < LONGEST_VIEW_MS);
    this.opened.clock.advance(byMs);
  }

  private closeLooks(): void {
    for (const { querier } of this.looks) querier.close();
    this.looks = [];
  }

  private reopen(): void {
    this.closeLooks();
    this.opened.reopen();
  }

  /** Queriers that stay open see what they saw, but for what was dropped, deleted or loaded since. */
  private compareLooks(): void {
    const { floorMs } = this.model;
    for (const { querier, matchers, set, minMs, maxMs, then, changed } of this.looks) {
      for (const again of [set, querier.select(matchers)]) {
        const range = { minMs: Math.max(minMs, floorMs), maxMs };
        compareSet(again, matchers, range, then, k => new Set([...then.unsure(k), ...changed[k]]));
      }
    }
  }

  /** `isPart`: samples may be missing. */
  private compare(storage: StoredStorage, model: LifeModel, range: Range, isPart = false): void {
    const querier = storage.querier(range.minMs, range.maxMs);
    try {
      const unsure = (k: number) =>
        isPart ? new Set([...model.unsure(k), ...model.times(k, range.minMs, range.maxMs)]) : model.unsure(k);
      compareSet(querier.select([]), [], range, model, unsure);
      if (!isPart) compareNames(querier, model, range);
    } finally {
      querier.close();
    }
  }
}

function compareSet(
  set: SeriesSet,
  matchers: readonly Matcher[],
  { minMs, maxMs }: Range,
  model: LifeModel,
  unsureOf: (k: number) => ReadonlySet<number>,
): void {
  const found = new Map<number, number[]>();
  const samples = new SampleBuffer(1);
  set.labels.forEach((labels, i) => {
    expect(matchesAll(labels, matchers)).toBe(true);
    const k = indexOf(labels);
    expect(found.has(k)).toBe(false);
    set.read(i, minMs, maxMs, samples);
    expect(faultsOf(samples, k)).toEqual([]);
    found.set(k, [...samples.timestampsMs.subarray(0, samples.length)]);
  });
  SERIES.forEach((labels, k) => {
    const unsure = unsureOf(k);
    const expected = matchesAll(labels, matchers) ? model.times(k, minMs, maxMs) : [];
    const isSure = (timeMs: number) => !unsure.has(timeMs);
    expect([k, (found.get(k) ?? []).filter(isSure)]).toEqual([k, expected.filter(isSure)]);
  });
}

/** What is listed may be more: of series that have no samples in the range, but in its days. */
function compareNames(querier: Querier, model: LifeModel, { minMs, maxMs }: Range): void {
  const there = SERIES.filter((_, k) => model.times(k, minMs, maxMs).length > 0);
  const names = querier.labelNames([]);
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).toEqual(expect.arrayContaining([...new Set(there.flatMap(namesOf))]));
  const values = querier.labelValues('i', []);
  expect(values).toEqual([...new Set(values)].sort());
  expect(values).toEqual(expect.arrayContaining(there.map(labels => labels.get('i'))));
}

const namesOf = ({ pairs }: (typeof SERIES)[number]): string[] => pairs.filter((_, i) => i % 2 === 0);
