// Proves that name and town are those of the clinic that was signed in at, and that a difference is said.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { getConnection, listConnections } from './context.ts';

let program: TestProgram;
afterEach(() => program.close());

const HARBOR = {
  clinic_id: '24411',
  clinic_name: 'Harbor Lane Family Medicine',
  town: 'Rockport, ME',
};
const OTHER = { clinic_id: '40192', clinic_name: 'Penobscot Bay Endocrine & Thyroid Center' };

const landedAt = async (signingIn: ReturnType<TestProgram['signIn']>) => {
  const { failed, connectionId } = await signingIn;
  expect(failed).toBeNull();
  return getConnection(program.db, connectionId);
};

describe('a sign-in at the clinic that was chosen', () => {
  it('has its name and town, and nothing to say', async () => {
    program = await startProgram({ isSample: true });
    expect(await landedAt(program.signIn({ clinicId: '24411' }))).toMatchObject({
      ...HARBOR,
      clinic_note: null,
    });
  });

  it('is named after the sign-in where none was chosen', async () => {
    program = await startProgram({ isSample: true });
    expect(await landedAt(program.signIn())).toMatchObject({ ...HARBOR, clinic_note: null });
  });
});

describe('a sign-in at another clinic than the one chosen', () => {
  it('has the name and town of the one signed in at, and says so', async () => {
    program = await startProgram({ isSample: true });
    const connection = await landedAt(program.signIn({ clinicId: '40192' }));
    expect(connection).toMatchObject(HARBOR);
    expect(connection.clinic_note).toBe(
      `You chose ${OTHER.clinic_name}, but the portal signed you in at ${HARBOR.clinic_name}. Chartfold reads what is there.`,
    );
  });

  it('that no list names has the vendor and its number, and no town', async () => {
    program = await startProgram();
    const connection = await landedAt(program.signIn({ clinicId: '99999' }));
    expect(connection).toMatchObject({
      clinic_id: '24411',
      clinic_name: 'athenahealth, practice 24411',
      town: null,
    });
    expect(connection.clinic_note).toContain('signed you in at athenahealth, practice 24411');
  });

  it('is named by the last list where it cannot be read just then', async () => {
    let isDown = false;
    const unlisted: Outbound = (url, init) =>
      outbound(isDown && url.endsWith('.json') ? url.replace(/:\d+\//, ':9/') : url, init);
    program = await startProgram({ isSample: true, outbound: unlisted });
    const { go } = await program.begin({ clinicId: '40192' });
    const back = await program.browse(go);
    isDown = true;
    expect(await landedAt(program.comeBack(back))).toMatchObject(HARBOR);
  });

  it('where this patient is connected already leaves that connection its name, and says so there', async () => {
    program = await startProgram({ isSample: true });
    const known = (await landedAt(program.signIn({ clinicId: '24411' }))).id;
    await program.confirm(known);
    const connection = await landedAt(program.signIn({ clinicId: '40192' }));
    expect(connection).toMatchObject({ id: known, ...HARBOR, status: 'ready' });
    expect(connection.clinic_note).toContain(`You chose ${OTHER.clinic_name}`);
    expect(await listConnections(program.db)).toHaveLength(1);
    const again = await landedAt(program.signIn({ clinicId: '24411' }));
    expect(again).toMatchObject({ id: known, ...HARBOR, clinic_note: null });
  });
});

describe('a portal and a patient’s number that name different clinics', () => {
  it('are both named, and the portal is followed', async () => {
    program = await startProgram({
      vendor: (vendor) => ({
        ...vendor,
        portal: { ...vendor.portal, clinicInPatientId: String.raw`E-(\d+)$` },
      }),
    });
    const connection = await landedAt(program.signIn());
    expect(connection.clinic_id).toBe('24411');
    expect(connection.clinic_note).toBe(
      'The portal names practice 24411, the patient’s number practice 2051. Chartfold reads practice 24411.',
    );
  });
});
