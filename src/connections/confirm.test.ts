// Proves the confirmation: what it makes, once, and that nothing is there without it.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount } from '../access/accounts.ts';
import { beginAgain } from './begin.ts';
import { confirmPatient, rejectPatient } from './confirm.ts';
import { getConnection, listConnections } from './context.ts';
import { disconnect } from './disconnect.ts';
import { openGrant } from './grant.ts';

let program: TestProgram;
afterEach(() => program.close());

describe('the confirmation', () => {
  it('makes a person named as the portal’s patient, and queues the first sync', async () => {
    program = await startProgram();
    const id = await program.connect();
    const connection = await getConnection(program.db, id);
    expect(connection).toMatchObject({ status: 'ready', candidate: null });
    const jobs = await program.db.selectFrom('job').selectAll().execute();
    expect(jobs.map((j) => [j.queue, j.key])).toContainEqual(['sync', id]);
    await confirmPatient(program.context, id, { personId: null });
    expect(await program.db.selectFrom('person').selectAll().execute()).toHaveLength(1);
  });

  it('given twice at once is done once', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    const yes = () => confirmPatient(program.context, connectionId, { personId: null });
    await Promise.all([yes(), yes()]);
    expect(await program.db.selectFrom('person').selectAll().execute()).toHaveLength(1);
  });

  it('of one new patient in two tabs at once makes one connection and one person, and both land there', async () => {
    program = await startProgram();
    const tabs = [await program.signIn(), await program.signIn()];
    const landed = await Promise.all(tabs.map((tab) => program.confirm(tab.connectionId)));
    expect(landed).toEqual([tabs[0]?.connectionId, tabs[0]?.connectionId]);
    expect(await program.db.selectFrom('person').selectAll().execute()).toHaveLength(1);
    expect(await listConnections(program.db)).toMatchObject([{ id: landed[0], status: 'ready' }]);
    const run = await program.sync(landed[0] ?? '');
    expect(run.endedAt).not.toBeNull();
  });

  it('of a patient who was confirmed in another tab lands there with the newer tokens', async () => {
    program = await startProgram();
    const first = await program.signIn();
    const second = await program.signIn();
    const newer = await openGrant(program.context, second.connectionId);
    await program.confirm(first.connectionId);
    expect(await program.confirm(second.connectionId)).toBe(first.connectionId);
    expect(await openGrant(program.context, first.connectionId)).toEqual(newer);
  });

  it('is still waited for when the same patient signs in again before it is given', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    const { go } = await beginAgain(program.context, connectionId, null);
    const back = await program.browse(go);
    const again = await program.comeBack(back);
    expect(again).toMatchObject({ connectionId, failed: null });
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('is waited for where the patient’s only connection was ended before it was given', async () => {
    program = await startProgram();
    const first = await program.signIn();
    await disconnect(program.context, first.connectionId);
    const { connectionId } = await program.signIn();
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('clears away what came to nothing there before, of whoever gives it alone', async () => {
    program = await startProgram();
    const tried = async (by: string) => {
      const request = { by, clinicId: '24411' };
      return (await program.signIn(request, { decision: 'deny' })).connectionId;
    };
    const account = async (name: string) =>
      (await createAccount(program.db, program.clock, { name })).id;
    const [ann, ben] = [await account('Ann'), await account('Ben')];
    await tried(ann);
    const others = await tried(ben);
    const mine = await program.connect({ by: ann, clinicId: '24411' });
    const left = (await listConnections(program.db)).map(({ id }) => id);
    expect(left.sort()).toEqual([others, mine].sort());
  });

  it('refused leaves nothing behind, here or at the portal', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    const grant = await openGrant(program.context, connectionId);
    await rejectPatient(program.context, connectionId);
    const answer = await fetch(
      `${program.simulator.url}/athenahealth/production/fhir/r4/Patient/a-24411.E-2051`,
      { headers: { authorization: `Bearer ${grant?.accessToken}` } },
    );
    expect(answer.status).toBe(401);
    expect(await listConnections(program.db)).toEqual([]);
    expect(await openGrant(program.context, connectionId)).toBeUndefined();
    expect(await program.db.selectFrom('source').selectAll().execute()).toEqual([]);
  });
});
