// Proves, for every route that is declared, what each role gets of a record that is not theirs: what it would get if
// there were no such record. Made from the declarations, so that a new route is tried without a line here.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOf, type Browser, browserOf, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import { createPerson } from '../access/people.ts';
import { giveRight } from '../access/rights.ts';
import { createApi } from './api.ts';
import type { App } from './app.ts';
import { declareRoutes } from './server.ts';

/** Ids that stand for nothing, of the form that real ones have. */
const NOTHING = 'A'.repeat(22);
const ROLES = ['nobody', 'guest', 'practice', 'developer', 'owner', 'other-manager'] as const;

const routes = declared();
const onRecords = routes.filter(({ access }) => 'of' in access);

let program: TestProgram;
let app: App;
let browsers: Record<(typeof ROLES)[number] | 'manager' | 'reader' | 'limited', Browser>;
let ids: {
  person: string;
  connection: string;
  run: string;
  record: string;
  /** One with its file inside. */
  document: string;
  analyte: string;
  right: string;
};
let words: string[];

beforeAll(async () => {
  program = await startProgram();
  app = appOf(program);
  const { db, clock } = program;
  const owner = await ensureOwner(db, clock);
  const account = async (name: string, roles: ('developer' | 'practice')[] = []) =>
    (await createAccount(db, clock, { name, roles })).id;
  const manager = await account('Manager');
  const [reader, limited] = [await account('Reader'), await account('Limited')];
  const other = await account('Other');
  await createPerson(db, { name: 'Somebody Else', by: other, now: clock.now() });
  const begun = await program.signIn({ by: manager });
  await program.confirm(begun.connectionId);
  await program.sync(begun.connectionId);
  const { person_id } = await db
    .selectFrom('connection')
    .select('person_id')
    .where('id', '=', begun.connectionId)
    .executeTakeFirstOrThrow();
  const person = person_id ?? '';
  await program.project(person);
  const right = { personId: person, level: 'read', givenBy: manager } as const;
  const given = await giveRight(db, clock.now(), { ...right, accountId: reader });
  await giveRight(db, clock.now(), { ...right, accountId: limited, kinds: ['results'] });
  browsers = {
    nobody: browserOf(app),
    guest: await signedIn(app, await account('Guest')),
    practice: await signedIn(app, await account('Practice', ['practice'])),
    developer: await signedIn(app, await account('Developer', ['developer'])),
    owner: await signedIn(app, owner.id),
    'other-manager': await signedIn(app, other),
    manager: await signedIn(app, manager),
    reader: await signedIn(app, reader),
    limited: await signedIn(app, limited),
  };
  ids = { person, connection: begun.connectionId, right: given.id, ...(await someOf(person)) };
  words = await secretWords(person);
}, 60_000);
afterAll(() => program.close());

describe('every route', () => {
  it('is there to be tried', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(onRecords.length).toBeGreaterThan(15);
  });

  it.each(routes.filter(({ access }) => !('open' in access)).map(nameOf))(
    '%s answers nobody with 401',
    async (name) => {
      const response = await call('nobody', routeOf(name), ids);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 'access.sign_in_required' });
    },
  );
});

describe('a record that is not theirs', () => {
  it.each(
    onRecords.flatMap((route) =>
      ROLES.filter((role) => role !== 'nobody').map((role) => [nameOf(route), role] as const),
    ),
  )('%s is to %s as if it did not exist', async (name, role) => {
    const route = routeOf(name);
    const there = await answer(role, route, ids);
    const nowhere = await answer(role, route, {
      person: NOTHING,
      connection: NOTHING,
      run: NOTHING,
      record: NOTHING,
      document: NOTHING,
      analyte: NOTHING,
      right: NOTHING,
    });
    expect(there.status).toBe(404);
    expect(there).toEqual(nowhere);
    for (const word of words) expect(there.text).not.toContain(word);
  });

  it.each(
    routes
      .filter(({ access }) => !('of' in access) && !('open' in access))
      .flatMap((route) =>
        (['guest', 'practice', 'developer', 'owner', 'other-manager'] as const).map(
          (role) => [nameOf(route), role] as const,
        ),
      )
      // What ends the session that asks, and what takes the record away, is tried elsewhere.
      .filter(([name]) => !['delete /api/sample', 'delete /api/account/sessions'].includes(name)),
  )('%s tells %s nothing of it', async (name, role) => {
    const { text } = await answer(role, routeOf(name), ids);
    for (const word of words) expect(text).not.toContain(word);
  });
});

describe('a right that does not reach so far', () => {
  it.each(
    onRecords
      .filter(
        ({ access }) => 'act' in access && !['record.read', 'record.receipts'].includes(access.act),
      )
      .map(nameOf),
  )('%s is refused to who may only read', async (name) => {
    expect(await answer('reader', routeOf(name), ids)).toMatchObject({ status: 403 });
    expect(await answer('limited', routeOf(name), ids)).toMatchObject({ status: 403 });
  });

  it.each(
    onRecords
      .filter(({ access }) => 'act' in access && access.act === 'record.receipts')
      .map(nameOf),
  )('%s is refused to who may see some kinds', async (name) => {
    expect(await answer('reader', routeOf(name), ids)).toMatchObject({ status: 200 });
    expect(await answer('limited', routeOf(name), ids)).toMatchObject({ status: 403 });
  });

  it('tells how many records there are of the kinds that it names, not of all', async () => {
    const recordsOf = async (role: 'limited' | 'reader') => {
      const session = (await (await browsers[role].fetch('/api/session')).json()) as {
        people: { id: string; records: number }[];
      };
      return session.people.find(({ id }) => id === ids.person)?.records ?? 0;
    };
    const { count } = await program.db
      .selectFrom('chart_row')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('person_id', '=', ids.person)
      .where('kind', 'in', ['result', 'panel'])
      .executeTakeFirstOrThrow();
    expect(count).toBeGreaterThan(0);
    expect(await recordsOf('limited')).toBe(count);
    expect(await recordsOf('reader')).toBeGreaterThan(count);
  });

  it('shows the kinds that it names and no other', async () => {
    const response = await browsers.limited.post(`/api/people/${ids.person}/timeline`, {
      filter: {},
    });
    const { kinds } = (await response.json()) as { kinds: { kind: string }[] };
    expect(new Set(kinds.map((one) => one.kind))).toEqual(new Set(['result', 'panel']));
    expect(await answer('limited', routeOf('get /api/connections'), ids)).toMatchObject({
      status: 200,
      text: expect.stringContaining('"connections":[]'),
    });
  });
});

describe('who manages a record', () => {
  it.each(
    onRecords
      .filter(({ method, path }) => method === 'get' || path.includes('timeline'))
      .map(nameOf),
  )('%s answers', async (name) => {
    expect(await answer('manager', routeOf(name), ids)).toMatchObject({ status: 200 });
  });
});

type Route = ReturnType<typeof declared>[number];

function declared() {
  const api = createApi({ publicUrl: 'http://localhost:4200' } as App);
  declareRoutes(api);
  // The stream of events goes on for ever: who may see what in it is tried by itself.
  return api.declared.filter(({ path }) => path !== '/api/events');
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

function routeOf(name: string): Route {
  const found = routes.find((route) => nameOf(route) === name);
  if (!found) throw new Error(`no route ${name}`);
  return found;
}

/** What a route wants in its body, where anything would not do. */
function bodyFor(path: string): unknown {
  if (path.endsWith('/timeline/days')) return { days: [null], filter: {} };
  if (path.endsWith('/timeline')) return { filter: {} };
  if (path.endsWith('/confirm')) return { personId: null };
  if (path.endsWith('/rights'))
    return { accountId: NOTHING, level: 'read', kinds: null, expiresAt: null };
  if (path === '/api/connections')
    return {
      portal: 'athenahealth/production',
      environment: 'production',
      clinicId: '',
      personId: ids.person,
    };
  if (path.endsWith('/schedule')) return { every: 'week', quiet: null };
  if (path === '/api/audit') return { before: null };
  if (path.endsWith('/name')) return { name: `Name ${Math.random()}` };
  return {};
}

function call(role: keyof typeof browsers, route: Route, given: typeof ids): Promise<Response> {
  const { method } = route;
  const id = route.path.includes('/receipts/')
    ? given.run
    : route.path.includes('/rights/')
      ? given.right
      : given.connection;
  const path = route.path
    .replace('{person}', given.person)
    .replace('{record}', route.path.includes('/attachments/') ? given.document : given.record)
    .replace('{n}', '0')
    .replace('{version}', '1')
    .replace('{key}', encodeURIComponent(given.analyte))
    .replace('{id}', id);
  return method === 'get'
    ? browsers[role].fetch(path)
    : browsers[role].post(path, bodyFor(route.path), method.toUpperCase());
}

/** Status and words, without what differs from one request to the next. */
async function answer(role: keyof typeof browsers, route: Route, given: typeof ids) {
  const response = await call(role, route, given);
  const text = (await response.text()).replace(/"requestId":"[\w-]+"/, '');
  return { status: response.status, text };
}

async function someOf(person: string) {
  const { db } = program;
  const row = await db
    .selectFrom('chart_result')
    .selectAll()
    .where('person_id', '=', person)
    .executeTakeFirstOrThrow();
  const file = await db
    .selectFrom('attachment')
    .select('resource_id')
    .where('comes', '=', 'inline')
    .executeTakeFirstOrThrow();
  const run = await db.selectFrom('sync_run').select('id').executeTakeFirstOrThrow();
  return { record: row.resource_id, document: file.resource_id, analyte: row.analyte, run: run.id };
}

/** Names, dates and ids of the record that must not leak. */
async function secretWords(person: string): Promise<string[]> {
  const { db } = program;
  const { name } = await db
    .selectFrom('person')
    .select('name')
    .where('id', '=', person)
    .executeTakeFirstOrThrow();
  const { patient_id, clinic_note } = await db
    .selectFrom('connection')
    .selectAll()
    .where('person_id', '=', person)
    .executeTakeFirstOrThrow();
  const found = [name, person, patient_id, ids.connection, ids.run, ids.record, clinic_note];
  return found.filter((word): word is string => word !== null && word.length > 3);
}
