// Targets whose series come and go for days: what they take stays as it was, and nothing is mixed up.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScrapeConfig } from '../../src/config/contract.ts';
import { Labels } from '../../src/model/labels.ts';
import { ScrapeAppender } from '../../src/scraper/append.ts';
import { createParser } from '../../src/scraper/exposition/negotiate.ts';
import { ScrapeReport } from '../../src/scraper/report.ts';
import { ScrapeError } from '../../src/scraper/sample-labels.ts';
import { rule, scrapeConfig } from './support/config.ts';
import { CountingStorage } from './support/counting-storage.ts';
import { OPENMETRICS, TEXT } from './support/entries.ts';
import { stored } from './support/stored.ts';

const TARGET = Labels.of({ job: 'job', instance: 'host:1' });
const FEATURES = { typeAndUnitLabels: true, startTimestamps: true, zerosAtStart: true };
const REPORT_SERIES = 5;

class Scrapes {
  readonly storage = new CountingStorage();
  readonly appender: ScrapeAppender;
  readonly report = new ScrapeReport(TARGET, false);
  timestampMs = 1000;

  constructor(overrides: Partial<ScrapeConfig> = {}, features = FEATURES) {
    this.appender = new ScrapeAppender(this.storage, 'key', TARGET, scrapeConfig(overrides), features);
  }

  /** One scrape; a body that can not be read leaves markers. */
  scrape(body: string, mediaType: typeof TEXT | typeof OPENMETRICS = TEXT): void {
    const { appender } = this;
    this.timestampMs += 1000;
    appender.begin(this.timestampMs);
    let read = true;
    try {
      appender.append(createParser(mediaType, Buffer.from(body)), this.timestampMs + 600_000);
    } catch (thrown) {
      if (!(thrown instanceof ScrapeError)) throw thrown;
      read = false;
      appender.begin(this.timestampMs);
      appender.markAllStale();
    }
    const { scraped, postRelabel, seriesAdded } = appender.counts;
    const fixed = { up: read, durationSeconds: 0, bodyBytes: 0, timeoutSeconds: 1, sampleLimit: 0 };
    this.report.appendTo(appender, { ...fixed, scraped, postRelabel, seriesAdded });
    this.storage.commit(appender.rows());
    appender.finish(read);
    appender.tidy();
  }
}

test('a target of twenty series, four of them new at each scrape, holds the columns of twenty', () => {
  const scrapes = new Scrapes();
  for (let i = 0; i < 500; i++) {
    const lines = Array.from({ length: 20 }, (_, k) => `a{pod="${i * 4 + k}"} ${i}`);
    scrapes.scrape(`# TYPE a gauge\n${lines.join('\n')}\n`);
    expect(scrapes.storage.columnsInUse).toBe(20 + REPORT_SERIES);
    expect(scrapes.appender.columnCount).toBe(20 + REPORT_SERIES);
  }
  expect(scrapes.storage.highestColumn).toBeLessThan(2 * 20 + REPORT_SERIES);
  const samples = stored(scrapes.storage);
  // Pods 80 to 83 were there in scrapes 16 to 20, and ended in the one after.
  for (const pod of [80, 81, 82, 83]) {
    const values = samples[`a{__type__=gauge,pod=${pod}}`].map(([, value]) => value);
    expect(values).toEqual([16, 17, 18, 19, 20, 'stale']);
  }
});

test('series with their own timestamps, exemplars and start timestamps, all new each time', () => {
  const scrapes = new Scrapes({ trackTimestampsStaleness: true });
  for (let i = 0; i < 300; i++) {
    const timestamp = (scrapes.timestampMs + 1000) / 1000;
    scrapes.scrape(
      [
        '# TYPE a counter',
        `a_total{pod="${i}"} 1 # {id="${i}"} 1`,
        `a_created{pod="${i}"} ${timestamp - 1}`,
        '# TYPE b gauge',
        `b{pod="${i}"} 1 ${timestamp}`,
        '# EOF',
        '',
      ].join('\n'),
      OPENMETRICS,
    );
    expect(scrapes.storage.columnsInUse).toBeLessThanOrEqual(2 + REPORT_SERIES);
    expect(scrapes.appender.columnCount).toBe(scrapes.storage.columnsInUse);
  }
});

test('a series that gets a column which another one had gets its own zero', () => {
  const scrapes = new Scrapes();
  const body = (pod: number) =>
    `# TYPE a counter\na_total{pod="${pod}"} 7\na_created{pod="${pod}"} 1\n# EOF\n`;
  for (let pod = 0; pod < 4; pod++) {
    scrapes.scrape(body(pod), OPENMETRICS);
    for (const row of scrapes.appender.zeroRows()) expect(row.timestampMs).toBe(1000);
    expect(scrapes.appender.zeroRows().map(row => row.length)).toEqual([1]);
  }
});

test('a target that fails at its limit each time, with other series, holds none', () => {
  const scrapes = new Scrapes({ sampleLimit: 2 });
  for (let i = 0; i < 100; i++) {
    scrapes.scrape(`a{pod="${i}"} 1\nb{pod="${i}"} 1\nc{pod="${i}"} 1\n`);
    expect(scrapes.storage.columnsInUse).toBe(REPORT_SERIES);
  }
});

test('other settings each time', () => {
  const scrapes = new Scrapes();
  for (let i = 0; i < 100; i++) {
    const metricRelabelRules = [rule({ targetLabel: 'round', replacement: String(i) })];
    scrapes.appender.reconfigure(scrapeConfig({ metricRelabelRules }));
    scrapes.scrape('a 1\nb 1\n');
    expect(scrapes.storage.columnsInUse).toBe(2 + REPORT_SERIES);
  }
});

test('any sequence of bodies is stored as if no column was ever given back', () => {
  const line = fc.record({
    name: fc.constantFrom('a', 'b', 'up'),
    pod: fc.nat(6),
    spelling: fc.constantFrom('x="1",', ''),
    timestampMs: fc.option(fc.integer({ min: 1, max: 5 })),
  });
  const bodies = fc.array(fc.oneof(fc.constant('reconfigure' as const), fc.array(line, { maxLength: 8 })), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(bodies, fc.boolean(), (sequence, trackTimestampsStaleness) => {
      const [reviewed, kept] = [0, 1].map(() => new Scrapes({ trackTimestampsStaleness, sampleLimit: 7 }));
      kept.appender.tidy = () => true;
      sequence.forEach((body, i) => {
        for (const scrapes of [reviewed, kept]) {
          if (body === 'reconfigure') {
            const metricRelabelRules = [rule({ targetLabel: 'round', replacement: String(i % 3) })];
            scrapes.appender.reconfigure(
              scrapeConfig({ trackTimestampsStaleness, sampleLimit: 7, metricRelabelRules }),
            );
            continue;
          }
          const lines = body.map(({ name, pod, spelling, timestampMs }) => {
            const series = `${name}{${spelling}pod="${pod}"}`;
            return `${series} ${i}${timestampMs === null ? '' : ` ${scrapes.timestampMs + timestampMs}`}\n`;
          });
          scrapes.scrape(lines.join(''));
        }
      });
      expect(stored(reviewed.storage)).toEqual(stored(kept.storage));
      expect(reviewed.appender.columnCount).toBe(reviewed.storage.columnsInUse);
    }),
  );
});
