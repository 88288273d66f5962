// Proves the recipes for reverse proxies, with the proxies themselves: cookies, the host, who asks, the live stream, and
// what is too large. A proxy that is not on the machine is passed over, with that reason.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { commandLine } from './support/command-line.ts';
import { proxies, proxyMissing, startProxy } from './support/proxy.ts';
import { freePort, type Running, startRunning } from './support/running.ts';

/** An address of this machine that no proxy has. */
const SOMEBODY = '127.0.0.7';

describe.each(proxies)('behind %s', (proxy) => {
  const missing = proxyMissing(proxy);
  let folder: string;
  let running: Running;
  let stopProxy: () => Promise<void>;
  let authority: string;
  let [port, behind] = [0, 0];
  let cookie = '';

  beforeAll(async () => {
    if (missing) return;
    folder = await mkdtemp(join(tmpdir(), 'chartfold-proxy-'));
    [port, behind] = [await freePort(), await freePort()];
    const publicUrl = `https://localhost:${port}`;
    const line = await commandLine({ PUBLIC_URL: publicUrl });
    await line.run('tls', 'make', '--out', folder);
    await line.close();
    authority = await readFile(join(folder, 'authority.crt'), 'utf8');
    running = await startRunning({
      PORT: String(behind),
      PUBLIC_URL: publicUrl,
      TRUSTED_PROXIES: '127.0.0.1',
    });
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    stopProxy = await startProxy(proxy, { folder: join(folder, 'proxy'), port, behind, cert, key });
  });
  afterAll(async () => {
    await stopProxy?.();
    await running?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  const needsIt = (context: TestContext) => context.skip(missing !== null, missing ?? '');

  type Ask = { method?: string; headers?: object; body?: string | Buffer; from?: string };

  function open(path: string, { method = 'GET', headers = {}, body, from = SOMEBODY }: Ask = {}) {
    return new Promise<IncomingMessage>((done, failed) => {
      const call = request(
        {
          ...{ host: '127.0.0.1', servername: 'localhost', port, path, method, ca: authority },
          ...{ localAddress: from, agent: false },
          headers: { host: `localhost:${port}`, ...headers },
        },
        done,
      );
      call.once('error', failed);
      call.end(body);
    });
  }
  async function ask(path: string, asked: Ask = {}) {
    const response = await open(path, asked);
    return { response, text: await textOf(response) };
  }
  const post = (body: string | Buffer, headers: object = {}): Ask => ({
    method: 'POST',
    headers: { origin: running.publicUrl, 'content-type': 'application/json', ...headers },
    body,
  });

  it('a browser signs in, with a cookie that this host alone can set', async (context) => {
    needsIt(context);
    const secret = running.signInLink().split('#')[1];
    const { response } = await ask(
      '/api/session',
      post(JSON.stringify({ secret }), { 'x-forwarded-for': '203.0.113.7' }),
    );
    expect(response.statusCode).toBe(200);
    const cookies = response.headers['set-cookie'] ?? [];
    expect(cookies).toHaveLength(2);
    for (const set of cookies) expect(set).toMatch(/^__Host-chartfold-\w+=.*; Secure/);
    cookie = cookies.map((set) => set.split(';')[0]).join('; ');
    expect((await ask('/api/account', { headers: { cookie } })).response.statusCode).toBe(200);
  });

  it('who asks is told by the proxy, and by nobody else', async (context) => {
    needsIt(context);
    // Past the proxy, from an address that is not its own: what is forwarded counts for nothing.
    const line = await commandLine({ CHARTFOLD_DATA_DIR: running.dataDir });
    const { out } = await line.run('sign-in-link');
    await line.close();
    const body = JSON.stringify({ secret: /#(\S+)/.exec(out)?.[1] });
    const headers = { 'x-forwarded-for': '203.0.113.9', origin: running.publicUrl };
    expect(await postPast('127.0.0.8', '/api/session', headers, body)).toBe(200);

    const { text } = await ask('/api/account', { headers: { cookie } });
    const { sessions } = JSON.parse(text) as { sessions: { address: string }[] };
    const addresses = sessions.map((session) => session.address);
    expect(addresses.toSorted()).toEqual([SOMEBODY, '127.0.0.8']);
  });

  function postPast(localAddress: string, path: string, headers: object, body: string) {
    return new Promise<number | undefined>((done, failed) => {
      const call = plainRequest(
        {
          ...{ host: '127.0.0.1', port: behind, path, method: 'POST', localAddress },
          headers: { host: `localhost:${port}`, ...headers },
        },
        (response) => {
          response.resume();
          done(response.statusCode);
        },
      );
      call.once('error', failed);
      call.end(body);
    });
  }

  it('another host is refused by Chartfold, to which it is passed on', async (context) => {
    needsIt(context);
    const { response } = await ask('/api/session', { headers: { host: 'localhost:1' } });
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      421,
      'application/problem+json',
    ]);
  });

  it('the live stream arrives as it is written', async (context) => {
    needsIt(context);
    const stream = await open('/api/events', { headers: { cookie } });
    expect(stream.headers['content-type']).toContain('text/event-stream');
    const heard: string[] = [];
    stream.setEncoding('utf8').on('data', (chunk: string) => heard.push(chunk));
    await expect.poll(() => heard.join('')).toContain('event: connections');
    const before = heard.join('').length;
    const begun = await ask(
      '/api/connections',
      post(
        JSON.stringify({
          portal: 'athenahealth/production',
          environment: 'production',
          clinicId: '24411',
          personId: null,
        }),
        { cookie },
      ),
    );
    expect(begun.response.statusCode).toBe(200);
    const { go } = JSON.parse(begun.text) as { go: string };
    expect((await ask(new URL(go).pathname, { headers: { cookie } })).response.statusCode).toBe(
      302,
    );
    await expect.poll(() => heard.join('').length).toBeGreaterThan(before);
    stream.destroy();
  });

  it('what is too large is refused by Chartfold, in its own words', async (context) => {
    needsIt(context);
    for (const size of [100_000, 3_000_000]) {
      const { response, text } = await ask('/api/session', post(Buffer.alloc(size, 97)));
      expect(response.statusCode, `${size} bytes`).toBe(413);
      expect(JSON.parse(text)).toMatchObject({ code: 'http.too_large' });
    }
  });
});

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return text;
}
