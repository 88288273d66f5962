// Proves a family of three accounts with one shared child: who sees what, at whose hand, and that a right which ends by
// itself or is taken back is over on the page that stands open.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveRight } from '../src/access/rights.ts';
import { openBrowser } from './support/browser.ts';
import { type Member, member, movableClock } from './support/members.ts';
import { look } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const HOUR_MS = 3_600_000;
const clock = movableClock();
let served: Served;
let browser: Browser;
let ann: Member;
let ben: Member;
let gran: Member;
let child: string;
let annsOwn: string;

const patient = (id: string, name: string, birthDate: string) => ({
  resourceType: 'Patient',
  id,
  name: [{ text: name }],
  birthDate,
});
const result = (of: string, name: string) => ({
  resourceType: 'Observation',
  id: `${of}-${name.toLowerCase()}`,
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { text: name },
  valueQuantity: { value: 11.4, unit: 'g/dL' },
  effectiveDateTime: '2026-11-17T09:20:00Z',
  subject: { reference: `Patient/${of}` },
});
const allergy = (of: string, name: string) => ({
  resourceType: 'AllergyIntolerance',
  id: `${of}-${name.toLowerCase()}`,
  code: { text: name },
  recordedDate: '2026-10-02',
  patient: { reference: `Patient/${of}` },
});

beforeAll(async () => {
  served = await startServed({ clock });
  browser = await openBrowser();
  ann = await member(served, browser);
  ben = await member(served, browser, 'Ben');
  gran = await member(served, browser, 'Gran');
  child = await served.keep(
    patient('c', 'Mia Marsh', '2019-05-04'),
    result('c', 'Hemoglobin'),
    allergy('c', 'Peanut'),
  );
  annsOwn = await served.keep(patient('a', 'Ann Marsh', '1979-03-11'), result('a', 'Ferritin'));
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const at = (path: string) => `${served.publicUrl}${path}`;

describe('a shared child', () => {
  it('is shown by who manages the record, to be managed by the other parent too', async () => {
    const { page } = ann;
    await ben.page.goto(at('/'));
    await ben.page.getByRole('heading', { name: 'No record is shown to you yet.' }).waitFor();
    await page.goto(at('/settings/people'));
    await page.getByRole('button', { name: /^Show it to somebody: .*Mia Marsh/ }).click();
    // Nobody is chosen before somebody is.
    const show = page.getByRole('button', { name: 'Show it', exact: true });
    expect(await show.isDisabled()).toBe(true);
    await page.getByLabel('To', { exact: true }).selectOption({ label: 'Ben' });
    await page.getByLabel('Manage it').check();
    await page.getByRole('button', { name: 'Show it', exact: true }).click();
    await page.getByText('Ben manages this record').waitFor();
  });

  it('is shown to the grandmother in part, and until a day', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: /^Show it to somebody: .*Mia Marsh/ }).click();
    await page.getByLabel('To', { exact: true }).selectOption({ label: 'Gran' });
    await page.getByLabel('Read some kinds').check();
    expect(await page.getByRole('button', { name: 'Show it', exact: true }).isDisabled()).toBe(
      true,
    );
    await page.getByLabel('Results').check();
    await page.getByLabel('Visits').check();
    await page.getByLabel('Until the end of').fill('2099-12-03');
    await look(ann.page, 'people-showing');
    await page.getByRole('button', { name: 'Show it', exact: true }).click();
    await page.getByText('Gran may read results and visits until December 3, 2099').waitFor();
    await look(ann.page, 'people');
  });

  it('is the other parent’s to look after, and nothing else of the house is to be seen', async () => {
    const { page } = ben;
    // It has come to the page that stood open.
    await page.getByText('Peanut').first().waitFor();
    await page.getByText('Hemoglobin').first().waitFor();
    await page.getByRole('link', { name: 'Connections' }).first().waitFor();
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByText('Ben (you) manages this record').waitFor();
    expect(await page.getByText('Ann Marsh').count()).toBe(0);
  });

  it('is seen by the grandmother in the kinds shown to her, which the page says', async () => {
    const { page } = gran;
    await page.goto(at('/'));
    await page.getByText('You see results and visits of this record.').waitFor();
    await page.getByText('Hemoglobin').first().waitFor();
    expect(await page.getByText('Peanut').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Connections' }).count()).toBe(0);
    await look(gran.page, 'timeline-in-part');
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByText('You may read results and visits').waitFor();
    expect(await page.getByRole('button', { name: /somebody/ }).count()).toBe(0);
    await look(gran.page, 'people-shown-to-you');
  });

  it('is told like nobody’s to who types the address of another record', async () => {
    const { page } = gran;
    await page.goto(at(`/people/${annsOwn}/timeline`));
    await page.getByRole('heading', { name: 'This record is not shown to you' }).waitFor();
    await look(gran.page, 'not-shown');
  });
});

describe('a right', () => {
  it('that is taken back is over on the page that stands open', async () => {
    await gran.page.goto(at(`/people/${child}/results`));
    await gran.page.getByText('Hemoglobin').first().waitFor();
    const { page } = ann;
    await page.getByRole('button', { name: /^Take back: Gran/ }).click();
    await look(ann.page, 'people-taking-back');
    await page.keyboard.press('Escape');
    const back = page.getByRole('button', { name: /^Take back: Gran/ });
    await expect.poll(() => back.evaluate((one) => one === document.activeElement)).toBe(true);
    await back.click();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await gran.page.getByRole('heading', { name: 'This record is not shown to you' }).waitFor();
    expect(await gran.page.getByText('Hemoglobin').count()).toBe(0);
  });

  it('that ends by itself is over on the page that stands open', async () => {
    const { db } = served.app;
    await giveRight(db, clock.now(), {
      accountId: gran.id,
      personId: annsOwn,
      level: 'read',
      givenBy: ann.id,
      expiresAt: clock.now() + HOUR_MS,
    });
    const { page } = gran;
    await page.goto(at(`/people/${annsOwn}/results`));
    await page.getByText('Ferritin').first().waitFor();
    clock.forward(2 * HOUR_MS);
    await page.getByRole('heading', { name: 'This record is not shown to you' }).waitFor();
    expect(await page.getByText('Ferritin').count()).toBe(0);
  });

  it('that is the last to manage a record is not offered to be taken', async () => {
    const { page } = ann;
    await page.goto(at('/settings/people'));
    const own = page.getByRole('list', { name: 'Who may see the record of Ann Marsh' });
    await own.getByText('once somebody else manages this record for good').waitFor();
    expect(await own.getByRole('button', { name: /^Take back/ }).count()).toBe(0);
  });

  it('leaves no error on any page', () => {
    expect([...ann.errors, ...ben.errors, ...gran.errors]).toEqual([]);
  });
});
