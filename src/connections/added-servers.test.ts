// Proves who looks after a server that was added, what keeps it from being removed, and that what is only its goes with
// it. The server is the simulated one; only its name is an https one.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { actorOf, createAccount, ensureOwner } from '../access/accounts.ts';
import { type Actor, operator } from '../access/policy.ts';
import type { Outbound } from '../platform/outbound.ts';
import { type AddedServer, removableServer, removeServer, serversOf } from './added-servers.ts';
import { DIRECTORY_QUEUE } from './context.ts';
import { updateJob } from './directory/job.ts';
import { addServer } from './servers.ts';

const HOST = 'https://quarry.example';
const BASE = `${HOST}/smart/production/fhir`;
const BRANDS = 'https://brands.quarry.example/all.json';

let program: TestProgram;
let owner: Actor;
let ann: Actor;
let ben: Actor;
/** Answers where the brands are asked for. */
let brands: (signal: AbortSignal | undefined) => Promise<Response>;

beforeEach(async () => {
  brands = async () => Response.json([]);
  const named: Outbound = async (url, init) => {
    if (url === BRANDS) {
      const answer = await brands(init?.signal ?? undefined);
      init?.taking?.(new Uint8Array(await answer.clone().arrayBuffer()));
      return answer;
    }
    if (!url.startsWith(HOST)) return outbound(url, init);
    const heard = await outbound(url.replace(HOST, program.simulator.url), init);
    const text = (await heard.text()).replaceAll(program.simulator.url, HOST);
    if (!url.endsWith('/smart-configuration')) return new Response(text, heard);
    return Response.json({ ...(JSON.parse(text) as object), user_access_brand_bundle: BRANDS });
  };
  program = await startProgram({ portal: 'smart', outbound: named });
  const { db, clock } = program;
  const actor = async (id: string) => actorOf(db, clock, id, 'app');
  owner = await actor((await ensureOwner(db, clock)).id);
  ann = await actor((await createAccount(db, clock, { name: 'Ann' })).id);
  ben = await actor((await createAccount(db, clock, { name: 'Ben' })).id);
});
afterEach(() => program.close());

const add = (by: Actor, name = 'Quarry Hill') =>
  addServer(program, {
    address: BASE,
    name,
    clientId: name,
    clientSecret: null,
    auth: 'none',
    by: by.account?.id ?? null,
  });
const isIt = ({ name }: AddedServer) => name === 'Quarry Hill';
const remove = async (actor: Actor) =>
  removeServer(program.context, await removableServer(program.db, actor, isIt));
const seen = async (actor: Actor) =>
  (await serversOf(program.db, actor)).map(({ name, connections, hasOthers }) => [
    name,
    connections,
    hasOthers,
  ]);
const again = async (actor: Actor) =>
  actorOf(program.db, program.clock, actor.account?.id ?? '', 'app');
/** A connection of an account's, made through the server. */
async function connect(by: Actor, key: string): Promise<string> {
  const id = await program.connect({ by: by.account?.id ?? null });
  await program.db.updateTable('connection').set({ portal: key }).where('id', '=', id).execute();
  return id;
}

describe('a server that was added', () => {
  it('is looked after by who added it, by owners, and at the terminal', async () => {
    await add(ann);
    for (const actor of [ann, owner, operator])
      expect(await seen(actor)).toEqual([['Quarry Hill', 0, false]]);
    expect(await seen(ben)).toEqual([]);
    await expect(remove(ben)).rejects.toMatchObject({ code: 'server.not_found' });
    expect(await seen(ann)).toHaveLength(1);
  });

  it('by the terminal is no account’s but an owner’s', async () => {
    await add(operator);
    expect(await seen(owner)).toHaveLength(1);
    expect(await seen(ann)).toEqual([]);
  });

  it('stays while a connection uses it, which is counted for who may see it', async () => {
    const key = await add(ann);
    const first = await connect(ben, key);
    expect(await seen(await again(ann))).toEqual([['Quarry Hill', 0, true]]);
    const others = 'used by connections to records that you may not see';
    for (const actor of [ann, owner])
      await expect(remove(actor)).rejects.toMatchObject({ code: 'server.in_use', detail: others });
    const second = await connect(ann, key);
    expect(await seen(await again(ann))).toEqual([['Quarry Hill', 1, true]]);
    await expect(remove(operator)).rejects.toMatchObject({ detail: 'used by 2 connections' });
    for (const id of [first, second])
      await program.db
        .updateTable('connection')
        .set({ status: 'disconnected' })
        .where('id', '=', id)
        .execute();
    await remove(owner);
    expect(await seen(operator)).toEqual([]);
  });
});

describe('with a server that is removed', () => {
  it('its portal goes and the sign-ins that came to nothing, and its name is free', async () => {
    const key = await add(ann);
    const { connectionId } = await program.begin({ portal: key });
    await remove(ann);
    expect(() => program.registry.usable(key, '')).toThrow(
      expect.objectContaining({ code: 'connection.unknown_portal' }),
    );
    expect(await program.db.selectFrom('connection').select('id').execute()).toEqual([]);
    expect(program.changedIds).toContain(connectionId);
    expect(await add(ben)).toBe(key);
  });

  it('the list of its brands goes, and a search right after finds the next one’s', async () => {
    await program.jobs.start({ [DIRECTORY_QUEUE]: updateJob(program.context) });
    const found = async () =>
      (await program.directory.search('harbor lane', 5)).found.map(({ entry }) => entry?.key);
    brands = async () => Response.json([{ name: 'Harbor Lane', url: BASE }]);
    const key = await add(ann);
    await program.jobs.idle();
    expect(await found()).toEqual([key]);
    await remove(ann);
    for (const table of ['clinic_list', 'listed_clinic'] as const)
      expect(await program.db.selectFrom(table).selectAll().execute()).toEqual([]);
    brands = async () => Response.json([{ name: 'Old Mill', url: BASE }]);
    await add(ann, 'Another');
    await program.jobs.idle();
    expect(await found()).toEqual([]);
  });

  it('the list stays that another’s portal at the same address has too', async () => {
    await program.jobs.start({ [DIRECTORY_QUEUE]: updateJob(program.context) });
    brands = async () => Response.json([{ name: 'Harbor Lane', url: BASE }]);
    await add(ann);
    await add(ben, 'The quarry');
    await program.jobs.idle();
    await remove(ann);
    expect((await program.directory.search('harbor lane', 5)).total).toBe(1);
  });

  it('the fetching of its brands ends, and leaves nothing', async () => {
    const asked = Promise.withResolvers<void>();
    brands = (signal) =>
      new Promise((_done, failed) => {
        signal?.addEventListener('abort', () => failed(signal.reason as Error));
        asked.resolve();
      });
    const key = await add(ann);
    const entry = program.registry.usable(key, '');
    const fetching = program.directory.update(entry).catch((error: unknown) => error);
    await asked.promise;
    await remove(ann);
    expect(await fetching).toMatchObject({ name: 'AbortError' });
    expect(await program.db.selectFrom('clinic_list').selectAll().execute()).toEqual([]);
  });
});
