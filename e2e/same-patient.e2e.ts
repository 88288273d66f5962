// Proves what is said where the portal signs in the patient who is connected already, and the way to another one.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { member } from './support/members.ts';
import { expectAccessible, picture } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

let served: Served;
let browser: Browser;

beforeAll(async () => {
  served = await startServed({ isSample: true });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

describe('a sign-in that opens a record which is here already', () => {
  it('says so, and leads to where the portal’s own session is ended', async () => {
    const ann = await member(served, browser, 'Ann');
    const { program, publicUrl } = served;
    const { connectionId } = await program.signIn({ by: ann.id });
    await program.confirm(connectionId);
    const { go } = await program.begin({ by: ann.id });
    const { query } = await program.browse(go);
    await ann.page.goto(`${publicUrl}/athena/callback?${query}`);
    const notice = ann.page.getByRole('status').filter({ hasText: 'connected here already' });
    await notice.waitFor();
    expect(new URL(ann.page.url()).pathname).toBe(`/connections/${connectionId}`);
    await expectAccessible(ann.page, 'same-patient');
    await picture(ann.page, 'same-patient');
    const [there] = await Promise.all([
      ann.context.waitForEvent('page'),
      notice.getByRole('link', { name: 'sign out at athenahealth' }).click(),
    ]);
    await there.getByText('You are signed out of the simulated patient portal.').waitFor();
    expect(ann.errors).toEqual([]);
  });
});
