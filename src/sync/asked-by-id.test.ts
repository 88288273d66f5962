// Proves that of what was asked for by id only that counts as given.

import { afterEach, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { questionsOf } from '../records/runs.ts';

let program: TestProgram;
afterEach(() => program.close());

/** In place of the first that was asked for, some that were not. */
const others: Outbound = async (url, init) => {
  const response = await outbound(url, init);
  if (!url.includes('/Practitioner?_id=')) return response;
  const { entry: [, ...rest] = [], ...bundle } = (await response.json()) as { entry?: object[] };
  const unasked = ['x1', 'x2', 'x3'].map((id) => ({
    resource: { resourceType: 'Practitioner', id },
  }));
  return Response.json({ ...bundle, entry: [...rest, ...unasked] });
};

it('what was asked for and did not come is missing, whatever else came', async () => {
  program = await startProgram({ outbound: others });
  const { id } = await program.sync(await program.connect());
  const questions = await questionsOf(program.db, id);
  expect(questions.find(({ key }) => key === 'practitioners')).toMatchObject({
    outcome: 'part',
    code: 'fhir.not_found',
    detail: expect.stringMatching(/^1 of \d+ were not given$/),
  });
});
