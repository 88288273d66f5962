// Proves that a request must arrive in time and be of a size, its head first. Bodies are bodies.test.ts.

import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../e2e/support/running.ts';
import { silentLog } from '../platform/log.ts';
import { listen, type Listening } from './listen.ts';

const LIMITS = {
  headersTimeout: 200,
  requestTimeout: 400,
  maxHeaderSize: 2_048,
  connectionsCheckingInterval: 50,
};
let web: Listening;
beforeAll(async () => {
  const fetch = async () => new Response('whole');
  const where = { host: '127.0.0.1', port: await freePort(), tls: null };
  web = await listen(where, fetch, silentLog, LIMITS);
});
afterAll(() => web.close());

/** Sends the parts one by one, each as soon as the one before has left. @returns what came until the server closed */
function send(...parts: string[]): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(web.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => done(answer));
    socket.on('error', failed);
    for (const part of parts) socket.write(part);
  });
}

describe('a request that does not arrive', () => {
  it('with its head is ended after a time [CWE-400]', async () => {
    expect(await send('GET / HTTP/1.1\r\nHost: a\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('for its head is too large is refused [CWE-770]', async () => {
    const large = `GET / HTTP/1.1\r\nHost: a\r\nX-Much: ${'a'.repeat(4_096)}\r\n\r\n`;
    expect(await send(large)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('does not hold up one that does', async () => {
    const slow = send('GET / HTTP/1.1\r\nHost: a\r\n');
    expect(await send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/whole$/);
    await slow;
  });
});
