// A large target is scraped in turns: what comes between them changes nothing of what is stored.
import { setImmediate as loopRound } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Registry } from '../../src/base/metrics.ts';
import type { ScrapeConfig } from '../../src/config/contract.ts';
import { Labels } from '../../src/model/labels.ts';
import { ScrapeAppender } from '../../src/scraper/append.ts';
import { createParser } from '../../src/scraper/exposition/negotiate.ts';
import { Fetcher } from '../../src/scraper/fetch.ts';
import { createScraperMetrics } from '../../src/scraper/metrics.ts';
import { TargetScraper } from '../../src/scraper/scrape.ts';
import { targetsOf } from '../../src/scraper/target.ts';
import { type Pace, Turns } from '../../src/scraper/turns.ts';
import { rule, scrapeConfig, staticTargets } from './support/config.ts';
import { CountingStorage } from './support/counting-storage.ts';
import { TEXT } from './support/entries.ts';
import { sendText, TestServer } from './support/http-server.ts';
import { stored } from './support/stored.ts';

const LINES = 3000;

const bodyOf = (value: number, from = 0) =>
  Array.from({ length: LINES }, (_, i) => `a{i="${from + i}"} ${value}\n`).join('');

/** Time passes so fast that every turn is over when it is asked. */
class RacingClock extends ManualClock {
  override monotonicMs(): number {
    this.advance(1000);
    return super.monotonicMs();
  }
}

let server: TestServer;
let storage: CountingStorage;
let fetchers: Fetcher[] = [];
let body = '';

beforeEach(async () => {
  body = bodyOf(1);
  server = await TestServer.start((_, response) => sendText(response, body));
  storage = new CountingStorage();
});

afterEach(async () => {
  for (const fetcher of fetchers) fetcher.destroy();
  fetchers = [];
  await server.stop();
});

function scraperOf(overrides: Partial<ScrapeConfig> = {}, clock: Clock = new RacingClock()): TargetScraper {
  const config = scrapeConfig({ staticConfigs: staticTargets(server.address), ...overrides });
  const [target] = targetsOf(config.staticConfigs[0], config).active;
  const opened = new Fetcher(config, 'test');
  fetchers.push(opened);
  return new TargetScraper(target, config, opened.target(target.url), {
    storage,
    clock: new ManualClock(0),
    log: silentLogger,
    metrics: createScraperMetrics(new Registry()),
    turns: new Turns(clock),
    extraMetrics: false,
  });
}

const signal = () => new AbortController().signal;
const valuesOf = (series: string) => stored(storage)[series]?.map(([, value]) => value);

/** Resolves once lines of the scrape under way were given columns; it is not over then. */
async function underWay(): Promise<void> {
  while (storage.columnsInUse === 0) await loopRound();
  expect(storage.columnsInUse).toBeLessThan(LINES);
}

test('the loop comes round many times in a scrape, and series are registered before they are stored', async () => {
  storage.registrations = 5;
  const scraper = scraperOf();
  let rounds = 0;
  const scraped = scraper.scrape(10, 1000, signal()).then(() => (rounds = -rounds));
  await underWay();
  while (rounds >= 0) {
    await loopRound();
    if (rounds >= 0) rounds++;
  }
  await scraped;
  expect(-rounds).toBeGreaterThan(10);
  expect(storage.registrations).toBe(-1);
  expect(Object.keys(stored(storage, 'a'))).toHaveLength(LINES);
  expect(valuesOf('scrape_samples_scraped')).toEqual([LINES]);
});

test('a scrape that is stopped between turns stores nothing, and the next one starts over', async () => {
  const scraper = scraperOf();
  const stopping = new AbortController();
  const stopped = scraper.scrape(10, 1000, stopping.signal);
  await underWay();
  stopping.abort();
  body = bodyOf(2, 10);
  await scraper.scrape(20, 1000, signal());
  await stopped;
  expect(valuesOf('a{i=0}')).toBeUndefined();
  expect(valuesOf('a{i=10}')).toEqual([2]);
  expect(valuesOf('up')).toEqual([1]);
  expect(Object.keys(stored(storage, 'a'))).toHaveLength(LINES);
  scraper.endSeries(30);
  expect(valuesOf('a{i=10}')).toEqual([2, 'stale']);
});

test('a configuration that comes between turns counts from the next scrape on', async () => {
  const scraper = scraperOf();
  const scraped = scraper.scrape(10, 1000, signal());
  await underWay();
  const metricRelabelRules = [rule({ action: 'drop', sourceLabels: ['i'], regex: '2999' })];
  const next = new Fetcher(scrapeConfig(), 'test');
  fetchers.push(next);
  scraper.reconfigure(scrapeConfig({ metricRelabelRules }), next.target(server.url));
  await scraped;
  expect(valuesOf('a{i=2999}')).toEqual([1]);
  await scraper.scrape(20, 1000, signal());
  expect(valuesOf('a{i=2999}')).toEqual([1, 'stale']);
  expect(valuesOf('a{i=2998}')).toEqual([1, 1]);
});

test('a body that breaks off after many turns leaves up 0 and no columns', async () => {
  body = `${bodyOf(1)}malformed`;
  const scraper = scraperOf();
  await scraper.scrape(10, 1000, signal());
  expect(valuesOf('up')).toEqual([0]);
  expect(stored(storage, 'a')).toEqual({});
  expect(storage.columnsInUse).toBe(5);
});

test('two targets take turns: between two pieces the loop comes round', async () => {
  const turns = new Turns(new RacingClock());
  const order: string[] = [];
  const work = async (name: string) => {
    for (let i = 0; i < 3; i++) {
      await turns.next();
      order.push(name);
    }
  };
  const all = Promise.all([work('a'), work('b')]);
  for (let i = 0; i < 6; i++) {
    await loopRound();
    expect(order).toHaveLength(i + 1);
  }
  await all;
  expect(order.join('')).toBe('ababab');
});

test('wherever the pace is over, the same is stored', () => {
  const scrapeWith = (pace: Pace, froms: readonly number[]) => {
    const target = new CountingStorage();
    const appender = new ScrapeAppender(target, 'key', Labels.of({ job: 'job' }), scrapeConfig());
    froms.forEach((from, i) => {
      const text = bodyOf(i, from).slice(0, 4000);
      appender.begin(i + 1);
      const parser = createParser(TEXT, Buffer.from(text.slice(0, text.lastIndexOf('\n') + 1)));
      while (!appender.append(parser, 1000, pace));
      target.commit(appender.rows());
      appender.finish(true);
      while (!appender.tidy(pace));
    });
    return stored(target);
  };
  fc.assert(
    fc.property(
      fc.array(fc.nat(300), { maxLength: 6 }),
      fc.infiniteStream(fc.boolean()),
      (froms, answers) => {
        const whole = scrapeWith({ isOver: () => false }, froms);
        expect(scrapeWith({ isOver: () => answers.next().value }, froms)).toEqual(whole);
        expect(scrapeWith({ isOver: () => true }, froms)).toEqual(whole);
      },
    ),
    { numRuns: 30 },
  );
});
