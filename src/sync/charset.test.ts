// Proves on a real portal that no page is stored with other characters than it was sent with.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { rawOf } from '../records/read.ts';
import { questionsOf } from '../records/runs.ts';

let program: TestProgram;
let connection: string;

beforeEach(async () => {
  program = await startProgram();
  connection = await program.connect();
});
afterEach(() => program.close());

const goals = () =>
  program.db
    .selectFrom('resource')
    .select(['id', 'fhir_id'])
    .where('source_id', '=', connection)
    .where('type', '=', 'Goal')
    .execute();

async function syncWith(...faults: unknown[]) {
  program.simulator.control.setFaults(faults);
  const run = await program.sync(connection);
  return (await questionsOf(program.db, run.id)).find((q) => q.key === 'goals');
}

describe('a page in another charset', () => {
  it('is stored with the characters that were sent', async () => {
    await program.sync(connection);
    const [goal] = await goals();
    program.simulator.control.edit({
      environment: 'production',
      type: 'Goal',
      id: goal?.fhir_id ?? '',
      set: { note: [{ text: 'naïve, 5 µg' }] },
    });
    expect(await syncWith({ name: 'page.latin-1', type: 'Goal' })).toMatchObject({
      outcome: 'full',
      changed: 1,
    });
    expect(JSON.parse(await rawOf(program.db, goal?.id ?? ''))).toMatchObject({
      note: [{ text: 'naïve, 5 µg' }],
    });
  });

  it('that its bytes are not in is named in the receipt, and nothing of it is stored', async () => {
    expect(await syncWith({ name: 'page.invalid-utf8', type: 'Goal' })).toMatchObject({
      outcome: 'failed',
      code: 'fhir.undecodable',
      httpStatus: 200,
      retries: 0,
    });
    expect(await goals()).toEqual([]);
    expect(await syncWith()).toMatchObject({ outcome: 'full' });
    expect(await goals()).not.toEqual([]);
  });
});
