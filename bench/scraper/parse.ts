// What a scraped line costs: parsed alone, and parsed and matched into a Row of an unchanged target.
//
//   node bench/scraper/parse.ts [lines, default 1000]
//
// Prints the median and the best of the rounds, in nanoseconds a line; metadata lines count as lines.

import { processArguments } from '../../src/base/environment.ts';
import { Labels } from '../../src/model/labels.ts';
import { ScrapeAppender } from '../../src/scraper/append.ts';
import { createParser } from '../../src/scraper/exposition/negotiate.ts';
import { MemoryStorage } from '../../test/support/memory-storage.ts';

const ROUNDS = 300;
const REPEATS = 20;

/** A body like that of a service with a request histogram: metadata, counters, sums with many digits. */
function bodyOf(lines: number): Uint8Array {
  const text = [
    '# HELP http_request_duration_seconds Time to answer.',
    '# TYPE http_request_duration_seconds histogram',
  ];
  const bounds = [
    '0.005',
    '0.01',
    '0.025',
    '0.05',
    '0.1',
    '0.25',
    '0.5',
    '1.0',
    '2.5',
    '5.0',
    '10.0',
    '+Inf',
  ];
  for (let path = 0; text.length < lines; path++) {
    const labels = `service="query-router",method="GET",path="/api/v1/projects/{project_id}/models/${path}"`;
    bounds.forEach((le, i) => {
      text.push(`http_request_duration_seconds_bucket{${labels},le="${le}"} ${path * 1000 + i * 17}.0`);
    });
    text.push(`http_request_duration_seconds_sum{${labels}} ${path * 3.337 + 0.12345678}`);
    text.push(`http_request_duration_seconds_count{${labels}} ${path * 1000 + 187}.0`);
  }
  return Buffer.from(`${text.slice(0, lines).join('\n')}\n`);
}

function measure(name: string, lines: number, work: () => void): void {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < REPEATS; i++) work();
    times.push(Number(process.hrtime.bigint() - start) / REPEATS / lines);
  }
  times.sort((a, b) => a - b);
  const [best, median] = [times[0], times[ROUNDS >> 1]].map(time => time.toFixed(0).padStart(5));
  console.log(`${name.padEnd(28)} median ${median} ns/line   best ${best} ns/line`);
}

const lines = Number(processArguments()[0] ?? 1000);
const body = bodyOf(lines);

measure('parse alone', lines, () => {
  const parser = createParser('text/plain', body);
  while (parser.next() !== 'end');
});

const settings = {
  honorLabels: false,
  honorTimestamps: true,
  trackTimestampsStaleness: false,
  metricRelabelRules: [],
  sampleLimit: 0,
  labelLimit: 0,
  labelNameLengthLimit: 0,
  labelValueLengthLimit: 0,
};
const target = Labels.of({ job: 'bench', instance: 'localhost:1' });
let timestampMs = 0;

function scrape(appender: ScrapeAppender): void {
  timestampMs += 15_000;
  appender.begin(timestampMs);
  appender.append(createParser('text/plain', body), timestampMs);
  appender.finish(true);
  appender.tidy();
}

const appender = new ScrapeAppender(new MemoryStorage(), 'bench', target, settings);
scrape(appender);
measure('parse and match into a row', lines, () => scrape(appender));
measure('the first scrape of a target', lines, () =>
  scrape(new ScrapeAppender(new MemoryStorage(), 'bench', target, settings)),
);
