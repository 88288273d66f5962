// Proves whom a link from the terminal signs in: who was named, and nobody else.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { appOf } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import { signInByLink } from '../access/sessions.ts';
import type { App } from '../http/app.ts';
import { signInLink } from './commands/people.ts';
import { performVerb } from './perform-verb.ts';
import type { Verb } from './verb.ts';

let program: TestProgram;
let app: App;
let ids: { first: string; second: string; member: string };
beforeEach(async () => {
  program = await startProgram();
  app = appOf(program);
  const { db, clock } = app;
  ids = {
    first: (await ensureOwner(db, clock)).id,
    second: (await createAccount(db, clock, { name: 'Nora', roles: ['owner'] })).id,
    member: (await createAccount(db, clock, { name: 'Ben' })).id,
  };
});
afterEach(() => program.close());

/** What the verb says, and whom its link signs in. */
async function follow(account?: string, as?: string) {
  const said: string[] = [];
  let url = '';
  const args = account === undefined ? {} : { account };
  const asked = { args, as };
  const verb = signInLink as unknown as Verb;
  for await (const output of performVerb(app, verb, asked, new AbortController().signal)) {
    if ('say' in output) said.push(output.say);
    if ('text' in output) url = output.text;
  }
  const visitor = { address: '192.0.2.1', device: 'Firefox', deviceKey: null };
  const secret = new URL(url).hash.slice(1);
  const { accountId } = await signInByLink(app.db, app.clock, secret, visitor);
  return { accountId, said: said.join(' ') };
}

it('signs in the first owner where nobody is named', async () => {
  expect(await follow()).toMatchObject({ accountId: ids.first });
});

it('signs in who is named, and says who that is', async () => {
  expect(await follow(' ben ')).toEqual({
    accountId: ids.member,
    said: 'Signs in as Ben. Good for 15 minutes, and for one sign-in.',
  });
});

it('signs in the owner whose rights were asked for, not the first one', async () => {
  expect(await follow(undefined, 'Nora')).toMatchObject({ accountId: ids.second });
});

it('is refused for a name that is nobody’s, and to who is no owner', async () => {
  await expect(follow('Eve')).rejects.toMatchObject({ code: 'access.account_not_found' });
  await expect(follow('Owner', 'Ben')).rejects.toMatchObject({ code: 'access.not_allowed' });
});
