// Which bodies the receiver takes, by their headers; refusals in Prometheus' words.

import type { RemoteWriteHeaders } from './contract.ts';

const PROTOBUF = 'application/x-protobuf';
const MESSAGE_V1 = 'prometheus.WriteRequest';
const MESSAGE_V2 = 'io.prometheus.write.v2.Request';
const SNAPPY = 'snappy';

/** The message for a 415; undefined where the headers are as they should be. Missing headers mean 1.0. */
export function refuseHeaders({ contentType, contentEncoding }: RemoteWriteHeaders): string | undefined {
  const fault = refuseContentType(contentType.trim());
  if (fault !== undefined) return fault;
  if (contentEncoding === '' || contentEncoding.toLowerCase() === SNAPPY) return undefined;
  return `${contentEncoding} encoding (compression) is not accepted by this server; only ${SNAPPY} is acceptable`;
}

function refuseContentType(contentType: string): string | undefined {
  if (contentType === '') return undefined;
  const [mediaType, ...parameters] = contentType.split(';');
  if (mediaType !== PROTOBUF) {
    return `expected ${PROTOBUF} as the first (media) part, got ${contentType} content-type`;
  }
  for (const parameter of parameters) {
    const pair = parameter.split('=');
    if (pair.length !== 2) {
      return `as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be key-values, got ${parameter} in ${contentType} content-type`;
    }
    const [name, value] = pair;
    if (name.trim() === 'proto') return refuseMessage(value, contentType);
  }
  return undefined;
}

function refuseMessage(message: string, contentType: string): string | undefined {
  if (message === MESSAGE_V1) return undefined;
  if (message === MESSAGE_V2) {
    return `${message} protobuf message is not accepted by this server; accepted [${MESSAGE_V1}]`;
  }
  return `got ${contentType} content type; unknown remote write protobuf message ${message}, supported: ${MESSAGE_V1}, ${MESSAGE_V2}`;
}
