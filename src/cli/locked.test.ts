// Proves, as processes, what a passphrase on the root key does: a server that listens and says nothing but that it is
// locked, the ways to unlock it, and verbs without a terminal. And that keys are exchanged by the command line.

import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';
import { migrations } from '../../e2e/support/program.ts';
import { openKeyedStore } from '../platform/keychain/open-keyed.ts';

// Each starts several processes, and a passphrase is slow on purpose.
vi.setConfig({ testTimeout: 90_000 });

const PASSPHRASE = 'five quiet herons wade';

let line: CommandLine;
let secret: string;
beforeEach(async () => {
  line = await commandLine({ CHARTFOLD_SIMULATOR: 'off' });
  secret = resolve(line.directory, 'secret');
  expect(await line.run('people', 'add', 'Ada')).toMatchObject({ code: 0 });
});
afterEach(() => line.close());

/** Runs a verb with lines on its standard input. */
const typed = (args: readonly string[], input: string) => line.start(args, {}, input).ended;
const names = async () =>
  (JSON.parse((await line.run('people', 'list', '--json')).out) as { name: string }[])[0]?.name;
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${line.publicUrl}${path}`, { redirect: 'manual', ...init });
const post = (passphrase: string, origin = line.publicUrl) =>
  ask('/unlock', {
    method: 'POST',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ passphrase }),
  });

/** Lets a process say, on standard error, when it reads a file. */
function saysWhenRead(file: string): string {
  const code = `import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { readFileSync } = fs;
    fs.readFileSync = (path, ...rest) => {
      if (path === ${JSON.stringify(file)}) process.stderr.write('it was read');
      return readFileSync(path, ...rest);
    };
    syncBuiltinESMExports();`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

async function serveLocked() {
  expect(await typed(['keys', 'lock'], `${PASSPHRASE}\n`)).toMatchObject({ code: 0 });
  const server = line.start(['serve']);
  await server.said(/Chartfold is locked/);
  return server;
}

describe('a server whose root key is locked', () => {
  it('serves nothing but that it is locked, and goes on as the same process when it is unlocked', async () => {
    const server = await serveLocked();
    expect(readFileSync(secret, 'utf8')).toContain('locked root key');
    expect(await (await ask('/api/health')).json()).toEqual({ status: 'locked' });
    for (const path of ['/api/people', '/.well-known/jwks.json', '/', '/assets/x.js']) {
      const answer = await ask(path);
      expect([path, answer.status]).toEqual([path, 503]);
      expect(await answer.json()).toMatchObject({ code: 'store.locked' });
    }
    const page = await ask('/', { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('Passphrase')]);
    expect((await post(PASSPHRASE, 'https://evil.example')).status).toBe(403);
    expect((await post('another passphrase')).status).toBe(403);
    expect(await line.run('people', 'list')).toMatchObject({
      code: 1,
      err: expect.stringContaining('store.locked'),
    });
    const unlocked = await post(PASSPHRASE);
    expect([unlocked.status, await unlocked.text()]).toEqual([
      200,
      expect.stringContaining('Unlocked'),
    ]);
    await server.said(/sign-in#\S+/);
    expect(await (await ask('/api/health')).json()).toEqual({ status: 'ok' });
    expect(await line.run('unlock')).toMatchObject({ code: 1 });
  });

  it('slows down who guesses, and not who is at its terminal', async () => {
    const server = await serveLocked();
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await post(`guess number ${n}`)).status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429]);
    expect((await post(PASSPHRASE)).status).toBe(429);
    expect(await typed(['unlock'], 'not this one\n')).toMatchObject({
      code: 1,
      err: expect.stringContaining('keys.wrong_passphrase'),
    });
    expect(await typed(['unlock'], `${PASSPHRASE}\n`)).toMatchObject({
      code: 0,
      out: 'Unlocked.\n',
    });
    await server.said(/sign-in#\S+/);
  });
});

describe('a locked root key', () => {
  it('is asked for on a terminal alone, and opens as before when its passphrase is taken off', async () => {
    const before = readFileSync(secret, 'utf8');
    expect(await typed(['keys', 'lock'], `${PASSPHRASE}\n`)).toMatchObject({ code: 0 });
    expect(await typed(['people', 'list'], `${PASSPHRASE}\n`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('store.locked'),
    });
    expect(await typed(['keys', 'unlock-file'], `${PASSPHRASE}\n`)).toMatchObject({ code: 0 });
    expect(readFileSync(secret, 'utf8')).toBe(before);
    expect(await names()).toBe('Ada');
  });
});

describe('the passphrase of the root key', () => {
  const NEXT = 'seven grey larks climb';

  it('is exchanged by the old and the new one in one pipe', async () => {
    await typed(['keys', 'lock'], `${PASSPHRASE}\n`);
    expect(await typed(['keys', 'lock'], `${PASSPHRASE}\n${NEXT}\n`)).toMatchObject({ code: 0 });
    expect(await typed(['keys', 'unlock-file'], `${PASSPHRASE}\n`)).toMatchObject({ code: 1 });
    expect(await typed(['keys', 'unlock-file'], `${NEXT}\n`)).toMatchObject({ code: 0 });
    expect(await names()).toBe('Ada');
  });

  it('is put on no root key that was exchanged while it was typed', async () => {
    const locking = line.start(['keys', 'lock'], { NODE_OPTIONS: saysWhenRead(secret) }, null);
    await locking.said(/it was read/);
    expect(await line.run('keys', 'rotate-root')).toMatchObject({ code: 0 });
    const exchanged = readFileSync(secret, 'utf8');
    locking.process.stdin?.end(`${PASSPHRASE}\n`);
    expect(await locking.ended).toMatchObject({
      code: 1,
      err: expect.stringContaining('keys.secret_changed'),
    });
    expect(readFileSync(secret, 'utf8')).toBe(exchanged);
    expect(await names()).toBe('Ada');
  });

  it('is put on while a server runs, which goes on', async () => {
    await line.serve();
    expect(await typed(['keys', 'lock'], `${PASSPHRASE}\n`)).toMatchObject({ code: 0 });
    expect(await names()).toBe('Ada');
    expect(readFileSync(secret, 'utf8')).toContain('locked root key');
  });

  it('leaves a line in the audit when it is put on and taken off', async () => {
    await typed(['keys', 'lock'], `${PASSPHRASE}\n`);
    await typed(['keys', 'unlock-file'], `${PASSPHRASE}\n`);
    const roots = [Buffer.from(readFileSync(secret, 'utf8').trim(), 'hex')];
    const { store } = await openKeyedStore({ dataDir: line.dataDir, roots, migrations });
    try {
      const lines = store.db.selectFrom('audit_line').select('detail').orderBy('seq');
      expect((await lines.execute()).map(({ detail }) => JSON.parse(detail).what)).toEqual([
        'people-add',
        'keys lock',
        'keys unlock-file',
      ]);
    } finally {
      await store.close();
    }
  });
});

describe('keys exchanged by the command line', () => {
  it('open the same record, and the old root key opens nothing', async () => {
    const old = readFileSync(secret, 'utf8').trim();
    expect(await line.run('keys', 'rotate-root')).toMatchObject({ code: 0, err: '' });
    expect(await line.run('keys', 'rotate-database')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(secret, 'utf8').trim()).not.toBe(old);
    expect(await names()).toBe('Ada');
    const stale = await line.start(['people', 'list'], { CHARTFOLD_SECRET: old }).ended;
    expect(stale.err).toContain('store.wrong_key');
  });

  it('are refused while a server runs, by its name', async () => {
    await line.serve();
    for (const verb of ['rotate-root', 'rotate-database']) {
      const { code, err } = await line.run('keys', verb);
      expect([code, err]).toEqual([1, expect.stringContaining('store.in_use')]);
    }
  });
});

describe('a root key whose file is not there', () => {
  it('is said to be missing, by every verb that needs it', async () => {
    rmSync(secret);
    for (const args of [
      ['keys', 'lock'],
      ['keys', 'unlock-file'],
      ['people', 'list'],
    ]) {
      const { code, err } = await typed(args, `${PASSPHRASE}\n`);
      expect([args, code, err]).toEqual([args, 1, expect.stringContaining('keys.secret_missing')]);
    }
  });
});
