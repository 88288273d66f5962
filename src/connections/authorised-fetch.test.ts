// Proves which of the links that a portal gives are followed with its token.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { type AuthorisedFetch, authorisedFetch } from './authorised-fetch.ts';

let program: TestProgram;
let portal: AuthorisedFetch;
let base: string;
beforeAll(async () => {
  program = await startProgram();
  const entry = program.registry.usable('athenahealth/production', '');
  base = entry.fhirBaseUrl;
  portal = authorisedFetch(program.context, program.refresher, {
    connectionId: 'none',
    entry,
    clinicId: '',
  });
});
afterAll(() => program.close());

it.each([
  ['below the FHIR base', '/Observation?page=2'],
  // HAPI gives its next pages so.
  ['of the FHIR base itself', '?_getpages=7&_getpagesoffset=20'],
])('a link %s is followed', (_what, rest) => {
  expect(portal.followable(`${base}${rest}`)).toContain(`${base}${rest}`);
});

it.each([
  ['on another host', () => 'https://ehr.example/fhir/r4/Observation'],
  ['with a name before the host', () => base.replace('//', '//somebody@')],
  ['beside the FHIR base', () => `${base}-of-another?_getpages=7`],
  ['above the FHIR base', () => `${base}/../?_getpages=7`],
])('a link %s is not followed', (_what, link) => {
  expect(() => portal.followable(link())).toThrow(
    expect.objectContaining({ code: 'net.foreign_origin' }),
  );
});
