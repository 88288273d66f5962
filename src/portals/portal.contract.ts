// The contract of every portal, through real HTTP and the real authorization flow against its own simulator: connected in
// each way that a client may prove itself, synced whole, renewed where it renews, and never mixed with another patient.

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Account, ChartAccess } from '../../simulator/people/world.ts';
import { beginAgain } from '../connections/begin.ts';
import { getConnection, listConnections } from '../connections/context.ts';
import { openGrant } from '../connections/grant.ts';
import type { AuthMethod } from '../platform/config/read.ts';
import { errorCatalogue } from '../platform/error-catalogue.ts';
import { rawOf } from '../records/read.ts';
import { readReceipt } from '../records/runs.ts';
import type { Question } from '../records/types.ts';
import type { Portal, Vendor } from './portal.ts';
import { isPerClinic, type PortalEntry } from './registry.ts';

/** Runs the contract for a vendor. */
export function portalContract({ portal }: Vendor): void {
  describe(portal.name, () => {
    let program: TestProgram;
    afterEach(() => program.close());
    const scene = async (auth?: AuthMethod) => {
      program = await startProgram({
        portal: portal.id,
        size: 150,
        ...(auth ? { auth } : {}),
      });
      return sceneOf(program, portal);
    };

    it.each([...portal.auth])('is connected and synced whole by a client with %s', async (auth) => {
      const { connect, sync, expectHeld, patients } = await scene(auth);
      const connection = await connect(patients[0]);
      const questions = await sync(connection);
      expect(questions.map((q) => [q.key, q.outcome])).toEqual(
        questions.map((q) => [q.key, 'full']),
      );
      expect(questions.length).toBeGreaterThanOrEqual(portal.questions.length);
      expectAddedUp(questions);
      await expectHeld(connection);
      const again = await sync(connection);
      expect(again.flatMap((q) => [q.new, q.changed])).toEqual(again.flatMap(() => [0, 0]));
    });

    it('answers each question with an outcome and a reason, whatever it is that fails', async () => {
      const { connect, sync, patients } = await scene();
      const connection = await connect(patients[0]);
      program.simulator.control.setFaults([
        { name: 'page.500', type: 'Condition' },
        { name: 'page.html-error', type: 'Encounter' },
        { name: 'page.next-cycle', type: 'Observation' },
        'access.revoked',
      ]);
      const questions = await sync(connection);
      for (const { key, outcome, code } of questions) {
        expect(['full', 'part', 'refused', 'failed', 'not-asked'], key).toContain(outcome);
        if (outcome !== 'full') expect(errorCatalogue, key).toHaveProperty([code ?? 'none']);
      }
      expectAddedUp(questions);
      const { status } = await getConnection(program.db, connection);
      expect(status).toBe('sign-in-again');
    });

    it.each([...portal.auth])('lets a client with %s in again as it says', async (auth) => {
      const { connect, sync, expectHeld, entry, patients } = await scene(auth);
      const connection = await connect(patients[0]);
      await sync(connection);
      const before = await openGrant(program.context, connection);
      // The access token has run out.
      program.simulator.control.setFaults([{ name: '401.mid-sync', after: 0 }]);
      const questions = await sync(connection);
      const after = await openGrant(program.context, connection);
      if (entry.renews) {
        expect(after?.accessToken).not.toBe(before?.accessToken);
        expect(questions.every(({ outcome }) => outcome === 'full')).toBe(true);
      } else {
        expect(before?.refreshToken).toBeNull();
        expect(questions.some(({ code }) => code === 'smart.no_refresh')).toBe(true);
        expect(await getConnection(program.db, connection)).toMatchObject({
          status: 'sign-in-again',
          status_code: 'smart.no_refresh',
        });
      }
      await expectHeld(connection);
    });

    it('signed in to again, the same patient goes on in the same connection', async () => {
      const { connect, signIn, sync, expectHeld, patients } = await scene();
      const connection = await connect(patients[0]);
      await sync(connection);
      const again = await signIn(patients[0]);
      expect(again).toMatchObject({ connectionId: connection, failed: null });
      expect(await listConnections(program.db)).toHaveLength(1);
      expectNothingNew(await sync(connection));
      await expectHeld(connection);
    });

    it('another patient at the same clinic has a connection and records of its own', async () => {
      const { connect, sync, expectHeld, patients } = await scene();
      const connections = [await connect(patients[0]), await connect(patients[1])];
      expect(new Set(connections).size).toBe(2);
      const rows = await listConnections(program.db);
      expect(new Set(rows.map(({ clinic_id }) => clinic_id)).size).toBe(1);
      expect(new Set(rows.map(({ person_id }) => person_id)).size).toBe(2);
      await Promise.all(connections.map(sync));
      for (const connection of connections) await expectHeld(connection);
    });

    it('signed in to as another patient, a connection stays as it was', async () => {
      const { connect, begunAgain, sync, expectHeld, patients } = await scene();
      const connection = await connect(patients[0]);
      await sync(connection);
      const { failed } = await begunAgain(connection, patients[1]);
      expect(failed).toMatchObject({ code: 'connection.patient_changed' });
      await expectHeld(connection);
    });
  });
}

/** A login, and the patient that is chosen after it. */
type Patient = { readonly account: Account; readonly chart: ChartAccess };

function sceneOf(program: TestProgram, portal: Portal) {
  const { control } = program.simulator;
  const entry = program.registry.entries.find(
    (one) => one.vendor.portal.id === portal.id && one.environment === 'production',
  ) as PortalEntry;
  const { accounts } = control
    .describe()
    .environments.find((one) => one.portal === portal.id && one.name === 'production') as {
    accounts: readonly Account[];
  };
  const perClinic = isPerClinic(entry);

  const way = ({ account, chart }: Patient) => {
    const { username, password, charts } = account;
    const shown = charts.filter((one) => !perClinic || one.practiceId === chart.practiceId);
    const isByClinic = new Set(shown.map(({ practiceId }) => practiceId)).size > 1;
    const practice = isByClinic ? chart.practiceId : chart.patientId;
    return [
      { clinicId: perClinic ? chart.practiceId : '' },
      { username, password, practice },
    ] as const;
  };
  const signIn = (patient: Patient) => program.signIn(...way(patient));

  return {
    entry,
    patients: atOneClinic(accounts),
    signIn,
    async connect(patient: Patient): Promise<string> {
      const { connectionId, failed } = await signIn(patient);
      if (failed) throw failed;
      await program.confirm(connectionId);
      expect(await getConnection(program.db, connectionId)).toMatchObject({
        status: 'ready',
        patient_id: patient.chart.patientId,
      });
      return connectionId;
    },
    /** Signs in at a connection that exists. */
    async begunAgain(connection: string, patient: Patient) {
      const { go } = await beginAgain(program.context, connection, null);
      return program.comeBack(await program.browse(go, way(patient)[1]));
    },
    async sync(connection: string): Promise<readonly Question[]> {
      const run = await program.sync(connection);
      return (await readReceipt(program.db, run.id))?.questions ?? [];
    },
    /** What is stored of a connection is what its portal holds for its patient, character for character. */
    async expectHeld(connection: string): Promise<void> {
      const { patient_id, person_id } = await getConnection(program.db, connection);
      const truth = control.truth('production', patient_id ?? '', portal.id).resources;
      const rows = await program.db
        .selectFrom('resource')
        .select(['type', 'current_seq', 'gone_at', 'person_id'])
        .where('source_id', '=', connection)
        .execute();
      const stored = await Promise.all(
        rows.map(
          async ({ type, current_seq }) => `${type} ${hash(await rawOf(program.db, current_seq))}`,
        ),
      );
      const held = truth.filter(({ type }) => type !== 'Binary');
      expect(stored.sort()).toEqual(held.map(({ type, sha256 }) => `${type} ${sha256}`).sort());
      expect(rows.filter(({ gone_at }) => gone_at !== null)).toEqual([]);
      const readers = new Set(rows.map((row) => row.person_id).filter((id) => id !== null));
      expect([...readers]).toEqual([person_id]);
    },
  };
}

/** Two patients of one clinic. */
function atOneClinic(accounts: readonly Account[]): readonly [Patient, Patient] {
  const all = accounts.flatMap((account) => account.charts.map((chart) => ({ account, chart })));
  for (const one of all) {
    const other = all.find(
      ({ chart }) =>
        chart.practiceId === one.chart.practiceId && chart.patientId !== one.chart.patientId,
    );
    if (other) return [one, other];
  }
  throw new Error('No clinic of the simulated vendor has two patients.');
}

function expectAddedUp(questions: readonly Question[]): void {
  for (const q of questions) expect(q.received, q.key).toBe(q.new + q.changed + q.unchanged);
}

function expectNothingNew(questions: readonly Question[]): void {
  expect(questions.filter((q) => q.new + q.changed > 0)).toEqual([]);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
