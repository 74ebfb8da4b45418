// The API's metrics about itself, under Prometheus' names. `handler` is the route, never the path that was asked
// for, so that their number is bounded.

import { Counter, collectDefaultMetrics, Gauge, Histogram } from '../base/metrics.ts';
import type { ApiDependencies } from './contract.ts';
import { buildInfo } from './handlers/build-info.ts';

/** How often the event loop's delay is looked at. Each look wakes the process: every 100 ms it was half of what an idle one took. */
const LOOP_SAMPLES_MS = 1000;

export interface HttpMetrics {
  /** Counts one finished request. */
  observe(handler: string, status: number, seconds: number, bodyBytes: number): void;
}

/** Declares the metrics on the registry, and those of the process and of Node with them. */
export function createHttpMetrics({ registry, runtime, options }: ApiDependencies): HttpMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'prometheus_http_requests_total',
    help: 'Counter of HTTP requests.',
    labelNames: ['handler', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'prometheus_http_request_duration_seconds',
    help: 'Histogram of latencies for HTTP requests.',
    labelNames: ['handler'],
    buckets: [0.1, 0.2, 0.4, 1, 3, 8, 20, 60, 120],
    registers,
  });
  const sizes = new Histogram({
    name: 'prometheus_http_response_size_bytes',
    help: 'Histogram of response size for HTTP requests.',
    labelNames: ['handler'],
    buckets: Array.from({ length: 8 }, (_, i) => 100 * 10 ** i),
    registers,
  });
  declareStateMetrics(registers, runtime, buildInfo(options.version));
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_SAMPLES_MS });

  return {
    observe(handler, status, seconds, bodyBytes) {
      requests.inc({ handler, code: String(status) });
      durations.observe({ handler }, seconds);
      sizes.observe({ handler }, bodyBytes);
    },
  };
}

function declareStateMetrics(
  registers: ApiDependencies['registry'][],
  runtime: ApiDependencies['runtime'],
  build: ReturnType<typeof buildInfo>,
): void {
  const { version, revision, branch, goVersion } = build;
  new Gauge({
    name: 'prometheus_build_info',
    help: "A metric with a constant '1' value labeled by version, revision, branch and goversion from which promlite was built, and the goos and goarch for the build.",
    labelNames: ['branch', 'goarch', 'goos', 'goversion', 'revision', 'tags', 'version'],
    registers,
  }).set(
    {
      branch,
      goarch: process.arch,
      goos: process.platform,
      goversion: goVersion,
      revision,
      tags: '',
      version,
    },
    1,
  );
  new Gauge({
    name: 'prometheus_ready',
    help: 'Whether Prometheus startup was fully completed and the server is ready for normal operation.',
    registers,
    collect() {
      this.set(runtime.ready && !runtime.stopping ? 1 : 0);
    },
  });
}
