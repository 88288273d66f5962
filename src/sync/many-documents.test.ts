// Proves that a patient of 20,000 documents is synced whole, each text with its document, and that another sync finds
// them as they were.

import { afterEach, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { athenahealthBehaviour } from '../portals/athenahealth/behaviour.ts';
import { readReceipt } from '../records/runs.ts';

const DOCUMENTS = 20_000;

let program: TestProgram;
afterEach(() => program.close());

it('a patient of 20,000 documents is synced whole, and again without a change', async () => {
  const { pages } = athenahealthBehaviour;
  program = await startProgram({
    pageSize: 1_000,
    behaviour: { pages: { ...pages, max: 1_000 } },
  });
  program.simulator.control.setFaults(['patient.20k-documents']);
  const connection = await program.connect();
  const first = await program.sync(connection);
  const documents = await program.db
    .selectFrom('resource as r')
    .innerJoin('attachment as a', 'a.resource_id', 'r.id')
    .select((eb) => [
      eb.fn.count<number>('r.id').distinct().as('kept'),
      eb.fn.count<number>('a.n').filterWhere('a.state', '=', 'kept').as('texts'),
    ])
    .where('r.type', '=', 'DocumentReference')
    .executeTakeFirstOrThrow();
  expect(documents.kept).toBeGreaterThanOrEqual(DOCUMENTS);
  expect(documents.texts).toBeGreaterThanOrEqual(DOCUMENTS);
  const asked = (await readReceipt(program.db, first.id))?.questions ?? [];
  expect(asked.find(({ key }) => key === 'documents')).toMatchObject({ outcome: 'full' });
  const again = await program.sync(connection);
  expect(again.sums).toMatchObject({ new: 0, changed: 0 });
}, 120_000);
