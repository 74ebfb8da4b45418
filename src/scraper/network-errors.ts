// What the network says when a target can't be reached, in the words of Go's net package, as Prometheus shows them.

import { messageOf } from '../base/errors.ts';

interface SystemError {
  readonly code?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly hostname?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const CONNECT_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
};

/** A failure of the client or of Node as Go would describe it; what is not known is given in its own words. `answered`: the
 * headers of the answer were there. */
export function describeNetworkError(thrown: unknown, url: string, answered: boolean): string {
  const error = rootOf(thrown);
  const code = typeof error.code === 'string' ? error.code : '';
  if (code in CONNECT_PROBLEMS) return `dial tcp ${addressOf(error, url)}: ${CONNECT_PROBLEMS[code]}`;
  switch (code) {
    case 'ENOTFOUND':
      return `dial tcp: lookup ${String(error.hostname)}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${String(error.hostname)}: server misbehaving`;
    case 'ECONNRESET':
      return 'read: connection reset by peer';
    case 'closed':
      return answered ? 'unexpected EOF' : 'EOF';
    case 'malformed':
      return answered
        ? messageOf(thrown)
        : `net/http: HTTP/1.x transport connection broken: ${messageOf(thrown)}`;
    default:
      return messageOf(thrown);
  }
}

/** Where several addresses were tried, the first one's failure. */
function rootOf(thrown: unknown): SystemError {
  if (typeof thrown !== 'object' || thrown === null) return {};
  const error = thrown as SystemError;
  if (Array.isArray(error.errors) && error.errors.length > 0) return rootOf(error.errors[0]);
  if (error.code === undefined && error.cause !== undefined) return rootOf(error.cause);
  return error;
}

function addressOf(error: SystemError, url: string): string {
  if (typeof error.address !== 'string') return hostOf(url);
  const host = error.address.includes(':') ? `[${error.address}]` : error.address;
  return `${host}:${String(error.port)}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
