// Proves what is asked of a server by what it says that it knows.

import { describe, expect, it } from 'vitest';
import type { SmartConfiguration } from './discovery.ts';
import { scopesKnownTo } from './scopes.ts';

const wanted = ['openid', 'launch/patient', 'patient/Goal.read', 'patient/Observation.read'];
const server: SmartConfiguration = {
  issuer: 'https://login.example',
  authorizationEndpoint: 'https://login.example/authorize',
  tokenEndpoint: 'https://login.example/token',
  revocationEndpoint: null,
  jwksUri: 'https://login.example/keys',
  capabilities: [],
  scopesSupported: [],
  clientAuth: [],
  brandBundle: null,
};
const asked = (scopesSupported: readonly string[], capabilities: readonly string[] = []) =>
  scopesKnownTo({ ...server, capabilities, scopesSupported }, wanted);

describe('what is asked of a server', () => {
  it.each([
    ['that lists nothing', []],
    ['that lists no kind of record', ['openid', 'fhirUser', 'launch', 'profile']],
    ['that lists what no patient asks for', ['openid', 'user/*.read']],
  ])('%s is all', (_what, list) => {
    expect(asked(list)).toEqual(wanted);
  });

  it('that lists kinds of records is what it lists', () => {
    expect(asked(['openid', 'patient/Goal.read'])).toEqual(['openid', 'patient/Goal.read']);
    expect(asked(['launch/patient', 'patient/*.*'])).toEqual(wanted.slice(1));
  });

  it('that lists parts of a kind is those parts', () => {
    const parts = [
      'patient/Observation.rs?category=vital-signs',
      'patient/Goal.r',
      'patient/Goal.s',
    ];
    expect(asked(['openid', ...parts])).toEqual(['openid', parts[1], parts[2], parts[0]]);
  });

  it.each([{ issuer: null }, { jwksUri: null }])(
    'that names %j is not who signed in, since that could not be checked',
    (lacking) => {
      expect(scopesKnownTo({ ...server, ...lacking }, wanted)).toEqual(wanted.slice(1));
    },
  );

  it('is spelled as it spells', () => {
    expect(asked([], ['permission-v2'])).toContain('patient/Goal.rs');
    expect(asked(['openid', 'patient/*.rs'])).toContain('patient/Goal.rs');
  });
});
