// Proves in a browser that the sheet of a document lists its files: one that is here opens, one that is not says why.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, picture, signedInPage } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

let served: Served;
let browser: Browser;
let page: Page;
let person: string;
let record: string;

const base64 = (text: string) => Buffer.from(text).toString('base64');

beforeAll(async () => {
  served = await startServed();
  const files = [
    { contentType: 'text/plain', title: 'Letter to Dr. Abara', data: base64('Dear colleague,') },
    { contentType: 'text/html', title: 'Portal page', data: base64('<script>top.x = 1</script>') },
    {
      contentType: 'application/pdf',
      title: `Scan ${'withoutASpace'.repeat(20)}`,
      url: 'Binary/1',
    },
    { contentType: 'application/pdf', title: 'Radiology report', url: 'Binary/2' },
    { contentType: 'application/pdf', title: 'ECG', url: 'Binary/3' },
    { contentType: 'application/octet-stream' },
  ];
  person = await served.keep(
    { resourceType: 'Patient', id: 'p', name: [{ text: 'Files' }] },
    {
      resourceType: 'DocumentReference',
      id: 'd',
      description: 'Letter of the heart clinic',
      subject: { reference: 'Patient/p' },
      date: '2026-11-03',
      content: files.map((attachment) => ({ attachment })),
    },
  );
  const { db } = served.program;
  const one = await db
    .selectFrom('resource')
    .select(['id', 'current_seq'])
    .where('type', '=', 'DocumentReference')
    .executeTakeFirstOrThrow();
  record = one.id;
  const stands = (n: number) => db.updateTable('attachment').where('n', '=', n);
  await stands(2).set({ state: 'refused', code: 'fhir.forbidden' }).execute();
  await stands(3).set({ state: 'failed', code: 'fhir.server_error', next_try_at: null }).execute();
  await stands(4)
    .set({ state: 'too-large', code: 'sync.attachment_too_large', bytes: 81_000_000 })
    .execute();
  browser = await openBrowser();
  page = await signedInPage(served, browser);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

it('the sheet of a document lists its files, with what each is, or why it is not here', async () => {
  await page.goto(`${served.publicUrl}/`);
  await page.getByText('Letter of the heart clinic').first().click();
  await page.getByRole('heading', { name: 'Files' }).waitFor();
  await page.getByText('Text, 15 bytes').waitFor();
  await page.getByText('The portal refused this file.').waitFor();
  await page.getByText('Chartfold no longer asks for it.').waitFor();
  await page.getByText('Larger than the 64 MB').waitFor();
  await page.getByText('Not published by the clinic.').waitFor();
  expect(await page.getByRole('link', { name: 'Radiology report' }).count()).toBe(0);
  await expectAccessible(page, 'files of a record');
  await expectNoSidewaysScroll(page, 'files of a record');
  await picture(page, 'files-of-a-record');
});

it('a text opens in a tab of its own, where nothing of ours can be reached', async () => {
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Letter to Dr. Abara' }).click(),
  ]);
  await tab.waitForLoadState();
  expect(await tab.evaluate(() => [document.body.innerText, self.origin])).toEqual([
    'Dear colleague,',
    'null',
  ]);
  await tab.close();
});

it('a page that a portal sent is saved and not shown', async () => {
  const address = `${served.publicUrl}/api/people/${person}/records/${record}/attachments/1`;
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.evaluate((to) => {
      location.href = to;
    }, address),
  ]);
  expect(download.suggestedFilename()).toBe('Portal page.html');
});
