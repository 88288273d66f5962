// Proves on a real portal that another patient's records are never stored, and that the receipt says so.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { getConnection } from '../connections/context.ts';

let program: TestProgram;
let connection: string;

beforeEach(async () => {
  program = await startProgram();
  connection = await program.connect();
});
afterEach(() => program.close());

const stored = () =>
  program.db
    .selectFrom('resource')
    .select(['type', 'fhir_id'])
    .where('source_id', '=', connection)
    .execute();

describe('a portal that mixes patients up', () => {
  it('has only the patient’s own records stored, and the receipt names the others and adds up', async () => {
    program.simulator.control.setFaults([{ name: 'page.other-patient', type: 'Encounter' }]);
    const run = await program.sync(connection);
    const { patient_id } = await getConnection(program.db, connection);
    const truth = program.simulator.control.truth('production', patient_id ?? '').resources;
    expect(new Set((await stored()).map((r) => `${r.type}/${r.fhir_id}`))).toEqual(
      new Set(truth.map((r) => `${r.type}/${r.id}`)),
    );
    const receipt = await readReceiptFor(program, run.id);
    const visits = receipt.questions.find((q) => q.key === 'encounters');
    expect(visits?.setAsideWhy).toContainEqual({
      code: 'sync.other_patient',
      sentence: expect.stringContaining('another patient') as string,
      type: 'Encounter',
      count: 2 * (visits?.pages ?? 0),
    });
    const counted = receipt.questions.flatMap((q) => q.setAsideWhy.map((one) => one.count));
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(receipt.setAside);
    expect(receipt.received).toBe(receipt.new + receipt.changed + receipt.unchanged);
    expect(visits?.outcome).toBe('full');
  });
});
