// Proves OnPatient in a real browser, over https: what a person is told before, the way there and back by the server,
// no token in the browser's hands, and a record in FHIR DSTU2 read as what it is.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { testCertificate } from './support/certificate.ts';
import { DESKTOP, look } from './support/page.ts';
import { freePort, type Running, startRunning } from './support/running.ts';

let running: Running;
let browser: Browser;
let page: Page;
let directory: string;
/** Every address that the browser asked for, and all that it was answered with. */
const asked: string[] = [];
const given: Promise<string>[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chartfold-onpatient-'));
  const { cert, key } = testCertificate();
  await writeFile(join(directory, 'cert.pem'), cert);
  await writeFile(join(directory, 'key.pem'), key);
  const port = await freePort();
  running = await startRunning({
    PORT: String(port),
    PUBLIC_URL: `https://localhost:${port}`,
    TLS_CERT: join(directory, 'cert.pem'),
    TLS_KEY: join(directory, 'key.pem'),
  });
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: DESKTOP, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  page.on('request', (request) => asked.push(request.url()));
  page.on('response', (response) => given.push(bodyOf(response)));
  await page.goto(running.signInLink());
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByText(/connect the portals/i).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
  await rm(directory, { recursive: true, force: true });
});

/** What came, where it ends: a stream of events does not, and a redirect has none. */
async function bodyOf(response: Response): Promise<string> {
  const type = await response.headerValue('content-type').catch(() => null);
  if (type?.startsWith('text/event-stream')) return '';
  return response.text().catch(() => '');
}

/** The tokens that the portal has given out so far. */
function tokens(): string[] {
  const state = new DatabaseSync(join(running.dataDir, 'simulator', 'simulator.sqlite'), {
    readOnly: true,
  });
  const rows = state
    .prepare("SELECT id FROM oidc WHERE model IN ('AccessToken', 'RefreshToken')")
    .all();
  state.close();
  return rows.map(({ id }) => String(id));
}

it('says before the sign-in whose server holds the access', async () => {
  await page.goto(`${running.publicUrl}/connections/add`);
  await page.getByRole('combobox').or(page.getByRole('searchbox')).first().fill('OnPatient');
  await page.getByRole('option').filter({ hasText: 'OnPatient' }).first().click();
  await page.getByText(/somebody else runs this server/i).waitFor();
  await look(page, 'onpatient-add');
});

it('goes there and comes back by the server’s own address, to the right patient', async () => {
  await page.getByRole('button', { name: /sign in at OnPatient/i }).click();
  await page.waitForURL(/\/onpatient\/production\//);
  await page.getByLabel('Email').fill('nora@example.org');
  await page.getByLabel('Password').fill('Sample-Login-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: /right patient/i }).waitFor();
  await page.getByText('March 11, 1979').waitFor();
  const back = asked.filter((url) => url.startsWith(`${running.publicUrl}/api/v1/onpatient/`));
  expect(back.map((url) => new URL(url).pathname)).toEqual(['/api/v1/onpatient/callback']);
  expect(page.url()).not.toMatch(/code=|state=/);
});

it('syncs everything that there is', async () => {
  await page.getByRole('button', { name: /^yes/i }).click();
  await page
    .getByText(/9 of 9/)
    .first()
    .waitFor({ timeout: 60_000 });
  await look(page, 'onpatient-connection');
});

it('leaves no token in any address, answer or storage of the browser', async () => {
  const secrets = tokens();
  expect(secrets.length).toBeGreaterThanOrEqual(2);
  const stored = await page.evaluate(async () =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      await indexedDB.databases(),
      await caches.keys(),
    ]),
  );
  const cookies = JSON.stringify(await page.context().cookies());
  const all = [...asked, ...(await Promise.all(given)), stored, cookies].join('\n');
  expect(all).toContain('/api/v1/onpatient/callback');
  for (const secret of secrets) expect(all.includes(secret)).toBe(false);
  expect(asked.join('\n')).not.toMatch(/access_token|refresh_token|client_secret/);
});

it('shows an office visit that was sent as a procedure as a visit, and says why', async () => {
  await page.getByRole('link', { name: 'Timeline' }).first().click();
  await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  await page.getByText('sent as a procedure').first().waitFor();
  await look(page, 'onpatient-timeline');
  await page.getByText('sent as a procedure').first().click();
  await page.getByText('Why a visit').waitFor();
  await page.getByText(/came as a procedure with the code of a visit/i).waitFor();
  await look(page, 'onpatient-visit');
  await page
    .getByText(/raw resource/i)
    .first()
    .click();
  await page
    .getByText(/cpt-current-procedural-terminology/)
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
});

it('shows the values of a panel that has no names as unnamed, and in no course of results', async () => {
  await page.goto(page.url().replace(/\/timeline.*/, '/timeline'));
  const panel = page.getByText(/^CBC|Comprehensive metabolic/).first();
  await panel.waitFor();
  await panel.click();
  await expect.poll(() => page.getByText('Unnamed measurement').count()).toBeGreaterThan(5);
  await look(page, 'onpatient-panel');
  await page.getByText('Unnamed measurement').last().click();
  await page.getByText(/what was measured is not known/i).waitFor();
  await look(page, 'onpatient-unnamed');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Results' }).first().click();
  await page.getByRole('heading', { name: 'Results' }).waitFor();
  await page.getByText('Blood pressure').first().waitFor();
  expect(await page.getByText('Unnamed').count()).toBe(0);
  expect(await page.getByText('Hemoglobin', { exact: true }).count()).toBe(0);
  await look(page, 'onpatient-results');
});
