// Two exposition pages that change with time, for a Prometheus to scrape and pass on: counters far from zero, a
// histogram, gauges that take every kind of double, series that come and go, exemplars.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Pages {
  /** host:port; the pages are /text and /openmetrics. */
  readonly address: string;
  stop(): Promise<void>;
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const EDGE_VALUES = [
  'NaN',
  '+Inf',
  '-Inf',
  '-0',
  '0',
  '5e-324',
  '1.7976931348623157e+308',
  '0.1',
  '-123456789',
];
const SERIES_THAT_COME_AND_GO = 20;
/** Where 2.42 and 3.x extrapolate rates alike. */
const FAR_FROM_ZERO = 1e6;

/** Each request is one step further. */
export async function startPages(): Promise<Pages> {
  let step = 0;
  const server = createServer((request, response) => {
    step++;
    const isText = request.url === '/text';
    response.setHeader('content-type', isText ? TEXT : OPENMETRICS);
    response.end(isText ? textPage(step) : openMetricsPage(step));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function textPage(step: number): string {
  const lines = ['# HELP page_edge Every kind of double.', '# TYPE page_edge gauge'];
  for (let i = 0; i < EDGE_VALUES.length; i++) {
    lines.push(`page_edge{shift="${i}"} ${EDGE_VALUES[(step + i) % EDGE_VALUES.length]}`);
  }
  lines.push('# HELP page_brief Series that come and go.', '# TYPE page_brief gauge');
  for (let i = 0; i < SERIES_THAT_COME_AND_GO; i++) {
    if (Math.floor(step / (i + 2)) % 2 === 0) lines.push(`page_brief{number="${i}"} ${Math.sin(step * i)}`);
  }
  return `${lines.join('\n')}\n`;
}

function openMetricsPage(step: number): string {
  const lines = ['# TYPE page_requests counter', '# HELP page_requests Requests.'];
  for (const code of [200, 404, 500]) {
    const count = FAR_FROM_ZERO + step * code;
    lines.push(
      `page_requests_total{code="${code}"} ${count} # {trace_id="${code}-${step}"} ${step / 7} ${nowSeconds()}`,
    );
  }
  lines.push('# TYPE page_latency_seconds histogram', '# UNIT page_latency_seconds seconds');
  const perStep = [1, 5, 20, 24];
  ['0.1', '1.0', '10.0', '+Inf'].forEach((le, i) => {
    lines.push(`page_latency_seconds_bucket{le="${le}"} ${FAR_FROM_ZERO * (i + 1) + step * perStep[i]}`);
  });
  lines.push(`page_latency_seconds_sum ${FAR_FROM_ZERO + step * 1.1}`);
  lines.push(`page_latency_seconds_count ${FAR_FROM_ZERO * 4 + step * 24}`);
  return `${lines.join('\n')}\n# EOF\n`;
}

const nowSeconds = (): string => (Date.now() / 1000).toFixed(3);
