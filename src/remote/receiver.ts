// The remote write 1.0 receiver: request bodies in, one after the other; rows, exemplars and metadata kept; an answer
// to each out. Snappy block format around a protobuf WriteRequest.

import { messageOf } from '../base/errors.ts';
import { refuseHeaders } from './content-type.ts';
import type { RemoteWriteAnswer, RemoteWriteLimits, RemoteWriteReceiver } from './contract.ts';
import { Intake, type IntakeDependencies } from './intake.ts';
import { SnappyDecoder } from './snappy-block.ts';
import { nextTurn, Turns } from './turns.ts';

export interface RemoteWriteDependencies extends IntakeDependencies {
  readonly limits?: RemoteWriteLimits;
}

const DEFAULT_LIMITS: RemoteWriteLimits = { uncompressedBytes: 64 * 1024 * 1024 };
const AGE_EVERY_MS = 30_000;
/** So much is decompressed before others get their turn. */
const SLICE_BYTES = 4 * 1024 * 1024;

const CORRUPT: RemoteWriteAnswer = { status: 400, message: 'snappy: corrupt input' };
const TOO_LARGE: RemoteWriteAnswer = { status: 413, message: 'snappy: decoded block is too large' };

export function createRemoteWriteReceiver(dependencies: RemoteWriteDependencies): RemoteWriteReceiver {
  const { log, limits = DEFAULT_LIMITS } = dependencies;
  const intake = new Intake(dependencies);
  const decoder = new SnappyDecoder();
  const turns = new Turns();

  const age = () =>
    turns
      .run(() => intake.age())
      .catch(thrown => log.error({ err: messageOf(thrown) }, 'Error forgetting series of remote write'));
  const timer = setInterval(age, AGE_EVERY_MS).unref();

  async function take(body: Uint8Array): Promise<RemoteWriteAnswer> {
    const dataBytes = decoder.begin(body);
    try {
      if (dataBytes === undefined) return CORRUPT;
      if (dataBytes > limits.uncompressedBytes) return TOO_LARGE;
      if (!decoder.allocate()) return CORRUPT;
      for (;;) {
        const isDone = decoder.decode(SLICE_BYTES);
        if (isDone === undefined) return CORRUPT;
        if (isDone) return await intake.take(decoder.data());
        await nextTurn();
      }
    } finally {
      decoder.release();
    }
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
