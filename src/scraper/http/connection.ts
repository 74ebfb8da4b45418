// One connection to a target: a request at a time, and the answer read as it comes.
//
// Plain connections read into one piece of memory that all of them share: what comes is copied out of it at once, so
// that scrapes leave nothing to the garbage collector.

import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Address } from './address.ts';
import { HttpError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { ResponseReader } from './response-reader.ts';

const READ_BYTES = 64 * 1024;
const NO_BYTES = Buffer.alloc(0);

let sharedBytes: Buffer | undefined;

/** What a connection tells its owner. */
export interface ConnectionOwner {
  /** It can serve another request. */
  becameIdle(connection: Connection): void;
  /** It is no longer there. */
  becameClosed(connection: Connection): void;
  /** It failed the exchange before anything of an answer came. */
  failed(connection: Connection, exchange: Exchange, reason: unknown): void;
}

export class Connection {
  readonly origin: string;
  /** How many requests it was given. */
  requests = 0;
  /** How often its owner has found it without a request; send() starts over. */
  idleSweeps = 0;
  private readonly owner: ConnectionOwner;
  private readonly socket: Socket;
  private readonly reader = new ResponseReader();
  private exchange: Exchange | undefined;
  /** Whether anything came since the request was sent. */
  private hasBytes = false;
  private isClosed = false;

  constructor(address: Address, tls: ConnectionOptions, owner: ConnectionOwner) {
    this.origin = address.origin;
    this.owner = owner;
    this.socket = this.open(address, tls);
    this.socket.setNoDelay(true);
    this.socket.on('end', () => this.readEnd());
    this.socket.on('error', error => this.fail(error));
    this.socket.on('close', () => this.fail(closedEarly()));
  }

  /** Sends a request; the one before must be over. */
  send(exchange: Exchange): void {
    const { head, into, bodyLimitBytes, tooLarge } = exchange.request;
    this.requests++;
    this.idleSweeps = 0;
    this.exchange = exchange;
    this.hasBytes = false;
    exchange.drop = () => this.destroy();
    this.reader.begin(into, bodyLimitBytes, tooLarge);
    this.socket.write(head);
  }

  /** Closes at once; the owner hears of it. */
  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.socket.destroy();
    this.owner.becameClosed(this);
  }

  private open(address: Address, tls: ConnectionOptions): Socket {
    const { host, port, isTls } = address;
    if (isTls) {
      const servername = tls.servername ?? (isIP(host) === 0 ? host : '');
      const socket = connectTls({ ...tls, host, port, servername, ALPNProtocols: ['http/1.1'] });
      socket.on('data', chunk => this.read(chunk, chunk.length));
      return socket;
    }
    sharedBytes ??= Buffer.allocUnsafeSlow(READ_BYTES);
    const bytes = sharedBytes;
    const callback = (length: number): boolean => {
      this.read(bytes, length);
      return true;
    };
    return connectPlain({ host, port, onread: { buffer: bytes, callback } });
  }

  private read(bytes: Buffer, length: number): void {
    const { exchange, reader } = this;
    if (this.isClosed) return;
    if (exchange === undefined) {
      // Nobody asked.
      this.destroy();
      return;
    }
    this.hasBytes = true;
    try {
      const used = reader.read(bytes, length);
      if (reader.head === undefined) return;
      if (reader.isDone) this.finish(exchange, used === length);
      else if (reader.head.statusCode === 200) exchange.answered = true;
      else this.finish(exchange, false);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private readEnd(): void {
    const { exchange, reader } = this;
    try {
      if (exchange !== undefined) {
        reader.end();
        this.finish(exchange, false);
      }
    } catch (thrown) {
      this.fail(thrown);
    }
    this.destroy();
  }

  /** The answer is there. `isClean`: nothing came behind it. */
  private finish(exchange: Exchange, isClean: boolean): void {
    const { head } = this.reader;
    if (head === undefined) throw closedEarly();
    this.exchange = undefined;
    if (isClean && head.keepsAlive) this.owner.becameIdle(this);
    else this.destroy();
    exchange.succeed({ head, body: head.statusCode === 200 ? exchange.request.into.body() : NO_BYTES });
  }

  private fail(reason: unknown): void {
    const { exchange } = this;
    this.exchange = undefined;
    this.destroy();
    if (exchange === undefined) return;
    if (this.hasBytes) exchange.fail(reason);
    else this.owner.failed(this, exchange, reason);
  }
}

const closedEarly = (): HttpError => new HttpError('closed', 'the other side closed the connection');
