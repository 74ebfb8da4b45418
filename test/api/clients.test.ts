// Real clients against a running server with the real engine: promtool, npm's prometheus-query, and the requests
// that Grafana sends.
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { PrometheusDriver } from 'prometheus-query';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Labels } from '../../src/model/labels.ts';
import { createEngine } from '../../src/query/engine.ts';
import { Row } from '../../src/storage/contract.ts';
import { MemoryStoredStorage } from '../support/memory-stored-storage.ts';
import { NOW_MS, type Reply, type RunningApi, scraperOf, startApi, targetOf } from './fixture.ts';

const STEP_MS = 15_000;
/** Off the grid of the queries, as scraped data is. */
const END_MS = NOW_MS - (NOW_MS % 60_000) + 137;
const END_S = (END_MS - 137) / 1000;

let api: RunningApi;
beforeAll(async () => {
  const storage = new MemoryStoredStorage();
  loadFleet(storage);
  const limits = { timeoutMs: 120_000, maxSamples: 50_000_000, maxConcurrency: 20, lookbackDeltaMs: 300_000 };
  const engine = createEngine({
    querierOf: (minTimeMs, maxTimeMs) => storage.querier(minTimeMs, maxTimeMs),
    limits,
    clock: new ManualClock(NOW_MS),
    features: new Set(),
    log: silentLogger,
  });
  const metadata = new Map([['requests_total', { type: 'counter', help: 'Requests.', unit: '' } as const]]);
  const scraper = scraperOf([{ name: 'one', active: [targetOf({ metadata })], dropped: [] }]);
  api = await startApi({ engine, storage, scraper });
});
afterAll(() => api.close());

/** An hour of two counters and a gauge of each of two instances. */
function loadFleet(storage: MemoryStoredStorage): void {
  const group = storage.group('fleet');
  const columns = ['a', 'b'].flatMap(instance =>
    [
      { __name__: 'up', code: '' },
      { __name__: 'requests_total', code: '200' },
      { __name__: 'requests_total', code: '500' },
    ].map(labels => group.column(Labels.of(labels).with('job', 'one').with('instance', instance))),
  );
  for (let i = 240; i >= 0; i--) {
    const row = new Row(group, END_MS - i * STEP_MS);
    for (const [at, column] of columns.entries()) row.add(column, at % 3 === 0 ? 1 : (240 - i) * (at + 1));
    storage.commit([row]);
  }
}

const api1 = (path: string, form?: string): Promise<Reply> =>
  api.request(`/api/v1/${path}`, form === undefined ? {} : { form });

describe('what Grafana sends', () => {
  test('save and test: 1+1 at 1970', async () => {
    expect((await api1('query', 'query=1%2B1&time=4')).text).toBe(
      '{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}',
    );
  });

  test('the exemplar probe, in milliseconds', async () => {
    const { status, text } = await api1('query_exemplars', `query=test&start=${NOW_MS - 1}&end=${NOW_MS}`);
    expect([status, text]).toEqual([200, '{"status":"success","data":[]}']);
  });

  test('a panel: keys in order, series sorted, every point there', async () => {
    const query = encodeURIComponent('sum by (code, instance) (rate(requests_total[1m0s]))');
    const { text } = await api1('query_range', `query=${query}&start=${END_S - 600}&end=${END_S}&step=15`);
    expect(text).toMatch(
      /^\{"status":"success","data":\{"resultType":"matrix","result":\[\{"metric":\{"code":"200","instance":"a"\},"values":\[\[/,
    );
    const { result } = JSON.parse(text).data;
    expect(result.map((series: { metric: object }) => Object.values(series.metric).join())).toEqual([
      '200,a',
      '200,b',
      '500,a',
      '500,b',
    ]);
    expect(result[0].values).toHaveLength(41);
    expect(Number(result[0].values[0][1])).toBeCloseTo(2 / 15, 12);
  });

  test('windows that overlap agree, and so do two runs', async () => {
    const points = async (startS: number): Promise<Map<number, string>> => {
      const query = encodeURIComponent('sum(rate(requests_total[5m]))');
      const { text } = await api1('query_range', `query=${query}&start=${startS}&end=${END_S}&step=15`);
      return new Map(JSON.parse(text).data.result[0].values);
    };
    const [whole, part, again] = [
      await points(END_S - 900),
      await points(END_S - 600),
      await points(END_S - 900),
    ];
    expect(again).toEqual(whole);
    for (const [time, value] of part) expect(whole.get(time)).toBe(value);
  });

  test.each([
    'rate(requests_total[1m0s])',
    'rate(requests_total[1h0m0s])',
    '{__name__=~".+",}',
    '{__name__=~"up.*",__name__!=""}',
    '{"utf8.name","l.n"="v"}',
    '{__name__=~"(?i).*REQ.*"}',
  ])('%s is understood', async query => {
    const reply = await api1('query', `query=${encodeURIComponent(query)}`);
    expect([reply.status, JSON.parse(reply.text).status]).toEqual([200, 'success']);
  });

  test('sort and topk keep their order, plain vectors are sorted', async () => {
    const order = async (query: string): Promise<string[]> => {
      const { text } = await api1('query', `query=${encodeURIComponent(query)}&time=${END_S}`);
      return JSON.parse(text).data.result.map(
        (sample: { metric: { instance: string; code: string } }) =>
          sample.metric.instance + sample.metric.code,
      );
    };
    expect(await order('sort_desc(requests_total)')).toEqual(['b500', 'b200', 'a500', 'a200']);
    expect(await order('topk(2, requests_total)')).toEqual(['b500', 'b200']);
    expect(await order('requests_total')).toEqual(['a200', 'b200', 'a500', 'b500']);
  });

  test('values keep their bits on the way', async () => {
    for (const [query, value] of [
      ['0/0', 'NaN'],
      ['-1/0', '-Inf'],
      ['1e-7', '1e-07'],
      ['1e21', '1e+21'],
      ['-0', '-0'],
      ['0.1+0.2', '0.30000000000000004'],
    ]) {
      const { text } = await api1('query', `query=${encodeURIComponent(`vector(${query})`)}&time=1.5`);
      expect(JSON.parse(text).data.result[0].value).toEqual([1.5, value]);
    }
  });

  test('warnings and infos are kept apart', async () => {
    const { text } = await api1('query', `query=rate(up[5m])&time=${END_S}`);
    const reply = JSON.parse(text);
    expect(reply.warnings).toBeUndefined();
    expect(Object.keys(reply)).toEqual(['status', 'data', 'infos']);
    expect(reply.infos[0]).toMatch(/^PromQL info: metric might not be a counter/);
  });
});

describe('queries that can not be answered', () => {
  test.each([
    [
      'query?query=up%7B',
      400,
      'bad_data',
      'invalid parameter "query": 1:4: parse error: unexpected end of input inside braces',
    ],
    [
      'query?query=',
      400,
      'bad_data',
      'invalid parameter "query": unknown position: parse error: no expression found in input',
    ],
    [
      'query_range?query=up[5m]&start=1&end=2&step=1',
      400,
      'bad_data',
      'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
    [
      `query?query=${encodeURIComponent('label_replace(up,"~","","","")')}&time=${END_S}`,
      200,
      undefined,
      undefined,
    ],
    [
      `query?query=${encodeURIComponent('up * on(job) up')}&time=${END_S}`,
      422,
      'execution',
      /^found duplicate series for the match group \{job="one"\} on the right hand-side of the operation/,
    ],
  ])('%s', async (path, status, errorType, message) => {
    const reply = await api1(path);
    const body = JSON.parse(reply.text);
    expect([reply.status, body.errorType]).toEqual([status, errorType]);
    if (typeof message === 'string') expect(body.error).toBe(message);
    else if (message) expect(body.error).toMatch(message);
  });
});

describe("npm's prometheus-query", () => {
  const driver = (): PrometheusDriver => new PrometheusDriver({ endpoint: api.url, baseURL: '/api/v1' });
  const start = new Date(END_MS - 600_000);
  const end = new Date(END_MS);

  test('instant and range queries', async () => {
    const instant = await driver().instantQuery('up', end);
    expect(instant.result.map(sample => [sample.metric.toString(), sample.value.value])).toEqual([
      ['up{instance="a", job="one"}', 1],
      ['up{instance="b", job="one"}', 1],
    ]);
    const range = await driver().rangeQuery('sum(requests_total)', start, end, 60);
    expect(range.result[0].values).toHaveLength(11);
    await expect(driver().instantQuery('up{')).rejects.toMatchObject({
      error: 'invalid parameter "query": 1:4: parse error: unexpected end of input inside braces',
    });
  });

  test('series and labels', async () => {
    const series = await driver().series('up', start, end);
    expect(series.map(one => one.toString())).toEqual([
      'up{instance="a", job="one"}',
      'up{instance="b", job="one"}',
    ]);
    expect(await driver().labelNames('up', start, end)).toEqual(['__name__', 'instance', 'job']);
    expect(await driver().labelValues('instance', ['up', 'requests_total'], start, end)).toEqual(['a', 'b']);
  });

  test('targets, metadata, rules, alerts and the status pages', async () => {
    const client = driver();
    expect(await client.targets()).toMatchObject({ activeTargets: [{ health: 'up' }] });
    expect(await client.targetsMetadata('{job="one"}')).toMatchObject([{ metric: 'requests_total' }]);
    expect(await client.metadata()).toMatchObject({ requests_total: [{ type: 'counter' }] });
    expect(await client.rules()).toEqual([]);
    expect(await client.alerts()).toEqual([]);
    expect(await client.alertmanagers()).toMatchObject({ activeAlertmanagers: [] });
    expect(await client.status()).toHaveProperty('yaml');
    expect(await client.statusFlags()).toHaveProperty(['web.listen-address']);
    expect(await client.statusRuntimeInfo()).toHaveProperty('storageRetention');
    expect(await client.statusBuildinfo()).toHaveProperty('version');
    expect(await client.statusTSDB()).toHaveProperty('headStats.numSeries', 6);
  });
});

/** From the environment or the PATH; undefined where there is none. */
function findPromtool(): string | undefined {
  const promtool = process.env.PROMLITE_PROMTOOL ?? 'promtool';
  try {
    execFileSync(promtool, ['--version'], { stdio: 'ignore' });
    return promtool;
  } catch {
    if (process.env.CI)
      throw new Error('promtool is needed in CI: put it on PATH or name it in PROMLITE_PROMTOOL');
    console.warn('promtool is neither on PATH nor in PROMLITE_PROMTOOL: its tests are skipped');
    return undefined;
  }
}

const promtool = findPromtool();

describe.skipIf(promtool === undefined)('promtool', () => {
  const run = async (...words: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(promtool ?? '', words);
    return stdout;
  };

  test('query instant', async () => {
    expect(await run('query', 'instant', `--time=${END_S + 1}`, api.url, 'up')).toBe(
      `up{instance="a", job="one"} => 1 @[${END_S + 1}]\nup{instance="b", job="one"} => 1 @[${END_S + 1}]\n`,
    );
  });

  test('query range', async () => {
    const words = [`--start=${END_S - 30}`, `--end=${END_S + 1}`, '--step=15s', api.url, 'count(up)'];
    expect(await run('query', 'range', ...words)).toBe(
      `{} =>\n2 @[${END_S - 30}]\n2 @[${END_S - 15}]\n2 @[${END_S}]\n`,
    );
  });

  test('query series and labels', async () => {
    const times = [`--start=${END_S - 600}`, `--end=${END_S}`];
    expect(await run('query', 'series', '--match=up', ...times, api.url)).toBe(
      '{__name__="up", instance="a", job="one"}\n{__name__="up", instance="b", job="one"}\n',
    );
    expect(await run('query', 'labels', ...times, api.url, 'instance')).toBe('a\nb\n');
  });

  test('a query that does not parse ends in its message', async () => {
    await expect(run('query', 'instant', api.url, 'up{')).rejects.toMatchObject({
      stderr: expect.stringContaining('unexpected end of input inside braces'),
    });
  });

  test('check healthy and ready', async () => {
    const { stdout, stderr } = await promisify(execFile)(promtool ?? '', ['check', '--help']);
    for (const state of ['healthy', 'ready']) {
      // Old versions have no such command; all that it does is this request.
      const known = `${stdout}${stderr}`.includes(`check ${state}`);
      const said = known
        ? await run('check', state, `--url=${api.url}`)
        : (await api.request(`/-/${state}`)).text;
      expect(said.toLowerCase()).toContain(`is ${state}`);
    }
  });
});
