// Proves `tls make` as a person types it: what is written, what is kept, and what it says.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';

let line: CommandLine;
let out: string;
beforeAll(async () => {
  line = await commandLine({ PUBLIC_URL: 'http://health.lan:4200' });
  out = join(line.directory, 'elsewhere');
});
afterAll(() => line.close());

const make = (...more: string[]) => line.run('tls', 'make', '--out', out, ...more);
const textOf = (name: string) => readFileSync(join(out, name), 'utf8');

it('makes an authority and a certificate, for this user alone, and says what to do', async () => {
  const { code, out: said } = await make('--host', '192.168.1.5', '--host', 'nas.lan');
  expect(code).toBe(0);
  for (const file of ['authority.crt', 'authority.key', 'cert.pem', 'key.pem'])
    expect(statSync(join(out, file)).mode & 0o777).toBe(0o600);
  expect(statSync(out).mode & 0o777).toBe(0o700);
  expect(said).toContain(
    'A certificate for health.lan, 192.168.1.5, nas.lan, localhost, 127.0.0.1, ::1, good until',
  );
  expect(said).toContain(`PUBLIC_URL=https://health.lan:4200\n  TLS_CERT=${out}/cert.pem`);
  for (const system of ['Linux', 'macOS', 'Windows', 'Firefox', 'iOS', 'Android'])
    expect(said).toMatch(new RegExp(`^ {2}${system}.*: `, 'm'));
});

it('writes beside the root key where no folder is named, wherever that lies', async () => {
  expect(await line.run('tls', 'make')).toMatchObject({ code: 0 });
  expect(readFileSync(join(line.directory, 'tls', 'cert.pem'), 'utf8')).toContain('CERTIFICATE');
});

it('leaves what is there as it is, unless told to renew', async () => {
  const before = ['authority.crt', 'cert.pem', 'key.pem'].map(textOf);
  const { code, err } = await make();
  expect([code, err]).toEqual([1, expect.stringContaining('[tls.exists]')]);
  expect(['authority.crt', 'cert.pem', 'key.pem'].map(textOf)).toEqual(before);
});

it('renews with the authority that is kept, also while TLS_CERT names what is broken', async () => {
  const [authority, cert] = ['authority.crt', 'cert.pem'].map(textOf);
  writeFileSync(join(out, 'key.pem'), 'half a key');
  const renewed = await line.start(['tls', 'make', '--out', out, '--force', '--json'], {
    TLS_CERT: join(out, 'cert.pem'),
    TLS_KEY: join(out, 'key.pem'),
  }).ended;
  expect(JSON.parse(renewed.out)).toMatchObject({ publicUrl: 'https://health.lan:4200' });
  expect(textOf('authority.crt')).toBe(authority);
  expect(textOf('cert.pem')).not.toBe(cert);
  expect(textOf('key.pem')).toContain('BEGIN PRIVATE KEY');
});

it('asks for a new authority where the kept one was made for other names', async () => {
  const cert = textOf('cert.pem');
  const { code, err } = await make('--force', '--host', 'elsewhere.example');
  expect([code, err]).toEqual([1, expect.stringContaining('[tls.authority_unfit]')]);
  expect(err).toContain('elsewhere.example');
  expect(textOf('cert.pem')).toBe(cert);
});

it.each(['health.lan:4200', 'a b'])('refuses a host that is none: %j', async (host) => {
  const { code, err } = await make('--force', '--host', host);
  expect([code, err]).toEqual([1, expect.stringContaining(`--host ${host}: give a name`)]);
});
