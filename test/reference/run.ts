// The reference rig: starts a real Prometheus and a promlite, gives both the same samples, asks both the same
// queries, and says where they differ and how long each took. `npm run rig -- --help`.

import { parseArgs } from 'node:util';
import { runDashboardSuite } from './dashboard-suite.ts';
import { findProgram, PROGRAMS } from './debian.ts';
import { runExpositionSuite } from './exposition-suite.ts';
import { runNginxSuite } from './nginx-suite.ts';
import { runRemoteWriteSuite } from './remote-write-suite.ts';
import { Report } from './report.ts';
import type { ScrapeOptions } from './scrape-targets.ts';
import { runScrapedSuite } from './scraped-suite.ts';
import { runScriptsSuite } from './scripts-suite.ts';
import { runWrittenSuite } from './written-suite.ts';

const HELP = `Compares promlite with a real Prometheus (Debian's, on PATH or unpacked into .cache/).

  npm run rig                      all suites
  npm run rig -- --suite written   the same off-grid samples remote-written to both, every kind of query
  npm run rig -- --suite scripts   what the scripts of test/promql ask, and the layout of every query
  npm run rig -- --suite scraped   node_exporter, a Prometheus and exposition files scraped by both
  npm run rig -- --suite dashboard every query of the dashboard, over a fleet scraped by both
  npm run rig -- --suite exposition bodies right and wrong, scrape options and relabelling, scraped by both
  npm run rig -- --suite nginx     nginx's status page read by promlite, and scraped by both through its exporter
  npm run rig -- --suite remote    a Prometheus remote-writes what it scrapes at 1 s, and both answer alike
  npm run rig -- --fetch           only unpack the counterparts, and print where each of them is
      --ticks 60                   how often what is scraped changes before anything is asked
      --tick 1                     seconds between these changes
      --seconds 30                 how long the suite "remote" scrapes and writes

The last line is "N passed, N failed, N skipped". What is missing on this machine is skipped with a message;
with CI=true a skip is a failure.
`;

const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    ticks: { type: 'string', default: '60' },
    tick: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '30' },
    fetch: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const SUITES: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  written: runWrittenSuite,
  scripts: runScriptsSuite,
  scraped: report => runScrapedSuite(report, scrapeOptions()),
  exposition: runExpositionSuite,
  nginx: runNginxSuite,
  remote: report => runRemoteWriteSuite(report, { seconds: Number(values.seconds) }),
  dashboard: report => runDashboardSuite(report, scrapeOptions()),
};

function scrapeOptions(): ScrapeOptions {
  return { ticks: Number(values.ticks), tickMs: Number(values.tick) * 1000 };
}

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.fetch) {
    for (const name of PROGRAMS) process.stdout.write(`${name} ${findProgram(name) ?? ''}\n`);
    return 0;
  }
  const chosen = values.suite === undefined ? Object.keys(SUITES) : [values.suite];
  const unknown = chosen.find(name => !(name in SUITES));
  if (unknown !== undefined) {
    process.stderr.write(`no suite is called ${unknown}: there are ${Object.keys(SUITES).join(', ')}\n`);
    return 2;
  }
  const report = new Report();
  const isMissing = ['prometheus', 'prometheus-node-exporter'].filter(
    name => findProgram(name) === undefined,
  );
  for (const name of chosen) {
    if (isMissing.length > 0) report.skip(name, `${isMissing.join(' and ')} not found`);
    else await SUITES[name](report);
  }
  report.print();
  return report.failed > 0 || (process.env.CI !== undefined && report.skips > 0) ? 1 : 0;
}

process.exitCode = await main();
