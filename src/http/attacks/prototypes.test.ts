// Attacks by names that every object of JavaScript has: in the body, the path and the query of every route that is
// declared, and in the configuration file.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { appOf, signedIn } from '../../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { ensureOwner } from '../../access/accounts.ts';
import { listPeople } from '../../access/people.ts';
import { readConfig } from '../../platform/config/read.ts';
import { createApi } from '../api.ts';
import type { App } from '../app.ts';
import { declareRoutes } from '../server.ts';

/** As text: a literal of JavaScript would set the prototype instead of naming it. */
const HOSTILE = [
  '{"__proto__":{"planted":true}}',
  '{"constructor":{"prototype":{"planted":true}}}',
  '{"__proto__":null,"toString":1,"hasOwnProperty":1,"valueOf":1}',
  '[{"__proto__":{"planted":true}}]',
];
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
const AN_ID = 'A'.repeat(22);

const routes = declareRoutes(createApi({} as App));
const before = Object.getOwnPropertyNames(Object.prototype).toSorted();

let program: TestProgram;
let app: App;
let ids: { person: string; connection: string };
beforeAll(async () => {
  program = await startProgram();
  app = appOf(program);
  const owner = await ensureOwner(app.db, app.clock);
  const { connectionId } = await program.signIn({ by: owner.id });
  await program.confirm(connectionId);
  const [person] = await listPeople(app.db);
  ids = { person: person?.id ?? '', connection: connectionId };
});
afterAll(() => program.close());
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
  expect(({} as { planted?: unknown }).planted).toBeUndefined();
});

describe('names that every object has', () => {
  it.each(routes.filter(({ body }) => body).map(({ method, path }) => [method, path] as const))(
    'in the body are refused or do nothing: %s %s [CWE-1321]',
    async (method, path) => {
      const browser = await signedIn(app);
      // What is the caller's own, so that the body is looked at.
      const place = path
        .replace('{person}', ids.person)
        .replace('{id}', ids.connection)
        .replace(/\{\w+\}/g, AN_ID);
      const bodies = [...HOSTILE, ...fieldsOf(path).map((name) => `{"${name}":${HOSTILE[0]}}`)];
      for (const body of bodies) {
        const response = await browser.fetch(place, { method: method.toUpperCase(), body });
        expect(response.status, body).toBeLessThan(500);
        expect(await response.text()).not.toContain('planted');
      }
    },
  );

  it.each(
    routes
      .filter(({ method, path }) => method === 'get' && path.includes('{'))
      .map(({ path }) => path),
  )('in the path and the query are names of nothing: %s [CWE-1321]', async (path) => {
    const browser = await signedIn(app);
    for (const name of NAMES) {
      const place = path.replace(/\{\w+\}/g, name);
      for (const query of ['', `?${name}=1`, `?kind=${name}&${name}[planted]=true`])
        expect((await browser.fetch(`${place}${query}`)).status, place + query).toBe(404);
    }
  });
});

describe('the configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chartfold-config-'));
  const file = join(folder, 'portals.json');
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    writeFileSync(file, text);
    return readConfig({ CHARTFOLD_CONFIG: file });
  };

  it.each([
    ...HOSTILE,
    '{"portals":[{"vendor":"smart","__proto__":{"planted":true}}]}',
    '{"portals":[{"vendor":"smart","constructor":{"planted":true}}]}',
    '{"portals":{"__proto__":[{"vendor":"smart"}]}}',
  ])('with such names plants nothing: %s [CWE-1321]', (text) => {
    const outcome = (() => {
      try {
        return JSON.stringify(read(text).portals);
      } catch (error) {
        return String(error);
      }
    })();
    expect(outcome).not.toContain('planted');
    expect(outcome).toMatch(/^\[|CHARTFOLD_CONFIG/);
  });

  it.each(NAMES)('with %s for a vendor switches nothing on [CWE-1321]', (vendor) => {
    const { portals } = read(JSON.stringify({ portals: [{ vendor }] }));
    expect(portals).toEqual([expect.objectContaining({ vendor, environment: 'production' })]);
  });
});

/** The fields of a route's body, each to be given something hostile. */
function fieldsOf(path: string): string[] {
  const shape = routes.find((route) => route.path === path && route.body)?.body;
  return shape && 'shape' in shape ? Object.keys(shape.shape as object) : [];
}
