// Reads blocks of lines into samples by series: OpenMetrics, or what `promtool tsdb dump` prints.
//
// Lines of one series mostly follow each other, so the bytes of the series are compared with those of the line before;
// else they are looked up; only what is new is decoded. A line in its plain form is read right from its bytes, every
// other one goes through the parser of OpenMetrics, whose words say what is wrong with it.

import type { SampleBuffer } from '../../model/sample-buffer.ts';
import { writeStale } from '../../model/stale.ts';
import {
  BRACE_OPEN,
  HASH,
  lineBreakAfter,
  NEWLINE,
  SPACE,
  sameBytes,
  standsAt,
  viewOf,
} from '../../scraper/exposition/bytes.ts';
import { ExpositionError } from '../../scraper/exposition/contract.ts';
import { OpenMetricsParser } from '../../scraper/exposition/openmetrics-parser.ts';
import type { RefusalReason } from '../contract.ts';
import type { TextFormat } from './detect-format.ts';
import { MAX_LINE_BYTES, TOO_LONG } from './line-blocks.ts';
import { PlainNumbers, secondsToMs } from './plain-numbers.ts';
import type { SeriesBatch } from './series-batch.ts';
import { goLabels, hasGoEscape, seriesEnd } from './series-text.ts';

export interface ReaderOptions {
  readonly format: TextFormat;
  readonly batch: SeriesBatch;
  readonly nan: 'keep' | 'stale';
  readonly retainedFromMs: number;
  /** Later samples are refused, ms. */
  readonly latestMs: number;
  readonly refuse: (line: number, reason: RefusalReason, detail: string) => void;
  /** The first time that a sample before `retainedFromMs` is met. */
  readonly meetOldSample: (timestampMs: number) => void;
}

export class SampleReader {
  samples = 0;
  nans = 0;
  exemplars = 0;
  olderThanRetention = 0;
  /** Whether OpenMetrics' last line has been seen. */
  sawEnd = false;
  /** Whether there are lines of metadata: `promtool tsdb dump-openmetrics` writes none. */
  hasMetadata = false;

  private readonly options: ReaderOptions;
  private readonly numbers: PlainNumbers;
  /** Series of the batch, by their bytes in the text. */
  private readonly known = new Map<string, SampleBuffer>();
  private current: SampleBuffer | undefined;
  private currentBytes: DataView = new DataView(new ArrayBuffer(0));

  constructor(options: ReaderOptions) {
    this.options = options;
    this.numbers = new PlainNumbers(options.format === 'openmetrics' ? 'seconds' : 'milliseconds');
  }

  /** To be called when the batch has been emptied: its buffers are no longer this reader's. */
  forgetSeries(): void {
    this.known.clear();
    this.current = undefined;
  }

  /** Reads whole lines; `line` is the number of the first. Returns the number of the line after the last. */
  read(body: Buffer, line: number): number {
    const view = viewOf(body);
    let at = 0;
    while (at < body.length) {
      at = this.readLine(body, view, at, line);
      line++;
    }
    return line;
  }

  /** Returns where the next line starts. */
  private readLine(body: Buffer, view: DataView, at: number, line: number): number {
    const { current, currentBytes } = this;
    const sameEnd = at + currentBytes.byteLength;
    if (
      current &&
      body[sameEnd] === SPACE &&
      body[sameEnd + 1] !== BRACE_OPEN &&
      sameBytes(view, at, currentBytes, 0, currentBytes.byteLength)
    ) {
      return this.readNumbers(body, at, sameEnd, current, line);
    }
    if (body[at] === NEWLINE) return at + 1;
    if (body[at] === HASH && this.options.format === 'openmetrics') return this.readHash(body, at, line);

    const end = seriesEnd(body, at);
    const text = body.toString('latin1', at, end);
    let samples = this.known.get(text);
    if (!samples) {
      samples = this.openSeries(body, at, end, line);
      if (!samples) return lineBreakAfter(body, at) + 1;
      this.known.set(text, samples);
    }
    this.current = samples;
    this.currentBytes = viewOf(Uint8Array.prototype.slice.call(body, at, end));
    return this.readNumbers(body, at, end, samples, line);
  }

  private readNumbers(body: Buffer, at: number, end: number, samples: SampleBuffer, line: number): number {
    const { numbers } = this;
    const next = numbers.read(body, end);
    if (next < 0) return this.readUnusualNumbers(body, at, end, samples, line);
    this.push(samples, numbers.timestampMs, numbers.value, line);
    return next;
  }

  private push(samples: SampleBuffer, timestampMs: number, value: number, line: number): void {
    const { options } = this;
    if (timestampMs > options.latestMs || timestampMs < 0) {
      options.refuse(line, 'timestamp out of range', outOfRange(timestampMs, options.format));
      return;
    }
    if (timestampMs < options.retainedFromMs) {
      if (this.olderThanRetention === 0) options.meetOldSample(timestampMs);
      this.olderThanRetention++;
    }
    samples.push(timestampMs, value);
    if (value !== value) {
      this.nans++;
      if (options.nan === 'stale') writeStale(samples.values, samples.length - 1);
    }
    this.samples++;
    options.batch.samples++;
  }

  /** A line whose value or time are not plain: taken by OpenMetrics' own parser, or refused. */
  private readUnusualNumbers(
    body: Buffer,
    at: number,
    end: number,
    samples: SampleBuffer,
    line: number,
  ): number {
    const lineEnd = lineBreakAfter(body, at);
    if (this.options.format === 'dump') {
      this.refuseDumpLine(body, end, lineEnd, line);
      return lineEnd + 1;
    }
    const { timeStart } = this.numbers;
    const parser = this.parse(body.subarray(at, lineEnd + 1), line);
    if (!parser) return lineEnd + 1;
    if (parser.timestampMs === undefined) {
      this.options.refuse(line, 'no timestamp', 'a sample of the past needs its time');
      return lineEnd + 1;
    }
    let timeEnd = timeStart;
    while (body[timeEnd] > SPACE) timeEnd++;
    this.push(samples, secondsToMs(body.toString('latin1', timeStart, timeEnd)), parser.value, line);
    if (parser.hasExemplar) this.exemplars++;
    return lineEnd + 1;
  }

  private refuseDumpLine(body: Buffer, end: number, lineEnd: number, line: number): void {
    const rest = shown(body, end, lineEnd);
    if (rest.startsWith(' {')) {
      this.options.refuse(line, 'native histogram', `only floats can be read from a dump, got${rest}`);
    } else if (/^ \S+ -\d+$/.test(rest)) {
      this.options.refuse(line, 'timestamp out of range', `the time is before 1970:${rest}`);
    } else {
      this.options.refuse(line, 'malformed line', `expected a value and a time in ms, got "${rest}"`);
    }
  }

  /** Decodes the series in [at, end) and finds its place in the batch; undefined where it was refused. */
  private openSeries(body: Buffer, at: number, end: number, line: number): SampleBuffer | undefined {
    const lineEnd = lineBreakAfter(body, at);
    if (lineEnd - at > MAX_LINE_BYTES) {
      this.options.refuse(line, 'line too long', TOO_LONG);
      return undefined;
    }
    const { format, batch } = this.options;
    if (format === 'dump' && body[at] !== BRACE_OPEN) {
      const detail = `expected the labels of a series in braces, got "${shown(body, at, lineEnd)}"`;
      this.options.refuse(line, 'malformed line', detail);
      return undefined;
    }
    if (format === 'dump' || (!this.hasMetadata && hasGoEscape(body, at, end))) {
      const labels = goLabels(body.toString('utf8', at, end));
      if (typeof labels !== 'string') return batch.series(labels);
      if (format === 'dump') {
        this.options.refuse(line, 'malformed line', labels);
        return undefined;
      }
    }
    const parser = this.parse(body.subarray(at, lineEnd + 1), line);
    if (!parser) return undefined;
    try {
      return batch.series(parser.labels());
    } catch (thrown) {
      this.refuseParsed(thrown, line);
      return undefined;
    }
  }

  /** A parser that stands at the line's sample; undefined where the line was refused. */
  private parse(text: Buffer, line: number): OpenMetricsParser | undefined {
    try {
      const parser = new OpenMetricsParser(text);
      parser.next();
      return parser;
    } catch (thrown) {
      this.refuseParsed(thrown, line);
      return undefined;
    }
  }

  private refuseParsed(thrown: unknown, line: number): void {
    if (!(thrown instanceof ExpositionError)) throw thrown;
    this.options.refuse(line, 'malformed line', thrown.message.replace(/ \(line \d+\)$/, ''));
  }

  private readHash(body: Buffer, at: number, line: number): number {
    const lineEnd = lineBreakAfter(body, at);
    if (standsAt(body, at, '# EOF\n')) this.sawEnd = true;
    else if (['HELP', 'TYPE', 'UNIT'].some(keyword => standsAt(body, at, `# ${keyword} `))) {
      this.hasMetadata = true;
    } else {
      const detail = `expected # HELP, # TYPE, # UNIT or # EOF, got ${shown(body, at, lineEnd)}`;
      this.options.refuse(line, 'malformed line', detail);
    }
    return lineEnd + 1;
  }
}

const SHOWN_BYTES = 100;

/** The bytes as text, cut to a readable length. */
function shown(body: Buffer, start: number, end: number): string {
  const text = body.toString('utf8', start, Math.min(end, start + SHOWN_BYTES));
  return end - start > SHOWN_BYTES ? `${text}…` : text;
}

/** Seconds of the year 5138: no time in seconds is that late, and every time in ms since 1973 is taken for later. */
const LOOKS_LIKE_MS = 1e14;

function outOfRange(timestampMs: number, format: TextFormat): string {
  if (timestampMs < 0) return 'the time is before 1970';
  if (format === 'openmetrics' && timestampMs >= LOOKS_LIKE_MS) {
    return 'OpenMetrics gives times in seconds, this one looks like milliseconds';
  }
  const isDate = timestampMs <= 8.64e15;
  return `the time is in the future: ${isDate ? new Date(timestampMs).toISOString() : `${timestampMs} ms`}`;
}
