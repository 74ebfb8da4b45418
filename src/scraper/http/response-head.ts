// The head of an HTTP/1 answer: status line and headers, as far as a scrape wants them. Taken and refused as Go's
// net/http does, in its words.

import { quoteText } from '../../model/labels.ts';
import { HttpError } from './errors.ts';

/** Of a body whose length is not told. */
export const UNKNOWN_LENGTH = -1;

export interface ResponseHead {
  statusCode: number;
  statusText: string;
  /** Whether the connection can serve another request. */
  keepsAlive: boolean;
  isChunked: boolean;
  /** In bytes, or UNKNOWN_LENGTH. */
  contentLength: number;
  contentType: string;
  contentEncoding: string;
  location: string;
}

const VERSION = /^HTTP\/(\d)\.(\d)$/;
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const LENGTH = /^\d{1,15}$/;
const SHOWN_LENGTH = 200;

/** Reads the lines of a head, without the empty one at its end; both kinds of line breaks do. Throws HttpError. */
export function parseHead(text: string): ResponseHead {
  const lines = text.split('\n');
  const { head, isOld } = parseStatusLine(withoutReturn(lines[0]));
  for (let i = 1; i < lines.length; i++) {
    const line = withoutReturn(lines[i]);
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    // A line that begins with a blank would go on with the one before: nobody sends that any more.
    if (colon < 0 || !NAME.test(name)) throw malformed(`malformed MIME header line: ${shown(line)}`);
    takeHeader(head, name.toLowerCase(), line.slice(colon + 1).trim(), isOld);
  }
  // Told both ways, the chunks count; nobody should trust what follows them.
  if (head.isChunked && head.contentLength !== UNKNOWN_LENGTH) {
    head.contentLength = UNKNOWN_LENGTH;
    head.keepsAlive = false;
  }
  return head;
}

function parseStatusLine(line: string): { head: ResponseHead; isOld: boolean } {
  const blank = line.indexOf(' ');
  if (blank < 0) throw malformed(`malformed HTTP response ${quoteText(shown(line))}`);
  const version = VERSION.exec(line.slice(0, blank));
  if (version?.[1] !== '1')
    throw malformed(`malformed HTTP version ${quoteText(shown(line.slice(0, blank)))}`);
  const status = line.slice(blank + 1).trimStart();
  const [code] = status.split(' ', 1);
  if (!/^\d{3}$/.test(code)) throw malformed(`malformed HTTP status code ${quoteText(shown(code))}`);
  const isOld = version[2] === '0';
  const head: ResponseHead = {
    statusCode: Number(code),
    statusText: status.slice(4),
    keepsAlive: !isOld,
    isChunked: false,
    contentLength: UNKNOWN_LENGTH,
    contentType: '',
    contentEncoding: '',
    location: '',
  };
  return { head, isOld };
}

function takeHeader(head: ResponseHead, name: string, value: string, isOld: boolean): void {
  switch (name) {
    case 'content-length':
      takeLength(head, value);
      break;
    case 'transfer-encoding':
      // HTTP/1.0 knows no chunks.
      if (isOld) break;
      if (head.isChunked || value.toLowerCase() !== 'chunked')
        throw malformed(`unsupported transfer encoding: ${quoteText(shown(value))}`);
      head.isChunked = true;
      break;
    case 'connection':
      if (/(?:^|,)\s*close\s*(?:,|$)/i.test(value)) head.keepsAlive = false;
      else if (isOld && /(?:^|,)\s*keep-alive\s*(?:,|$)/i.test(value)) head.keepsAlive = true;
      break;
    case 'content-type':
      head.contentType ||= value;
      break;
    case 'content-encoding':
      head.contentEncoding ||= value;
      break;
    case 'location':
      head.location ||= value;
  }
}

function takeLength(head: ResponseHead, value: string): void {
  const length = LENGTH.test(value) ? Number(value) : UNKNOWN_LENGTH;
  const isOther = head.contentLength !== UNKNOWN_LENGTH && head.contentLength !== length;
  if (length === UNKNOWN_LENGTH || isOther) throw malformed(`bad Content-Length ${quoteText(shown(value))}`);
  head.contentLength = length;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

const shown = (text: string): string =>
  text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;

export const malformed = (message: string): HttpError => new HttpError('malformed', message);
