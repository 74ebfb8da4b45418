// What the fetches of all targets of a scrape configuration share: the connections that are kept between scrapes,
// limits, and the headers that the configuration adds.

import type { ScrapeConfig } from '../config/contract.ts';
import { acceptHeader } from './exposition/negotiate.ts';
import { HttpClient } from './http/client.ts';
import { requestHeaders } from './request-headers.ts';
import type { Headers } from './request-text.ts';
import { type FetchSettings, TargetFetcher } from './target-fetcher.ts';
import { connectOptions } from './tls-options.ts';

/** Bodies beyond this are refused even where the configuration sets no limit: one target must not fill memory. */
const LARGEST_BODY_BYTES = 512 * 1024 * 1024;

export class Fetcher implements FetchSettings {
  readonly client: HttpClient;
  readonly followRedirects: boolean;
  readonly bodyLimitBytes: number;
  readonly hasFixedHeaders: boolean;
  private readonly config: ScrapeConfig;
  private readonly userAgent: string;
  private readonly accept: string;

  /** Throws where a file that the TLS settings name can't be read. */
  constructor(config: ScrapeConfig, version: string) {
    this.config = config;
    this.accept = acceptHeader(config.scrapeProtocols);
    this.userAgent = `promlite/${version}`;
    this.bodyLimitBytes = config.bodySizeLimitBytes > 0 ? config.bodySizeLimitBytes : LARGEST_BODY_BYTES;
    this.hasFixedHeaders = !readsFiles(config);
    this.followRedirects = config.followRedirects;
    this.client = new HttpClient(connectOptions(config.tls));
  }

  /** For the scrapes of one target, which come one after the other. */
  target(url: string): TargetFetcher {
    return new TargetFetcher(this, url);
  }

  /** Takes no more requests; connections close when those under way are answered. */
  close(): void {
    this.client.close();
  }

  /** Closes the connections at once; a fetch under way fails. */
  destroy(): void {
    this.client.destroy();
  }

  async headers(timeoutMs: number): Promise<Headers> {
    const { authorization, httpHeaders, enableCompression } = this.config;
    return {
      ...(await requestHeaders(authorization, httpHeaders)),
      accept: this.accept,
      'accept-encoding': enableCompression ? 'gzip' : 'identity',
      'user-agent': this.userAgent,
      'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000),
    };
  }

  withoutSecrets(headers: Headers): Headers {
    const secret = new Set(
      ['authorization', ...Object.keys(this.config.httpHeaders)].map(name => name.toLowerCase()),
    );
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.has(name)));
  }
}

/** Whether headers stand in files, which are read anew for each request. */
function readsFiles({ authorization, httpHeaders }: ScrapeConfig): boolean {
  const { credentialsFile, basicFromFiles } = authorization ?? {};
  const isFromFile = credentialsFile !== undefined || basicFromFiles !== undefined;
  return isFromFile || Object.values(httpHeaders).some(({ files }) => files.length > 0);
}
