// Where a URL leads: what a connection needs to know, and what its request says.

export interface Address {
  readonly isTls: boolean;
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** As the Host header says it: with the port, unless it is the scheme's own. */
  readonly authority: string;
  /** Connections of equal origins serve each other's requests. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
}

/** Of a URL of scheme http or https. */
export function addressOf(url: URL): Address {
  const isTls = url.protocol === 'https:';
  const defaultPort = isTls ? 443 : 80;
  return {
    isTls,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    authority: url.host,
    origin: url.origin,
    path: url.pathname + url.search,
  };
}
