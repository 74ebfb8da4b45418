// The remote write 1.0 receiver: request bodies in, one after the other; rows, exemplars and metadata kept; an answer
// to each out. Snappy block format around a protobuf WriteRequest.

import { messageOf } from '../base/errors.ts';
import { refuseHeaders } from './content-type.ts';
import type { RemoteWriteAnswer, RemoteWriteLimits, RemoteWriteReceiver } from './contract.ts';
import { inflate } from './inflate.ts';
import { Intake, type IntakeDependencies } from './intake.ts';
import { Turns } from './turns.ts';

export interface RemoteWriteDependencies extends IntakeDependencies {
  readonly limits?: RemoteWriteLimits;
}

const DEFAULT_LIMITS: RemoteWriteLimits = { uncompressedBytes: 64 * 1024 * 1024 };
const AGE_EVERY_MS = 30_000;

export function createRemoteWriteReceiver(dependencies: RemoteWriteDependencies): RemoteWriteReceiver {
  const { log, limits = DEFAULT_LIMITS } = dependencies;
  const intake = new Intake(dependencies);
  const turns = new Turns();

  const age = () =>
    turns
      .run(() => intake.age())
      .catch(thrown => log.error({ err: messageOf(thrown) }, 'Error forgetting series of remote write'));
  const timer = setInterval(age, AGE_EVERY_MS).unref();

  async function take(body: Uint8Array): Promise<RemoteWriteAnswer> {
    const inflated = inflate(body, limits.uncompressedBytes);
    const data = inflated instanceof Promise ? await inflated : inflated;
    return 'status' in data ? data : intake.take(data);
  }

  return {
    async write(body, headers) {
      const unsupported = refuseHeaders(headers);
      if (unsupported !== undefined) return { status: 415, message: unsupported };
      return turns.run(() => take(body));
    },
    metadata: () => intake.metadata,
    close: () => clearInterval(timer),
  };
}
