// Proves how a connection reads on the wire.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { operator } from '../../access/policy.ts';
import { createPerson } from '../../access/people.ts';
import { beginAgain } from '../../connections/begin.ts';
import { queueSync } from '../../connections/queue-sync.ts';
import { presentOne } from './overview.ts';

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
