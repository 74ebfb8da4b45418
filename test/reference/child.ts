// A child process with an HTTP address: started, awaited until it answers, stopped by its own id.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;
const POLL_MS = 50;
const KEPT_OUTPUT_CHARACTERS = 20_000;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Asked until it answers 200. */
  readonly readyUrl: string;
  /** How long to wait between two questions, ms; 50 by default. */
  readonly pollMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Another user to run as; needs root. */
  readonly uid?: number;
  readonly gid?: number;
}

export class Child {
  private readonly process: ChildProcess;
  private readonly options: ChildOptions;
  private outputText = '';

  private constructor(options: ChildOptions) {
    this.options = options;
    this.process = spawn(options.command, options.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      uid: options.uid,
      gid: options.gid,
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', chunk => {
        this.outputText = (this.outputText + chunk).slice(-KEPT_OUTPUT_CHARACTERS);
      });
    }
  }

  /** Starts it and resolves once it is ready; rejects with its output where it ends or does not get ready. */
  static async start(options: ChildOptions): Promise<Child> {
    const child = new Child(options);
    await child.ready();
    return child;
  }

  get pid(): number {
    return this.process.pid as number;
  }

  /** The end of what it printed. */
  get output(): string {
    return this.outputText;
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** SIGTERM, then SIGKILL where it does not end in time; resolves to the exit code (null: killed). */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.hasEnded) return this.process.exitCode;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_WITHIN_MS);
    const [code] = await ended;
    clearTimeout(timer);
    return code;
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await answers(this.options.readyUrl))) {
      if (this.hasEnded || Date.now() > deadline) {
        await this.stop('SIGKILL');
        throw new Error(`${this.options.command} did not get ready:\n${this.outputText}`);
      }
      await delay(this.options.pollMs ?? POLL_MS);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** A port on the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
