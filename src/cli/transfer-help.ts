// The texts of `promlite import --help` and `promlite export --help`.

import { helpEntry } from './help.ts';

const PATH = helpEntry('--storage.tsdb.path=data/', 'Folder that the server keeps its data in.');
const HELP = helpEntry('-h, --help', 'Shows this text.');

export function importHelpText(): string {
  const flags = [
    PATH,
    helpEntry(
      '--storage.tsdb.retention.time=15d',
      'What the server will run with; only to tell how many samples it would drop at once.',
    ),
    helpEntry(
      '--nan=keep',
      'What NaN means: itself (keep), or the end of its series (stale). A dump writes staleness markers as NaN.',
    ),
    helpEntry('--[no-]restart', 'Begins anew where an earlier run was interrupted.'),
    HELP,
  ];
  return `Usage: promlite import [flags] FILE…

Stores samples of the past, of any age. Takes OpenMetrics (as promtool tsdb dump-openmetrics and
promlite export write it) and what promtool tsdb dump prints, gzipped or not; - is standard input.
The server must not run on the folder meanwhile. Run again after an interruption, it goes on where
it was; samples that are there already do no harm. The exit code is 1 if a line was refused.

Flags:
${flags.join('')}
Examples:
  promtool tsdb dump /var/lib/prometheus/metrics2 | promlite import --storage.tsdb.path=data/ -
  promlite import --storage.tsdb.path=data/ history.om.gz
`;
}

export function exportHelpText(): string {
  const flags = [
    helpEntry('--match=SELECTOR', 'Series to write, such as \'{job="x"}\'. May be repeated; by default all.'),
    helpEntry('--start=TIME', 'The first moment, as RFC 3339 or in seconds; by default the oldest sample.'),
    helpEntry('--end=TIME', 'The last moment, included; by default the newest sample.'),
    helpEntry('-o, --output=FILE', 'Where to write; gzipped if it ends in .gz. By default standard output.'),
    PATH,
    helpEntry(
      '--stale-markers=drop',
      'OpenMetrics has no staleness markers: leave them out (drop), or write NaN (nan).',
    ),
    helpEntry(
      '--[no-]quoted-names',
      'Writes series whose names need quotes, too; Prometheus reads them from 3.0 on.',
    ),
    HELP,
  ];
  return `Usage: promlite export [flags]

Writes samples as OpenMetrics, which promtool tsdb create-blocks-from openmetrics and promlite
import read. Works on the folder of a stopped server, or on a snapshot. The exit code is 1 if
something could not be written.

Flags:
${flags.join('')}
Examples:
  promlite export --storage.tsdb.path=data/ --output=all.om
  promlite export --match='{job="x"}' --start=2026-01-01T00:00:00Z --end=2026-02-01T00:00:00Z -o x.om.gz
`;
}
