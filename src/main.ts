// promlite's entry: reads the command line and does what it asks for; for the service, turns signals into calls.

import { systemClock } from './base/clock.ts';
import { processArguments } from './base/environment.ts';
import { CodedError, messageOf } from './base/errors.ts';
import { createLogger } from './base/log.ts';
import { Registry } from './base/metrics.ts';
import { runCheck } from './cli/check.ts';
import type { TransferTools } from './cli/import.ts';
import { parseCommandLine } from './cli/parse.ts';
import type { Settings } from './cli/settings.ts';
import { VERSION } from './cli/version.ts';
import { loadConfig } from './config/load.ts';
import type { StoredStorage } from './storage/contract.ts';

/** After this long without an orderly end the process goes; what was committed is on disk anyway. */
const STOP_DEADLINE_MS = 8000;

async function main(): Promise<void> {
  const command = parseCommandLine(processArguments());
  switch (command.kind) {
    case 'help':
    case 'version':
      process.stdout.write(command.text);
      return;
    case 'check':
      process.exitCode = await runCheck(command, loadConfig);
      return;
    case 'import': {
      const { runImport } = await import('./cli/import.ts');
      process.exitCode = await runImport(command, await transferTools());
      return;
    }
    case 'export': {
      const { runExport } = await import('./cli/export.ts');
      process.exitCode = await runExport(command, await transferTools());
      return;
    }
    case 'serve':
      await serve(command.settings);
  }
}

/** What import and export work with: a storage that keeps samples of any age. */
async function transferTools(): Promise<TransferTools> {
  const { openStorage } = await import('./storage/open.ts');
  const log = createLogger({ level: 'warn', format: 'logfmt' });
  const open = (folder: string): StoredStorage =>
    openStorage({
      folder,
      retentionMs: Number.POSITIVE_INFINITY,
      clock: systemClock,
      log,
      registry: new Registry(),
    });
  return { openStorage: open, clock: systemClock };
}

async function serve(settings: Settings): Promise<void> {
  // Loaded here, so that help, version and health checks start without all of it.
  const { startService } = await import('./service.ts');
  const log = createLogger({ level: settings.logLevel, format: settings.logFormat });
  log.info({ version: VERSION, node: process.version }, 'starting promlite');
  process.on('unhandledRejection', reason => {
    log.error({ err: messageOf(reason) }, 'a promise was rejected and nobody listened');
  });

  let requestStop = (_why: string): void => process.exit(0);
  const service = await startService({
    settings,
    version: VERSION,
    clock: systemClock,
    log,
    quit: () => requestStop('asked by a client'),
  });

  requestStop = why => {
    log.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    service.stop().then(
      () => process.exit(0),
      failure => {
        log.error({ err: messageOf(failure) }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => requestStop(signal));
  process.on('SIGHUP', () => void service.reload().catch(() => undefined));
  log.info(
    { address: `${service.host}:${service.port}`, folder: settings.storagePath },
    'ready to receive web requests',
  );
}

try {
  await main();
} catch (failure) {
  const isExpected = failure instanceof CodedError || (failure instanceof Error && 'code' in failure);
  process.stderr.write(
    `promlite: ${isExpected ? messageOf(failure) : ((failure as Error).stack ?? failure)}\n`,
  );
  process.exitCode = 1;
}
