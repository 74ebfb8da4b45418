// Reads a configuration file. In: a file or its text. Out: a frozen Config, or a ConfigError that lists every
// problem as `file:line:column: what is wrong, what was expected`.

import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { processEnvironment } from '../base/environment.ts';
import { messageOf } from '../base/errors.ts';
import { buildGlobal, buildScrapeConfig, buildStorage } from './build.ts';
import { type Config, ConfigError } from './contract.ts';
import { printYaml, type Shown } from './print.ts';
import { Reader } from './reader.ts';
import { resolveConfig } from './resolve.ts';
import { type RootValue, root, rootDefaults } from './schema/root.ts';

const SIZE_LIMIT_BYTES = 10 * 1024 * 1024;

/** Throws ConfigError where the file can't be read or used. */
export function loadConfig(file: string): Config {
  return parseConfig(readText(file), file);
}

/** `file` names the text in messages; relative paths in the text start from its folder. Throws ConfigError. */
export function parseConfig(text: string, file: string): Config {
  const reader = new Reader(text, file, dirname(file));
  const value = readRoot(reader);
  resolveConfig(value, reader, processEnvironment());
  reader.finish();
  const shown = root.show(value);
  return Object.freeze({
    global: buildGlobal(value.global),
    scrapeConfigs: Object.freeze((value.scrape_configs ?? []).map(buildScrapeConfig)),
    storage: buildStorage(value.storage),
    yaml: printYaml(shown instanceof Map ? shown : new Map<string, Shown>()),
    file,
    warnings: Object.freeze(reader.warnings),
  });
}

/** An empty file is a valid one: every key has a default. */
function readRoot(reader: Reader): RootValue {
  if (reader.view(reader.root, 0).kind === 'null') return rootDefaults();
  const value = root.read(reader.root, reader, 0);
  // What is no map at all leaves one problem, which finish() reports.
  return value ?? rootDefaults();
}

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > SIZE_LIMIT_BYTES) {
      throw new ConfigError(`${file}: has ${size} bytes, expected at most ${SIZE_LIMIT_BYTES}`);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (thrown) {
    if (thrown instanceof ConfigError) throw thrown;
    throw new ConfigError(`${file}: cannot be read: ${messageOf(thrown)}, expected a file of UTF-8 text`);
  }
}
