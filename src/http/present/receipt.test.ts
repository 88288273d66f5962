// Proves that a receipt says how much is missing, where that was counted.

import { afterEach, expect, it } from 'vitest';
import { outbound } from '../../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import type { Outbound } from '../../platform/outbound.ts';
import { readReceiptFor } from './receipt.ts';

let program: TestProgram;
afterEach(() => program.close());

/** Gives all but one of the practitioners that it is asked for. */
const allButOne: Outbound = async (url, init) => {
  if (!url.includes('/Practitioner?_id=')) return outbound(url, init);
  const response = await outbound(url, { ...init, leavePacked: false });
  const { entry = [], ...bundle } = (await response.json()) as { entry?: object[] };
  return Response.json({ ...bundle, entry: entry.slice(1) });
};

/** Gives none of them, and says so. */
const none: Outbound = async (url, init) =>
  url.includes('/Practitioner?_id=') ? new Response('', { status: 404 }) : outbound(url, init);

const practitioners = async (portal: Outbound) => {
  program = await startProgram({ outbound: portal });
  const { id } = await program.sync(await program.connect());
  const { questions } = await readReceiptFor(program, id);
  return questions.find(({ key }) => key === 'practitioners');
};

it('of what was asked for by id and did not all come, how many were not given', async () => {
  expect(await practitioners(allButOne)).toMatchObject({
    outcome: 'part',
    note: expect.stringMatching(/^1 of \d+ were not given$/),
    reason: { code: 'fhir.not_found', portalSaid: null },
  });
});

it('where nothing came, nothing but why', async () => {
  expect(await practitioners(none)).toMatchObject({ outcome: 'refused', note: null });
});
