// `promlite import`: opens the folder, lets the files be imported, shows how far it is and says what came of it.
// Out: text on both standard streams, and an exit code.

import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { StoredStorage } from '../storage/contract.ts';
import { StorageError } from '../storage/errors.ts';
import type { ImportListener, ImportProgress, ImportTotals, LineRefusal } from '../transfer/contract.ts';
import { importFiles } from '../transfer/import/import.ts';
import { bar, countText, ProgressDisplay, shortDuration, sizeText } from './progress.ts';
import { type ImportCommand, retentionText } from './transfer-commands.ts';

/** Refused lines that are shown one by one. */
const SHOWN_REFUSALS = 20;

/** As shells have it for a command that was interrupted. */
const INTERRUPTED = 130;

const STATE_FILE = 'import.json';
const DAY_MS = 86_400_000;

export interface TransferTools {
  /** Opens the data path; throws StorageError. */
  readonly openStorage: (path: string) => StoredStorage;
  readonly clock: Clock;
}

/** Resolves to the exit code; rejects with TransferError or StorageError. */
export async function runImport(command: ImportCommand, tools: TransferTools): Promise<number> {
  const { clock } = tools;
  const abort = new AbortController();
  const stop = (): void => {
    abort.abort();
    // Who waits for a pipe that is silent would never see it otherwise.
    process.stdin.destroy();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const storage = openFolder(command.storagePath, tools);
  const view = new ImportView(command, clock);
  try {
    const { totals, interrupted } = await importFiles({
      files: command.files,
      standardInput: process.stdin,
      loader: storage.bulkLoader(),
      stateFile: join(command.storagePath, 'promlite', STATE_FILE),
      restart: command.restart,
      nan: command.nan,
      retainedFromMs: clock.nowMs() - command.retentionMs,
      clock,
      signal: abort.signal,
      listener: view,
    });
    view.end(totals, interrupted);
    if (interrupted) return INTERRUPTED;
    return Object.keys(totals.refused).length > 0 ? 1 : 0;
  } finally {
    view.clear();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    storage.close();
  }
}

/** Opens a data path that no server may hold at the same time. Throws StorageError. */
export function openFolder(path: string, { openStorage }: TransferTools): StoredStorage {
  try {
    return openStorage(path);
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.code !== 'folder_in_use') throw thrown;
    const advice = 'stop the promlite that runs on it, and start it again afterwards';
    throw new StorageError('folder_in_use', `${path} is in use by another process: ${advice}`, {
      cause: thrown,
    });
  }
}

class ImportView implements ImportListener {
  private readonly command: ImportCommand;
  private readonly clock: Clock;
  private readonly display: ProgressDisplay;
  private readonly startMs: number;
  private fileStartMs = 0;
  private firstByte = 0;
  private shownRefusals = 0;

  constructor(command: ImportCommand, clock: Clock) {
    this.command = command;
    this.clock = clock;
    this.display = new ProgressDisplay(process.stderr, clock);
    this.startMs = clock.monotonicMs();
  }

  begins(file: string, fromByte: number): void {
    this.fileStartMs = this.clock.monotonicMs();
    this.firstByte = -1;
    if (fromByte > 0)
      this.display.say(`${file}: goes on after ${sizeText(fromByte)}, where it was interrupted`);
  }

  skips(file: string): void {
    this.display.say(`${file}: stored by the run before`);
  }

  progresses({ file, bytesRead, totalBytes, samples }: ImportProgress): void {
    if (this.firstByte < 0) this.firstByte = bytesRead;
    this.display.update(() => {
      const elapsedMs = this.clock.monotonicMs() - this.fileStartMs;
      const bytesPerMs = (bytesRead - this.firstByte) / elapsedMs;
      const left =
        totalBytes === undefined || bytesPerMs <= 0 ? undefined : (totalBytes - bytesRead) / bytesPerMs;
      return [
        `${file} ${bar(bytesRead, totalBytes)}`.trimEnd(),
        totalBytes === undefined ? sizeText(bytesRead) : `${sizeText(bytesRead)} of ${sizeText(totalBytes)}`,
        `${countText(samples)} samples`,
        `${countText((samples / elapsedMs) * 1000)}/s`,
        ...(left === undefined ? [] : [`${shortDuration(left)} left`]),
      ].join(', ');
    });
  }

  refuses({ file, line, reason, detail }: LineRefusal): void {
    this.shownRefusals++;
    if (this.shownRefusals <= SHOWN_REFUSALS) {
      this.display.say(`${file}:${line}: ${reason}: ${detail}`);
      if (this.shownRefusals === SHOWN_REFUSALS)
        this.display.say('Further lines that are refused are only counted.');
    }
  }

  meetsOldSample(timestampMs: number): void {
    const { retentionMs } = this.command;
    const date = new Date(timestampMs).toISOString().slice(0, 10);
    const neededDays = Math.ceil((this.clock.nowMs() - timestampMs) / DAY_MS) + 1;
    this.display.say(
      `WARNING: samples from ${date} are older than the retention of ${retentionText(retentionMs)}: a server drops ` +
        `them as soon as it starts, unless it is started with --storage.tsdb.retention.time=${neededDays}d or more.`,
    );
  }

  clear(): void {
    this.display.clear();
  }

  end(totals: ImportTotals, interrupted: boolean): void {
    this.display.clear();
    const elapsed = shortDuration(this.clock.monotonicMs() - this.startMs);
    const lines = [
      `Stored ${countText(totals.samples)} samples in ${this.command.storagePath} (${elapsed}).`,
      ...this.remarks(totals),
    ];
    if (interrupted) lines.push('Interrupted: run the same command again to go on.');
    process.stdout.write(`${lines.join('\n')}\n`);
  }

  private remarks({ refused, olderThanRetention, nans, exemplars }: ImportTotals): string[] {
    const remarks: string[] = [];
    const reasons = Object.entries(refused).map(([reason, count]) => `${countText(count)} × ${reason}`);
    if (reasons.length > 0) remarks.push(`Refused: ${reasons.join(', ')}.`);
    if (nans > 0) {
      const meaning =
        this.command.nan === 'stale'
          ? 'were taken as the ends of their series'
          : 'were taken as numbers. A dump writes the ends of series as NaN, too; --nan=stale takes them so';
      remarks.push(`${countText(nans)} values are NaN and ${meaning}.`);
    }
    if (exemplars > 0)
      remarks.push(`${countText(exemplars)} exemplars were left out: they are not kept on disk.`);
    if (olderThanRetention > 0) {
      const retention = retentionText(this.command.retentionMs);
      remarks.push(
        `WARNING: ${countText(olderThanRetention)} samples are older than ${retention}: start the server with a ` +
          'longer --storage.tsdb.retention.time, or it drops them at once.',
      );
    }
    return remarks;
  }
}
