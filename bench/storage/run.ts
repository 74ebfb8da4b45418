// `npm run bench:storage`: what samples cost on their way in and while they are kept, for promlite and, in the same run
// with the same data, for Debian's Prometheus and VictoriaMetrics. Prints medians beside DESIGN's floors and goals.

import { parseArgs } from 'node:util';
import { type Contestant, contestants } from './contestants.ts';
import { Figures } from './figures.ts';
import { FLEET, fleetTargets } from './fleet.ts';
import { measureLive } from './live.ts';
import { type Load, loadOf, measureLoad } from './load.ts';
import { measureScrape } from './scrape.ts';

const HELP = `Measures the storage beside Debian's Prometheus and VictoriaMetrics, where they are found.

  npm run bench:storage
      --only PARTS     of disk, scrape, intake, memory, restart, separated by commas; by default all
                       (disk and intake come from one load: either prints both)
      --servers NAMES  of promlite, prometheus, victoria-metrics; by default all
      --rounds 3       measurements of each; medians are printed
      --quick          about a tenth of the data, and one round
      --targets 7      how many targets of about 1,045 series are scraped, once a second
      --seconds 60     for how long: once from ten seconds after the start, and once more
      --gzip           pages are compressed
      --source         promlite runs its sources instead of what is compiled for deployment
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'disk,scrape,intake,memory,restart' },
    servers: { type: 'string', default: '' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    targets: { type: 'string', default: '7' },
    seconds: { type: 'string' },
    gzip: { type: 'boolean', default: false },
    source: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const SERIES_A_TARGET = 1045;
const LIVE_SERIES = 100_000;
const QUICKER = 10;

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const parts = new Set(values.only.split(','));
  const { quick } = values;
  const all = contestants(
    values.source,
    values.servers.split(',').filter(name => name !== ''),
  );
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  const load = parts.has('disk') || parts.has('intake') || parts.has('memory') ? makeLoad(quick) : undefined;
  const figures = new Figures();
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
    const order = round % 2 === 0 ? all : [...all].reverse();
    await measureRound(order, parts, load, figures);
  }
  figures.print(all.map(({ name }) => name));
}

function makeLoad(quick: boolean): Load {
  process.stderr.write('making six hours of the fleet …\n');
  const share = quick ? QUICKER : 1;
  const size = {
    ...FLEET,
    targets: Math.ceil(FLEET.targets / share),
    series: Math.ceil(FLEET.series / share),
  };
  return loadOf(fleetTargets(size), size.intervalMs);
}

async function measureRound(
  all: readonly Contestant[],
  parts: ReadonlySet<string>,
  load: Load | undefined,
  figures: Figures,
): Promise<void> {
  if (load) for (const contestant of all) await measureLoad(contestant, load, figures);
  if (parts.has('scrape')) {
    const targets = Number(values.targets);
    await measureScrape(
      all,
      {
        targets,
        series: targets * SERIES_A_TARGET,
        intervalMs: 1000,
        seconds: Number(values.seconds ?? (values.quick ? 20 : 60)),
        gzip: values.gzip,
      },
      figures,
    );
  }
  if (!parts.has('memory') && !parts.has('restart')) return;
  const options = {
    series: values.quick ? LIVE_SERIES / QUICKER : LIVE_SERIES,
    measuresMemory: parts.has('memory'),
    measuresRestart: parts.has('restart'),
  };
  for (const contestant of all) await measureLive(contestant, options, figures);
}

await main();
