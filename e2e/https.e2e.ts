// Proves https: served with the certificate that is given, cookies that no other host can set, and a certificate
// that is read again when its files change.

import { X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testCertificate } from './support/certificate.ts';
import { freePort, type Running, startRunning } from './support/running.ts';

let running: Running;
let directory: string;
let port: number;
let [cert, key] = ['', ''];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chartfold-https-'));
  await useCertificate();
  port = await freePort();
  running = await startRunning({
    PORT: String(port),
    PUBLIC_URL: `https://localhost:${port}`,
    TLS_CERT: join(directory, 'cert.pem'),
    TLS_KEY: join(directory, 'key.pem'),
  });
});
afterAll(async () => {
  await running?.close();
  await rm(directory, { recursive: true, force: true });
});

async function useCertificate(): Promise<void> {
  ({ cert, key } = testCertificate());
  await writeFile(join(directory, 'cert.pem'), cert);
  await writeFile(join(directory, 'key.pem'), key);
}

type Answer = { response: IncomingMessage; text: string };

/** Asks as a browser that trusts the certificate in use, and no other. */
function ask(path: string, options: { method?: string; headers?: object; body?: string } = {}) {
  return new Promise<Answer>((done, failed) => {
    const { method = 'GET', headers = {}, body } = options;
    const call = request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        path,
        method,
        ca: cert,
        agent: false,
        headers: { host: `localhost:${port}`, ...headers },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
        done({ response, text });
      },
    );
    call.once('error', failed);
    call.end(body);
  });
}

/** The fingerprint of the certificate that a new connection is shown. */
function shown(): Promise<string> {
  return new Promise((done, failed) => {
    const socket: TLSSocket = connect(
      { host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false },
      () => {
        done(socket.getPeerCertificate().fingerprint256);
        socket.end();
      },
    );
    socket.once('error', failed);
  });
}

const fingerprint = () => new X509Certificate(cert).fingerprint256;

it('serves https, says so to browsers, and answers nobody in plain http', async () => {
  const { response, text } = await ask('/api/health');
  expect([response.statusCode, response.headers['strict-transport-security']]).toEqual([
    200,
    'max-age=31536000',
  ]);
  expect(JSON.parse(text)).toBeTruthy();
  await expect(fetch(`http://127.0.0.1:${port}/api/health`)).rejects.toThrow();
});

it('signs in with a cookie that this host alone can set, over https alone', async () => {
  const link = running.signInLink();
  expect(link.startsWith(`https://localhost:${port}/sign-in#`)).toBe(true);
  const signIn = (origin: string) =>
    ask('/api/session', {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ secret: link.split('#')[1] }),
    });
  expect((await signIn(`http://localhost:${port}`)).response.statusCode).toBe(403);
  const { response } = await signIn(`https://localhost:${port}`);
  expect(response.statusCode).toBeLessThan(300);
  const cookies = response.headers['set-cookie'] ?? [];
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Host-[\w-]+=/);
    for (const part of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
      expect(cookie).toContain(part);
    expect(cookie).not.toMatch(/domain/i);
  }

  const [pair = ''] = cookies.find((cookie) => cookie.includes('-session='))?.split(';') ?? [];
  const withCookie = (value: string) => ask('/api/connections', { headers: { cookie: value } });
  expect((await withCookie(pair)).response.statusCode).toBe(200);
  expect((await withCookie(pair.replace('__Host-', ''))).response.statusCode).toBe(401);

  const begun = await ask('/api/connections', {
    method: 'POST',
    headers: {
      cookie: pair,
      origin: `https://localhost:${port}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      portal: 'athenahealth/production',
      clinicId: '24411',
      personId: null,
    }),
  });
  const { go } = JSON.parse(begun.text) as { go: string };
  const sent = await ask(new URL(go).pathname, { headers: { cookie: pair } });
  expect(sent.response.statusCode).toBe(302);
  expect(String(sent.response.headers['set-cookie'])).toMatch(/^__Host-chartfold-attempt-.*Secure/);
  const redirect = new URL(sent.response.headers.location ?? '').searchParams.get('redirect_uri');
  expect(redirect).toBe(`https://localhost:${port}/athena/callback`);
});

it('shows a new certificate when its files change, and keeps the old one where they are broken', async () => {
  expect(await shown()).toBe(fingerprint());
  const first = fingerprint();
  await useCertificate();
  expect(fingerprint()).not.toBe(first);
  await expect.poll(shown, { timeout: 10_000 }).toBe(fingerprint());
  expect((await ask('/api/health')).response.statusCode).toBe(200);

  await writeFile(join(directory, 'cert.pem'), 'half a certif');
  await expect.poll(() => running.log(), { timeout: 10_000 }).toContain('tls.reload_failed');
  expect(await shown()).toBe(fingerprint());
});

it('shows a new certificate that was moved into the place of the old one', async () => {
  for (let times = 0; times < 2; times += 1) {
    const next = testCertificate();
    await writeFile(join(directory, 'next-cert.pem'), next.cert);
    await writeFile(join(directory, 'next-key.pem'), next.key);
    await rename(join(directory, 'next-cert.pem'), join(directory, 'cert.pem'));
    await rename(join(directory, 'next-key.pem'), join(directory, 'key.pem'));
    cert = next.cert;
    await expect.poll(shown, { timeout: 10_000 }).toBe(fingerprint());
  }
});
