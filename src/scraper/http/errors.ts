// What goes wrong with an answer, beside what the system says of the connection.

import { CodedError } from '../../base/errors.ts';

/** `closed`: the other side closed the connection too early. `malformed`: what it sent is no HTTP, or too much of it. */
export class HttpError extends CodedError<'closed' | 'malformed'> {}
