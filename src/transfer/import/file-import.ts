// The import of one file, from where an earlier run came to its end.

import { messageOf } from '../../base/errors.ts';
import type { ImportOptions, ImportTotals, RefusalReason } from '../contract.ts';
import { detectFormat } from './detect-format.ts';
import type { FileProgress, ImportState } from './import-state.ts';
import { type LineBlock, lineBlocks, TOO_LONG } from './line-blocks.ts';
import { SampleReader } from './sample-reader.ts';
import { SeriesBatch } from './series-batch.ts';
import type { TextSource } from './source.ts';
import { addTotals, noTotals } from './totals.ts';

/** Between two flushes; a kill repeats that much work. */
const FLUSH_EVERY_MS = 1000;

/** As for scraped samples: clocks may run ahead. */
const MAX_AHEAD_MS = 10 * 60_000;

export interface FileOutcome {
  readonly totals: ImportTotals;
  readonly interrupted: boolean;
}

export class FileImport {
  private readonly source: TextSource;
  private readonly state: ImportState;
  private readonly options: ImportOptions;
  private readonly batch = new SeriesBatch();
  /** Of earlier runs. */
  private readonly earlier: ImportTotals;
  private readonly startOffset: number;
  private reader: SampleReader | undefined;
  private format: FileProgress['format'] | undefined;
  private readonly hadMetadata: boolean;
  private readonly refused: Partial<Record<RefusalReason, number>> = {};
  private offset: number;
  private line: number;
  private flushedMs: number;

  constructor(
    source: TextSource,
    saved: FileProgress | undefined,
    state: ImportState,
    options: ImportOptions,
  ) {
    this.source = source;
    this.state = state;
    this.options = options;
    this.earlier = saved?.totals ?? noTotals();
    this.format = saved?.format;
    this.hadMetadata = saved?.hasMetadata ?? false;
    this.offset = saved?.offset ?? 0;
    this.line = saved?.line ?? 1;
    this.startOffset = this.offset;
    this.flushedMs = options.clock.monotonicMs();
  }

  /** Rejects with TransferError, or what the loader throws. */
  async run(): Promise<FileOutcome> {
    const { listener, signal } = this.options;
    listener.begins(this.source.file, this.startOffset);
    try {
      for await (const block of lineBlocks(this.source.read(this.startOffset))) {
        this.take(block);
        if (this.batch.isFull) await this.drain();
        this.report();
        if (signal.aborted) return this.interrupt();
      }
    } catch (thrown) {
      // Standard input is closed by whoever interrupts.
      if (signal.aborted && isClosedStream(thrown)) return this.interrupt();
      if (!isTruncatedGzip(thrown)) throw thrown;
      this.refuse(this.line, 'file cut off', `the compressed text ends too early: ${messageOf(thrown)}`);
    }
    this.checkEnd();
    await this.store(true);
    this.report();
    return { totals: this.totals(), interrupted: false };
  }

  private async interrupt(): Promise<FileOutcome> {
    await this.store(false);
    return { totals: this.totals(), interrupted: true };
  }

  private take(block: LineBlock): void {
    switch (block.kind) {
      case 'lines':
        this.line = this.readerFor(block.bytes).read(block.bytes, this.line);
        this.offset += block.bytes.length;
        break;
      case 'overlong':
        this.refuse(this.line++, 'line too long', TOO_LONG);
        this.offset += block.bytes;
        break;
      case 'cut':
        this.takeCut(block.bytes);
    }
  }

  /** The last line, where it has no line break: a number in it may have lost its end. */
  private takeCut(bytes: Buffer): void {
    const withBreak = Buffer.concat([bytes, Buffer.from('\n')]);
    const reader = this.readerFor(withBreak);
    if (bytes.toString('latin1') === '# EOF') reader.read(withBreak, this.line);
    else this.refuse(this.line, 'file cut off', 'the last line has no line break, it may be incomplete');
  }

  private checkEnd(): void {
    if (this.format !== 'openmetrics' || this.reader?.sawEnd || this.refused['file cut off']) return;
    this.refuse(this.line, 'file cut off', 'the text does not end with # EOF, it may be incomplete');
  }

  private readerFor(head: Buffer): SampleReader {
    if (this.reader) return this.reader;
    const { options } = this;
    this.format ??= detectFormat(this.source.file, head);
    this.reader = new SampleReader({
      format: this.format,
      batch: this.batch,
      nan: options.nan,
      retainedFromMs: options.retainedFromMs,
      latestMs: options.clock.nowMs() + MAX_AHEAD_MS,
      refuse: (line, reason, detail) => this.refuse(line, reason, detail),
      meetOldSample: timestampMs => options.listener.meetsOldSample(timestampMs),
    });
    this.reader.hasMetadata = this.hadMetadata;
    return this.reader;
  }

  private refuse(line: number, reason: RefusalReason, detail: string): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
    this.options.listener.refuses({ file: this.source.file, line, reason, detail });
  }

  /** Empties the batch into the storage, and now and then makes sure that it is on disk. */
  private async drain(): Promise<void> {
    await this.batch.drainInto(this.options.loader);
    this.reader?.forgetSeries();
    if (this.options.clock.monotonicMs() - this.flushedMs >= FLUSH_EVERY_MS) await this.flush(false);
  }

  private async store(isDone: boolean): Promise<void> {
    await this.batch.drainInto(this.options.loader);
    this.reader?.forgetSeries();
    await this.flush(isDone);
  }

  private async flush(isDone: boolean): Promise<void> {
    await this.options.loader.flush();
    const { identity } = this.source;
    if (identity !== undefined && this.format !== undefined) {
      this.state.set(identity, {
        offset: this.offset,
        line: this.line,
        format: this.format,
        hasMetadata: this.reader?.hasMetadata ?? this.hadMetadata,
        isDone,
        totals: this.totals(),
      });
    }
    this.flushedMs = this.options.clock.monotonicMs();
  }

  private totals(): ImportTotals {
    const { samples = 0, nans = 0, exemplars = 0, olderThanRetention = 0 } = this.reader ?? {};
    return addTotals(this.earlier, { samples, nans, exemplars, olderThanRetention, refused: this.refused });
  }

  private report(): void {
    this.options.listener.progresses({
      file: this.source.file,
      bytesRead: this.source.bytesRead,
      totalBytes: this.source.totalBytes,
      samples: this.reader?.samples ?? 0,
    });
  }
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

const isTruncatedGzip = (thrown: unknown): boolean => /^Z_(BUF|DATA)_ERROR$/.test(codeOf(thrown));

const isClosedStream = (thrown: unknown): boolean =>
  /^(ERR_STREAM_PREMATURE_CLOSE|ABORT_ERR)$/.test(codeOf(thrown));
