// Proves that only the very patient of the sign-in is shown to be confirmed.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';

let program: TestProgram;
afterEach(() => program.close());

/** Answers the read of the patient, and changes what the token reply says of its life. */
const answering =
  (body: unknown, expiresIn?: number): Outbound =>
  async (url, init) => {
    if (body !== undefined && url.includes('/Patient/')) return Response.json(body);
    const response = await outbound(url, init);
    if (expiresIn === undefined || !url.endsWith('/token')) return response;
    return Response.json({ ...((await response.json()) as object), expires_in: expiresIn });
  };

describe('the patient that is read at sign-in', () => {
  it.each([
    ['an Observation', { resourceType: 'Observation', id: 'a-24411.E-2051' }],
    ['another patient', { resourceType: 'Patient', id: 'a-24411.E-1' }],
    ['a list', []],
  ])('is refused where the portal answers with %s', async (_what, body) => {
    program = await startProgram({ outbound: answering(body) });
    expect((await program.signIn()).failed?.code).toBe('smart.no_patient');
  });
});

describe('a token said to live for ever', () => {
  it.each([1e13, 1e300])('%d seconds long is taken', async (seconds) => {
    program = await startProgram({ outbound: answering(undefined, seconds) });
    expect((await program.signIn()).failed).toBeNull();
  });
});
