// The bytes of a scrape's request: request line, Host, and headers in the order in which they are given.

import type { Address } from './http/address.ts';
import { ScrapeError } from './sample-labels.ts';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a header may not have.
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Throws ScrapeError where a value has what no header may have. */
export function requestText({ path, authority }: Address, headers: Headers): Buffer {
  const lines = [`GET ${path} HTTP/1.1`, `host: ${authority}`];
  for (const [name, values] of Object.entries(headers)) {
    for (const value of typeof values === 'string' ? [values] : values) {
      if (FORBIDDEN.test(value)) {
        throw new ScrapeError('fetch', `net/http: invalid header field value for "${name}"`);
      }
      lines.push(`${name}: ${value}`);
    }
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}
