// The client against real servers: connections that are kept, replaced and closed, and what it takes for an answer.
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import { BodyBuffer } from '../../../src/scraper/body-buffer.ts';
import { type Address, addressOf } from '../../../src/scraper/http/address.ts';
import { HttpClient } from '../../../src/scraper/http/client.ts';
import type { Exchange } from '../../../src/scraper/http/exchange.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(ends.splice(0).map(end => end()));
});

function clientOf(tls = {}): HttpClient {
  const client = new HttpClient(tls);
  ends.push(() => client.destroy());
  return client;
}

/** A server that answers the n-th request of the n-th connection as `script` says; and the connections it had. */
async function serverOf(script: (socket: Socket, connection: number, request: number) => void) {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    const connection = sockets.push(socket);
    let requests = 0;
    socket.on('error', () => {});
    socket.on('data', () => script(socket, connection, ++requests));
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return { address: addressOf(new URL(`http://127.0.0.1:${port}/`)), sockets };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise(resolve => server.close(resolve)));
}

function send(client: HttpClient, address: Address): Exchange {
  const head = Buffer.from(`GET ${address.path} HTTP/1.1\r\nhost: ${address.authority}\r\n\r\n`);
  const tooLarge = () => new Error('too large');
  return client.get({ address, head, into: new BodyBuffer(), bodyLimitBytes: 1e6, tooLarge });
}

const ask = async (client: HttpClient, address: Address): Promise<string> =>
  (await send(client, address).answer).body.toString();

const closed = (socket: Socket): Promise<void> =>
  new Promise(resolve => (socket.closed ? resolve() : socket.once('close', () => resolve())));

const sized = (text: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

test('one connection serves one request after the other, several those at the same time', async () => {
  const { address, sockets } = await serverOf((socket, connection, request) => {
    socket.write(sized(`${connection}.${request}`));
  });
  const client = clientOf();
  expect([await ask(client, address), await ask(client, address)]).toEqual(['1.1', '1.2']);
  const both = await Promise.all([ask(client, address), ask(client, address)]);
  expect(both.sort()).toEqual(['1.3', '2.1']);
  expect(await ask(client, address)).toMatch(/^[12]\./);
  expect(sockets).toHaveLength(2);
});

test('a kept connection that is closed as the request comes is replaced, a new one is not', async () => {
  const { address, sockets } = await serverOf((socket, connection, request) => {
    if (connection === 1 && request === 1) socket.write(sized('first'));
    else if (connection === 2) socket.write(sized('second'));
    else socket.destroy();
  });
  const client = clientOf();
  expect(await ask(client, address)).toBe('first');
  expect(await ask(client, address)).toBe('second');
  client.destroy();
  await expect(ask(client, address)).rejects.toMatchObject({ code: 'closed' });
  expect(sockets).toHaveLength(3);
});

test.each([
  ['says so', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\na'],
  ['sends more than its answer', `${sized('a')}b`],
  ['answers with an error and a body that goes on', 'HTTP/1.1 500 No\r\ncontent-length: 10\r\n\r\na'],
])('a connection whose server %s serves nobody else', async (_, text) => {
  const { address, sockets } = await serverOf(socket => socket.write(text));
  const client = clientOf();
  await ask(client, address);
  await closed(sockets[0]);
  await ask(client, address);
  expect(sockets).toHaveLength(2);
});

test('an answer that nobody asked for closes the connection', async () => {
  const { address, sockets } = await serverOf(socket => socket.write(sized('a')));
  const client = clientOf();
  await ask(client, address);
  sockets[0].write(sized('b'));
  await closed(sockets[0]);
  expect(await ask(client, address)).toBe('a');
});

test('a body until the connection closes', async () => {
  const { address } = await serverOf(socket => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'));
  expect(await ask(clientOf(), address)).toBe('all of it');
});

test('abort() fails the exchange and closes its connection', async () => {
  const { address, sockets } = await serverOf(() => exchange.abort(new Error('enough')));
  const exchange = send(clientOf(), address);
  await expect(exchange.answer).rejects.toThrow('enough');
  await closed(sockets[0]);
});

test('close() lets requests under way be answered, and keeps nothing', async () => {
  const client = clientOf();
  const { address, sockets } = await serverOf(socket => {
    client.close();
    socket.write(sized('last'));
  });
  expect(await ask(client, address)).toBe('last');
  await closed(sockets[0]);
});

test('destroy() fails requests under way', async () => {
  const client = clientOf();
  const { address } = await serverOf(() => client.destroy());
  await expect(ask(client, address)).rejects.toMatchObject({ code: 'closed' });
});

test('a host that is no name of a machine, and a port where nobody listens', async () => {
  const unknown = addressOf(new URL('http://nobody.invalid/'));
  await expect(ask(clientOf(), unknown)).rejects.toMatchObject({
    code: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/),
  });
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  const address = addressOf(new URL(`http://127.0.0.1:${port}/`));
  await expect(ask(clientOf(), address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('TLS: by authority, by name, or without looking', async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const server = createTlsServer({ key: made.private, cert: made.cert }, (request, response) => {
    response.end(`over ${(request.socket as Socket & { servername?: string }).servername || 'no name'}`);
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  const named = addressOf(new URL(`https://localhost:${port}/`));
  const byNumber = addressOf(new URL(`https://127.0.0.1:${port}/`));
  await expect(ask(clientOf(), byNumber)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  await expect(ask(clientOf({ ca: made.cert }), byNumber)).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  expect(await ask(clientOf({ ca: made.cert, servername: 'localhost' }), byNumber)).toBe('over localhost');
  expect(await ask(clientOf({ rejectUnauthorized: false }), byNumber)).toBe('over no name');
  const client = clientOf({ ca: made.cert });
  const [first, second] = [await ask(client, named), await ask(client, named)];
  expect([first, second]).toEqual(['over localhost', 'over localhost']);
});

test.each([
  ['http://a/', { isTls: false, host: 'a', port: 80, authority: 'a', origin: 'http://a', path: '/' }],
  ['http://a:80/m?x=1', { host: 'a', port: 80, authority: 'a', path: '/m?x=1' }],
  ['https://a/', { isTls: true, port: 443, authority: 'a', origin: 'https://a' }],
  ['http://[::1]:9100/metrics', { host: '::1', port: 9100, authority: '[::1]:9100', path: '/metrics' }],
])('the address of %s', (url, expected) => {
  expect(addressOf(new URL(url))).toMatchObject(expected);
});
