// `promlite export`: opens the folder and writes its samples as OpenMetrics into a file or to standard output.
// Out: the text, remarks on standard error, and an exit code.

import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { messageOf } from '../base/errors.ts';
import { type ExportProgress, type ExportSummary, TransferError } from '../transfer/contract.ts';
import { exportSamples } from '../transfer/export/export.ts';
import { openFolder, type TransferTools } from './import.ts';
import { bar, countText, ProgressDisplay, sizeText } from './progress.ts';
import type { ExportCommand } from './transfer-commands.ts';

/** Resolves to the exit code; rejects with TransferError or StorageError. */
export async function runExport(command: ExportCommand, tools: TransferTools): Promise<number> {
  if (!existsSync(join(command.storagePath, 'promlite'))) {
    throw new TransferError('file_unusable', `${command.storagePath} holds no data of promlite`);
  }
  const storage = openFolder(command.storagePath, tools);
  const display = new ProgressDisplay(process.stderr, tools.clock);
  try {
    const target = await openTarget(command.outputFile);
    const summary = await exportSamples({
      storage,
      matcherLists: command.matcherLists,
      minTimeMs: command.minTimeMs,
      maxTimeMs: command.maxTimeMs,
      output: target.stream,
      stale: command.stale,
      quotedNames: command.quotedNames,
      onProgress: progress => display.update(() => progressText(progress)),
    });
    await target.end();
    display.clear();
    process.stderr.write(`${remarks(summary, command).join('\n')}\n`);
    return summary.histograms + summary.quotedNameSeries + summary.namelessSeries > 0 ? 1 : 0;
  } catch (thrown) {
    if (isStreamFailure(thrown)) {
      const target = command.outputFile ?? 'standard output';
      throw new TransferError('file_unusable', `can't write ${target}: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
    throw thrown;
  } finally {
    display.clear();
    storage.close();
  }
}

interface Target {
  readonly stream: Writable;
  /** Resolves when everything has been handed to the operating system. */
  end(): Promise<void>;
}

async function openTarget(file: string | undefined): Promise<Target> {
  if (file === undefined) return { stream: process.stdout, end: async () => undefined };
  const output = createWriteStream(file);
  await once(output, 'open');
  const written = finished(output);
  // Told where the text is written; here it must only not go unheard.
  written.catch(() => undefined);
  let stream: Writable = output;
  if (file.endsWith('.gz')) {
    const gzip = createGzip();
    output.on('error', failure => gzip.destroy(failure));
    gzip.pipe(output);
    stream = gzip;
  }
  const end = (): Promise<void> => {
    stream.end();
    return written;
  };
  return { stream, end };
}

const isStreamFailure = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  'code' in thrown &&
  typeof thrown.code === 'string' &&
  /^(E[A-Z]+|ERR_STREAM\w*)$/.test(thrown.code);

function progressText({ series, totalSeries, samples, bytes }: ExportProgress): string {
  return [
    bar(series, totalSeries),
    `${countText(series)} of ${countText(totalSeries)} series`,
    `${countText(samples)} samples`,
    sizeText(bytes),
  ].join(', ');
}

function remarks(summary: ExportSummary, command: ExportCommand): string[] {
  const { series, samples, bytes, staleMarkers, histograms, quotedNameSeries, namelessSeries } = summary;
  const lines = [`Wrote ${countText(samples)} samples of ${countText(series)} series, ${sizeText(bytes)}.`];
  const leftOut = (count: number, what: string): void => {
    if (count > 0) lines.push(`WARNING: left out ${countText(count)} ${what}.`);
  };
  if (staleMarkers > 0) {
    const fate =
      command.stale === 'nan' ? 'were written as NaN' : 'were left out (--stale-markers=nan writes NaN)';
    lines.push(`${countText(staleMarkers)} staleness markers, which OpenMetrics can't carry, ${fate}.`);
  }
  leftOut(histograms, "samples that are native histograms, which the text can't carry");
  leftOut(
    quotedNameSeries,
    'series with names that need quotes; --quoted-names writes them, Prometheus reads them from 3.0 on',
  );
  leftOut(namelessSeries, 'series without a metric name, which OpenMetrics does not allow');
  return lines;
}
