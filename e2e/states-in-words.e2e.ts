// Proves in a browser that each state of a connection is said in words where one looks for it: a clinic that has not
// switched patients' programs on, with the words to send it; a portal that needs a sign-in for every sync, that is down,
// that is off.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outbound } from '../src/platform/outbound.ts';
import { outbound } from './support/outbound.ts';
import { openBrowser } from './support/browser.ts';
import { look, signedInPage } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const OPEN = 'Union River Family Practice';
const CLOSED = 'Frenchman Bay Urgent Care';
const tomas = { username: 'tomas@example.org', password: 'Sample-Login-1' };

let served: Served;
let browser: Browser;
let page: Page;
let connection: string;
let isDown = false;

const nowhere: Outbound = (url, init) =>
  outbound(isDown ? url.replace(/:\d+\//, ':9/') : url, init);

beforeAll(async () => {
  served = await startServed({
    portal: 'healow',
    isSample: true,
    outbound: nowhere,
    // Tries of a portal that is down would use the minute up, and wait for the next.
    vendor: (vendor) => ({
      ...vendor,
      portal: { ...vendor.portal, requests: { ...vendor.portal.requests, rate: null } },
    }),
  });
  browser = await openBrowser();
  page = await signedInPage(served, browser);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const open = (path: string) => page.goto(`${served.publicUrl}${path}`);

describe('a portal that renews nothing', () => {
  it('says before the sign-in that every sync needs one', async () => {
    await open('/connections/add');
    await page.getByRole('combobox', { name: 'Clinic or town' }).fill('Ellsworth');
    await page.getByText(/needs a sign-in for every sync/).waitFor();
    await look(page, 'sign-in-each-time-before');
  });

  it('and on the card, where no sync is announced', async () => {
    const { program } = served;
    connection = await program.connect({ clinicId: 'BDKCAA' }, tomas);
    await program.db.deleteFrom('job').execute();
    await program.sync(connection);
    await open('/connections');
    await page.getByRole('heading', { name: OPEN }).waitFor();
    await page.getByText('This portal needs a sign-in for every sync').waitFor();
    expect(await page.getByText(/^Next sync/).count()).toBe(0);
    await look(page, 'sign-in-each-time-card');
  });
});

describe('a clinic that has not switched patients’ programs on', () => {
  it('is gone to in vain, and the page has the words to send it', async () => {
    await open('/connections/add');
    await page.getByRole('combobox', { name: 'Clinic or town' }).fill('Bar Harbor');
    await page.getByRole('button', { name: `Sign in at ${CLOSED}` }).click();
    await page.getByText('Not switched on by the clinic').waitFor();
    await page.getByRole('heading', { name: `What to write to ${CLOSED}` }).waitFor();
    await page.getByText(`my own record from ${CLOSED}`).waitFor();
    await page.getByText('tell me when it is done').waitFor();
    await page.getByRole('button', { name: 'Copy these words' }).waitFor();
    await look(page, 'clinic-off-page');
  });

  it('and its card leads to them', async () => {
    await open('/connections');
    const card = page.getByRole('listitem').filter({ hasText: CLOSED });
    await card.getByRole('link', { name: 'What to write to the clinic' }).waitFor();
    await look(page, 'clinic-off-card');
  });
});

it('a portal that is down is called so', async () => {
  isDown = true;
  await served.program.sync(connection);
  isDown = false;
  await open('/connections');
  await page.getByText('The portal does not answer').waitFor();
  await look(page, 'vendor-down-card');
});

it('a simulated portal that is off says so, and what was received can be read', async () => {
  const { program } = served;
  Object.defineProperty(program.registry, 'entries', { value: [] });
  await open(`/connections/${connection}`);
  await page.getByText('The simulator is off').waitFor();
  await page.getByRole('link', { name: /^Read the \d+ records/ }).waitFor();
  expect(await page.getByRole('button', { name: /try again/i }).count()).toBe(0);
  await page.getByRole('button', { name: 'Disconnect' }).waitFor();
  await look(page, 'simulator-off-page');
});
