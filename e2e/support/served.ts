// Owns the program of one process (program.ts) behind a real address: what it holds is put in by the test itself, so
// that an answer or a page can be seen with what no simulated portal has.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSessions } from '../../src/access/sessions.ts';
import type { App } from '../../src/http/app.ts';
import { createChanges } from '../../src/http/changes.ts';
import { listen } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { importFhirFiles } from '../../src/imports/fhir-file/import.ts';
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
    ...program.context,
    changed: (connection) => changes.tell({ connection }),
    publicUrl,
    store: program.store,
    config: { ...program.config, publicUrl, allowedHosts: [`localhost:${port}`] },
    sessions: createSessions(program.db, program.clock),
    refresher: program.refresher,
    changes,
    simulatorUrl: null,
    webRoot: existsSync(WEB_ROOT) ? WEB_ROOT : null,
  };
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
    /** Signs in. @returns the cookie to send */
    async signIn(): Promise<string> {
      const response = await fetch(`${publicUrl}/api/session`, {
        method: 'POST',
        headers: { origin: publicUrl, 'content-type': 'application/json' },
        body: JSON.stringify({ secret: await app.sessions.newLink() }),
      });
      return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
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
