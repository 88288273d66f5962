// Owns the HTTP side of a program put together for a test: the server's own routes, called without a socket, and
// browsers that keep their cookies.

import { ensureOwner } from '../../src/access/accounts.ts';
import { createAudit } from '../../src/access/audit.ts';
import { checkpointSigner } from '../../src/access/checkpoint.ts';
import { newLink } from '../../src/access/sessions.ts';
import type { App } from '../../src/http/app.ts';
import { createChanges } from '../../src/http/changes.ts';
import { createServer } from '../../src/http/server.ts';
import { newKeychain } from '../../src/platform/keychain/keychain.ts';
import { createBackups } from '../../src/sharing/backup/backups.ts';
import type { TestProgram } from './program.ts';

export type Browser = {
  /** A request as the page itself makes it: with the cookies that were set, and the page's own origin. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body?: unknown, method?: string): Promise<Response>;
  /** The cookies as they would be sent. */
  cookies(): string;
};

/** The app around a test's program, at an address. */
export function appOf(program: TestProgram, publicUrl = 'http://localhost:4200'): App {
  const key = new Uint8Array(32).fill(9);
  const audit = createAudit({ db: program.db, clock: program.clock, log: program.log, key });
  // The store is in memory: there is no file to back up.
  const nowhere = { dataDir: '/nowhere', backup: { folder: '/nowhere', every: 0, keep: 1 } };
  const signer = checkpointSigner(key);
  return {
    ...program.context,
    publicUrl,
    store: program.store,
    config: { ...program.config, publicUrl, allowedHosts: [new URL(publicUrl).host, 'health.lan'] },
    audit,
    backups: createBackups({
      ...program,
      audit,
      config: nowhere,
      keychain: newKeychain(),
      program: '0',
    }),
    checkpoint: async () => signer.sign({ ...(await audit.state()), at: '2026-11-22T12:00:00Z' }),
    party: { id: new URL(publicUrl).hostname, origin: publicUrl },
    refresher: program.refresher,
    changes: createChanges(),
    simulatorUrl: null,
    webRoot: null,
  };
}

/** A browser that stands before the app, signed in to nothing. */
export function browserOf(app: App): Browser {
  const server = createServer(app);
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const browser: Browser = {
    cookies,
    async fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has('host')) headers.set('host', new URL(app.publicUrl).host);
      if (!headers.has('cookie') && jar.size > 0) headers.set('cookie', cookies());
      const isUnsafe = !['GET', 'HEAD'].includes(init.method ?? 'GET');
      if (isUnsafe && !headers.has('origin')) headers.set('origin', app.publicUrl);
      const response = await server.request(`${app.publicUrl}${path}`, { ...init, headers });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/max-age=0\b/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
    post: (path, body, method = 'POST') =>
      browser.fetch(path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
  return browser;
}

/** A browser that is signed in to an account, the owner's unless one is named. */
export async function signedIn(app: App, accountId?: string): Promise<Browser> {
  const browser = browserOf(app);
  const id = accountId ?? (await ensureOwner(app.db, app.clock)).id;
  const secret = await newLink(app.db, app.clock, id);
  const response = await browser.post('/api/session', { secret });
  if (response.status !== 200) throw new Error(`sign-in answered ${response.status}`);
  return browser;
}

/** The code of a refusal. */
export async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code;
}
