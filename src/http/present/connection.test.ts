// Proves how a connection reads on the wire.

import { afterEach, describe, expect, it } from 'vitest';
import { outbound } from '../../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { operator } from '../../access/policy.ts';
import { createPerson } from '../../access/people.ts';
import { beginAgain } from '../../connections/begin.ts';
import { queueSync } from '../../connections/queue-sync.ts';
import type { Outbound } from '../../platform/outbound.ts';
import type { PortalEntry } from '../../portals/registry.ts';
import { presentOne } from './overview.ts';
import { readReceiptFor } from './receipt.ts';

let program: TestProgram;
afterEach(() => program.close());

describe('a patient who waits to be confirmed', () => {
  it('comes with everyone whose record it may be, and in what it differs from each', async () => {
    program = await startProgram();
    const now = program.clock.now();
    const same = await createPerson(program.db, {
      name: 'NORA Márie  Ellingsen',
      birthDate: '1979',
      by: null,
      now,
    });
    const other = await createPerson(program.db, {
      name: 'Bo Ellingsen',
      birthDate: '1979-03-12',
      by: null,
      now: now + 1,
    });
    const { connectionId } = await program.signIn({ personId: other.id });
    const { state } = await presentOne(program, operator, connectionId);
    expect(state).toMatchObject({
      kind: 'confirm',
      into: other.id,
      people: [
        { personId: same.id, differs: [] },
        { personId: other.id, differs: ['name', 'birthDate'] },
      ],
    });
  });
});

describe('a connection that works, whose last sign-in did not succeed', () => {
  it('says why, until it is asked to sync', async () => {
    program = await startProgram();
    const id = await program.connect();
    await program.db.deleteFrom('job').execute();
    const { go } = await beginAgain(program.context, id, null);
    await program.comeBack(await program.browse(go, { decision: 'deny' }));
    expect((await presentOne(program, operator, id)).state).toMatchObject({
      kind: 'ready',
      trouble: expect.stringContaining('You did not allow access'),
    });
    await queueSync(program.context, id);
    await program.db.deleteFrom('job').execute();
    expect((await presentOne(program, operator, id)).state).toEqual({
      kind: 'ready',
      code: null,
      trouble: null,
    });
  });
});

describe('a connection whose last sign-in was at another clinic than the one chosen', () => {
  it('says so in every state', async () => {
    program = await startProgram();
    const first = await program.signIn({ clinicId: '99999' });
    const said = { clinicNote: expect.stringContaining('You chose athenahealth, practice 99999') };
    expect(await presentOne(program, operator, first.connectionId)).toMatchObject(said);
    await program.confirm(first.connectionId);
    expect(await presentOne(program, operator, first.connectionId)).toMatchObject({
      ...said,
      state: { kind: 'waiting' },
    });
  });
});

describe('a connection whose portal', () => {
  const stateOf = async (id: string, registry = program.registry) =>
    (await presentOne({ ...program, registry }, operator, id)).state;
  const without = (change: (entry: PortalEntry) => PortalEntry[]) => ({
    ...program.registry,
    entries: program.registry.entries.flatMap(change),
  });

  it('was simulated, and is so no longer, says that the simulator is off', async () => {
    program = await startProgram({ isSample: true });
    const id = await program.connect({ clinicId: '24411' });
    await program.db.deleteFrom('job').execute();
    const { id: run } = await program.sync(id);
    const gone = without(() => []);
    const isOff = { kind: 'failed', code: 'connection.simulator_off', act: 'operator' };
    expect(await stateOf(id)).toMatchObject({ kind: 'ready' });
    expect(await stateOf(id, gone)).toMatchObject(isOff);
    const receipt = await readReceiptFor({ ...program, registry: gone }, run);
    expect(receipt.portalName).toBe('athenahealth');
    // The keys of the vendor itself have taken the simulator's place.
    const real = without((entry) => [{ ...entry, simulated: false }]);
    expect(await stateOf(id, real)).toMatchObject(isOff);
  });

  it('is switched off by the configuration says so, until it is on again', async () => {
    program = await startProgram();
    const id = await program.connect();
    const off = without((entry) => [{ ...entry, registration: null }]);
    expect(await stateOf(id, off)).toMatchObject({
      kind: 'failed',
      code: 'connection.portal_off',
      act: 'operator',
    });
    expect(await stateOf(id)).toMatchObject({ kind: 'waiting' });
  });

  it('could not be reached at all in the last sync says so, until it is', async () => {
    let isDown = false;
    const nowhere: Outbound = (url, init) =>
      outbound(isDown ? url.replace(/:\d+\//, ':9/') : url, init);
    program = await startProgram({ outbound: nowhere });
    const id = await program.connect();
    await program.db.deleteFrom('job').execute();
    await program.sync(id);
    isDown = true;
    await program.sync(id);
    expect(await stateOf(id)).toMatchObject({
      kind: 'ready',
      code: 'connection.vendor_down',
      trouble: expect.stringContaining('could not be reached'),
    });
    isDown = false;
    await program.sync(id);
    expect(await stateOf(id)).toMatchObject({ kind: 'ready', code: null, trouble: null });
  });

  it('fails with one question alone is not called down', async () => {
    program = await startProgram();
    const id = await program.connect();
    await program.db.deleteFrom('job').execute();
    program.simulator.control.setFaults([{ name: 'page.500', type: 'Condition' }]);
    await program.sync(id);
    expect(await stateOf(id)).toMatchObject({ kind: 'ready', code: null });
  });
});
