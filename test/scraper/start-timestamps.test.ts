// `_created` lines and the metadata lines above series: what becomes of them under the features that use them.
import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { Matcher } from '../../src/model/matcher.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { ScrapeAppender } from '../../src/scraper/append.ts';
import type { AppendFeatures } from '../../src/scraper/append-settings.ts';
import type { MediaType } from '../../src/scraper/exposition/negotiate.ts';
import { createParser } from '../../src/scraper/exposition/negotiate.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { rule, scrapeConfig } from './support/config.ts';
import { OPENMETRICS, TEXT } from './support/entries.ts';
import { stored } from './support/stored.ts';

const TARGET = Labels.of({ job: 'job', instance: 'host:1' });
const HOUR_MS = 3_600_000;
const STARTS: Partial<AppendFeatures> = { startTimestamps: true };
const ZEROS: Partial<AppendFeatures> = { zerosAtStart: true };

class Scrapes {
  readonly storage = new MemoryStorage();
  readonly appender: ScrapeAppender;
  private readonly features: AppendFeatures;

  constructor(features: Partial<AppendFeatures>, overrides: Parameters<typeof scrapeConfig>[0] = {}) {
    this.features = { typeAndUnitLabels: false, startTimestamps: false, zerosAtStart: false, ...features };
    this.appender = new ScrapeAppender(this.storage, 'key', TARGET, scrapeConfig(overrides), this.features);
  }

  scrape(timestampMs: number, body: string, mediaType: MediaType = OPENMETRICS): void {
    this.appender.begin(timestampMs);
    this.appender.append(createParser(mediaType, Buffer.from(body)), timestampMs + 600_000);
    this.storage.commit(this.appender.zeroRows());
    this.storage.commit(this.appender.rows());
    this.appender.finish(true);
    this.appender.tidy();
  }

  /** Series as text, to the start timestamps of its samples. */
  get starts(): Record<string, number[]> {
    const querier = this.storage.querier(0, Number.MAX_SAFE_INTEGER);
    const set = querier.select([new Matcher('=~', '__name__', '.+')]);
    const buffer = new SampleBuffer();
    const result: Record<string, number[]> = {};
    set.labels.forEach((labels, i) => {
      set.read(i, 0, Number.MAX_SAFE_INTEGER, buffer);
      const others = [...labels.entries()].filter(
        ([name]) => !['__name__', 'job', 'instance'].includes(name),
      );
      const name = [labels.metricName, ...others.map(pair => pair.join('='))].join(' ');
      result[name] = Array.from({ length: buffer.length }, (_, at) => buffer.startTimestampsMs?.[at] ?? 0);
    });
    querier.close();
    return result;
  }
}

const om = (...lines: string[]): string => [...lines, '# EOF', ''].join('\n');

const HISTOGRAM = om(
  '# TYPE h histogram',
  'h_bucket{a="1",le="1"} 1',
  'h_bucket{a="1",le="+Inf"} 2',
  'h_count{a="1"} 2',
  'h_sum{a="1"} 3',
  'h_created{a="1"} 1.5',
  'h_bucket{a="2",le="+Inf"} 2',
  'h_created{a="2"} 2.5',
);

test('without the features, `_created` lines are series as any others', () => {
  const scrapes = new Scrapes({});
  scrapes.scrape(10_000, HISTOGRAM);
  expect(scrapes.appender.counts).toMatchObject({ scraped: 7, postRelabel: 7 });
  expect(scrapes.starts).toMatchObject({ 'h_created a=1': [0], 'h_count a=1': [0] });
});

test('a histogram’s start is that of its buckets, sum and count', () => {
  const scrapes = new Scrapes(STARTS);
  scrapes.scrape(10_000, HISTOGRAM);
  expect(scrapes.appender.counts).toMatchObject({ scraped: 5, postRelabel: 5, seriesAdded: 5 });
  scrapes.scrape(20_000, HISTOGRAM.replace('h_created{a="1"} 1.5', 'h_created{a="1"} 12.25'));
  expect(scrapes.starts).toEqual({
    'h_bucket a=1 le=1.0': [1500, 12_250],
    'h_bucket a=1 le=+Inf': [1500, 12_250],
    'h_count a=1': [1500, 12_250],
    'h_sum a=1': [1500, 12_250],
    'h_bucket a=2 le=+Inf': [2500, 2500],
  });
});

test.each<[string, string, Record<string, number[]>]>([
  ['a counter', om('# TYPE c counter', 'c_total 1', 'c_created 1.0019'), { c_total: [1001] }],
  [
    'a summary, whatever the order of labels',
    om('# TYPE s summary', 's{a="1",quantile="0.5"} 1', 's_sum{b="",a="1"} 2', 's_created{a="1"} 3'),
    { 's a=1 quantile=0.5': [3000], 's_sum a=1': [3000] },
  ],
  [
    'lines in any order within the family',
    om(
      '# TYPE c counter',
      'c_created{a="2"} 2',
      'c_total{a="1"} 1',
      'c_total{a="2"} 1',
      'c_created{a="1"} 1',
    ),
    { 'c_total a=1': [1000], 'c_total a=2': [2000] },
  ],
  [
    'names in quotes',
    om('# TYPE "my.c" counter', '{"my.c_total",a="1"} 1', '{"my.c_created",a="1"} 1'),
    { 'my.c_total a=1': [1000] },
  ],
  [
    'none where the labels differ',
    om('# TYPE c counter', 'c_total{a="1"} 1', 'c_created{a="2"} 1'),
    { 'c_total a=1': [0] },
  ],
  [
    'no start of series of another family',
    om('# TYPE c counter', 'c_total 1', 'd_total 1', 'c_created 1'),
    { c_total: [1000], d_total: [0] },
  ],
  [
    'a gauge has none, and its series may have any name',
    om('# TYPE g gauge', 'g 1', 'g_created 1'),
    { g: [0], g_created: [0] },
  ],
  ['no type, no start', om('c_total 1', 'c_created 1'), { c_total: [0], c_created: [0] }],
  ['NaN is unknown', om('# TYPE c counter', 'c_total 1', 'c_created NaN'), { c_total: [0] }],
  ['so is an infinity', om('# TYPE c counter', 'c_total 1', 'c_created +Inf'), { c_total: [0] }],
  [
    'samples with timestamps of their own',
    om('# TYPE c counter', 'c_total 1 9', 'c_total 1 9', 'c_created 4 9'),
    { c_total: [4000] },
  ],
])('%s', (_, body, expected) => {
  const scrapes = new Scrapes(STARTS);
  scrapes.scrape(10_000, body);
  expect(scrapes.starts).toEqual(expected);
});

test('the text format has no such lines', () => {
  const scrapes = new Scrapes(STARTS);
  const body = '# TYPE c counter\nc_total 1\nc_created 1\n';
  scrapes.scrape(10_000, body, TEXT);
  expect(scrapes.starts).toEqual({ c_total: [0], c_created: [0] });
  scrapes.scrape(20_000, `${body}# EOF\n`);
  expect(scrapes.starts).toEqual({ c_total: [0, 1000], c_created: [0, 0] });
  expect(stored(scrapes.storage).c_created.at(-1)).toEqual([20_000, 'stale']);
});

test('a start that is no longer told is unknown again', () => {
  const scrapes = new Scrapes(STARTS);
  scrapes.scrape(10_000, om('# TYPE c counter', 'c_total 1', 'c_created 1'));
  scrapes.scrape(20_000, om('# TYPE c counter', 'c_total 1'));
  scrapes.scrape(30_000, om('# TYPE c counter', 'c_total 1', 'c_created 1'));
  expect(scrapes.starts).toEqual({ c_total: [1000, 0, 1000] });
});

test('starts find their series while many others come and go', () => {
  const scrapes = new Scrapes(STARTS);
  for (let round = 0; round < 20; round++) {
    const lines = Array.from({ length: 50 }, (_, i) => `c{x="${round}-${i}"}`);
    scrapes.scrape(
      (round + 1) * 10_000,
      om(
        '# TYPE c counter',
        ...lines.flatMap((line, i) => [
          line.replace('c', 'c_total').concat(' 1'),
          line.replace('c', 'c_created').concat(` ${round + 1}.${i + 100}`),
        ]),
        'c_total{x="stays"} 1',
        'c_created{x="stays"} 0.5',
      ),
    );
  }
  const { starts } = scrapes;
  expect(starts['c_total x=stays']).toEqual(Array(20).fill(500));
  expect(starts['c_total x=19-7']).toEqual([20_107]);
  expect(starts['c_total x=3-49']).toEqual([4149, 0]);
});

test('zeros are added once for each start, before the sample', () => {
  const scrapes = new Scrapes(ZEROS);
  const body = (created: string) => om('# TYPE c counter', 'c_total 5', `c_created ${created}`);
  scrapes.scrape(10_000, body('4'));
  scrapes.scrape(20_000, body('4'));
  scrapes.scrape(30_000, body('25'));
  scrapes.scrape(40_000, body('15'));
  scrapes.scrape(50_000, body('60'));
  expect(stored(scrapes.storage)).toEqual({
    c_total: [
      [4000, 0],
      [10_000, 5],
      [20_000, 5],
      [25_000, 0],
      [30_000, 5],
      [40_000, 5],
      [50_000, 5],
    ],
  });
  expect(scrapes.starts.c_total.every(start => start === 0)).toBe(true);
});

test('a zero is not added more than an hour before the sample', () => {
  const scrapes = new Scrapes(ZEROS);
  const body = om(
    '# TYPE c counter',
    'c_total{a="1"} 5',
    'c_created{a="1"} 10',
    'c_total 6',
    'c_created 9.999',
  );
  scrapes.scrape(HOUR_MS + 10_000, body);
  expect(stored(scrapes.storage)).toEqual({
    'c_total{a=1}': [
      [10_000, 0],
      [HOUR_MS + 10_000, 5],
    ],
    c_total: [[HOUR_MS + 10_000, 6]],
  });
});

test('zeros and starts together, also for samples with timestamps of their own', () => {
  const scrapes = new Scrapes({ ...STARTS, ...ZEROS });
  scrapes.scrape(10_000, om('# TYPE c counter', 'c_total 5 8', 'c_created 4'));
  scrapes.scrape(20_000, om('# TYPE c counter', 'c_total 5 18', 'c_created 4'));
  expect(stored(scrapes.storage)).toEqual({
    c_total: [
      [4000, 0],
      [8000, 5],
      [18_000, 5],
    ],
  });
  expect(scrapes.starts).toEqual({ c_total: [0, 4000, 4000] });
});

test.each<[string, MediaType, string, string[]]>([
  [
    'a counter',
    OPENMETRICS,
    om('# TYPE a_s counter', '# UNIT a_s s', 'a_s_total 1'),
    ['a_s_total counter s'],
  ],
  ['the unit first', OPENMETRICS, om('# UNIT a_s s', '# TYPE a_s gauge', 'a_s 1'), ['a_s gauge s']],
  ['help between', OPENMETRICS, om('# TYPE a gauge', '# HELP a b', 'a 1'), ['a gauge -']],
  ['an empty unit', OPENMETRICS, om('# TYPE a gauge', '# UNIT a ', 'a 1'), ['a gauge -']],
  ['a unit alone', OPENMETRICS, om('# UNIT a_s s', 'a_s 1'), ['a_s - s']],
  ['an unknown type', OPENMETRICS, om('# TYPE a unknown', 'a 1'), ['a - -']],
  ['no type', OPENMETRICS, om('a 1'), ['a - -']],
  [
    'a histogram',
    TEXT,
    '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\nh_created 1\n',
    ['h_bucket histogram -', 'h_count histogram -', 'h_created - -', 'h_sum histogram -'],
  ],
  [
    'a gauge histogram',
    OPENMETRICS,
    om('# TYPE h gaugehistogram', 'h_bucket{le="+Inf"} 1', 'h_gsum 1', 'h_gcount 1'),
    ['h_bucket gaugehistogram -', 'h_gcount gaugehistogram -', 'h_gsum gaugehistogram -'],
  ],
  [
    'a summary',
    TEXT,
    '# TYPE s summary\ns{quantile="1"} 1\ns_sum 1\ns_count 1\n',
    ['s summary -', 's_count summary -', 's_sum summary -'],
  ],
  ['an info', OPENMETRICS, om('# TYPE i info', 'i_info 1'), ['i_info info -']],
  ['a stateset', OPENMETRICS, om('# TYPE s stateset', 's{s="a"} 1'), ['s stateset -']],
  [
    'a counter whose family has the suffix',
    TEXT,
    '# TYPE c_total counter\nc_total 1\n',
    ['c_total counter -'],
  ],
  ['untyped', TEXT, '# TYPE a untyped\na 1\n', ['a - -']],
  ['a series of no family', TEXT, '# TYPE a gauge\na 1\na_b 1\nb 1\n', ['a gauge -', 'a_b - -', 'b - -']],
  ['exposed labels give way', TEXT, '# TYPE a gauge\na{__type__="x",__unit__="y"} 1\n', ['a gauge y']],
  ['exposed labels stay where nothing is known', TEXT, 'a{__type__="x"} 1\n', ['a x -']],
])('type and unit labels: %s', (_, mediaType, body, expected) => {
  const scrapes = new Scrapes({ typeAndUnitLabels: true });
  const seen = () => {
    const set = scrapes.storage.querier(0, 100_000).select([new Matcher('=~', '__name__', '.+')]);
    return set.labels
      .map(labels =>
        [labels.metricName, labels.get('__type__') || '-', labels.get('__unit__') || '-'].join(' '),
      )
      .sort();
  };
  scrapes.scrape(10_000, body, mediaType);
  expect(seen()).toEqual(expected);
  scrapes.scrape(20_000, body, mediaType);
  expect(seen()).toEqual(expected);
  expect(scrapes.appender.counts.seriesAdded).toBe(0);
});

test('without the feature there are no such labels', () => {
  const scrapes = new Scrapes(STARTS);
  scrapes.scrape(10_000, om('# TYPE a_s gauge', '# UNIT a_s s', 'a_s 1'));
  expect(Object.keys(stored(scrapes.storage))).toEqual(['a_s']);
});

test('relabelling sees type and unit, and label_limit counts them', () => {
  const drop = rule({ action: 'drop', sourceLabels: ['__type__', '__unit__'], regex: 'gauge;s' });
  const scrapes = new Scrapes({ typeAndUnitLabels: true }, { metricRelabelRules: [drop], labelLimit: 4 });
  scrapes.scrape(10_000, om('# TYPE a_s gauge', '# UNIT a_s s', 'a_s 1', '# TYPE b counter', 'b_total 1'));
  expect(Object.keys(stored(scrapes.storage))).toEqual(['b_total{__type__=counter}']);
  const tooMany = om('# TYPE c_s counter', '# UNIT c_s s', 'c_s_total 1');
  expect(() => scrapes.scrape(20_000, tooMany)).toThrow('number of labels: 5, limit: 4');
});

test('an exemplar belongs to the series with type and unit', () => {
  const scrapes = new Scrapes({ typeAndUnitLabels: true });
  const body = (id: string) => om('# TYPE c counter', `c_total 1 # {trace_id="${id}"} 1 1`);
  scrapes.scrape(10_000, body('a'));
  scrapes.scrape(20_000, body('b'));
  const series = scrapes.storage.exemplars([[new Matcher('=', '__name__', 'c_total')]], 0, 100_000);
  expect(series.map(({ labels }) => labels.get('__type__'))).toEqual(['counter']);
});
