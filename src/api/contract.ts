// The HTTP API's contract: what it is given by main, and how it is started and stopped.

import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { MemorySaving } from '../base/memory-saving.ts';
import type { Registry } from '../base/metrics.ts';
import type { Config } from '../config/contract.ts';
import type { QueryEngine } from '../query/contract.ts';
import type { RemoteWriteReceiver } from '../remote/contract.ts';
import type { Scraper } from '../scraper/contract.ts';
import type { StoredStorage } from '../storage/contract.ts';

export interface ApiDependencies {
  readonly engine: QueryEngine;
  readonly storage: StoredStorage;
  readonly scraper: Scraper;
  /** undefined: --web.enable-remote-write-receiver is off. */
  readonly remoteWrite: RemoteWriteReceiver | undefined;
  /** The configuration in force. */
  readonly config: () => Config;
  readonly runtime: RuntimeState;
  /** Reads the configuration file again and applies it. Rejects with ConfigError, the old one still in force. */
  readonly reload: () => Promise<void>;
  /** Starts an orderly shutdown. */
  readonly quit: () => void;
  /** Suspended while a reply that may be large is made and sent. */
  readonly memorySaving: MemorySaving;
  readonly options: ApiOptions;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ApiOptions {
  /** Every flag by its name without dashes, as text: what /api/v1/status/flags shows. */
  readonly flags: Readonly<Record<string, string>>;
  readonly version: string;
  readonly lifecycleEnabled: boolean;
  readonly adminEnabled: boolean;
  /** '' or `/prefix`, without a slash at the end. */
  readonly routePrefix: string;
  /** Anchored; which origins CORS allows. */
  readonly corsOrigin: string;
  readonly maxConnections: number;
  readonly queryTimeoutMs: number;
}

/** What changes while promlite runs. */
export interface RuntimeState {
  readonly startTimeMs: number;
  readonly ready: boolean;
  readonly stopping: boolean;
  readonly reloadSucceeded: boolean;
  readonly lastConfigTimeMs: number;
  /** The limits in force, as Prometheus prints them. */
  readonly retentionText: string;
}

export interface ApiServer {
  /**
   * Listens on `host:port`, `:port` or `[::1]:port`; resolves to the address in use (port 0 picks one). May be called
   * again for a further address.
   */
  listen(address: string): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes no more connections, lets requests end for `withinMs`, then closes what is left. */
  close(withinMs: number): Promise<void>;
}
