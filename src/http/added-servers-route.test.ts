// Proves what the addresses of added servers tell whom, that each removal stands in the audit, and that a refused one is
// told as refused.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { appOf, type Browser, signedIn } from '../../e2e/support/http.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import type { Outbound } from '../platform/outbound.ts';
import type { App } from './app.ts';
import type { AddedServers, AuditPage, Problem } from './contract.ts';

const HOST = 'https://quarry.example';
const BASE = `${HOST}/smart/production/fhir`;

let program: TestProgram;
let app: App;
let owner: Browser;
let ann: Browser;
let ben: Browser;

beforeEach(async () => {
  const named: Outbound = async (url, init) => {
    if (!url.startsWith(HOST)) return outbound(url, init);
    const heard = await outbound(url.replace(HOST, program.simulator.url), init);
    return new Response((await heard.text()).replaceAll(program.simulator.url, HOST), heard);
  };
  program = await startProgram({ portal: 'smart', outbound: named });
  app = appOf(program);
  await ensureOwner(app.db, app.clock);
  owner = await signedIn(app);
  ann = await signedIn(app, (await createAccount(app.db, app.clock, { name: 'Ann' })).id);
  ben = await signedIn(app, (await createAccount(app.db, app.clock, { name: 'Ben' })).id);
  const response = await ann.post('/api/servers', {
    address: BASE,
    name: 'Quarry Hill',
    clientId: 'ours',
    clientSecret: 'between us',
    auth: 'client_secret_basic',
  });
  expect(response.status).toBe(200);
});
afterEach(() => program.close());

const listOf = async (browser: Browser) => {
  const response = await browser.fetch('/api/servers');
  return ((await response.json()) as AddedServers).servers;
};
const remove = async (browser: Browser) => {
  const { id } = (await listOf(owner))[0] ?? { id: '' };
  return browser.post(`/api/servers/${id}`, undefined, 'DELETE');
};
async function latest() {
  await app.audit.flush();
  const page = (await (await owner.post('/api/audit', { before: null })).json()) as AuditPage;
  return [page.lines[0]?.who, page.lines[0]?.what];
}

it('a server is listed for who added it and for an owner, and its secret for nobody', async () => {
  const [server] = await listOf(ann);
  expect(server).toMatchObject({
    name: 'Quarry Hill',
    fhirBaseUrl: BASE,
    clientId: 'ours',
    addedBy: 'Ann',
    isOwn: true,
    connections: 0,
    hasOthers: false,
  });
  expect(JSON.stringify(server)).not.toContain('between us');
  expect(await listOf(owner)).toMatchObject([{ addedBy: 'Ann', isOwn: false }]);
  expect(await listOf(ben)).toEqual([]);
});

it('it is removed by an owner, which stands in the audit', async () => {
  const response = await remove(owner);
  expect(await response.json()).toEqual({ servers: [] });
  expect(await latest()).toEqual(['Owner', 'removed a server']);
});

it('it is to another account as if it did not exist', async () => {
  const response = await remove(ben);
  expect(response.status).toBe(404);
  expect(await latest()).toEqual(['Ben', expect.stringMatching(/^removed a server: There is no/)]);
  expect(await listOf(ann)).toHaveLength(1);
});

it('it is refused with a sentence while a connection uses it, and not told as removed', async () => {
  await program.connect();
  await app.db.updateTable('connection').set({ portal: 'smart/production/Quarry Hill' }).execute();
  const response = await remove(ann);
  expect(response.status).toBe(409);
  expect((await response.json()) as Problem).toMatchObject({
    code: 'server.in_use',
    title: expect.stringContaining('Disconnect them first'),
    detail: 'used by connections to records that you may not see',
  });
  expect(await latest()).toEqual(['Ann', expect.stringMatching(/^removed a server: Connections/)]);
});
