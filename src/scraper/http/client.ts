// An HTTP/1.1 client for scrapes: GETs whose bodies come in one piece, over connections that are kept open.
//
// A library's client took several times what all the rest of a scrape takes, and left much to the garbage collector
// (docs/adr/0008). What is not needed here is not here: no request bodies, no streams, no pipelining.

import type { ConnectionOptions } from 'node:tls';
import { Connection, type ConnectionOwner } from './connection.ts';
import { HttpError } from './errors.ts';
import { Exchange, type Request } from './exchange.ts';

/** How often idle connections are looked at, and how often one may be found so before it is closed: five minutes. */
const SWEEP_MS = 60_000;
const IDLE_SWEEPS = 5;

const CLOSED_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

export class HttpClient implements ConnectionOwner {
  private readonly tls: ConnectionOptions;
  /** By origin; the one that was used last stands last. */
  private readonly idle = new Map<string, Connection[]>();
  private readonly open = new Set<Connection>();
  private isClosed = false;
  private sweeper: NodeJS.Timeout | undefined;

  /** `tls`: for addresses of https. */
  constructor(tls: ConnectionOptions) {
    this.tls = tls;
  }

  /** Sends a request. Its answer rejects with HttpError, with what the system says, or with what abort() was given. */
  get(request: Request): Exchange {
    const exchange = new Exchange(request);
    const connection = this.idle.get(request.address.origin)?.pop();
    if (connection) connection.send(exchange);
    else this.sendAnew(exchange);
    return exchange;
  }

  /** Keeps no connection from now on; requests under way are answered. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.sweeper);
    for (const connections of [...this.idle.values()]) for (const one of [...connections]) one.destroy();
  }

  /** Closes all connections; requests under way fail. */
  destroy(): void {
    this.close();
    for (const connection of [...this.open]) connection.destroy();
  }

  becameIdle(connection: Connection): void {
    if (this.isClosed) {
      connection.destroy();
      return;
    }
    const others = this.idle.get(connection.origin);
    if (others) others.push(connection);
    else this.idle.set(connection.origin, [connection]);
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  becameClosed(connection: Connection): void {
    this.open.delete(connection);
    const others = this.idle.get(connection.origin);
    const at = others?.indexOf(connection) ?? -1;
    if (at >= 0) others?.splice(at, 1);
  }

  /** A connection that was kept may have been closed by the other side as the request was sent: another one is tried. */
  failed(connection: Connection, exchange: Exchange, reason: unknown): void {
    if (connection.requests > 1 && wasClosed(reason) && !exchange.isSettled) this.sendAnew(exchange);
    else exchange.fail(reason);
  }

  private sendAnew(exchange: Exchange): void {
    const connection = new Connection(exchange.request.address, this.tls, this);
    this.open.add(connection);
    connection.send(exchange);
  }

  private sweep(): void {
    for (const [origin, connections] of this.idle) {
      const old = connections.filter(connection => ++connection.idleSweeps > IDLE_SWEEPS);
      for (const connection of old) connection.destroy();
      if (connections.length === 0) this.idle.delete(origin);
    }
  }
}

function wasClosed(reason: unknown): boolean {
  if (reason instanceof HttpError) return reason.code === 'closed';
  return CLOSED_CODES.has((reason as { readonly code?: unknown } | null)?.code);
}
