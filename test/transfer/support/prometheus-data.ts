// A real Prometheus for tests of moving: its folder, its tool, and every sample that it knows.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Labels } from '../../../src/model/labels.ts';
import { ApiClient, type ResultSeries } from '../../reference/api-client.ts';
import { Child, freePort } from '../../reference/child.ts';
import { findProgram } from '../../reference/debian.ts';
import type { WriteSeries } from '../../reference/remote-write.ts';
import { showValue } from './stored-series.ts';

const prometheus = findProgram('prometheus');
const promtool = findProgram('promtool');

/** Whether there is a Prometheus to compare with. */
export const hasPrometheus = prometheus !== undefined && promtool !== undefined;

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What promtool prints. */
export function runPromtool(...args: string[]): Buffer {
  return execFileSync(promtool as string, args, {
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Starts it on `folder`; its data path is `folder`/data. */
export async function startOn(folder: string): Promise<{ child: Child; url: string; api: ApiClient }> {
  mkdirSync(folder, { recursive: true });
  const configFile = join(folder, 'prometheus.yml');
  writeFileSync(configFile, 'scrape_configs: []\n');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await Child.start({
    command: prometheus as string,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=warn',
    ],
    readyUrl: `${url}/-/ready`,
  });
  return { child, url, api: new ApiClient(url) };
}

/** Every sample of the last week that a server answers with, one line a series as linesOf() has them. */
export async function everySample(api: ApiClient): Promise<string[]> {
  const { body } = await api.instant('{__name__=~".+"}[7d]', Date.now());
  if (body.status !== 'success') throw new Error(body.error);
  const result = (body.data?.result ?? []) as ResultSeries[];
  return result
    .map(({ metric, values = [] }) => {
      const shown = values.map(
        ([seconds, text]) => `${showValue(toNumber(text))}@${Math.round(seconds * 1000)}`,
      );
      return `${Labels.of(metric)} ${shown.join(' ')}`;
    })
    .sort();
}

const toNumber = (text: string): number =>
  text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

/** What text, times and values are hard to carry: each of these must come through. */
export function hardSeries(startMs: number): WriteSeries[] {
  const at = (i: number): number => startMs + i * 1001;
  const values = [
    0,
    -0,
    1,
    1.5,
    NaN,
    Infinity,
    -Infinity,
    1e300,
    -1e-300,
    5e-324,
    0.1 + 0.2,
    1e21,
    123456789,
    2 ** 53,
    Number.MAX_VALUE,
    1e-7,
    1 / 3,
  ];
  const text = 'a"b\\c\nd\te é 😀 \u0001 \u007f \u2028 {x="y"}, ';
  return [
    {
      labels: [
        ['__name__', 'col:on'],
        ['a', 'b,c'],
      ],
      samples: [[at(0), 1]],
    },
    {
      labels: [['__name__', 'ended']],
      samples: [
        [at(0), 1],
        [at(1), 'stale'],
        [at(2), 3],
      ],
    },
    {
      labels: [
        ['__name__', 'texts'],
        ['v', text],
      ],
      samples: [[at(0), 1]],
    },
    {
      labels: [
        ['__name__', 'values'],
        ['job', 'x'],
      ],
      samples: values.map((value, i) => [at(i), value]),
    },
  ];
}
