// A scrape target whose counter goes up by one at each scrape; tells when it was scraped.

import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class CountingTarget {
  private readonly server: Server;
  private readonly events = new EventEmitter();
  count = 0;

  private constructor() {
    this.server = createServer((_request, response) => {
      this.count++;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(`# TYPE scrapes_total counter\nscrapes_total ${this.count}\n`);
      this.events.emit('scraped');
    });
  }

  static async start(): Promise<CountingTarget> {
    const target = new CountingTarget();
    target.server.listen(0, '127.0.0.1');
    await once(target.server, 'listening');
    return target;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves at the next scrape. */
  async scraped(): Promise<void> {
    await once(this.events, 'scraped');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** A configuration that scrapes this target, and the others given, alone. */
  config(interval = '100ms', ...others: CountingTarget[]): string {
    const addresses = [this, ...others].map(({ address }) => `'${address}'`);
    return [
      `global: { scrape_interval: ${interval}, scrape_timeout: ${interval} }`,
      'scrape_configs:',
      '  - job_name: counting',
      `    static_configs: [{ targets: [${addresses.join(', ')}] }]`,
      '',
    ].join('\n');
  }
}
