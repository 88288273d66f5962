// Proves what a page that stands open does when its session goes from under it: ended from another browser, or taken by
// another account that signs in in a second tab. Nothing of the record stays, and nothing is done as somebody else.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../src/access/accounts.ts';
import { endSessions, newLink } from '../src/access/sessions.ts';
import { openBrowser } from './support/browser.ts';
import { type Member, member } from './support/members.ts';
import { expectAccessible, expectNoSidewaysScroll, picture } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

/** Far less than the heartbeat of a stream, which is 20 seconds. */
const AT_ONCE = { timeout: 4_000 };
let served: Served;
let browser: Browser;
let olga: Member;
let swId: string;
let person: string;

beforeAll(async () => {
  served = await startServed();
  browser = await openBrowser();
  olga = await member(served, browser);
  const { db, clock } = served.app;
  ({ id: swId } = await createAccount(db, clock, { name: 'Sw' }));
  person = await served.keep(
    { resourceType: 'Patient', id: 'o', name: [{ text: 'Olga Brandt' }], birthDate: '1961-02-03' },
    {
      resourceType: 'AllergyIntolerance',
      id: 'o-peanut',
      code: { text: 'Peanut' },
      recordedDate: '2026-10-02',
      patient: { reference: 'Patient/o' },
    },
  );
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const linkOf = async (accountId: string) =>
  `${served.publicUrl}/sign-in#${await newLink(served.app.db, served.app.clock, accountId)}`;
async function openRecord(page: Page): Promise<void> {
  await page.goto(`${served.publicUrl}/people/${person}/timeline`);
  await page.getByText('Peanut').first().waitFor();
}

describe('a page whose session is ended from elsewhere', () => {
  it('shows the sign-in at once and nothing of the record', async () => {
    const { page } = olga;
    await openRecord(page);
    await endSessions(served.app.db, olga.id);
    served.app.changes.tell({ sessionsOf: olga.id });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor(AT_ONCE);
    expect(await page.getByText('Peanut').count()).toBe(0);
    await page.goto(await linkOf(olga.id));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Peanut').first().waitFor();
  });
});

describe('a page beside which another account signs in', () => {
  it('becomes theirs at once and says so; the link said who was signed in before', async () => {
    const { page, context } = olga;
    const other = await context.newPage();
    await other.goto(await linkOf(swId));
    await other.getByText('You are signed in here as Owner now.').waitFor();
    await expectAccessible(other, 'sign-in-beside');
    await expectNoSidewaysScroll(other, 'sign-in-beside');
    await picture(other, 'sign-in-beside');
    await other.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This browser is signed in as Sw now.').waitFor(AT_ONCE);
    expect(await page.getByText('Peanut').count()).toBe(0);
    expect(await page.getByText('Olga Brandt').count()).toBe(0);
    await expectAccessible(page, 'signed-in-since');
    await expectNoSidewaysScroll(page, 'signed-in-since');
    await picture(page, 'signed-in-since');
    await other.close();
  });

  it('does nothing as the other where it has not heard of it, and then shows whose it is', async () => {
    const { page, context } = olga;
    await page.goto(await linkOf(olga.id));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Peanut').first().waitFor();
    // Without its stream, as where the network drops, it hears of nothing.
    await page.route('**/api/events', (route) => route.abort());
    await page.goto(`${served.publicUrl}/settings/people`);
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByLabel('Name').fill('Mia');
    await context.request.post(`${served.publicUrl}/api/session`, {
      data: { secret: await newLink(served.app.db, served.app.clock, swId) },
      headers: { origin: served.publicUrl },
    });
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('This browser is signed in as Sw now.').waitFor(AT_ONCE);
    const people = await served.app.db.selectFrom('person').select('name').execute();
    expect(people.map(({ name }) => name)).not.toContain('Mia');
    expect(olga.errors.filter((text) => !/ERR_FAILED|net::/.test(text))).toEqual([]);
  });
});
