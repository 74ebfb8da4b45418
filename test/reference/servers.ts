// A real Prometheus and a promlite, started alike: same configuration file, own data folder, own port. And a
// VictoriaMetrics, which takes other flags, for what is measured only.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from './api-client.ts';
import { Child, type ChildOptions, freePort } from './child.ts';
import { requireProgram } from './debian.ts';

export interface Server {
  readonly name: ServerName;
  readonly url: string;
  readonly api: ApiClient;
  readonly child: Child;
  /** What the child was started with, so that it can be started again over the same data. */
  readonly launch: ChildOptions;
  readonly dataFolder: string;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

export type ServerName = 'prometheus' | 'promlite' | 'victoria-metrics';

export interface ServerOptions {
  /** Text of prometheus.yml; by default it scrapes nothing. */
  readonly config?: string;
  /** More flags, for both the same. */
  readonly flags?: readonly string[];
}

const LAUNCHER = join(import.meta.dirname, '../../bin/promlite.cjs');
const SCRAPES_NOTHING = 'scrape_configs: []\n';

/** Debian's Prometheus. Throws where it is not to be had. */
export function startPrometheus(options: ServerOptions = {}): Promise<Server> {
  return start('prometheus', requireProgram('prometheus'), [], options);
}

/** Runs `program`, by default the launcher, which runs the sources. */
export function startPromlite(options: ServerOptions = {}, program = LAUNCHER): Promise<Server> {
  return start('promlite', process.execPath, [program], options);
}

/** Debian's VictoriaMetrics, single node, with its own flags. Throws where it is not to be had. */
export function startVictoriaMetrics({
  config = SCRAPES_NOTHING,
  flags = [],
}: ServerOptions = {}): Promise<Server> {
  return launch('victoria-metrics', config, (port, configFile, dataPath) => ({
    command: requireProgram('victoria-metrics'),
    args: [
      `-promscrape.config=${configFile}`,
      `-storageDataPath=${dataPath}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      // What was taken is to be found at once.
      '-search.latencyOffset=0s',
      '-loggerLevel=WARN',
      ...flags,
    ],
    readyUrl: `http://127.0.0.1:${port}/health`,
  }));
}

/** Both, with the same options. */
export async function startBoth(
  options: ServerOptions = {},
): Promise<{ prometheus: Server; promlite: Server }> {
  const prometheus = await startPrometheus(options);
  try {
    return { prometheus, promlite: await startPromlite(options) };
  } catch (failure) {
    await prometheus.stop();
    throw failure;
  }
}

/** The same server over the same data, once its child has ended. `pollMs`: how often to ask whether it is ready. */
export async function relaunch(server: Server, pollMs?: number): Promise<Server> {
  return withChild(server, await Child.start({ ...server.launch, pollMs }));
}

function start(
  name: ServerName,
  command: string,
  leadingArgs: readonly string[],
  { config = SCRAPES_NOTHING, flags = [] }: ServerOptions,
): Promise<Server> {
  return launch(name, config, (port, configFile, dataPath) => ({
    command,
    args: [
      ...leadingArgs,
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${dataPath}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=warn',
      ...flags,
    ],
    readyUrl: `http://127.0.0.1:${port}/-/ready`,
  }));
}

type CommandLine = (port: number, configFile: string, dataPath: string) => ChildOptions;

async function launch(name: ServerName, config: string, commandLine: CommandLine): Promise<Server> {
  const dataFolder = mkdtempSync(join(tmpdir(), `promlite-rig-${name}-`));
  try {
    const configFile = join(dataFolder, 'prometheus.yml');
    writeFileSync(configFile, config);
    const port = await freePort();
    const options = commandLine(port, configFile, join(dataFolder, 'data'));
    const url = `http://127.0.0.1:${port}`;
    const server = { name, url, api: new ApiClient(url), launch: options, dataFolder };
    return withChild(server, await Child.start(options));
  } catch (failure) {
    rmSync(dataFolder, { recursive: true, force: true });
    throw failure;
  }
}

function withChild(server: Omit<Server, 'child' | 'stop'>, child: Child): Server {
  const stop = async () => {
    await child.stop();
    rmSync(server.dataFolder, { recursive: true, force: true });
  };
  return { ...server, child, stop };
}
