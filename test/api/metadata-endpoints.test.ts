// Series, labels, metadata, targets, exemplars and the status pages: shapes, order, filters.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import type { Metadata } from '../../src/model/metadata.ts';
import { MetricGroup } from '../../src/storage/metric-group.ts';
import { CONFIG, fill, NOW_MS, type RunningApi, scraperOf, startApi, targetOf } from './fixture.ts';

const counter: Metadata = { type: 'counter', help: 'Help <b>.', unit: '' };
const histogram: Metadata = { type: 'histogram', help: 'H', unit: 'seconds' };

let api: RunningApi;
beforeAll(async () => {
  const scraper = scraperOf([
    {
      name: 'two',
      active: [
        targetOf({
          labels: Labels.of({ instance: 'b:1', job: 'two', __meta: 'x' }),
          scrapePool: 'two',
          health: 'down',
          lastError: 'connection refused',
          metadata: new Map([
            ['requests', { ...counter, help: 'Other.' }],
            ['latency', histogram],
          ]),
        }),
      ],
      dropped: [{ discoveredLabels: Labels.of({ __address__: 'c:1', job: 'two' }) }],
    },
    {
      name: 'one',
      active: [
        targetOf({ lastScrapeMs: undefined, health: 'unknown', metadata: new Map([['requests', counter]]) }),
      ],
      dropped: [],
    },
  ]);
  const config = () => ({
    ...CONFIG,
    global: { ...CONFIG.global, externalLabels: Labels.of({ site: 'x' }) },
  });
  api = await startApi({ scraper, config });
  const up = { __name__: 'up', instance: 'i' };
  fill(
    api.storage,
    [
      { ...up, job: 'b' },
      { ...up, job: 'a' },
      { __name__: 'utf8.name', 'my.label': 'ü' },
    ],
    NOW_MS - 1000,
  );
  fill(api.storage, [{ __name__: 'old', job: 'z' }], NOW_MS - 86_400_000);
  api.storage.appendExemplar(Labels.of({ ...up, job: 'a' }), {
    labels: Labels.of({ trace_id: 't' }),
    value: 6,
    timestampMs: 1_600_096_945_479,
  });
});
afterAll(() => api.close());

const data = async (path: string): Promise<string> => {
  const { text } = await api.request(`/api/v1/${path}`);
  const match = /^\{"status":"success","data":(.*)\}$/.exec(text);
  return match ? match[1] : text;
};
const encoded = encodeURIComponent;

test.each([
  [
    'series?match[]=up',
    '[{"__name__":"up","instance":"i","job":"a"},{"__name__":"up","instance":"i","job":"b"}]',
  ],
  [
    'series?match[]=up&limit=1',
    '[{"__name__":"up","instance":"i","job":"a"}],"warnings":["results truncated due to limit"]',
  ],
  [
    `series?match[]=${encoded('up{job="a"}')}&match[]=old&match[]=${encoded('{job="a"}')}`,
    '[{"__name__":"old","job":"z"},{"__name__":"up","instance":"i","job":"a"}]',
  ],
  [
    `series?match[]=${encoded('{__name__=~"up.*",__name__!=""}')}&limit=5`,
    '[{"__name__":"up","instance":"i","job":"a"},{"__name__":"up","instance":"i","job":"b"}]',
  ],
  [`series?match[]=nothing`, '[]'],
  [`series?match[]=old&start=${NOW_MS / 1000 - 60}`, '[]'],
  [`series?match[]=${encoded('{"utf8.name","my.label"="ü"}')}`, '[{"__name__":"utf8.name","my.label":"ü"}]'],
  ['labels', '["__name__","instance","job","my.label"]'],
  [`labels?match[]=${encoded('{__name__=~".+",}')}`, '["__name__","instance","job","my.label"]'],
  ['labels?match[]=old&match[]=utf8', '["__name__","job"]'],
  [`labels?match[]=old&match[]=${encoded('{"utf8.name"}')}`, '["__name__","job","my.label"]'],
  ['labels?limit=1', '["__name__"],"warnings":["results truncated due to limit"]'],
  ['labels?limit=4', '["__name__","instance","job","my.label"]'],
  ['labels?match[]=nothing', '[]'],
  ['label/job/values', '["a","b","z"]'],
  [`label/job/values?start=${NOW_MS / 1000 - 60}&end=${NOW_MS / 1000}`, '["a","b"]'],
  [
    'label/job/values?match[]=up&match[]=old&limit=2',
    '["a","b"],"warnings":["results truncated due to limit"]',
  ],
  ['label/__name__/values', '["old","up","utf8.name"]'],
  [`label/__name__/values?match[]=${encoded('{__name__=~"(?i).*UP.*"}')}`, '["up"]'],
  ['label/U__my_2e_label/values', '["ü"]'],
  ['label/my.label/values', '["ü"]'],
  ['label/my%2Elabel/values', '["ü"]'],
  ['label/nope/values', '[]'],
  [
    'metadata',
    '{"latency":[{"type":"histogram","help":"H","unit":"seconds"}],' +
      '"requests":[{"type":"counter","help":"Other.","unit":""},{"type":"counter","help":"Help \\u003cb\\u003e.","unit":""}]}',
  ],
  ['metadata?metric=latency&limit=', '{"latency":[{"type":"histogram","help":"H","unit":"seconds"}]}'],
  ['metadata?limit=1', '{"latency":[{"type":"histogram","help":"H","unit":"seconds"}]}'],
  [
    'metadata?metric=requests&limit_per_metric=1&limit=0',
    '{"requests":[{"type":"counter","help":"Other.","unit":""}]}',
  ],
  ['metadata?metric=nope', '{}'],
  [
    `targets/metadata?match_target=${encoded('{job="two"}')}&metric=requests`,
    '[{"target":{"__meta":"x","instance":"b:1","job":"two"},"type":"counter","help":"Other.","unit":""}]',
  ],
  [
    'targets/metadata?metric=latency&limit=1',
    '[{"target":{"__meta":"x","instance":"b:1","job":"two"},"type":"histogram","help":"H","unit":"seconds"}]',
  ],
  [
    `targets/metadata?match_target=${encoded('{job="one"}')}`,
    '[{"target":{"instance":"a:1","job":"one"},"metric":"requests","type":"counter","help":"Help \\u003cb\\u003e.","unit":""}]',
  ],
  ['scrape_pools', '{"scrapePools":["one","two"]}'],
  [
    'targets?state=active&scrapePool=one',
    '{"activeTargets":[{"discoveredLabels":{"__address__":"a:1","job":"one"},"labels":{"instance":"a:1","job":"one"},' +
      '"scrapePool":"one","scrapeUrl":"http://a:1/metrics","globalUrl":"http://a:1/metrics","lastError":"",' +
      '"lastScrape":"0001-01-01T00:00:00Z","lastScrapeDuration":0.0125,"health":"unknown","scrapeInterval":"15s",' +
      '"scrapeTimeout":"10s"}],"droppedTargets":[],"droppedTargetCounts":null}',
  ],
  [
    'targets?state=dropped',
    '{"activeTargets":[],"droppedTargets":[{"discoveredLabels":{"__address__":"c:1","job":"two"},"scrapePool":"two"}],' +
      '"droppedTargetCounts":{"one":0,"two":1}}',
  ],
  [
    'query_exemplars?query=up&start=1600000000&end=1700000000',
    '[{"seriesLabels":{"__name__":"up","instance":"i","job":"a"},"exemplars":' +
      '[{"labels":{"trace_id":"t"},"value":"6","timestamp":1600096945.479}]}]',
  ],
  [
    `query_exemplars?query=${encoded('sum(rate(up{job="a"}[5m])) / 2')}`,
    '[{"seriesLabels":{"__name__":"up","instance":"i","job":"a"},"exemplars":' +
      '[{"labels":{"trace_id":"t"},"value":"6","timestamp":1600096945.479}]}]',
  ],
  [`query_exemplars?query=test&start=${NOW_MS}&end=${NOW_MS}`, '[]'],
  ['query_exemplars?query=1', '[]'],
  ['rules', '{"groups":[]}'],
  ['rules?type=alert&rule_name[]=a&rule_group=b&file=c&exclude_alerts=true&group_limit=5', '{"groups":[]}'],
  ['alerts', '{"alerts":[]}'],
  ['alertmanagers', '{"activeAlertmanagers":[],"droppedAlertmanagers":[]}'],
  ['status/flags', '{"config.file":"prometheus.yml","web.listen-address":":9090"}'],
  ['status/config', '{"yaml":"global:\\n  scrape_interval: 15s\\n"}'],
  ['status/walreplay', '{"min":0,"max":0,"current":0}'],
])('%s', async (path, expected) => {
  expect(await data(path)).toBe(expected);
});

test('targets of every state, by pool', async () => {
  const all = JSON.parse(await data('targets'));
  expect(all.activeTargets.map((target: { scrapePool: string }) => target.scrapePool)).toEqual([
    'one',
    'two',
  ]);
  expect(all.activeTargets[1]).toMatchObject({
    labels: { instance: 'b:1', job: 'two' },
    health: 'down',
    lastError: 'connection refused',
    lastScrape: new Date(NOW_MS).toISOString(),
  });
});

test('build information that clients can compare', async () => {
  const info = JSON.parse(await data('status/buildinfo'));
  expect(Object.keys(info)).toEqual(['version', 'revision', 'branch', 'buildUser', 'buildDate', 'goVersion']);
  expect(Object.values(info).every(value => typeof value === 'string')).toBe(true);
  expect(info.version).toBe('3.14.0+promlite.0.1.0');
  expect(info.goVersion).toMatch(/^node\d+\.\d+\.\d+$/);
  const version = await api.request('/version');
  expect(version.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(version.text).toBe(`${JSON.stringify(info)}\n`);
});

test('runtime information', async () => {
  const info = JSON.parse(await data('status/runtimeinfo'));
  expect(Object.keys(info)).toEqual(
    'startTime CWD hostname serverTime reloadConfigSuccess lastConfigTime corruptionCount goroutineCount GOMAXPROCS GOMEMLIMIT GOGC GODEBUG storageRetention'.split(
      ' ',
    ),
  );
  expect(info).toMatchObject({
    serverTime: new Date(NOW_MS).toISOString(),
    reloadConfigSuccess: true,
    corruptionCount: 0,
    storageRetention: '15d',
  });
});

test('what is counted in the metrics is what the status pages say', async () => {
  const own = await startApi();
  const group = new MetricGroup(own.registry);
  group.counter('wal_corruptions_total', 'Of the journal.').inc(3);
  group.gauge('head_chunks', 'In memory.').set(12);
  const runtime = await own.request('/api/v1/status/runtimeinfo');
  expect(JSON.parse(runtime.text).data.corruptionCount).toBe(3);
  const status = await own.request('/api/v1/status/tsdb');
  expect(JSON.parse(status.text).data.headStats.chunkCount).toBe(12);
  await own.close();
});

test('what the storage holds most of', async () => {
  const status = JSON.parse(await data('status/tsdb?limit=2'));
  expect(status.headStats).toMatchObject({ numSeries: 4, numLabelPairs: 8, maxTime: NOW_MS - 1000 });
  expect(status.seriesCountByMetricName).toEqual([
    { name: 'up', value: 2 },
    { name: 'old', value: 1 },
  ]);
  expect(status.labelValueCountByLabelName).toEqual([
    { name: '__name__', value: 3 },
    { name: 'job', value: 3 },
  ]);
  expect(status.seriesCountByLabelValuePair[0]).toEqual({ name: '__name__=up', value: 2 });
});

test('an empty storage says so as Prometheus does', async () => {
  const empty = await startApi();
  expect((await empty.request('/api/v1/status/tsdb')).text).toBe(
    '{"status":"success","data":{"headStats":{"numSeries":0,"numLabelPairs":0,"chunkCount":0,"minTime":9223372036854775807,"maxTime":-9223372036854775808},"seriesCountByMetricName":[],"labelValueCountByLabelName":[],"memoryInBytesByLabelName":[],"seriesCountByLabelValuePair":[]}}',
  );
  await empty.close();
});

test('federation', async () => {
  const reply = await api.request(`/federate?match[]=up&match[]=${encoded('{"utf8.name"}')}&match[]=old`);
  const time = NOW_MS - 1000;
  expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(reply.text).toBe(
    `# TYPE up untyped\nup{instance="i",job="a",site="x"} 1 ${time}\nup{instance="i",job="b",site="x"} 1 ${time}\n` +
      `# TYPE "utf8.name" untyped\n{"utf8.name","my.label"="ü",instance="",site="x"} 1 ${time}\n`,
  );
  expect(await api.request('/federate?match[]=up{')).toMatchObject({ status: 400 });
});

test.each([
  [-0, '0'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [999999, '999999'],
  [1048576, '1.048576e+06'],
  [-1e21, '-1e+21'],
  [1 / 3, '0.3333333333333333'],
])('%d is federated as %s', async (value, printed) => {
  const one = await startApi();
  fill(one.storage, [{ __name__: 'v' }], NOW_MS, value);
  const { text } = await one.request('/federate?match[]=v');
  expect(text).toBe(`# TYPE v untyped\nv{instance=""} ${printed} ${NOW_MS}\n`);
  await one.close();
});
