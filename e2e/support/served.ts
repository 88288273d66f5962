// Owns the program of one process (program.ts) behind a real address: what it holds is put in by the test itself, so
// that an answer or a page can be seen with what no simulated portal has.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { ensureOwner } from '../../src/access/accounts.ts';
import type { App } from '../../src/http/app.ts';
import { createChanges } from '../../src/http/changes.ts';
import { listen } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { importFhirFiles } from '../../src/imports/fhir-file/import.ts';
import { appOf, signedIn } from './http.ts';
import { startProgram } from './program.ts';
import { freePort } from './running.ts';

const WEB_ROOT = resolve(import.meta.dirname, '../../dist/web');

export type Served = Awaited<ReturnType<typeof startServed>>;

/** Starts it, with the built web part. */
export async function startServed(options: Parameters<typeof startProgram>[0] = {}) {
  const program = await startProgram(options);
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const changes = createChanges();
  const app: App = {
    ...appOf(program, publicUrl),
    changed: (connection) => changes.tell({ connection }),
    changes,
    webRoot: existsSync(WEB_ROOT) ? WEB_ROOT : null,
  };
  const owner = await ensureOwner(app.db, app.clock);
  const web = await listen(
    { host: '127.0.0.1', port, tls: null },
    createServer(app).fetch,
    app.log,
  );
  return {
    program,
    app,
    publicUrl,
    port,
    /** Signs in. @returns the cookies to send */
    signIn: async (): Promise<string> => (await signedIn(app, owner.id)).cookies(),
    /** Signs a browser in. */
    async signInBrowser(browser: BrowserContext): Promise<void> {
      const pairs = (await signedIn(app, owner.id)).cookies().split('; ');
      await browser.addCookies(
        pairs.map((pair) => {
          const [name = '', value = ''] = pair.split('=');
          return { name, value, url: publicUrl };
        }),
      );
    },
    /** Stores resources as a file of a new person, and projects them. @returns the person's id */
    async keep(...resources: readonly object[]): Promise<string> {
      const text = resources.map((resource) => JSON.stringify(resource)).join('\n');
      const file = {
        name: 'test.ndjson',
        open: async function* () {
          yield Buffer.from(text);
        },
      };
      const { people } = await importFhirFiles(program.db, {
        files: [file],
        person: { kind: 'new' },
        by: owner.id,
        mayAddTo: () => true,
        now: program.clock.now(),
      });
      const person = people[0]?.id ?? '';
      await program.project(person);
      return person;
    },
    async close(): Promise<void> {
      await web.close();
      await program.close();
    },
  };
}
