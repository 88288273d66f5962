// Proves in a browser how a server is added by its address: what was found, what to register there, each refusal beside
// its field, and the way to its sign-in page; how a clinic of an imported list leads there, and how servers that
// were added are registered anew and removed. The server is the simulated one; only its names are https ones.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PortalOverride } from '../src/platform/config/read.ts';
import { ensureRings } from '../src/keys/keyring.ts';
import type { Outbound } from '../src/platform/outbound.ts';
import { openBrowser } from './support/browser.ts';
import { type Member, member } from './support/members.ts';
import { outbound } from './support/outbound.ts';
import { look } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const ORIGIN = 'https://quarry.example';
const BASE = `${ORIGIN}/smart/production/fhir`;
/** Where it is too, as a list names it. */
const LISTED = 'https://orchard.example';

let served: Served;
let browser: Browser;
let owner: Member;
let page: Page;
/** How a program may prove itself there, where that is not what the simulator says. */
let ways: string[] | null = null;

/** The simulator under either name: what is asked of it, and what it says of its own addresses. */
const named: Outbound = async (url, init) => {
  const { url: simulator } = served.program.simulator;
  if (url.startsWith('https://page.example'))
    return new Response('<!doctype html><title>Welcome</title>');
  const origin = [ORIGIN, LISTED].find((one) => url.startsWith(one));
  if (!origin) return outbound(url, init);
  const there = url
    .replaceAll(origin, simulator)
    .replaceAll(encodeURIComponent(origin), encodeURIComponent(simulator));
  const answer = await outbound(there, init);
  if (ways && url.endsWith('/smart-configuration')) {
    const said = JSON.parse((await answer.text()).replaceAll(simulator, origin)) as object;
    const takes = { capabilities: ['sso'], token_endpoint_auth_methods_supported: ways };
    return Response.json({ ...said, ...takes });
  }
  return new Response((await answer.text()).replaceAll(simulator, origin), answer);
};

beforeAll(async () => {
  served = await startServed({ portal: 'smart', isSample: true, outbound: named });
  const { db, sealer, clock } = served.program;
  await ensureRings(db, sealer, clock);
  served.program.simulator.control.registerClient({
    portal: 'smart',
    environment: 'production',
    clientId: 'our-id',
    clientSecret: 'between us',
    auth: 'client_secret_post',
    redirectUris: [`${served.publicUrl}/smart/callback`],
  });
  served.program.simulator.control.registerClient({
    portal: 'smart',
    environment: 'production',
    clientId: 'spelt-id',
    auth: 'none',
    redirectUris: [`${served.publicUrl}/smart/callback`],
  });
  browser = await openBrowser();
  owner = await member(served, browser);
  ({ page } = owner);
  for (const origin of [ORIGIN, LISTED])
    await page.context().route(`${origin}/**`, (route) => route.fulfill({ body: 'Sign in here' }));
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const written: PortalOverride = {
  vendor: 'smart',
  environment: 'production',
  name: undefined,
  fhirBaseUrl: undefined,
  authorizationEndpoint: undefined,
  tokenEndpoint: undefined,
  clientId: 'ours',
  clientSecret: undefined,
  auth: 'none',
  scopes: undefined,
  aud: undefined,
  directoryUrl: undefined,
  requestsPerMinute: undefined,
};

const field = (name: string) => page.getByLabel(name, { exact: true });

describe('the form that adds a server', () => {
  it('is reached from the search for a clinic', async () => {
    await page.goto(`${served.publicUrl}/connections/add`);
    await page.getByRole('link', { name: /my clinic is not listed/i }).click();
    await page.getByRole('heading', { name: 'Add a clinic’s server by its address' }).waitFor();
    await look(page, 'add-server');
  });

  it.each([
    ['http://quarry.example/fhir', /begins with https/],
    ['https://10.0.0.8/fhir', /private network/],
    ['https://page.example/', /no FHIR server at this address/],
  ])('says beside the field what is wrong with %s', async (address, sentence) => {
    await field('Address of the server').fill(address);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    const described = await field('Address of the server').getAttribute('aria-describedby');
    expect(await page.locator(`[id="${described}"]`).textContent()).toMatch(sentence);
    if (address.includes('page')) await look(page, 'add-server-refused');
  });

  it('shows what was found, and what to register there', async () => {
    await field('Address of the server').fill(`${BASE}/metadata`);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('heading', { name: 'quarry.example answers' }).waitFor();
    await page.getByText(`${served.publicUrl}/smart/callback`).waitFor();
    await page.getByText(`${served.publicUrl}/.well-known/jwks.json`).waitFor();
    await page.getByRole('button', { name: 'Copy the Redirect URI' }).click();
    await look(page, 'add-server-found');
  });

  it('goes to the sign-in page with what was registered', async () => {
    await field('Client id').fill(' our-id ');
    await page.getByRole('radio', { name: /with a secret, in the form/i }).check();
    await field('Client secret').fill('between us');
    await field('Name here').fill('Quarry Hill');
    await look(page, 'add-server-secret');
    await page.getByRole('button', { name: 'Add it and sign in there' }).click();
    await page.getByText('Sign in here').waitFor();
    const { origin, searchParams } = new URL(page.url());
    expect(origin).toBe(ORIGIN);
    expect(searchParams.get('client_id')).toBe('our-id');
    expect(searchParams.get('aud')).toBe(BASE);
    expect(searchParams.get('redirect_uri')).toBe(`${served.publicUrl}/smart/callback`);
    const added = served.program.registry.usable('smart/production/Quarry Hill', '').registration;
    expect(added).toMatchObject({ auth: 'client_secret_post', clientSecret: 'between us' });
  });

  it('says beside the name that it is another server’s', async () => {
    await page.goto(`${served.publicUrl}/connections/add/server`);
    await field('Address of the server').fill(`${LISTED}/smart/production/fhir`);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await field('Client id').fill('another-id');
    await field('Name here').fill('Quarry Hill');
    await page.getByRole('button', { name: 'Add it and sign in there' }).click();
    await page.getByRole('alert').filter({ hasText: 'another server with this name' }).waitFor();
    expect(await field('Name here').getAttribute('aria-invalid')).toBe('true');
    await look(page, 'add-server-name-taken');
    expect(owner.errors).toEqual([]);
  });
});

describe('a server that was added, in the search for a clinic', () => {
  const choose = async () => {
    await page.goto(`${served.publicUrl}/connections/add`);
    await page.getByLabel('Clinic or town').fill('Quarry Hill');
    await page.getByText('Chartfold asks for what the server says it has').waitFor();
  };

  it('is said to be asked for what it has, and is one of its own among names in any script', async () => {
    for (const [at, name] of ['病院', '医院'].entries())
      served.program.registry.add({ ...written, name, fhirBaseUrl: `https://h${at}.example/fhir` });
    await choose();
    const ids = await page
      .getByRole('option')
      .evaluateAll((options) => options.map((option) => option.id));
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('takes no more letters than a search does', async () => {
    await page.getByLabel('Clinic or town').fill('');
    await page.getByLabel('Clinic or town').pressSequentially('x'.repeat(201));
    await page.getByText('No clinic here matches').waitFor();
  });

  it('can be gone to again by who comes back to the page as it was left', async () => {
    await choose();
    await page.route('**/connect/*', (route) => route.fulfill({ status: 204 }));
    await page.getByRole('button', { name: 'Sign in at Quarry Hill' }).click();
    await page.getByRole('button', { name: 'Going to the sign-in page' }).waitFor();
    await page.evaluate(() =>
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    );
    await page.getByRole('button', { name: 'Sign in at Quarry Hill' }).waitFor();
    await page.unroute('**/connect/*');
    expect(owner.errors).toEqual([]);
  });
});

describe('the ways to prove oneself', () => {
  it('are those that the server says it takes', async () => {
    ways = ['private_key_jwt'];
    await page.goto(`${served.publicUrl}/connections/add/server`);
    await field('Address of the server').fill(BASE);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText(`${served.publicUrl}/.well-known/jwks.json`).waitFor();
    const choices = page.getByRole('group', { name: 'Chartfold proves itself there' });
    expect(await choices.getByRole('radio').count()).toBe(1);
    expect(await choices.getByRole('radio', { name: /with a key/i }).isChecked()).toBe(true);
    await look(page, 'add-server-key');
    await field('Client id').fill('our-id');
    await page.getByRole('button', { name: 'Change it and sign in there' }).click();
    await page.getByText('Sign in here').waitFor();
    const added = served.program.registry.usable('smart/production/Quarry Hill', '').registration;
    expect(added).toMatchObject({ auth: 'private_key_jwt', clientSecret: null });
    ways = null;
  });
});

describe('a clinic of an imported list of brands', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chartfold-e2e-'));
    const brands = join(folder, 'brands.json');
    await writeFile(
      brands,
      JSON.stringify({
        resourceType: 'Bundle',
        entry: [
          endpoint('orchard', `${LISTED}/smart/production/fhir/`),
          endpoint('quarry', BASE),
          brand('Orchard Street Family Medicine', 'Rockport', 'orchard'),
          brand('Quarry Hill Pediatrics', 'Camden', 'quarry'),
        ],
      }),
    );
    await served.program.directory.importFile(brands, null);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const search = async (typed: string) => {
    await page.goto(`${served.publicUrl}/connections/add`);
    await page.getByRole('combobox', { name: 'Clinic or town' }).fill(typed);
    await page.getByRole('status').filter({ hasText: /found/ }).waitFor();
  };

  it('whose server is new here is looked at, and its registration bears its name', async () => {
    await search('orchard street');
    await page.getByText('Chartfold looks at its server').waitFor();
    await look(page, 'listed-clinic');
    await page.getByRole('combobox', { name: 'Clinic or town' }).press('Enter');
    await page.getByRole('heading', { name: 'orchard.example answers' }).waitFor();
    expect(await field('Address of the server').inputValue()).toBe(
      `${LISTED}/smart/production/fhir`,
    );
    expect(await field('Name here').inputValue()).toBe('Orchard Street Family Medicine');
    await look(page, 'listed-clinic-server');
    await field('Client id').fill('our-id');
    await page.getByRole('button', { name: 'Add it and sign in there' }).click();
    await page.getByText('Sign in here').waitFor();
    expect(new URL(page.url()).origin).toBe(LISTED);
  });

  it.each([
    ['orchard street rockport', 'Orchard Street Family Medicine', LISTED],
    ['quarry pediatrics camden', 'Quarry Hill Pediatrics', ORIGIN],
  ])('whose server is known by now goes to its sign-in: %s', async (typed, name, origin) => {
    await search(typed);
    await page.getByRole('button', { name: `Sign in at ${name}` }).click();
    await page.getByText('Sign in here').waitFor();
    expect(new URL(page.url()).origin).toBe(origin);
    expect(owner.errors).toEqual([]);
  });
});

describe('the servers that were added', () => {
  const list = () => page.getByRole('list', { name: 'Servers added here' });
  const row = (name: string) => list().getByRole('listitem').filter({ hasText: name });
  const open = async () => {
    await page.goto(`${served.publicUrl}/connections/add/server`);
    await list().waitFor();
  };

  it('are listed with what uses them, and one that is used stays', async () => {
    const { db } = served.program;
    const [begun] = await db
      .selectFrom('connection')
      .select('id')
      .where('portal', '=', 'smart/production/Quarry Hill')
      .execute();
    await db
      .updateTable('connection')
      .set({ status: 'ready' })
      .where('id', '=', begun?.id ?? '')
      .execute();
    await open();
    await row('Quarry Hill').getByText('quarry.example, client id our-id').waitFor();
    await row('Quarry Hill').getByText('1 connection uses it').waitFor();
    expect(
      await row('Quarry Hill')
        .getByRole('button', { name: /^Remove/ })
        .count(),
    ).toBe(0);
    await row('Orchard Street').getByText('No connection uses it.').waitFor();
    await look(page, 'added-servers');
  });

  it('are registered anew under the name that they have', async () => {
    await row('Orchard Street').getByRole('button', { name: 'Register anew' }).click();
    await page.getByRole('heading', { name: 'orchard.example answers' }).waitFor();
    await page.getByText('You have added this server as Orchard Street').waitFor();
    expect(await field('Client id').inputValue()).toBe('our-id');
    expect(await field('Name here').count()).toBe(0);
    await look(page, 'added-server-anew');
    await field('Client id').fill('spelt-id');
    await page.getByRole('button', { name: 'Change it and sign in there' }).click();
    await page.getByText('Sign in here').waitFor();
    expect(new URL(page.url()).searchParams.get('client_id')).toBe('spelt-id');
  });

  it('are removed where nothing uses them, after a question', async () => {
    await open();
    await row('Orchard Street').getByText('client id spelt-id').waitFor();
    await row('Orchard Street').getByRole('button', { name: 'Remove Orchard Street' }).click();
    await look(page, 'added-server-remove');
    await page.getByRole('button', { name: 'Remove the server' }).click();
    await row('Orchard Street').waitFor({ state: 'detached' });
    expect(await list().getByRole('listitem').count()).toBe(1);
    expect(owner.errors).toEqual([]);
  });
});

function endpoint(id: string, address: string) {
  return { resource: { resourceType: 'Endpoint', id, address } };
}

function brand(name: string, city: string, of: string) {
  const at = { address: [{ city, state: 'ME' }], endpoint: [{ reference: `Endpoint/${of}` }] };
  return { resource: { resourceType: 'Organization', id: of, name, ...at } };
}
