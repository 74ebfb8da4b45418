// What the command line asks for. In: the arguments. Out: a Command for main to act on, or a UsageError.

import { nearestName } from '../base/nearest.ts';
import { type Arguments, splitArguments } from './arguments.ts';
import type { Flag } from './flag-table.ts';
import { helpText } from './help.ts';
import { buildSettings, type Settings } from './settings.ts';
import {
  EXPORT_FLAGS,
  type ExportCommand,
  exportCommand,
  IMPORT_FLAGS,
  type ImportCommand,
  importCommand,
} from './transfer-commands.ts';
import { exportHelpText, importHelpText } from './transfer-help.ts';
import { UsageError } from './usage-error.ts';
import { versionText } from './version.ts';

export type Command =
  | { readonly kind: 'serve'; readonly settings: Settings }
  | CheckCommand
  | ImportCommand
  | ExportCommand
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version'; readonly text: string };

export type CheckCommand =
  | { readonly kind: 'check'; readonly what: 'config'; readonly files: readonly string[] }
  | { readonly kind: 'check'; readonly what: 'healthy' | 'ready'; readonly url: string };

const URL_FLAG: Flag = {
  name: 'url',
  kind: 'text',
  fallback: 'http://localhost:9090',
  repeatable: false,
  choices: [],
  help: undefined,
};

const QUESTIONS = ['config', 'healthy', 'ready'];

/** `argv` without the program's name. Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): Command {
  if (argv[0] === 'import' || argv[0] === 'export') return transferCommand(argv);
  const isCheck = argv.find(argument => !argument.startsWith('-')) === 'check';
  const split = splitArguments(argv, isCheck ? [URL_FLAG] : []);
  if (split.help) return { kind: 'help', text: helpText() };
  if (split.version) return { kind: 'version', text: versionText() };
  if (split.words[0] === 'check') return checkCommand(split);
  if (split.words.length > 0) throw new UsageError(unexpectedWord(split.words[0]));
  return { kind: 'serve', settings: buildSettings(split.given) };
}

function transferCommand(argv: readonly string[]): Command {
  const isImport = argv[0] === 'import';
  const split = splitArguments(
    isImport ? argv : argv.flatMap(withLongOutput),
    isImport ? IMPORT_FLAGS : EXPORT_FLAGS,
  );
  if (split.help) return { kind: 'help', text: isImport ? importHelpText() : exportHelpText() };
  if (split.version) return { kind: 'version', text: versionText() };
  return isImport ? importCommand(split) : exportCommand(split);
}

/** `-o FILE` and `-oFILE` for `--output=FILE`. */
function withLongOutput(argument: string): string[] {
  if (!argument.startsWith('-o')) return [argument];
  return argument === '-o' ? ['--output'] : ['--output', argument.slice(2)];
}

function checkCommand({ given, words }: Arguments): CheckCommand {
  const [, question, ...files] = words;
  const allowed = question === 'config' ? [] : ['url'];
  const other = [...given.keys()].find(name => !allowed.includes(name));
  if (other)
    throw new UsageError(`unexpected --${other}, expected none with check ${question ?? ''}`.trimEnd());
  if (question === 'config') {
    if (files.length === 0) throw new UsageError('check config: no file given, expected check config FILE…');
    return { kind: 'check', what: 'config', files };
  }
  if (question === 'healthy' || question === 'ready') {
    if (files.length > 0)
      throw new UsageError(`unexpected ${files[0]}, expected check ${question} --url=URL`);
    const url = given.get('url')?.[0] ?? URL_FLAG.fallback;
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new UsageError(`invalid value "${url}" for --url: expected a URL such as ${URL_FLAG.fallback}`);
    }
    return { kind: 'check', what: question, url };
  }
  const near = question === undefined ? undefined : nearestName(question, QUESTIONS);
  const hint = near ? `did you mean check ${near}?` : 'expected check config, check healthy or check ready';
  throw new UsageError(`${question === undefined ? 'check what?' : `unknown check ${question},`} ${hint}`);
}

function unexpectedWord(word: string): string {
  if (word === 'import' || word === 'export') return `unexpected ${word}, expected it before all flags`;
  const near = nearestName(word, ['check', 'import', 'export', 'help', 'version']);
  if (near && near !== 'help' && near !== 'version') return `unexpected ${word}, did you mean ${near}?`;
  return `unexpected ${word}, expected ${near ? `--${near}` : 'flags such as --config.file, or check config FILE'}`;
}
