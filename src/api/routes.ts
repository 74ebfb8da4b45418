// Every path that promlite answers, and how. Read endpoints take POST as well as GET, which is more than Prometheus
// allows on some of them: clients that send all their requests by POST find them all.

import { redirect } from './answer.ts';
import type { ApiDependencies } from './contract.ts';
import { cleanTombstonesHandler, deleteSeriesHandler, snapshotHandler } from './handlers/admin.ts';
import { buildInfoHandler, versionHandler } from './handlers/build-info.ts';
import { exemplarsHandler } from './handlers/exemplars.ts';
import { federateHandler } from './handlers/federate.ts';
import { labelNamesHandler, labelValuesHandler } from './handlers/labels.ts';
import {
  healthyHandler,
  metricsHandler,
  ONLY_POST_OR_PUT,
  quitHandler,
  readyHandler,
  reloadHandler,
} from './handlers/management.ts';
import { metadataHandler, targetMetadataHandler } from './handlers/metadata.ts';
import { pageHandler } from './handlers/page.ts';
import { instantQueryHandler, rangeQueryHandler } from './handlers/query.ts';
import { remoteWriteHandler } from './handlers/remote-write.ts';
import { alertmanagersHandler, alertsHandler, rulesHandler } from './handlers/rules.ts';
import { seriesHandler } from './handlers/series.ts';
import { configHandler, flagsHandler, runtimeInfoHandler, walReplayHandler } from './handlers/status.ts';
import { formatQueryHandler, parseQueryHandler } from './handlers/syntax.ts';
import { scrapePoolsHandler, targetsHandler } from './handlers/targets.ts';
import { tsdbStatusHandler } from './handlers/tsdb-status.ts';
import type { Handler, Route } from './route.ts';

const READ_ENDPOINTS: readonly (readonly [string, Handler])[] = [
  ['query', instantQueryHandler],
  ['query_range', rangeQueryHandler],
  ['query_exemplars', exemplarsHandler],
  ['format_query', formatQueryHandler],
  ['parse_query', parseQueryHandler],
  ['series', seriesHandler],
  ['labels', labelNamesHandler],
  ['label/:name/values', labelValuesHandler],
  ['metadata', metadataHandler],
  ['targets', targetsHandler],
  ['targets/metadata', targetMetadataHandler],
  ['scrape_pools', scrapePoolsHandler],
  ['rules', rulesHandler],
  ['alerts', alertsHandler],
  ['alertmanagers', alertmanagersHandler],
  ['status/buildinfo', buildInfoHandler],
  ['status/flags', flagsHandler],
  ['status/config', configHandler],
  ['status/runtimeinfo', runtimeInfoHandler],
  ['status/tsdb', tsdbStatusHandler],
  ['status/walreplay', walReplayHandler],
];

const ADMIN_ENDPOINTS: readonly (readonly [string, Handler])[] = [
  ['delete_series', deleteSeriesHandler],
  ['clean_tombstones', cleanTombstonesHandler],
  ['snapshot', snapshotHandler],
];

const REMOTE_WRITE_BODY_BYTES = 64 * 1024 * 1024;

const ALWAYS_SERVED: ReadonlySet<string> = new Set(['status/walreplay']);

export function createRoutes({ options: { routePrefix } }: ApiDependencies): Route[] {
  return [
    ...READ_ENDPOINTS.map(([name, handler]) => readEndpoint(name, handler)),
    ...ADMIN_ENDPOINTS.map(([name, handler]) => adminEndpoint(name, handler)),
    {
      ...plain('/api/v1/write', remoteWriteHandler),
      methods: ['POST'],
      whenReady: true,
      large: 'request',
      maxBodyBytes: REMOTE_WRITE_BODY_BYTES,
    },
    { ...plain('/-/healthy', healthyHandler), methods: ['GET', 'HEAD'] },
    { ...plain('/-/ready', readyHandler), methods: ['GET', 'HEAD'], whenReady: true },
    lifecycle('/-/reload', reloadHandler),
    lifecycle('/-/quit', quitHandler),
    { ...plain('/metrics', metricsHandler), compress: true },
    { ...plain('/federate', federateHandler), compress: true, whenReady: true, large: 'reply' },
    plain('/version', versionHandler),
    plain('/', () => redirect(`${routePrefix}/query`)),
    plain('/graph', ({ queryString }) =>
      redirect(`${routePrefix}/query${queryString === '' ? '' : `?${queryString}`}`),
    ),
    { ...plain('/query', pageHandler), compress: true },
  ];
}

function readEndpoint(name: string, handler: Handler): Route {
  return {
    path: `/api/v1/${name}`,
    methods: ['GET', 'POST'],
    handler,
    whenReady: !ALWAYS_SERVED.has(name),
    api: true,
    compress: true,
    large: 'reply',
  };
}

function adminEndpoint(name: string, handler: Handler): Route {
  return { ...readEndpoint(`admin/tsdb/${name}`, handler), methods: ['POST', 'PUT'], large: undefined };
}

function plain(path: string, handler: Handler): Route {
  return {
    path,
    methods: ['GET'],
    handler,
    whenReady: false,
    api: false,
    compress: false,
    large: undefined,
  };
}

function lifecycle(path: string, handler: Handler): Route {
  return { ...plain(path, handler), methods: ['POST', 'PUT'], wrongMethodText: ONLY_POST_OR_PUT };
}
