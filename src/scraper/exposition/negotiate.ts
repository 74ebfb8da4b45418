// Which formats promlite asks a target for, and which parser reads what the target sent.

import type { ScrapeProtocol } from '../../config/contract.ts';
import { quoteText } from '../../model/labels.ts';
import type { ExpositionParser } from './contract.ts';
import { parseMediaType } from './media-type.ts';
import { OpenMetricsParser } from './openmetrics-parser.ts';
import { TextParser } from './text-parser.ts';

export type MediaType = 'application/openmetrics-text' | 'text/plain';

export type Negotiated =
  | { readonly ok: true; readonly mediaType: MediaType }
  | { readonly ok: false; readonly message: string };

interface Protocol {
  readonly mediaType: MediaType;
  /** As in an Accept header. */
  readonly parameters: string;
}

/** Those that promlite reads. */
const PROTOCOLS: Readonly<Partial<Record<ScrapeProtocol, Protocol>>> = {
  'OpenMetricsText1.0.0': {
    mediaType: 'application/openmetrics-text',
    parameters: 'version=1.0.0;escaping=allow-utf-8',
  },
  'OpenMetricsText0.0.1': { mediaType: 'application/openmetrics-text', parameters: 'version=0.0.1' },
  'PrometheusText1.0.0': { mediaType: 'text/plain', parameters: 'version=1.0.0;escaping=allow-utf-8' },
  'PrometheusText0.0.4': { mediaType: 'text/plain', parameters: 'version=0.0.4' },
};

/** The weight of the first, in tenths: as many protocols as Prometheus knows, and one more. */
const FIRST_WEIGHT = 6;

/** The Accept header of a scrape that wants these formats, the most wanted first, and takes any other at need. */
export function acceptHeader(protocols: readonly ScrapeProtocol[]): string {
  const wanted = protocols.flatMap(protocol => PROTOCOLS[protocol] ?? []);
  const ranges = wanted.map(({ mediaType, parameters }) => `${mediaType};${parameters}`);
  return [...ranges, '*/*'].map((range, i) => `${range};q=0.${FIRST_WEIGHT - i}`).join(',');
}

/** The format of a body by its Content-Type header; where that is missing or unknown, `fallback` or a refusal. */
export function negotiate(contentType: string, fallback: ScrapeProtocol | undefined): Negotiated {
  const { mediaType, problem } = parseMediaType(contentType);
  if (problem === '' && (mediaType === 'application/openmetrics-text' || mediaType === 'text/plain')) {
    return { ok: true, mediaType };
  }
  const protocol = fallback && PROTOCOLS[fallback];
  if (protocol) return { ok: true, mediaType: protocol.mediaType };
  return { ok: false, message: refusal(contentType, problem) };
}

/** The same for the answers of one target, which mostly say the same each time. */
export class Negotiation {
  private readonly fallback: ScrapeProtocol | undefined;
  private contentType: string | undefined;
  private last: Negotiated = { ok: false, message: '' };

  constructor(fallback: ScrapeProtocol | undefined) {
    this.fallback = fallback;
  }

  formatOf(contentType: string): Negotiated {
    if (contentType !== this.contentType) {
      this.contentType = contentType;
      this.last = negotiate(contentType, this.fallback);
    }
    return this.last;
  }
}

function refusal(contentType: string, problem: string): string {
  if (contentType === '') {
    return 'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target';
  }
  const quoted = quoteText(contentType);
  if (problem !== '') {
    return `cannot parse Content-Type ${quoted} and no fallback_scrape_protocol for target\n${problem}`;
  }
  return `received unsupported Content-Type ${quoted} and no fallback_scrape_protocol specified for target`;
}

/** Bodies of a parser that is kept. */
const LARGEST_KEPT_BYTES = 1024 * 1024;

/**
 * The last parser of each kind. If none were there at a full collection, V8 would drop all that it compiled for them,
 * which is the hot path of a scrape; and between two scrapes none is.
 */
const kept: Partial<Record<MediaType, ExpositionParser>> = {};

/** A parser at the beginning of `body`, which nobody may change while it is read. */
export function createParser(mediaType: MediaType, body: Uint8Array): ExpositionParser {
  const parser = mediaType === 'text/plain' ? new TextParser(body) : new OpenMetricsParser(body);
  if (body.length <= LARGEST_KEPT_BYTES) kept[mediaType] = parser;
  return parser;
}
