// Proves the page of the audit: what was read and refused in plain words, its check, and that a line changed in the
// database, or taken out of it, is found and named.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../src/access/accounts.ts';
import { openBrowser } from './support/browser.ts';
import { type Member, member } from './support/members.ts';
import { look } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

let served: Served;
let browser: Browser;
let owner: Member;

beforeAll(async () => {
  served = await startServed();
  browser = await openBrowser();
  owner = await member(served, browser);
  const person = await served.keep(
    { resourceType: 'Patient', id: 'p', name: [{ text: 'Elena Marsh' }] },
    {
      resourceType: 'Observation',
      id: 'o',
      status: 'final',
      category: [{ coding: [{ code: 'laboratory' }] }],
      code: { text: 'Hemoglobin' },
      valueQuantity: { value: 11.4, unit: 'g/dL' },
      effectiveDateTime: '2026-11-17T09:20:00Z',
      subject: { reference: 'Patient/p' },
    },
  );
  await owner.page.goto(`${served.publicUrl}/people/${person}/results`);
  await owner.page.getByText('Hemoglobin').first().waitFor();
  await createAccount(served.app.db, served.app.clock, { name: 'Ben' });
  await owner.context.request.post(`${served.publicUrl}/api/session/password`, {
    data: { name: 'Ben', password: 'a guess' },
    headers: { origin: served.publicUrl },
  });
  await served.app.audit.flush();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

describe('the audit', () => {
  it('says who read what of whose record, from where, and what was refused', async () => {
    const { page } = owner;
    await page.goto(`${served.publicUrl}/settings/audit`);
    const lines = page.locator('[data-line]');
    const read = lines.filter({ hasText: /^.*Owner read 1 result, Elena Marsh/ }).first();
    await read.waitFor();
    expect(await read.textContent()).toMatch(/Chrome, Linux, (::ffff:)?127\.0\.0\.1/);
    await lines.filter({ hasText: /Refused.*Somebody tried to sign in with a password/ }).waitFor();
    await look(owner.page, 'audit');
  });

  it('is found unbroken, with a checkpoint to keep', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^\d+ lines since .+, unbroken$/).waitFor();
    await page.getByText('Keep a checkpoint elsewhere').click();
    await page.getByRole('button', { name: 'Copy the checkpoint' }).waitFor();
    await look(owner.page, 'audit-verified');
  });

  it('names a line that was changed, and one that was taken out', async () => {
    const { page } = owner;
    const { db } = served.app;
    await db.updateTable('audit_line').set({ origin: 'nowhere' }).where('seq', '=', 2).execute();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Line 2 is not as it was written.').waitFor();
    await look(owner.page, 'audit-broken');
    await db.deleteFrom('audit_line').where('seq', '=', 2).execute();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Line 2 was taken out.').waitFor();
  });

  it('shows earlier lines on demand', async () => {
    const { page } = owner;
    const { audit } = served.app;
    for (let n = 0; n < 60; n += 1)
      await audit.act({
        door: 'terminal',
        accountId: null,
        act: 'instance.backup',
        personId: null,
        origin: 'terminal',
        detail: {},
      });
    await page.reload();
    await page.getByText('The operator worked on backups').first().waitFor();
    expect(await page.locator('[data-line="1"]').count()).toBe(0);
    const held = await page.locator('[data-line]').count();
    await page.getByRole('button', { name: 'Show earlier ones' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-line="1"]').waitFor();
    const nextOne = page.locator('[data-line]').nth(held);
    await expect.poll(() => nextOne.evaluate((line) => line === document.activeElement)).toBe(true);
    expect(await page.getByRole('button', { name: 'Show earlier ones' }).count()).toBe(0);
    expect(owner.errors).toEqual([]);
  });
});
