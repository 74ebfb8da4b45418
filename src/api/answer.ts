// What a handler gives back, as a value: status, type and body. send.ts turns it into an HTTP reply.

import { jsonText } from './encode/json.ts';

export interface Answer {
  readonly status: number;
  /** undefined: no body, no Content-Type. */
  readonly contentType: string | undefined;
  /** Pieces are asked for one by one, as the client takes them. */
  readonly body: string | Uint8Array | Iterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

export const JSON_TYPE = 'application/json';
export const TEXT_TYPE = 'text/plain; charset=utf-8';
export const HTML_TYPE = 'text/html; charset=utf-8';

/** What was left out or should be known, beside the data. */
export const TRUNCATED = 'results truncated due to limit';

/** Longer texts are sent in pieces. */
const LONG_TEXT = 1024 * 1024;

/** `{"status":"success","data":…}` around a plain value. */
export function success(data: unknown, warnings: readonly string[] = []): Answer {
  return successText(jsonText(data), warnings);
}

/** The same around data that is JSON already. */
export function successText(dataJson: string, warnings: readonly string[] = []): Answer {
  const tail = warnings.length === 0 ? '' : `,"warnings":${jsonText(warnings)}`;
  return {
    status: 200,
    contentType: JSON_TYPE,
    body: `{"status":"success","data":${dataJson}${tail}}`,
  };
}

/** The same around JSON in parts, which are sent one by one where they are long. */
export function successParts(dataJson: readonly string[], warnings: readonly string[] = []): Answer {
  const tail = warnings.length === 0 ? '' : `,"warnings":${jsonText(warnings)}`;
  return {
    status: 200,
    contentType: JSON_TYPE,
    body: textParts(['{"status":"success","data":', ...dataJson, `${tail}}`]),
  };
}

/** A body: a long one is sent in pieces, each encoded when the client has taken the one before. */
export function textParts(parts: readonly string[]): string | Iterable<Uint8Array> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return length <= LONG_TEXT ? parts.join('') : encoded(parts);
}

function* encoded(parts: readonly string[]): Generator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

/** `{"status":"error",…}`; there is never a `data` in it. */
export function failure(status: number, errorType: string, error: string): Answer {
  return { status, contentType: JSON_TYPE, body: jsonText({ status: 'error', errorType, error }) };
}

/** Plain text as it stands. */
export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, contentType: TEXT_TYPE, body, headers };
}

/** An error of the HTTP layer, as Go's http.Error writes it. */
export function textError(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return text(status, `${message}\n`, { 'x-content-type-options': 'nosniff', ...headers });
}

export const NOT_FOUND: Answer = textError(404, '404 page not found');

export const NO_CONTENT: Answer = { status: 204, contentType: undefined, body: '' };

/** 302, with the short body that Go sends along. */
export function redirect(location: string): Answer {
  const href = location.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;');
  return {
    status: 302,
    contentType: HTML_TYPE,
    body: `<a href="${href}">Found</a>.\n\n`,
    headers: { location },
  };
}
