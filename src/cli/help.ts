// The text of --help, made of the table of flags.

import { FLAGS, type Flag, type FlagHelp } from './flag-table.ts';

const GROUPS: readonly FlagHelp['group'][] = ['Configuration', 'Storage', 'Queries', 'Web', 'Log', 'Other'];
const WIDTH = 92;
const INDENT = 42;

const HEAD = `Usage: promlite [flags]
       promlite check config FILE…
       promlite check healthy|ready [--url=http://localhost:9090]
       promlite import|export [flags]       (promlite import --help says more)

A small Prometheus for one machine: scrapes what prometheus.yml names, stores it in SQLite, answers
PromQL on the Prometheus HTTP API. Flags, configuration file and API are those of Prometheus.
`;

const EXAMPLES = `Examples:
  promlite --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus
  promlite --web.listen-address=127.0.0.1:9090 --web.enable-lifecycle --query.timeout=30s
  promlite check config prometheus.yml
  curl -d 'query=up' http://localhost:9090/api/v1/query

Values are given as --flag=value or --flag value; --no-flag turns a switch off.
SIGHUP reads the configuration file again, as does a change of it. Every other flag of Prometheus
is accepted and has no effect; a warning says so.
`;

export function helpText(): string {
  const flags = [...FLAGS.values()];
  const groups = GROUPS.map(group => groupText(group, flags));
  const general = `General:\n${helpEntry('-h, --help', 'Shows this text.')}${helpEntry('--version', 'Shows the version.')}`;
  return [HEAD, ...groups, general, EXAMPLES].join('\n');
}

function groupText(group: FlagHelp['group'], flags: readonly Flag[]): string {
  const lines = flags.flatMap(flag => (flag.help?.group === group ? [flagText(flag, flag.help.text)] : []));
  return `${group}:\n${lines.join('')}`;
}

function flagText(flag: Flag, text: string): string {
  if (flag.kind === 'boolean') return helpEntry(`--[no-]${flag.name}`, text);
  const choices = flag.choices.length > 0 ? ` One of: ${flag.choices.join(', ')}.` : '';
  return helpEntry(`--${flag.name}=${flag.fallback === '' ? '…' : flag.fallback}`, text + choices);
}

/** One flag: its name and default on the left, its text on the right, wrapped. */
export function helpEntry(left: string, text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && INDENT + line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const first = `  ${left}`;
  const head = first.length < INDENT ? `${first.padEnd(INDENT)}${lines.shift()}` : first;
  return `${[head, ...lines.map(rest => ' '.repeat(INDENT) + rest)].join('\n')}\n`;
}
