// /api/v1/write: hands the body to the remote write receiver.

import { NO_CONTENT, textError } from '../answer.ts';
import type { Handler } from '../route.ts';

const DISABLED = 'remote write receiver needs to be enabled with --web.enable-remote-write-receiver';

export const remoteWriteHandler: Handler = async ({ body, headers, mediaType }, { remoteWrite }) => {
  if (!remoteWrite) return textError(404, DISABLED);
  const encoding = headers['content-encoding'];
  const answer = await remoteWrite.write(body ?? new Uint8Array(0), {
    contentType: mediaType,
    contentEncoding: Array.isArray(encoding) ? encoding.join(', ') : (encoding ?? ''),
  });
  return answer.status === 204 ? NO_CONTENT : textError(answer.status, answer.message);
};
