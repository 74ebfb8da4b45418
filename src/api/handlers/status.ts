// /api/v1/status/*: flags, configuration, runtime and storage, as far as they have a meaning here.

import { availableParallelism, hostname } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { compareText } from '../../model/text-order.ts';
import { success } from '../answer.ts';
import { metricValue } from '../metric-value.ts';
import type { Handler } from '../route.ts';
import { rfc3339 } from './targets.ts';

export const flagsHandler: Handler = (_request, { options }) => {
  const names = Object.keys(options.flags).sort(compareText);
  return success(Object.fromEntries(names.map(name => [name, options.flags[name]])));
};

export const configHandler: Handler = (_request, { config }) => success({ yaml: config().yaml });

/** Keys that speak of Go's runtime hold what comes closest to them in Node's. */
export const runtimeInfoHandler: Handler = async (_request, { runtime, clock, registry }) =>
  success({
    startTime: rfc3339(runtime.startTimeMs),
    CWD: process.cwd(),
    hostname: hostname(),
    serverTime: rfc3339(clock.nowMs()),
    reloadConfigSuccess: runtime.reloadSucceeded,
    lastConfigTime: rfc3339(runtime.lastConfigTimeMs),
    corruptionCount: await metricValue(registry, 'prometheus_tsdb_wal_corruptions_total'),
    goroutineCount: process.getActiveResourcesInfo().length,
    GOMAXPROCS: availableParallelism(),
    GOMEMLIMIT: getHeapStatistics().heap_size_limit,
    GOGC: '',
    GODEBUG: '',
    storageRetention: runtime.retentionText,
  });

/** The journal is read before the listener opens, so there is never a replay to report. */
export const walReplayHandler: Handler = () => success({ min: 0, max: 0, current: 0 });
