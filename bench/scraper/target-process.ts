// A process that serves /metrics for the benches of the scraper, so that what serving costs is not counted as theirs.
//
// Started with the number of series as its argument; prints its port. Each request gets counters that went on; bodies
// are made beforehand, gzipped and not, since the one who asks is what is measured.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { processArguments } from '../../src/base/environment.ts';
import { bodyOf } from './exposition.ts';

const BODIES = 16;

const series = Number(processArguments()[0] ?? 1000);
const bodies = Array.from({ length: BODIES }, (_, i) => bodyOf(series, i));
const zipped = bodies.map(body => gzipSync(body, { level: 6 }));
let served = 0;

const server = createServer((request, response) => {
  const at = served++ % BODIES;
  const isGzip = String(request.headers['accept-encoding']).includes('gzip');
  if (isGzip) response.setHeader('content-encoding', 'gzip');
  response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
  response.end(isGzip ? zipped[at] : bodies[at]);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('disconnect', () => process.exit(0));
