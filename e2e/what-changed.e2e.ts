// Proves in a browser that a person sees what changed while they were away: in sum, record by record with old and new,
// with the history and the raw difference behind it; what is amended in the results; and from a receipt what it changed.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../src/platform/clock.ts';
import { openBrowser } from './support/browser.ts';
import { look, signedInPage } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const HOUR_MS = 3_600_000;

let served: Served;
let browser: Browser;
let page: Page;
let connection: string;
let person: string;
let analyte: string;
let away = 0;

beforeAll(async () => {
  served = await startServed({
    isSample: true,
    clock: { ...systemClock, now: () => systemClock.now() + away },
  });
  connection = await served.program.connect();
  await sync();
  browser = await openBrowser();
  page = await signedInPage(served, browser, { timezoneId: 'America/New_York' });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

async function sync(): Promise<void> {
  const { program } = served;
  await program.sync(connection);
  await program.db.deleteFrom('job').execute();
  const { person_id } = await program.db
    .selectFrom('connection')
    .select('person_id')
    .executeTakeFirstOrThrow();
  person = person_id ?? '';
  await program.project(person);
}

async function visits(): Promise<number> {
  const rows = await served.program.db.selectFrom('record_visit').selectAll().execute();
  return rows.length;
}

/** Amends a result, changes a dose, takes a condition away, and adds a result. */
async function changeAtThePortal(): Promise<void> {
  const { db, simulator } = served.program;
  const { control } = simulator;
  const row = (kind: 'condition' | 'medication') =>
    db
      .selectFrom('chart_row')
      .select(['type', 'fhir_id'])
      .where('kind', '=', kind)
      .orderBy('fhir_id')
      .executeTakeFirstOrThrow();
  const result = await db
    .selectFrom('chart_result as result')
    .innerJoin('chart_row as row', 'row.resource_id', 'result.resource_id')
    .select(['row.fhir_id', 'result.analyte'])
    .where('result.category', '=', 'laboratory')
    .where('result.unit', 'is not', null)
    .where('result.name', '=', 'TSH')
    .orderBy('row.day', 'desc')
    .executeTakeFirstOrThrow();
  analyte = result.analyte;
  const lab = { environment: 'production', type: 'Observation', id: result.fhir_id } as const;
  const text = control.text('production', 'Observation', result.fhir_id) ?? '';
  control.edit({ ...lab, text: text.replace(/("valueQuantity":\{"value":)[\d.]+/, '$199.50') });
  const meta = { lastUpdated: '2026-11-22T00:00:00Z' };
  control.edit({ ...lab, set: { status: 'amended', meta } });
  control.edit({
    ...lab,
    id: 'one-more-result',
    text: text
      .replace(result.fhir_id, 'one-more-result')
      .replace(/"effectiveDateTime":"\d{4}/, '"effectiveDateTime":"2019'),
  });
  const pill = await row('medication');
  control.edit({
    environment: 'production',
    type: pill.type,
    id: pill.fhir_id,
    set: { dosageInstruction: [{ text: '2 tablets each evening' }] },
  });
  const problem = await row('condition');
  control.edit({
    environment: 'production',
    type: problem.type,
    id: problem.fhir_id,
    delete: true,
  });
}

it('looking at a record is a visit, and coming back after hours another one', async () => {
  await page.goto(`${served.publicUrl}/people/${person}/timeline`);
  await page.getByRole('link', { name: 'What changed' }).waitFor();
  await expect.poll(visits).toBe(1);
  await page.goto('about:blank');
  away = 2 * HOUR_MS;
  await changeAtThePortal();
  await sync();
  await page.goto(`${served.publicUrl}/people/${person}/timeline`);
  await expect.poll(visits).toBe(2);
});

it('the timeline says in a line what changed since the last visit', async () => {
  await page.goto(`${served.publicUrl}/people/${person}/timeline`);
  const link = page.getByRole('link', { name: /^1 new, 2 changed, 1 no longer reported since / });
  await link.waitFor();
  await look(page, 'changes-on-timeline');
  await link.click();
});

it('the page tells each record with old and new', async () => {
  await page.getByRole('heading', { name: 'What changed' }).waitFor();
  await page.getByText(/^1 new, 2 changed, 1 no longer reported$/).waitFor();
  const changed = page.getByRole('region', { name: 'Changed 2' });
  await changed.getByText('99.50 m[IU]/L').first().waitFor();
  expect(await changed.innerText()).toMatch(/Status was final is now amended|final is now amended/);
  expect(await changed.innerText()).toContain('is now 2 tablets each evening');
  await page.getByRole('region', { name: 'No longer reported 1' }).waitFor();
  await page.getByRole('region', { name: 'New 1' }).waitFor();
  await look(page, 'changes');
});

it('a record opens beside it with its history, and the raw difference behind that', async () => {
  await page.getByRole('region', { name: 'Changed 2' }).getByText('TSH').click();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('Version 2').waitFor();
  await history.getByText('First received').waitFor();
  await page
    .getByText(/^Before, it was/)
    .first()
    .waitFor();
  await history.getByRole('button', { name: 'Raw difference' }).click();
  const raw = page.getByRole('region', { name: 'Raw difference of version 2' });
  await raw.getByText('valueQuantity.value').waitFor();
  await raw.getByText('moves in each answer, counts as no change').first().waitFor();
  await look(page, 'changes-record');
  await page.keyboard.press('Escape');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-record')))
    .not.toBeNull();
});

it('what came first is told calmly, not as news', async () => {
  const { run } = await firstRun();
  await page.goto(`${served.publicUrl}/people/${person}/changes#receipt=${run}`);
  await page.getByText(/^First received from /).waitFor();
  expect(await page.getByRole('region', { name: /^New/ }).count()).toBe(0);
  await look(page, 'changes-first');
});

it('the results show the amended value with the one before struck', async () => {
  await page.goto(`${served.publicUrl}/people/${person}/results`);
  const row = page.getByRole('row').filter({ has: page.locator(`[data-analyte="${analyte}"]`) });
  await row.locator('del').waitFor();
  await look(page, 'results-amended');
  await row.getByRole('button').first().click();
  await page
    .getByText(/^Before, it was .* received /)
    .first()
    .waitFor();
  await look(page, 'result-amended');
});

it('the receipt leads to what its sync changed', async () => {
  const { run } = await lastRun();
  await page.goto(`${served.publicUrl}/receipts/${run}`);
  await page.getByText(/^The next sync begins by itself /).waitFor();
  await look(page, 'receipt-ways-on');
  await page.getByRole('link', { name: 'What this sync changed' }).click();
  await page.getByText(/ with the sync of /).waitFor();
  await page.getByRole('link', { name: 'Receipt of this sync' }).waitFor();
});

it('more of a long list goes on by keyboard where it stood, to the last of it', async () => {
  const { db, simulator } = served.program;
  const rows = db.selectFrom('chart_row').select('fhir_id').where('type', '=', 'Observation');
  for (const { fhir_id: id } of await rows.limit(60).execute())
    simulator.control.edit({
      environment: 'production',
      type: 'Observation',
      id,
      set: { note: [{ text: 'seen again' }] },
    });
  await sync();
  await page.goto(`${served.publicUrl}/people/${person}/changes#sync`);
  const records = page.locator('[data-record]');
  await expect.poll(() => records.count()).toBe(50);
  await page.getByRole('button', { name: 'Show more' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => records.count()).toBe(60);
  const nextOne = records.nth(50);
  await expect.poll(() => nextOne.evaluate((row) => row === document.activeElement)).toBe(true);
});

it('more of a long history gives the focus to the first version that came', async () => {
  const { db, simulator } = served.program;
  const { resource_id: id, fhir_id } = await db
    .selectFrom('chart_row')
    .select(['resource_id', 'fhir_id'])
    .where('type', '=', 'Condition')
    .executeTakeFirstOrThrow();
  for (let n = 0; n < 21; n += 1) {
    const note = [{ text: `seen ${n} times` }];
    const at = { environment: 'production', type: 'Condition', id: fhir_id } as const;
    simulator.control.edit({ ...at, set: { note } });
    await served.program.sync(connection);
  }
  await sync();
  await page.goto(`${served.publicUrl}/people/${person}/timeline/${id}`);
  const held = page.locator('section[aria-labelledby="record-history"] > ol > li');
  await expect.poll(() => held.count()).toBe(20);
  await page.getByRole('button', { name: 'Show earlier versions' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => held.count()).toBeGreaterThan(20);
  const nextOne = held.nth(20);
  await expect.poll(() => nextOne.evaluate((one) => one === document.activeElement)).toBe(true);
}, 120_000);

const runs = () =>
  served.program.db.selectFrom('sync_run').select('id as run').orderBy('started_at');
const firstRun = () => runs().executeTakeFirstOrThrow();
const lastRun = () =>
  served.program.db
    .selectFrom('sync_run')
    .select('id as run')
    .orderBy('started_at', 'desc')
    .executeTakeFirstOrThrow();
