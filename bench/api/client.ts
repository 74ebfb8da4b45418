// Asks for paths of a server on this machine, in a thread of its own, so that nothing of it counts as the server's;
// answers each with the length of the body, or with a text that says what was wrong.

import { request } from 'node:http';
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', ({ port, path }: { port: number; path: string }) => {
  const sent = request({ port, path }, response => {
    let bytes = 0;
    response.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    response.on('end', () =>
      parentPort?.postMessage(response.statusCode === 200 ? bytes : `${path}: ${response.statusCode}`),
    );
  });
  sent.on('error', ({ message }) => parentPort?.postMessage(message)).end();
});
