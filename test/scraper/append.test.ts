// From bodies to stored samples: positions, vanished series, duplicates, timestamps, labels, limits.
import { expect, test } from 'vitest';
import type { ScrapeConfig } from '../../src/config/contract.ts';
import { Labels } from '../../src/model/labels.ts';
import { ScrapeAppender } from '../../src/scraper/append.ts';
import { createParser } from '../../src/scraper/exposition/negotiate.ts';
import { ScrapeReport } from '../../src/scraper/report.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { rule, scrapeConfig } from './support/config.ts';
import { OPENMETRICS, TEXT } from './support/entries.ts';
import { stored } from './support/stored.ts';

const TARGET = Labels.of({ job: 'job', instance: 'host:1' });

class Scrapes {
  readonly storage = new MemoryStorage();
  readonly appender: ScrapeAppender;
  timestampMs = 0;

  constructor(overrides: Partial<ScrapeConfig> = {}, target = TARGET) {
    this.appender = new ScrapeAppender(this.storage, 'key', target, scrapeConfig(overrides));
  }

  /** One scrape, 10 ms after the last; returns the samples refused by the storage, too. */
  scrape(body: string, mediaType: typeof TEXT | typeof OPENMETRICS = TEXT) {
    this.timestampMs += 10;
    this.appender.begin(this.timestampMs);
    this.appender.append(createParser(mediaType, Buffer.from(body)), this.timestampMs + 600_000);
    const report = this.storage.commit(this.appender.rows());
    this.appender.finish(true);
    this.appender.tidy();
    return report;
  }

  fail() {
    this.timestampMs += 10;
    this.appender.begin(this.timestampMs);
    this.appender.markAllStale();
    this.storage.commit(this.appender.rows());
    this.appender.finish(false);
    this.appender.tidy();
  }

  get stored() {
    return stored(this.storage);
  }
}

test('an unchanged target, whatever its order', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('# TYPE a gauge\na 1\nb{x="1"} 2\n');
  scrapes.scrape('# TYPE a gauge\na 3\nb{x="1"} 4\n');
  expect(scrapes.appender.counts).toMatchObject({ scraped: 2, postRelabel: 2, seriesAdded: 0 });
  scrapes.scrape('b{x="1"} 6\n# TYPE a gauge\na 5\n');
  expect(scrapes.appender.counts).toMatchObject({ scraped: 2, postRelabel: 2, seriesAdded: 0 });
  expect(scrapes.stored).toEqual({
    a: [
      [10, 1],
      [20, 3],
      [30, 5],
    ],
    'b{x=1}': [
      [10, 2],
      [20, 4],
      [30, 6],
    ],
  });
});

test('series come, go with a marker, and come back', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('a 1\nb 2\nc 3\n');
  scrapes.scrape('a 1\nx 9\nc 3\n');
  expect(scrapes.appender.counts.seriesAdded).toBe(1);
  scrapes.scrape('a 1\nc 3\n');
  scrapes.scrape('a 1\nb 2\nc 3\n');
  expect(scrapes.appender.counts.seriesAdded).toBe(1);
  expect(scrapes.stored).toEqual({
    a: [
      [10, 1],
      [20, 1],
      [30, 1],
      [40, 1],
    ],
    b: [
      [10, 2],
      [20, 'stale'],
      [40, 2],
    ],
    c: [
      [10, 3],
      [20, 3],
      [30, 3],
      [40, 3],
    ],
    x: [
      [20, 9],
      [30, 'stale'],
    ],
  });
});

test('a failed scrape ends everything once, and the next one goes on', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('a 1\n');
  scrapes.fail();
  scrapes.fail();
  scrapes.scrape('a 2\n');
  expect(scrapes.appender.counts.seriesAdded).toBe(0);
  expect(scrapes.stored).toEqual({
    a: [
      [10, 1],
      [20, 'stale'],
      [40, 2],
    ],
  });
});

test('a malformed body leaves nothing of itself', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('a 1\n');
  expect(() => scrapes.scrape('a 2\nb 3\nmalformed\n')).toThrow('(line 3)');
  scrapes.fail();
  scrapes.scrape('a 4\nb 5\n');
  expect(scrapes.stored).toEqual({
    a: [
      [10, 1],
      [30, 'stale'],
      [40, 4],
    ],
    b: [[40, 5]],
  });
});

test('a series twice in one scrape counts as duplicate, at every scrape', () => {
  const scrapes = new Scrapes();
  for (let i = 0; i < 2; i++) {
    scrapes.scrape('a{x="1",y="2"} 1\na{y="2",x="1"} 2\na{x="1",y="2"} 3\n');
    expect(scrapes.appender.counts).toMatchObject({ scraped: 3, postRelabel: 3, duplicates: 2 });
  }
  expect(scrapes.stored).toEqual({
    'a{x=1,y=2}': [
      [10, 1],
      [20, 1],
    ],
  });
});

test('series added: by line, once each, of those that are taken', () => {
  const added = (body: string, overrides: Partial<ScrapeConfig> = {}) => {
    const scrapes = new Scrapes(overrides);
    try {
      scrapes.scrape(body);
    } catch {
      // Beyond the limit.
    }
    return scrapes.appender.counts.seriesAdded;
  };
  expect(added('a 1\na 2\na 3\n')).toBe(1);
  expect(added('a 1\na{} 2\na 3\na{x=""} 4\n')).toBe(3);
  expect(added('a 1 5\na 2 6\na{} 3 7\n')).toBe(2);
  expect(added('a 1\na 2 5\n')).toBe(1);
  expect(added('a 1\nb 2 9000000000000\n')).toBe(1);
  expect(added('a 1\nb 2\nc 3\n', { sampleLimit: 1 })).toBe(1);
  expect(added('a 1 5\nb 2 5\nc 3 5\n', { sampleLimit: 2 })).toBe(2);
});

test('a label value that is no UTF-8 fails the line, which does not count', () => {
  const scrapes = new Scrapes();
  scrapes.appender.begin(10);
  const body = Buffer.from('a 1\nb{x="\xff"} 2\n', 'latin1');
  expect(() => scrapes.appender.append(createParser(TEXT, body), 20)).toThrow('invalid UTF-8 label value');
  expect(scrapes.appender.counts.scraped).toBe(1);
});

test('explicit timestamps are honoured, and such series are not ended', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('a 1 5\nb 2\nc 3 7\n');
  scrapes.scrape('b 2\n');
  expect(scrapes.stored).toEqual({
    a: [[5, 1]],
    b: [
      [10, 2],
      [20, 2],
    ],
    c: [[7, 3]],
  });
});

test('explicit timestamps of one series within a scrape', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('a 1 5\na 2 6\na 2 6\na 3 6\na 4 4\na 5 999999999\n');
  expect(scrapes.appender.counts).toMatchObject({ scraped: 6, duplicates: 1, outOfOrder: 1, outOfBounds: 1 });
  expect(scrapes.stored).toEqual({
    a: [
      [5, 1],
      [6, 2],
    ],
  });
});

test('with track_timestamps_staleness they are ended, too', () => {
  const scrapes = new Scrapes({ trackTimestampsStaleness: true });
  scrapes.scrape('a 1 5\nb 2\n');
  scrapes.scrape('b 2\n');
  expect(scrapes.stored.a).toEqual([
    [5, 1],
    [20, 'stale'],
  ]);
});

test('without honor_timestamps the scrape decides', () => {
  const scrapes = new Scrapes({ honorTimestamps: false });
  scrapes.scrape('a 1 5\n');
  expect(scrapes.stored).toEqual({ a: [[10, 1]] });
});

const labelsOf = (scrapes: Scrapes) => {
  const querier = scrapes.storage.querier(0, 1e12);
  return querier.select([]).labels.map(labels => labels.toObject());
};

test('labels of the target hide exposed ones', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('a{instance="mine",exported_instance="other",job="j"} 1\n');
  expect(labelsOf(scrapes)).toEqual([
    {
      __name__: 'a',
      instance: 'host:1',
      job: 'job',
      exported_instance: 'other',
      exported_exported_instance: 'mine',
      exported_job: 'j',
    },
  ]);
});

test('honor_labels: exposed labels win, empty ones as well', () => {
  const scrapes = new Scrapes({ honorLabels: true });
  scrapes.scrape('a{instance="mine"} 1\nb{instance=""} 1\n');
  expect(labelsOf(scrapes)).toEqual([
    { __name__: 'a', instance: 'mine', job: 'job' },
    { __name__: 'b', job: 'job' },
  ]);
});

test('metric relabelling drops and renames, and what it drops is remembered', () => {
  const metricRelabelRules = [
    rule({ action: 'drop', sourceLabels: ['__name__'], regex: 'secret_.*' }),
    rule({ sourceLabels: ['__name__'], regex: 'old_(.*)', targetLabel: '__name__', replacement: 'new_$1' }),
  ];
  const scrapes = new Scrapes({ metricRelabelRules });
  for (let i = 0; i < 2; i++) {
    scrapes.scrape('secret_a 1\nold_b 2\nc 3\n');
    expect(scrapes.appender.counts).toMatchObject({ scraped: 3, postRelabel: 2 });
  }
  expect(Object.keys(scrapes.stored)).toEqual(['c', 'new_b']);
});

test('other settings apply to known series, and what they drop ends', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('a 1\nb 2\n');
  const metricRelabelRules = [rule({ action: 'drop', sourceLabels: ['__name__'], regex: 'a' })];
  scrapes.appender.reconfigure(scrapeConfig({ metricRelabelRules }));
  scrapes.scrape('a 1\nb 2\n');
  expect(scrapes.stored).toEqual({
    a: [
      [10, 1],
      [20, 'stale'],
    ],
    b: [
      [10, 2],
      [20, 2],
    ],
  });
});

test('le becomes a float at every scrape', () => {
  const scrapes = new Scrapes();
  const body = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n';
  scrapes.scrape(body);
  scrapes.scrape(body);
  scrapes.scrape(`${body}h_bucket{le="2"} 3\n`);
  expect(Object.keys(scrapes.stored)).toEqual([
    'h_bucket{le=+Inf}',
    'h_bucket{le=1.0}',
    'h_bucket{le=2.0}',
    'h_count',
    'h_sum',
  ]);
});

test.each<[Partial<ScrapeConfig>, string]>([
  [{ sampleLimit: 1 }, 'sample limit exceeded'],
  [{ labelLimit: 3 }, 'label_limit exceeded (metric: metric, number of labels: 4, limit: 3)'],
  [
    { labelNameLengthLimit: 8 },
    'label_name_length_limit exceeded (metric: metric, label name: long_name, length: 9, limit: 8)',
  ],
  [
    { labelValueLengthLimit: 6 },
    'label_value_length_limit exceeded (metric: metric, label name: long_name, value: "a value", length: 7, limit: 6)',
  ],
  [
    { metricRelabelRules: [rule({ action: 'labeldrop', regex: '__name__' })] },
    'missing metric name (__name__ label)',
  ],
])('%j', (overrides, message) => {
  const scrapes = new Scrapes(overrides);
  expect(() => scrapes.scrape('metric{long_name="a value"} 1\nmetric 2\nmetric{a="b"} 3\n')).toThrow(message);
});

test('beyond the sample limit all samples are still counted', () => {
  const scrapes = new Scrapes({ sampleLimit: 1 });
  expect(() => scrapes.scrape('a 1\nb 2\nc 3\n')).toThrow('sample limit exceeded');
  expect(scrapes.appender.counts).toMatchObject({ scraped: 3, postRelabel: 3 });
  scrapes.scrape('a 1\n');
  expect(scrapes.stored).toEqual({ a: [[20, 1]] });
});

test('metadata is kept by family, until the target no longer gives it', () => {
  const scrapes = new Scrapes();
  scrapes.scrape('# HELP a Help.\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n');
  scrapes.scrape('# HELP a Help.\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n');
  expect(Object.fromEntries(scrapes.appender.metadata)).toEqual({
    a: { type: 'counter', help: 'Help.', unit: '' },
    b: { type: 'gauge', help: '', unit: '' },
  });
  scrapes.scrape('# HELP a Other.\n# TYPE a counter\na 1\n');
  expect(Object.fromEntries(scrapes.appender.metadata)).toEqual({
    a: { type: 'counter', help: 'Other.', unit: '' },
  });
});

test('exemplars reach the storage, the same one once', () => {
  const scrapes = new Scrapes();
  const body = 'a 1 # {id="x"} 0.5\nb 1 # {id="y"} 0.5 0.001\n# EOF\n';
  scrapes.scrape(body, OPENMETRICS);
  scrapes.scrape(body, OPENMETRICS);
  const found = scrapes.storage.exemplars([[]], 0, 1e12);
  expect(
    found.map(({ labels, exemplars }) => [labels.metricName, exemplars.map(one => one.timestampMs)]),
  ).toEqual([
    ['a', [10]],
    ['b', [1]],
  ]);
});

test('random sequences of bodies are stored as if read afresh each time', () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const scrapes = new Scrapes();
  const expected: Record<string, (readonly [number, number | 'stale'])[]> = {};
  let before = new Set<string>();
  for (let i = 1; i <= 300; i++) {
    const lines: string[] = [];
    const now = new Set<string>();
    for (let j = 0; j < 30; j++) {
      if (random(10) === 0) lines.push(random(2) === 0 ? '' : `# HELP m${j} text`);
      if (random(8) === 0) continue;
      const place = random(12) === 0 ? random(lines.length + 1) : lines.length;
      const series = j % 3 === 0 ? `m${j}` : `m${j}{x="${j}"}`;
      const value = random(1000);
      lines.splice(place, 0, `${series} ${value}`);
      const key = series.replaceAll('"', '');
      now.add(key);
      expected[key] ??= [];
      expected[key].push([i * 10, value]);
    }
    for (const key of before) if (!now.has(key)) expected[key].push([i * 10, 'stale']);
    before = now;
    scrapes.scrape(`${lines.join('\n')}\n`);
  }
  expect(scrapes.stored).toEqual(expected);
});

test('the report carries the labels of the target; what one of them would be renamed to gives way', () => {
  const scrapes = new Scrapes();
  const target = Labels.of({ exported_own: 'gone', own: 'mine', a: 'b', exported_a: 'stays' });
  const outcome = { up: true, durationSeconds: 1, scraped: 1, postRelabel: 1, seriesAdded: 1, bodyBytes: 1 };
  scrapes.appender.begin(10);
  new ScrapeReport(target, false).appendTo(scrapes.appender, {
    ...outcome,
    timeoutSeconds: 1,
    sampleLimit: 0,
  });
  scrapes.storage.commit(scrapes.appender.rows());
  expect(Object.keys(scrapes.stored)).toContain('up{a=b,exported_a=stays,own=mine}');
});
