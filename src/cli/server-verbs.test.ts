// Proves the verbs of servers that were added by their address: as processes, and what they do to one that is there.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';
import { appOf } from '../../e2e/support/http.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import { addServer } from '../connections/servers.ts';
import type { Outbound } from '../platform/outbound.ts';
import { dropServer, servers } from './commands/servers.ts';
import { performVerb } from './perform-verb.ts';
import type { Verb } from './verb.ts';

const HOST = 'https://quarry.example';

let line: CommandLine;
let program: TestProgram;
beforeAll(async () => {
  line = await commandLine();
  const named: Outbound = async (url, init) => {
    const heard = await outbound(url.replace(HOST, program.simulator.url), init);
    return new Response((await heard.text()).replaceAll(program.simulator.url, HOST), heard);
  };
  program = await startProgram({ portal: 'smart', outbound: named });
  const { db, clock } = program;
  await ensureOwner(db, clock);
  const { id: by } = await createAccount(db, clock, { name: 'Ann' });
  await createAccount(db, clock, { name: 'Ben' });
  const address = `${HOST}/smart/production/fhir`;
  const registered = { clientId: 'ours', clientSecret: null, auth: 'none' } as const;
  await addServer(program, { address, name: 'Quarry Hill', ...registered, by });
});
afterAll(async () => {
  await program?.close();
  await line?.close();
});

/** What a verb says, with the rights of an account or the operator's. */
async function said(verb: Verb<never>, args: Record<string, unknown>, as?: string) {
  const { signal } = new AbortController();
  const texts: string[] = [];
  for await (const output of performVerb(
    appOf(program),
    verb as unknown as Verb,
    { args, as },
    signal,
  ))
    if ('text' in output) texts.push(output.text);
  return texts.join('\n');
}

it('servers lists what was added, and each account its own', async () => {
  const all = await said(servers as Verb<never>, {});
  expect(all).toMatch(
    /^Quarry Hill {2}https:\/\/quarry\.example\S+ {2}as ours {2}added by Ann on [\d-]+ {2}0 connections$/,
  );
  expect(await said(servers as Verb<never>, {}, 'Ben')).toMatch(/^No server was added/);
});

it('servers remove takes off the one of the name, for who looks after it', async () => {
  const name = 'Quarry Hill';
  await expect(said(dropServer as Verb<never>, { name }, 'Ben')).rejects.toMatchObject({
    code: 'server.not_found',
  });
  expect(await said(dropServer as Verb<never>, { name })).toBe('Quarry Hill is removed.');
  expect(program.registry.entries.filter(({ added }) => added)).toEqual([]);
});

it('servers by itself lists, and a name that is none fails with a sentence', async () => {
  const { code, out } = await line.run('servers', '--json');
  expect([code, out.trim()]).toEqual([0, '[]']);
  const none = await line.run('servers', 'remove', 'Quarry Hill');
  expect(none.code).toBe(1);
  expect(none.err).toContain('[server.not_found]');
});
