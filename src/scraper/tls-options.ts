// TLS settings of the configuration as Node takes them. Files are read when the scrape
// configuration is applied.

import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { TlsConfig } from '../config/contract.ts';

/** Throws where a file can't be read. */
export function connectOptions(tls: TlsConfig): ConnectionOptions {
  const options: ConnectionOptions = { rejectUnauthorized: !tls.insecureSkipVerify };
  if (tls.caFile !== undefined) options.ca = readFileSync(tls.caFile);
  if (tls.certFile !== undefined) options.cert = readFileSync(tls.certFile);
  if (tls.keyFile !== undefined) options.key = readFileSync(tls.keyFile);
  if (tls.serverName !== undefined && tls.serverName !== '') options.servername = tls.serverName;
  return options;
}
