// Proves in a browser how a person comes by their clinic where the portal is a vendor's: the list is offered by name and
// size, fetched with its progress shown, and searched as one types, with the keyboard alone; and what stays where it can
// not be fetched again.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { athenahealthFilling } from '../simulator/directories/generate.ts';
import { type RunningSimulator, startSimulator } from '../simulator/start.ts';
import { openBrowser } from './support/browser.ts';
import { DESKTOP, look } from './support/page.ts';
import { type Running, startRunning } from './support/running.ts';

let simulator: RunningSimulator;
let running: Running;
let isListThere = true;
let browser: Browser;
let page: Page;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chartfold-e2e-'));
  simulator = await startSimulator({ directorySize: 'full', size: 50, anchor: '2026-01-15' });
  const base = `${simulator.url}/athenahealth/production`;
  const config = join(directory, 'portals.json');
  await writeFile(
    config,
    JSON.stringify({
      portals: [
        {
          vendor: 'athenahealth',
          fhirBaseUrl: `${base}/fhir/r4`,
          directoryUrl: `${base}/athena-fhir-service-base-urls.json`,
          clientId: 'none',
        },
      ],
    }),
  );
  running = await startRunning({ CHARTFOLD_CONFIG: config });
  simulator.control.registerClient({
    portal: 'athenahealth',
    environment: 'production',
    clientId: 'none',
    auth: 'none',
    redirectUris: [`${running.publicUrl}/athena/callback`],
  });
  browser = await openBrowser();
  page = await (await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce' })).newPage();
  await page.goto(running.signInLink());
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL((url) => url.hash === '' && url.pathname !== '/sign-in');
  await page.goto(`${running.publicUrl}/connections/add`);
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
  if (isListThere) await simulator?.close();
  await rm(directory, { recursive: true });
});

const field = () => page.getByRole('combobox', { name: 'Clinic or town' });
const options = () => page.getByRole('listbox', { name: 'Clinics' }).getByRole('option');
describe('the lists of clinics', () => {
  it('are offered by whose they are, from where, and how large, before anything is fetched', async () => {
    const offer = page.getByRole('region', { name: 'Lists of clinics' });
    await offer.getByText(new URL(simulator.url).host).waitFor();
    await offer.getByText(/about 20 MB/).waitFor();
    expect(simulator.control.requests().some(({ path }) => path.endsWith('.json'))).toBe(false);
    // The portal as a whole can be chosen all the same.
    await expect.poll(() => options().count()).toBe(1);
    await look(page, 'clinics-not-here');
  });

  it('are fetched when told to, and searched at once', async () => {
    await page.getByRole('button', { name: 'Fetch the list' }).click();
    await page
      .getByText(`${athenahealthFilling.full.toLocaleString('en-US')} clinics`)
      .waitFor({ timeout: 60_000 });
    await look(page, 'clinics-here');
  });
});

describe('a clinic', () => {
  it('is found by a misspelled name, first, and how many there are is said', async () => {
    await field().fill('harbr lane famly med');
    await expect
      .poll(() => options().first().textContent())
      .toContain('Harbor Lane Family Medicine');
    await expect
      .poll(() =>
        page
          .getByRole('status')
          .filter({ hasText: /clinics? found/ })
          .count(),
      )
      .toBe(1);
    await look(page, 'clinic-found');
  });

  it('is chosen by arrow keys, and connected by Enter', async () => {
    await field().fill('family medicine maine');
    // Until the answer is there, the one before is shown, and Enter does nothing.
    await page
      .getByRole('status')
      .filter({ hasText: /clinics? found/ })
      .waitFor();
    await expect.poll(() => options().count()).toBeGreaterThan(2);
    const first = await field().getAttribute('aria-activedescendant');
    await field().press('ArrowDown');
    const second = await field().getAttribute('aria-activedescendant');
    expect(second).not.toBe(first);
    await field().press('ArrowUp');
    expect(await field().getAttribute('aria-activedescendant')).toBe(first);
    await field().press('Enter');
    await page.waitForURL((url) => url.origin === simulator.url);
    await page.getByLabel('Email').waitFor();
    await page.goto(`${running.publicUrl}/connections/add`);
  });

  it('that does not exist is not found, and the ways on are said', async () => {
    await field().fill('zxcvbnm qwertyuiop');
    await page.getByText('No clinic here matches').waitFor();
    await expect
      .poll(() => options().allTextContents())
      .toEqual([expect.stringContaining('athenahealth')]);
    await look(page, 'clinic-not-found');
  });
});

describe('a list that cannot be fetched again', () => {
  it('stays, with the day of the last try and why it failed', async () => {
    await simulator.close();
    isListThere = false;
    await field().fill('harbor lane family medicine rockport');
    await page.getByRole('button', { name: 'Look for newer lists' }).click();
    await page.getByText(/The last try, on .* failed\. /).waitFor();
    await expect
      .poll(() => options().first().textContent())
      .toContain('Harbor Lane Family Medicine');
    await look(page, 'clinics-not-renewed');
  });
});
