// Proves in a browser that what a person should know of a connection stands on its page and its card: another clinic
// than the one chosen, a sign-in that failed, a portal that could not be told of the end, a row that cannot be read.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginAgain } from '../src/connections/begin.ts';
import type { Outbound } from '../src/platform/outbound.ts';
import { outbound } from './support/outbound.ts';
import { openBrowser } from './support/browser.ts';
import { look, signedInPage } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const HARBOR = 'Harbor Lane Family Medicine';
const CHOSEN = 'Penobscot Bay Endocrine & Thyroid Center';

let served: Served;
let browser: Browser;
let page: Page;
let connection: string;
let isDeaf = false;

/** A portal that at times cannot be told that a permission has ended. */
const deaf: Outbound = (url, init) =>
  outbound(isDeaf && url.endsWith('/revoke') ? url.replace(/:\d+\//, ':9/') : url, init);

beforeAll(async () => {
  served = await startServed({ isSample: true, outbound: deaf });
  browser = await openBrowser();
  page = await signedInPage(served, browser);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const open = (path: string) => page.goto(`${served.publicUrl}${path}`);

it('another clinic than the one chosen is named before anything is confirmed', async () => {
  connection = (await served.program.signIn({ clinicId: '40192' })).connectionId;
  await open(`/connections/${connection}`);
  await page.getByText(`You chose ${CHOSEN}, but the portal signed you in at ${HARBOR}`).waitFor();
  await page.getByText(`${HARBOR}, Rockport, ME`).waitFor();
  await look(page, 'another-clinic-confirm');
  await page.getByRole('button', { name: /^yes/i }).click();
  await page.getByRole('heading', { level: 1, name: HARBOR }).waitFor();
});

it('and where this patient was connected already', async () => {
  const again = await served.program.signIn({ clinicId: '40192' });
  expect(again.connectionId).toBe(connection);
  await open(`/connections/${connection}`);
  await page.getByRole('heading', { level: 1, name: HARBOR }).waitFor();
  await page.getByText(`You chose ${CHOSEN}`).waitFor();
  await look(page, 'another-clinic-known');
});

it('a sign-in that failed is said where the connection goes on', async () => {
  await served.program.db.deleteFrom('job').execute();
  const { go } = await beginAgain(served.program.context, connection, null);
  await served.program.comeBack(await served.program.browse(go, { decision: 'deny' }));
  await open('/connections');
  await page.getByText(/The last sign-in did not succeed, and nothing changed here/).waitFor();
  await look(page, 'failed-sign-in-card');
});

it('a portal that could not be told of the end is named with what to do', async () => {
  isDeaf = true;
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText(/could not be told that this has ended\. Its own page/).waitFor();
  await look(page, 'not-told-card');
  await page.getByRole('link', { name: HARBOR }).click();
  await page.getByText(/could not be told that this has ended/).waitFor();
  await look(page, 'not-told');
});

it('a row that cannot be read stands among the others', async () => {
  await served.program.db.updateTable('connection').set({ status_since: 'yesterday' }).execute();
  await open('/connections');
  await page.getByText('This connection cannot be read', { exact: true }).waitFor();
  await page.getByText(/What is stored of this connection cannot be read/).waitFor();
  await look(page, 'unreadable-card');
});
