// Proves that what any SMART server is taken to be is taken so for a reason: without it, something fails against one that
// behaves as such servers do.

import { afterEach, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { getConnection } from '../../connections/context.ts';
import { readReceipt } from '../../records/runs.ts';
import type { Portal } from '../portal.ts';
import { smart } from './portal.ts';

let program: TestProgram;
afterEach(() => program?.close());

const start = async (change: Partial<Portal> = {}) => {
  program = await startProgram({
    portal: 'smart',
    vendor: (vendor) => ({ ...vendor, portal: { ...vendor.portal, ...change } }),
  });
};
const failureOf = () =>
  program.signIn().then(
    ({ failed }) => failed?.code ?? null,
    (error: { code?: string }) => error.code,
  );
const asked = async () => {
  const { connectionId } = await program.signIn();
  return (await getConnection(program.db, connectionId)).scopes_asked ?? expect.fail('nothing');
};

it('survives a round trip through JSON', () => {
  expect(JSON.parse(JSON.stringify(smart))).toEqual(smart);
});

it('lets somebody in as it is', async () => {
  await start();
  expect(await failureOf()).toBeNull();
});

it.each([
  ['the FHIR base named', { aud: 'none' }, 'smart.authorization_refused'],
  ['PKCE', { pkce: false }, 'smart.authorization_refused'],
  ['the patient from the token', { patientFrom: [] }, 'smart.no_patient'],
] as const)('without %s nobody gets in', async (_what, change, code) => {
  await start(change as Partial<Portal>);
  expect(await failureOf()).toBe(code);
});

it('is asked in the spelling of scopes that the server says it knows, and without that in the older one', async () => {
  await start();
  expect(await asked()).toContain('patient/Observation.rs');
  await program.close();
  // What an operator writes is asked as it is written.
  program = await startProgram({ portal: 'smart', written: () => ({ scopes: [...smart.scopes] }) });
  expect(await asked()).not.toContain('patient/Observation.rs');
});

it('is asked for what its own statement lists, since its data names nothing', async () => {
  await start();
  const { id } = await program.sync(await program.connect());
  const receipt = (await readReceipt(program.db, id)) ?? expect.fail('no receipt');
  expect(smart.questions).toEqual([]);
  expect(receipt.questions.length).toBeGreaterThan(10);
  expect(receipt.questions.reduce((sum, { received }) => sum + received, 0)).toBeGreaterThan(100);
});
