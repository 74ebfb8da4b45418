// Series as a fleet of services exposes them: request histograms with buckets, counters by method and route, runtime
// gauges; 8 to 11 labels each. Text first, so that labels can be cut out of it as a scraper does.

import { Labels } from '../../src/model/labels.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const ROUTES = ['/api/v1/users', '/api/v1/orders', '/api/v1/models/{model}/predict', '/healthz'];
const STATUSES = ['200', '404', '500'];
const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '5.0', '10.0', '+Inf'];
const JOBS = ['gateway', 'billing-service', 'model-serving', 'search', 'session-store'];
export const SERIES_AN_INSTANCE = 1000;

/** The lines of an instance; with another generation its pod has another name. */
export function fleetBody(instance: number, generation: number): string[] {
  const job = JOBS[instance % JOBS.length];
  const common =
    `cluster=eu-central-1a;instance=host-${instance}.example.org:9100;job=${job};` +
    `namespace=production-${instance % 7};pod=${job}-${(instance * 7919 + generation * 104_729).toString(16)}-x7k2p;service=${job}`;
  const lines: string[] = [];
  for (const method of METHODS) {
    for (const route of ROUTES) {
      for (const status of STATUSES) {
        const request = `method=${method};route=${route};status=${status}`;
        for (const le of BOUNDS) {
          lines.push(`__name__=http_request_duration_seconds_bucket;${common};le=${le};${request}`);
        }
        for (const end of ['sum', 'count']) {
          lines.push(`__name__=http_request_duration_seconds_${end};${common};${request}`);
        }
        lines.push(`__name__=http_requests_total;${common};${request}`);
      }
    }
  }
  for (let i = 0; lines.length < SERIES_AN_INSTANCE; i++) {
    lines.push(
      `__name__=process_runtime_gauge_${i % 40};${common};queue=worker-${i % 9};state=state-${i % 23}`,
    );
  }
  const body = lines.slice(0, SERIES_AN_INSTANCE).join('\n');
  return body.split('\n');
}

/** Names in these lines stand in order. */
export function labelsOfLine(line: string): Labels {
  const pairs: [string, string][] = line.split(';').map(text => {
    const at = text.indexOf('=');
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Labels.fromEntries(pairs);
}
