// Which of the two formats a text is in, by its first line: OpenMetrics, or what `promtool tsdb dump` prints.

import { BRACE_OPEN, lineBreakAfter, NEWLINE } from '../../scraper/exposition/bytes.ts';
import { ExpositionError } from '../../scraper/exposition/contract.ts';
import { OpenMetricsParser } from '../../scraper/exposition/openmetrics-parser.ts';
import { TransferError } from '../contract.ts';

export type TextFormat = 'openmetrics' | 'dump';

/** From the first bytes of a text. Throws TransferError where they can't be of either. */
export function detectFormat(file: string, head: Buffer): TextFormat {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw unusable(file, 'is UTF-16, as PowerShell writes it; convert it to UTF-8 first');
  }
  if (head.subarray(0, 1000).includes(0)) throw unusable(file, 'is no text');
  let at = 0;
  while (head[at] === NEWLINE) at++;
  // OpenMetrics starts with the metric's name; where that needs quotes it stands in the braces, without a label.
  if (head[at] !== BRACE_OPEN) return 'openmetrics';
  try {
    new OpenMetricsParser(head.subarray(at, lineBreakAfter(head, at) + 1)).next();
    return 'openmetrics';
  } catch (thrown) {
    if (thrown instanceof ExpositionError) return 'dump';
    throw thrown;
  }
}

const unusable = (file: string, why: string): TransferError =>
  new TransferError('file_unusable', `${file} ${why}`);
