// Proves that only the very patient of the sign-in is shown to be confirmed.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { authorisedFetch } from './authorised-fetch.ts';
import { findPatient } from './patient-of.ts';

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

describe('the one patient that a portal shows', () => {
  type Bundle = { readonly entry: readonly { readonly resource: object }[] };
  const showing =
    (change: (bundle: Bundle, url: string) => object): Outbound =>
    async (url, init) => {
      const response = await outbound(url, init);
      const isSearch = response.status === 200 && /\/Patient\/?$/.test(new URL(url).pathname);
      return isSearch ? Response.json(change((await response.json()) as Bundle, url)) : response;
    };
  const signIn = async (change: (bundle: Bundle, url: string) => object) => {
    program = await startProgram({ portal: 'onpatient', outbound: showing(change) });
    return program.signIn();
  };

  it('is not taken where another stands on the next page', async () => {
    const { failed } = await signIn((bundle, url) =>
      url.includes('page=2')
        ? { ...bundle, entry: [{ resource: { resourceType: 'Patient', id: 'sister' } }] }
        : { ...bundle, link: [{ relation: 'next', url: `${url}?page=2` }] },
    );
    expect(failed).toMatchObject({ code: 'smart.no_patient' });
  });

  it('is one where it stands there twice, or its pages have no end', async () => {
    const { failed } = await signIn((bundle, url) => ({
      ...bundle,
      entry: [...bundle.entry, ...bundle.entry],
      link: [{ relation: 'next', url }],
    }));
    expect(failed).toBeNull();
  });
});

describe('the patient who signed in, by an address', () => {
  /** Which patient an address below a FHIR base, written in some way, names at a portal. */
  const named = async (portal: string, address: (base: string) => string) => {
    program = await startProgram({ portal });
    const entry = program.registry.usable(`${portal}/production`, 'AAQUAR');
    const at = { entry, clinicId: 'AAQUAR', connectionId: 'none' };
    const ask = authorisedFetch(program.context, program.refresher, at);
    const said = { patient: null, fhirUser: address(entry.fhirBaseUrl) };
    return findPatient({ ...entry.vendor.portal, patientFrom: ['fhirUser'] }, said, ask);
  };
  const elsewhere = (base: string) => base.replace(/^http:\/\/[^/]+/, 'https://ehr.example');

  it.each([
    ['athenahealth', 'of the portal', (base: string) => `${base}/Patient/p1`],
    ['athenahealth', 'without its base', () => 'Patient/p1'],
    ['healow', 'on the host of its links', (base: string) => `${elsewhere(base)}/Patient/p1`],
  ])('at %s is named %s', async (portal, _where, address) => {
    expect(await named(portal, address)).toMatchObject({ id: 'p1' });
  });

  it.each([
    ['athenahealth', 'of another server', (base: string) => `${elsewhere(base)}/Patient/p1`],
    ['healow', 'of another clinic', (base: string) => `${base}-OTHER/Patient/p1`],
    ['athenahealth', 'of a clinician', (base: string) => `${base}/Practitioner/p1`],
  ])('at %s is not named by one %s', async (portal, _where, address) => {
    await expect(named(portal, address)).rejects.toMatchObject({ code: 'smart.no_patient' });
  });
});

describe('a token said to live for ever', () => {
  it.each([1e13, 1e300])('%d seconds long is taken', async (seconds) => {
    program = await startProgram({ outbound: answering(undefined, seconds) });
    expect((await program.signIn()).failed).toBeNull();
  });
});
