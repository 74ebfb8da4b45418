// `promlite check …`: whether configuration files can be used, whether a server answers. Out: text on standard
// output and an exit code.

import { messageOf } from '../base/errors.ts';
import { type Config, ConfigError } from '../config/contract.ts';
import type { CheckCommand } from './parse.ts';

export interface CheckResult {
  readonly output: string;
  readonly exitCode: 0 | 1;
}

export type LoadConfig = (file: string) => Config;

/** Does what a check command asks for; resolves to the exit code. `load` reads a configuration. */
export async function runCheck(command: CheckCommand, load: LoadConfig): Promise<number> {
  const result =
    command.what === 'config'
      ? checkConfigFiles(command.files, load)
      : await checkServer(command.url, command.what);
  process.stdout.write(result.output);
  return result.exitCode;
}

/** Reads each file as the server would; `load` throws ConfigError for one that can't be used. */
export function checkConfigFiles(files: readonly string[], load: LoadConfig): CheckResult {
  const results = files.map(file => checkConfigFile(file, load));
  return {
    output: results.map(result => result.output).join('\n'),
    exitCode: results.every(result => result.exitCode === 0) ? 0 : 1,
  };
}

function checkConfigFile(file: string, load: LoadConfig): CheckResult {
  try {
    const { warnings } = load(file);
    const lines = warnings.map(warning => `  WARNING: ${warning}\n`).join('');
    const success = ` SUCCESS: ${file} is valid prometheus config file syntax\n`;
    return { output: `Checking ${file}\n${lines}${success}`, exitCode: 0 };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const lines = thrown.message.split('\n').map(line => `  FAILED: ${line}\n`);
    return { output: `Checking ${file}\n${lines.join('')}`, exitCode: 1 };
  }
}

const TIMEOUT_MS = 10_000;
const ANSWER_LIMIT = 500;

/** Asks a server's /-/healthy or /-/ready; `url` may hold the prefix of its paths. */
export async function checkServer(url: string, question: 'healthy' | 'ready'): Promise<CheckResult> {
  const address = `${url.replace(/\/+$/, '')}/-/${question}`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const answer = (await response.text()).slice(0, ANSWER_LIMIT).trim();
    if (response.status === 200) return { output: `  SUCCESS: ${answer}\n`, exitCode: 0 };
    return { output: `  FAILED: check failed: URL=${address}, status=${response.status}\n`, exitCode: 1 };
  } catch (thrown) {
    return {
      output: `  FAILED: error executing HTTP request: ${address}: ${messageOf(thrown)}\n`,
      exitCode: 1,
    };
  }
}
