// Proves in a browser that a record which is unlike any other is still a page: hardly anything in it, texts of
// megabytes, names without a space.

import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outbound } from './support/outbound.ts';
import { openBrowser } from './support/browser.ts';
import { look, signedInPage } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const MEGABYTE = 1_000_000;
/** A page that stands still longer than this is felt as stuck; laid out whole, these took seconds. */
const STALL_MS = 600;
const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(7);

let served: Served;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  served = await startServed({
    outbound: async (url, init) => {
      const response = await outbound(url, init);
      if (!/\/Patient\/[^/]+$/.test(url.split('?')[0] ?? '')) return response;
      const patient = (await response.json()) as object;
      return Response.json({ ...patient, name: [{ family: LONG_NAME, given: [LONG_NAME] }] });
    },
  });
  browser = await openBrowser();
  page = await signedInPage(served, browser);
  // Notes the longest time between two turns of the main thread.
  await page.addInitScript(() => {
    const noted = Object.assign(window, { stood: 0 });
    let last = performance.now();
    const turn = () => {
      const now = performance.now();
      noted.stood = Math.max(noted.stood, now - last);
      last = now;
      setTimeout(turn, 0);
    };
    turn();
  });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const patient = (id: string, name: string) => ({
  resourceType: 'Patient',
  id,
  name: [{ text: name }],
});
const of = (id: string) => ({ subject: { reference: `Patient/${id}` } });
const result = (id: string, name: string, more: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { text: name },
  effectiveDateTime: '2026-01-02',
  ...more,
});

/** Does something and tells how long the page's main thread then stood still at most, in ms. */
async function stall(act: () => Promise<void>): Promise<number> {
  await page.evaluate(() => Object.assign(window, { stood: 0 }));
  await act();
  return page.evaluate(() => (window as unknown as { stood: number }).stood);
}

describe('a record of nothing but who somebody is', () => {
  it('says what is there, and that nothing of it stands on a timeline', async () => {
    const person = await served.keep(patient('only', 'Una Only'));
    await page.goto(`${served.publicUrl}/people/${person}/timeline`);
    await page.getByText(/1 record is here/).waitFor();
    await expect(page.getByText(/Nothing has been received/).count()).resolves.toBe(0);
    await look(page, 'patient-only');
  });
});

describe('texts of a megabyte', () => {
  const words = 'lorem '.repeat(MEGABYTE / 6).trim();
  const solid = 'x'.repeat(MEGABYTE);
  const beginning = /^x{300}… \(1,000,000 characters\)/;
  let person: string;
  beforeAll(async () => {
    person = await served.keep(
      patient('mega', solid),
      result('words', 'Culture', { ...of('mega'), valueString: words }),
      result('solid', solid, { ...of('mega'), valueString: solid }),
      {
        resourceType: 'Condition',
        id: 'condition',
        code: { text: solid },
        note: [{ text: words }],
        onsetDateTime: '2026-01-03',
        ...of('mega'),
      },
      {
        resourceType: 'DocumentReference',
        id: 'note',
        status: 'current',
        description: 'A long note',
        date: '2026-01-04T10:00:00Z',
        content: [
          {
            attachment: { contentType: 'text/plain', data: Buffer.from(solid).toString('base64') },
          },
        ],
        ...of('mega'),
      },
    );
  });

  /** What a button saves. */
  async function saved(button: Locator): Promise<string> {
    const download = page.waitForEvent('download');
    await button.click();
    return readFile(await (await download).path(), 'utf8');
  }
  const save = () => page.getByRole('button', { name: 'Save the whole text' });

  it('do not stop the timeline, a note or its raw text, and each is saved whole', async () => {
    await page.goto(`${served.publicUrl}/connections`);
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    const whenShown = await stall(async () => {
      await page.goto(`${served.publicUrl}/people/${person}/timeline`);
      await page.getByText('A long note').waitFor();
    });
    expect(whenShown).toBeLessThan(STALL_MS);
    await page.getByText(beginning).first().waitFor();
    await look(page, 'mega-timeline');

    const whenOpened = await stall(async () => {
      await page.getByText('A long note').click();
      await page.getByText('The first 20,000 of 1,000,000 characters.').waitFor();
    });
    expect(whenOpened).toBeLessThan(STALL_MS);
    expect(await saved(save())).toBe(solid);
    // It came in a file, which leaves no receipt to lead to.
    expect(await page.getByRole('link', { name: 'Receipt' }).count()).toBe(0);

    const whenRaw = await stall(async () => {
      await page.getByRole('button', { name: 'Raw resource' }).click();
      await page.getByRole('button', { name: 'Copy' }).waitFor();
    });
    expect(whenRaw).toBeLessThan(STALL_MS);
    expect(JSON.parse(await saved(save().last()))).toMatchObject({ id: 'note' });
    await look(page, 'mega-note');
  });

  it('do not stop a name, a value or a fact', async () => {
    await page.goto(`${served.publicUrl}/people/${person}/results`);
    await page.locator('main').getByRole('button', { name: beginning }).click();
    await page.getByRole('heading', { level: 2, name: beginning }).waitFor();
    await look(page, 'mega-result');
    await page.goto(`${served.publicUrl}/people/${person}/timeline`);
    await page.getByRole('link', { name: /^Conditions: x/ }).click();
    const note = page.getByText('The first 2,000 of 999,995 characters.');
    expect(await saved(note.getByRole('button'))).toBe(words);
    await look(page, 'mega-condition');
  });
});

describe('names of hundreds of letters without a space', () => {
  it('wrap where a patient is confirmed', async () => {
    const someone = await served.keep(patient('long', LONG_NAME));
    const { connectionId } = await served.program.signIn({ personId: someone });
    await page.goto(`${served.publicUrl}/connections/${connectionId}/confirm`);
    await page.getByText('The name differs').waitFor();
    await look(page, 'long-name-confirm');
    await page.goto(`${served.publicUrl}/connections`);
    await page.getByText('Is this the right patient?').waitFor();
    await look(page, 'long-name-connections');
  });

  it('wrap in results, their sheet and the timeline', async () => {
    const person = await served.keep(
      patient('names', LONG_NAME),
      result('one', LONG_NAME, {
        ...of('names'),
        valueQuantity: { value: 1, unit: LONG_NAME },
        referenceRange: [{ text: LONG_NAME }],
      }),
    );
    await page.goto(`${served.publicUrl}/people/${person}/results`);
    await page.locator('main').getByRole('button', { name: LONG_NAME }).waitFor();
    await look(page, 'long-name-results');
    await page.locator('main').getByRole('button', { name: LONG_NAME }).click();
    await page.getByRole('heading', { level: 2, name: LONG_NAME }).waitFor();
    await look(page, 'long-name-result');
    await page.goto(`${served.publicUrl}/people/${person}/timeline`);
    await page.getByText(LONG_NAME).first().waitFor();
    await look(page, 'long-name-timeline');
  });
});
