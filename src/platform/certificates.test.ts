import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeAuthority, makeCertificate, unfitness } from './certificates.ts';

const NAMES = ['health.lan', '192.168.1.5', 'localhost', '127.0.0.1', '::1', 'fd00::2:0:1'];
const now = Date.now();
const DAY_MS = 24 * 3_600_000;
const authority = await makeAuthority(NAMES, now);

/** What a client that trusts the authority says to a server with the certificate that is asked for by a name. */
async function trusts(leaf: { cert: string; key: string }, servername: string): Promise<string> {
  const server = createServer(leaf).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((done) => {
      const socket = connect({ port, host: '127.0.0.1', servername, ca: authority.cert }, () => {
        socket.end();
        done('trusted');
      });
      socket.once('error', (error) => done(error.message));
    });
  } finally {
    server.close();
  }
}

describe('a certificate of the local authority', () => {
  it('is trusted for each of its names, by who trusts the authority', async () => {
    const leaf = await makeCertificate(authority, NAMES, now);
    expect(await trusts(leaf, 'health.lan')).toBe('trusted');
    expect(await trusts(leaf, 'localhost')).toBe('trusted');
    expect(await trusts(leaf, 'elsewhere.lan')).toMatch(/altnames/);
    const made = new X509Certificate(leaf.cert);
    expect(made.checkPrivateKey(createPrivateKey(leaf.key))).toBe(true);
    for (const ip of NAMES.filter((name) => /^[\d:]/.test(name) || name.includes('::')))
      expect(made.checkIP(ip), ip).toBe(ip);
  });

  it('lasts no longer than Apple’s systems take, and no longer than the authority', async () => {
    const days = async (at: number) => {
      const { validFrom, validTo } = new X509Certificate(
        (await makeCertificate(authority, NAMES, at)).cert,
      );
      return (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS;
    };
    expect(await days(now)).toBe(825);
    expect(await days(now + 3_600 * DAY_MS)).toBe(50);
  });

  it('is trusted for no name that the authority was not made for', async () => {
    const leaf = await makeCertificate(authority, ['bank.example', 'health.lan'], now);
    expect(await trusts(leaf, 'bank.example')).toMatch(/permitted subtree/);
  });
});

describe('the local authority', () => {
  it('is one, and no server', () => {
    const made = new X509Certificate(authority.cert);
    expect([made.ca, made.checkHost('health.lan')]).toEqual([true, undefined]);
  });

  it('is fit for its names and those below them, until it ends', () => {
    expect(unfitness(authority, [...NAMES, 'a.health.lan'], now)).toBeNull();
    for (const name of ['lan', 'xhealth.lan', 'health.lan.example', '192.168.1.6', 'fd00::2'])
      expect(unfitness(authority, ['localhost', name], now)).toContain(name);
    expect(unfitness(authority, NAMES, now + 3_650 * DAY_MS)).toBe('it has ended');
  });
});
