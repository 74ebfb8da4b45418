// What a route is: a path, its methods, and a handler that answers a request with a value.

import type { Answer } from './answer.ts';
import type { ApiDependencies } from './contract.ts';
import type { Form } from './form.ts';

export interface ApiRequest {
  readonly method: string;
  readonly form: Form;
  /** Query string of the URL, as sent, without `?`. */
  readonly queryString: string;
  /** Parts of the path that the route names (`:name`), decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Content-Type as it was sent, '' where there was none. */
  readonly mediaType: string;
  readonly body: Buffer | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export type Handler = (request: ApiRequest, dependencies: ApiDependencies) => Answer | Promise<Answer>;

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT';

export interface Route {
  /** As the router takes it; also the value of the `handler` label of the HTTP metrics. */
  readonly path: string;
  readonly methods: readonly Method[];
  readonly handler: Handler;
  /** 503 until promlite is ready and as soon as it stops. */
  readonly whenReady: boolean;
  /** CORS headers, and errors as JSON. */
  readonly api: boolean;
  /** Whether the reply may be compressed. */
  readonly compress: boolean;
  /** What may be so large that memory is saved afterwards. */
  readonly large: 'reply' | 'request' | undefined;
  /** The largest body, where it is not that of a form. */
  readonly maxBodyBytes?: number;
  /** What GET is told where only other methods will do; otherwise the general 405. */
  readonly wrongMethodText?: string;
}
