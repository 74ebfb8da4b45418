// From parsed entries to rows of the storage: the hot path of a scrape.
//
// In: a parser over the body of one scrape. Out: rows, to be committed by the caller together with the report.
// Lines that stand where they stood last time are recognised by their bytes (series-cache.ts); only others are
// decoded, relabelled and given a column.
//
// Call order: begin, then append or markAllStale, then rows; after a commit, finish, then tidy. append() and tidy()
// stop when their pace is over, and go on where they stopped when they are called again. begin() may come at any
// time: it drops what was not finished.

import type { Labels } from '../model/labels.ts';
import type { Metadata } from '../model/metadata.ts';
import { writeStale } from '../model/stale.ts';
import { Row, type Storage } from '../storage/contract.ts';
import { type AppendCounts, type AppendSettings, NO_FEATURES, noCounts } from './append-settings.ts';
import { ExemplarFilter, isStorable } from './exemplar-filter.ts';
import type { EntryKind, ExpositionParser } from './exposition/contract.ts';
import { GroupColumns } from './group-columns.ts';
import { KnownLines } from './known-lines.ts';
import { MetricFamily } from './metric-family.ts';
import { ScrapeError, storedLabels } from './sample-labels.ts';
import { CREATED, DROPPED, type Generation, NOT_A_SAMPLE, NOT_FOUND, UNRESOLVED } from './series-cache.ts';
import { isCreatedLine, StartTimestamps } from './start-timestamps.ts';
import { TargetMetadata } from './target-metadata.ts';
import { TimedSamples } from './timed-samples.ts';
import { WITHOUT_PAUSE } from './turns.ts';

/** How much work append() does before it asks its pace: a line that is known counts as one. */
const WORK_AT_ONCE = 1024;
const WORK_OF_NEW_LINE = 8;

export class ScrapeAppender {
  counts: AppendCounts = noCounts();

  private readonly targetMetadata = new TargetMetadata();
  private readonly storage: Storage;
  private readonly targetLabels: Labels;
  private settings: AppendSettings;
  /** Taken at begin(). */
  private nextSettings: AppendSettings | undefined;
  private readonly columns: GroupColumns;
  private readonly timed: TimedSamples;
  /** This scrape's samples, and the last one's, whose columns say what may have vanished. */
  private row: Row;
  private lastRow: Row;
  /** How many entries of lastRow are samples of series: what follows in it are markers and the report. */
  private lastSamples = 0;
  private samples = 0;
  private readonly lines = new KnownLines();
  /** Whether columns may have lost their last line since they were reviewed. */
  private needsReview = false;
  private isReviewing = false;
  private readonly exemplars = new ExemplarFilter();
  /** Kept up to date where a feature asks for it. */
  private readonly family: MetricFamily | undefined;
  private readonly describes: boolean;
  private readonly starts: StartTimestamps | undefined;
  /** Whether the lines of `current` were read with the eyes of a format that has `_created` lines. */
  private hadCreatedLines = false;

  /** Opens the groups named by `key` (and `key` with a suffix, for samples that bring their timestamps). */
  constructor(
    storage: Storage,
    key: string,
    targetLabels: Labels,
    settings: AppendSettings,
    features = NO_FEATURES,
  ) {
    const { typeAndUnitLabels, startTimestamps, zerosAtStart } = features;
    const needsStarts = startTimestamps || zerosAtStart;
    this.describes = typeAndUnitLabels;
    this.family = typeAndUnitLabels || needsStarts ? new MetricFamily() : undefined;
    this.starts = needsStarts ? new StartTimestamps(startTimestamps, zerosAtStart) : undefined;
    this.storage = storage;
    this.targetLabels = targetLabels;
    this.settings = settings;
    this.columns = new GroupColumns(storage.group(key));
    this.timed = new TimedSamples(storage, `${key}\u0000timestamps`);
    this.row = new Row(this.columns.group, 0);
    this.lastRow = new Row(this.columns.group, 0);
  }

  /** By metric family, as last seen. */
  get metadata(): ReadonlyMap<string, Metadata> {
    return this.targetMetadata.byFamily;
  }

  /** How many columns the target holds in the storage. */
  get columnCount(): number {
    return this.columns.count + this.timed.columnCount;
  }

  /** Takes other settings from the next scrape on; every series goes through relabelling again. */
  reconfigure(settings: AppendSettings): void {
    this.nextSettings = settings;
  }

  /** Starts over at a timestamp: whatever was read before and not finished is forgotten. */
  begin(timestampMs: number): void {
    if (this.nextSettings) {
      this.settings = this.nextSettings;
      this.nextSettings = undefined;
      this.lines.clear();
    }
    this.row.reset(timestampMs);
    this.columns.begin();
    this.timed.begin();
    this.family?.clear();
    this.starts?.begin();
    this.counts = noCounts();
    this.samples = 0;
    this.exemplars.begin();
    this.lines.begin();
    this.isReviewing = false;
  }

  /**
   * Reads the body and marks series that vanished; false where the pace was over before the end. Samples later than
   * `maxTimeMs` are refused. Throws ExpositionError or ScrapeError; then begin() must come next.
   */
  append(parser: ExpositionParser, maxTimeMs: number, pace = WITHOUT_PAUSE): boolean {
    if (this.starts && parser.hasCreatedLines !== this.hadCreatedLines) {
      this.hadCreatedLines = parser.hasCreatedLines;
      this.lines.clear();
    }
    let work = 0;
    for (;;) {
      if (this.takeKnownLine(parser, maxTimeMs)) work++;
      else {
        const kind = parser.next();
        if (kind === 'end') break;
        this.lines.differ();
        if (kind === 'sample') this.readSample(parser, maxTimeMs);
        else this.readMetadata(parser, kind);
        work += WORK_OF_NEW_LINE;
      }
      if (work >= WORK_AT_ONCE) {
        if (pace.isOver()) return false;
        work = 0;
      }
    }
    if (this.lines.cursor !== this.lines.current.length) this.lines.differ();
    if (this.isOverLimit()) throw new ScrapeError('sample_limit', 'sample limit exceeded');
    // What is the same line by line has all its series, unless some went to the timed ones.
    if (this.lines.differs || this.timed.samples > 0) this.markVanished();
    this.starts?.fill(this.row);
    return true;
  }

  /** Marks every series of the last scrape as ended. */
  markAllStale(): void {
    this.markVanished();
  }

  /** Adds one of promlite's own samples about the scrape, unless the target exposed the very same series. */
  addReport(labels: Labels, value: number): void {
    const index = this.reportIndex(labels);
    if (index >= 0) this.row.values[index] = value;
  }

  /** The same as the staleness marker. */
  addStaleReport(labels: Labels): void {
    const index = this.reportIndex(labels);
    if (index >= 0) writeStale(this.row.values, index);
  }

  /** What is to be committed; the rows stay this object's. */
  rows(): Row[] {
    const timedRows = this.timed.rows(this.row.timestampMs, this.settings.trackTimestampsStaleness);
    return this.row.length > 0 ? [this.row, ...timedRows] : timedRows;
  }

  /** What is to be committed before rows(), in a commit of its own whose refusals do not count. */
  zeroRows(): Row[] {
    return this.starts?.zeroRows() ?? [];
  }

  /** After a commit: what was appended is what the next scrape is compared with. `read`: append() succeeded. */
  finish(read: boolean): void {
    [this.row, this.lastRow] = [this.lastRow, this.row];
    this.lastSamples = this.samples;
    this.timed.finish();
    if (!read) this.exemplars.begin();
    if (!read || !this.lines.differs) return;
    this.lines.replace();
    const { current } = this.lines;
    this.targetMetadata.keepOnly(current.families.values());
    this.starts?.forget(current);
    this.exemplars.forget(current.length);
    this.needsReview = true;
  }

  /**
   * After finish(): stores exemplars, and gives back the columns of series that are gone. False where the pace was
   * over before the end; what is not called again is done after another scrape.
   */
  tidy(pace = WITHOUT_PAUSE): boolean {
    if (!this.exemplars.storeIn(this.storage, pace)) return false;
    if (!this.needsReview) return true;
    if (!this.isReviewing) this.startReview();
    const retired = this.columns.retireOthers(pace, column => this.starts?.forgetColumn(column));
    if (!retired) return false;
    if (!this.timed.retireOthers(pace, column => this.starts?.forgetTimedColumn(column))) return false;
    this.isReviewing = false;
    this.needsReview = false;
    return true;
  }

  /** The target is gone for good. */
  release(): void {
    this.columns.group.release();
    this.timed.release();
  }

  private startReview(): void {
    const { columns, lastRow } = this;
    const { current } = this.lines;
    this.isReviewing = true;
    columns.startReview();
    columns.keep(current.columns, current.length);
    columns.keep(lastRow.columns, this.lastSamples);
    this.timed.startReview(current.timedColumns, current.length);
  }

  private takeKnownLine(parser: ExpositionParser, maxTimeMs: number): boolean {
    const { lines } = this;
    const { current, cursor } = lines;
    if (cursor >= current.length) return false;
    const { view, starts } = current;
    if (current.columns[cursor] === NOT_A_SAMPLE) {
      const line = current.families.get(cursor);
      if (!parser.takeLine(view, starts[cursor], starts[cursor + 1], line?.type)) return false;
      if (line) this.family?.follow(line);
    } else {
      if (!parser.takeSample(view, starts[cursor], starts[cursor + 1])) return false;
      this.addSample(current, cursor, parser, maxTimeMs);
    }
    lines.step();
    return true;
  }

  private readSample(parser: ExpositionParser, maxTimeMs: number): void {
    const { current, next } = this.lines;
    const { body, seriesStart, seriesEnd } = parser;
    const known = current.find(body, seriesStart, seriesEnd);
    if (known === NOT_FOUND) {
      next.push(body, seriesStart, seriesEnd, UNRESOLVED, UNRESOLVED);
      this.addSample(next, next.length - 1, parser, maxTimeMs);
    } else {
      this.addSample(current, known, parser, maxTimeMs);
      this.lines.jump(known);
    }
  }

  private readMetadata(parser: ExpositionParser, kind: EntryKind): void {
    const { current, next } = this.lines;
    const { body, lineStart, lineEnd } = parser;
    const known = current.find(body, lineStart, lineEnd);
    if (known !== NOT_FOUND) this.lines.cursor = known + 1;
    if (kind !== 'comment') {
      const line = this.targetMetadata.learn(parser, kind);
      next.families.set(next.length, line);
      this.family?.follow(line);
    }
    next.push(body, lineStart, lineEnd, NOT_A_SAMPLE, NOT_A_SAMPLE);
  }

  private addSample(lines: Generation, line: number, parser: ExpositionParser, maxTimeMs: number): void {
    const { counts } = this;
    counts.scraped++;
    if (parser.timestampMs !== undefined && this.settings.honorTimestamps) {
      this.addTimedSample(lines, line, parser, maxTimeMs);
      return;
    }
    const known = lines.columns[line];
    const column = known === UNRESOLVED ? this.resolve(lines, line, parser) : known;
    if (column < 0) {
      if (column === CREATED) this.readCreated(lines, line, parser);
      return;
    }
    counts.postRelabel++;
    const isNew = known === UNRESOLVED && lines.timedColumns[line] === UNRESOLVED;
    if (this.columns.isSeen(column)) {
      counts.duplicates++;
      // The same series in another spelling counts as another one.
      if (isNew && !this.isOverLimit() && !lines.isRepetition(line)) counts.seriesAdded++;
      return;
    }
    this.columns.see(column);
    this.samples++;
    if (this.isOverLimit()) return;
    if (isNew) counts.seriesAdded++;
    this.row.add(column, parser.value);
    if (this.starts) this.starts.note(this.row.length - 1, lines.startSlots[line]);
    if (parser.hasExemplar) this.readExemplar(parser, this.row.timestampMs);
  }

  private addTimedSample(lines: Generation, line: number, parser: ExpositionParser, maxTimeMs: number): void {
    const { counts, timed } = this;
    const timestampMs = parser.timestampMs ?? 0;
    const known = lines.timedColumns[line];
    const isNew = known === UNRESOLVED && lines.columns[line] === UNRESOLVED;
    const column = known === UNRESOLVED ? this.resolveTimed(lines, line, parser) : known;
    if (column < 0) {
      if (column === CREATED) this.readCreated(lines, line, parser);
      return;
    }
    counts.postRelabel++;
    if (timestampMs > maxTimeMs) counts.outOfBounds++;
    else if (this.isOverLimit()) return;
    else {
      // Looked for only where it can be, so that no text is kept of those many that relay others' samples.
      const mayRepeat = timed.has(column) || this.samples > 0;
      const refusal = timed.add(column, timestampMs, parser.value);
      if (!refusal) this.starts?.noteTimed(timed.rowAt(timestampMs), column, lines.startSlots[line]);
      if (refusal === 'duplicate') counts.duplicates++;
      else if (refusal === 'out_of_order') counts.outOfOrder++;
      else if (parser.hasExemplar) this.readExemplar(parser, timestampMs);
      const isRepeated = mayRepeat && lines.isRepetition(line);
      if (isNew && !isRepeated && !this.isOverLimit()) counts.seriesAdded++;
    }
  }

  private isOverLimit(): boolean {
    const { sampleLimit } = this.settings;
    return sampleLimit > 0 && this.samples + this.timed.samples > sampleLimit;
  }

  /** A line that counts as no sample: it tells since when others count. */
  private readCreated(lines: Generation, line: number, parser: ExpositionParser): void {
    this.counts.scraped--;
    this.starts?.setStart(lines.startSlots[line], parser.value);
  }

  /** The column of a series seen for the first time; DROPPED where relabelling drops it, CREATED where it is none. */
  private resolve(lines: Generation, line: number, parser: ExpositionParser): number {
    const labels = this.storedLabels(lines, line, parser);
    if (labels === undefined) return lines.columns[line];
    lines.columns[line] = this.columns.of(labels);
    this.needsReview = true;
    return lines.columns[line];
  }

  private resolveTimed(lines: Generation, line: number, parser: ExpositionParser): number {
    const labels = this.storedLabels(lines, line, parser);
    if (labels === undefined) return lines.timedColumns[line];
    lines.timedColumns[line] = this.timed.column(labels);
    this.needsReview = true;
    return lines.timedColumns[line];
  }

  private storedLabels(lines: Generation, line: number, parser: ExpositionParser): Labels | undefined {
    const exposed = parser.labels();
    const { starts, family } = this;
    let absent = DROPPED;
    if (starts && family && parser.hasCreatedLines) {
      lines.startSlots[line] = starts.slotOf(exposed, family);
      if (isCreatedLine(exposed.metricName, family)) absent = CREATED;
    }
    const labels = absent === CREATED ? undefined : this.relabelled(exposed, parser);
    if (labels === undefined) {
      lines.columns[line] = absent;
      lines.timedColumns[line] = absent;
    }
    return labels;
  }

  private relabelled(exposed: Labels, parser: ExpositionParser): Labels | undefined {
    const described = this.describes && this.family ? this.family.described(exposed) : exposed;
    return storedLabels(described, parser.emptyLabelNames, this.targetLabels, this.settings);
  }

  private readExemplar(parser: ExpositionParser, timestampMs: number): void {
    const exemplar = parser.exemplar(timestampMs);
    if (exemplar === undefined || !isStorable(exemplar)) return;
    const labels = this.relabelled(parser.labels(), parser);
    if (labels !== undefined) this.exemplars.add(labels, exemplar, timestampMs);
  }

  private markVanished(): void {
    const { row, lastRow, columns } = this;
    for (let i = 0; i < this.lastSamples; i++) {
      const column = lastRow.columns[i];
      if (columns.isSeen(column)) continue;
      columns.see(column);
      row.add(column, 0);
      writeStale(row.values, row.length - 1);
    }
  }

  /** Where in the row a report series was added; -1 where its place is taken. */
  private reportIndex(labels: Labels): number {
    const column = this.columns.ofLasting(labels);
    if (this.columns.isSeen(column)) return -1;
    this.columns.see(column);
    this.row.add(column, 0);
    return this.row.length - 1;
  }
}
