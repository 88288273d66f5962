// Proves in a browser that one person connects several portals, of different vendors and FHIR versions, and reads one timeline in which
// each line says where it is from.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../src/http/contract.ts';
import { openBrowser } from './support/browser.ts';
import { DESKTOP, look } from './support/page.ts';
import { type Running, startRunning } from './support/running.ts';

/** Each by what is typed, found and chosen. Nora is a patient of all of them. */
const CLINICS = [
  { name: 'Harbor Lane Family Medicine', software: 'athenahealth' },
  { name: 'Penobscot Bay Endocrine & Thyroid Center', software: 'athenahealth' },
  // In FHIR DSTU2, where the others speak R4; it has no clinics to choose among.
  { name: 'OnPatient', software: 'OnPatient' },
  { name: 'Quarry Hill Health', software: 'SMART on FHIR' },
] as const;

let running: Running;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  running = await startRunning();
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce' });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(running.signInLink());
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByText(/connect the portals/i).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
});

/** The portal's own pages: who signs in, which practice where there are several, what is allowed. */
async function signInAtPortal(clinic: string): Promise<void> {
  await page.getByLabel('Email').fill('nora@example.org');
  await page.getByLabel('Password').fill('Sample-Login-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const [goesOn, allows] = ['Continue', 'Allow'].map((name) => page.getByRole('button', { name }));
  if (!goesOn || !allows) return;
  await goesOn.or(allows).waitFor();
  if (await goesOn.isVisible()) {
    await page.getByRole('radio', { name: new RegExp(clinic) }).check();
    await goesOn.click();
  }
  await allows.click();
}

/** The connections that have not brought a record yet, or go on bringing some. */
async function waitedFor(): Promise<string[]> {
  const reply = await page.request.get(`${running.publicUrl}/api/connections`);
  const { connections } = (await reply.json()) as { connections: Connection[] };
  return connections
    .filter(({ state, records }) => state.kind !== 'ready' || records === 0)
    .map(({ clinicName }) => clinicName);
}

describe('one person with several portals', () => {
  it.each(CLINICS)('connects $name, by $software', async ({ name }) => {
    await page.goto(`${running.publicUrl}/connections/add`);
    await page.getByRole('combobox', { name: 'Clinic or town' }).fill(name);
    const found = page.getByRole('option').filter({ hasText: name });
    await found.first().click();
    await page.getByRole('button', { name: `Sign in at ${name}` }).click();
    await signInAtPortal(name);
    await page.getByRole('heading', { name: /right patient/i }).waitFor();
    await page.getByRole('button', { name: /^yes/i }).click();
    await expect.poll(waitedFor, { timeout: 60_000 }).toEqual([]);
  });

  it('has them all on one record', async () => {
    await page.goto(`${running.publicUrl}/connections`);
    for (const { name } of CLINICS) await page.getByText(name).first().waitFor();
    await look(page, 'three-portals-connections');
  });

  it('reads one timeline, in which each line says by mark and name where it is from', async () => {
    await page.getByRole('link', { name: 'Timeline' }).first().click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.getByRole('button', { name: /^Source/ }).click();
    for (const { name } of CLINICS)
      await page.getByRole('menuitemcheckbox', { name: new RegExp(name) }).waitFor();
    await page.keyboard.press('Escape');
    await page
      .getByText(/office visit/i)
      .first()
      .waitFor();
    await look(page, 'three-portals-timeline');
    expect(errors).toEqual([]);
  });
});
