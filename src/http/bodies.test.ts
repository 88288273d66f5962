// Proves over real sockets that nobody holds the server up with the body of a request: neither with a large one that
// does not say how large it is, nor with one that comes a byte at a time.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, startServed } from '../../e2e/support/served.ts';
import { type Log, openLog } from '../platform/log.ts';
import { type Listening, listen } from './listen.ts';
import { createServer } from './server.ts';

const CAP = 64 * 1024;

let served: Served;
let impatient: Listening;
const logged: string[] = [];
beforeAll(async () => {
  served = await startServed();
  const log: Log = openLog('info', { write: (line) => void logged.push(line) });
  const app = { ...served.app, log };
  const config = { host: '127.0.0.1', port: 0, tls: null };
  impatient = await listen(config, createServer(app).fetch, log, {
    headersTimeout: 300,
    requestTimeout: 600,
    connectionsCheckingInterval: 50,
  });
});
afterAll(async () => {
  await impatient.close();
  await served.close();
});

/** A connection with the head of a request sent; `said` is what came back so far. */
function post(port: number, ...headers: string[]): { socket: Socket; said: () => string } {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (said += chunk));
  socket.on('error', () => undefined);
  const lines = [
    'POST /api/session HTTP/1.1',
    `host: localhost:${served.port}`,
    `origin: ${served.publicUrl}`,
    'content-type: application/json',
    ...headers,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return { socket, said: () => said };
}
/** Until the socket takes more, or nothing any more. */
const ready = (socket: Socket) =>
  new Promise<void>((done) => {
    socket.once('drain', done);
    socket.once('close', () => done());
  });
const chunkOf = (size: number) => `${size.toString(16)}\r\n${' '.repeat(size)}\r\n`;

describe('a body in chunks that does not say how large it is', () => {
  it('is refused as soon as it is over the cap, before it has ended', async () => {
    const { socket, said } = post(served.port, 'transfer-encoding: chunked');
    for (let sent = 0; sent <= CAP; sent += CAP / 4) socket.write(chunkOf(CAP / 4));
    await expect.poll(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(said()).toContain('"code":"http.too_large"');
    await once(socket, 'close');
  });

  it('is not kept, nor its connection, however much of it comes', async () => {
    const { socket, said } = post(served.port, 'transfer-encoding: chunked');
    const before = process.memoryUsage().rss;
    const chunk = Buffer.from(chunkOf(1024 * 1024));
    let most = 0;
    for (let sent = 0; sent < 1024 && !socket.destroyed; sent += 1) {
      if (!socket.write(chunk)) await ready(socket);
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(socket.destroyed).toBe(true);
    expect(said()).toMatch(/^HTTP\/1\.1 413 /);
    expect(most).toBeLessThan(64 * 1024 * 1024);
  });

  it('of the size of the cap is read to its end', async () => {
    const { socket, said } = post(served.port, 'transfer-encoding: chunked', 'connection: close');
    socket.write(chunkOf(CAP));
    socket.write('0\r\n\r\n');
    await once(socket, 'close');
    expect(said()).toMatch(/^HTTP\/1\.1 400 /);
    expect(said()).toContain('the body is not JSON');
  });
});

describe('a body that comes a byte at a time', () => {
  it('is cut off when its time is over, and is no fault of ours', async () => {
    const { socket, said } = post(impatient.port, 'content-length: 1000');
    const dripping = setInterval(() => socket.write(' '), 20);
    await once(socket, 'close');
    clearInterval(dripping);
    expect(said()).toMatch(/^HTTP\/1\.1 408 /);
    expect(logged.join('')).not.toContain('http.failed');
  });
});

describe('a body that breaks off', () => {
  it('is no fault of ours, and the server goes on', async () => {
    const { socket } = post(impatient.port, 'content-length: 1000');
    socket.write('{"secret":');
    await once(socket, 'connect');
    socket.destroy();
    const next = post(impatient.port, 'content-length: 2', 'connection: close');
    next.socket.write('{}');
    await once(next.socket, 'close');
    expect(next.said()).toMatch(/^HTTP\/1\.1 400 /);
    expect(logged.join('')).not.toContain('http.failed');
  });
});
