// A target that costs nothing to ask: a process of its own whose pages were all made beforehand, one version after the
// other as time goes by. Started by scrape.ts with an IPC channel.
//
//   GET /<who asks>/<target>       the page of that target
//   message 'count'                answered by how many samples each asker was given

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { processArguments } from '../../src/base/environment.ts';
import { type FleetTarget, fleetTargets } from './fleet.ts';

const [targetCount, seriesCount, versions, intervalMs, gzip] = processArguments().map(Number);

/** Rates as at 15 s: one scrape is one row, however soon it comes. */
const targets = fleetTargets({
  targets: targetCount,
  series: seriesCount,
  rows: versions,
  intervalMs: 15_000,
});
const pages = targets.map(target =>
  Array.from({ length: versions }, (_, version) => {
    const page = Buffer.from(pageOf(target, version));
    return gzip ? gzipSync(page) : page;
  }),
);
const given: Record<string, number> = {};
const startMs = performance.now();

const server = createServer((request, response) => {
  const [, asker, target] = (request.url ?? '').split('/');
  const version = Math.floor((performance.now() - startMs) / intervalMs);
  const page = pages[Number(target)]?.[Math.min(version, versions - 1)];
  if (!page) {
    response.writeHead(404).end();
    return;
  }
  given[asker] = (given[asker] ?? 0) + targets[Number(target)].series.length;
  response.writeHead(200, {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(page);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => process.send?.(given));
process.on('disconnect', () => process.exit(0));

function pageOf({ series }: FleetTarget, version: number): string {
  const lines: string[] = [];
  let family = '';
  for (const { labels, values } of series) {
    const name = labels[0][1];
    const familyOf = name.replace(/_(bucket|sum|count)$/, '');
    if (familyOf !== family)
      lines.push(`# HELP ${familyOf} One of the fleet's.`, `# TYPE ${familyOf} untyped`);
    family = familyOf;
    const inner = labels.slice(1).map(([key, value]) => `${key}="${value}"`);
    lines.push(`${name}{${inner.join(',')}} ${values[version]}`);
  }
  return `${lines.join('\n')}\n`;
}
