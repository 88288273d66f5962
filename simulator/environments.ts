// The environments of the simulated vendors and the addresses each of them answers at: the vendor's own paths, below
// a prefix. Addresses only: what is served there belongs to the servers.

import type { PortalBehaviour } from '../src/portals/behaviour.ts';

export type EnvironmentName = 'production' | 'preview';

/** Every address of one environment; all absolute, without a trailing slash unless the vendor has one. */
export type Environment = {
  readonly vendor: string;
  readonly name: EnvironmentName;
  /** `vendor/environment`, under which its state is kept. */
  readonly key: string;
  /** Path prefix of everything below, such as `/athenahealth/preview`. */
  readonly prefix: string;
  readonly base: string;
  readonly paths: PortalBehaviour['paths'];
  /** With `{clinic}` where each clinic has one of its own. */
  readonly fhirBase: string;
  fhirBaseOf(practiceId: string): string;
  /** The clinic whose FHIR base an address is; '' where all have one, `undefined` for none. */
  practiceAt(fhirBase: string): string | undefined;
  /** The authorization server's; where the vendor's FHIR bases are its issuers, one that is told nowhere. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
};

/** Lays a vendor's addresses out under the simulator's own URL. */
export function environmentAt(
  url: string,
  vendor: string,
  name: EnvironmentName,
  paths: PortalBehaviour['paths'],
): Environment {
  const prefix = `/${vendor}/${name}`;
  const base = `${url}${prefix}`;
  const fhirBase = `${base}${paths.fhir}`;
  const [before = '', after] = fhirBase.split(CLINIC);
  return {
    vendor,
    name,
    key: `${vendor}/${name}`,
    prefix,
    base,
    paths,
    fhirBase,
    fhirBaseOf: (practiceId) => fhirBase.replace(CLINIC, practiceId),
    practiceAt(address) {
      if (after === undefined) return address === fhirBase ? '' : undefined;
      const practice = address.slice(before.length, address.length - after.length);
      const isOne = address === `${before}${practice}${after}` && /^[\w-]+$/.test(practice);
      return isOne ? practice : undefined;
    },
    issuer: `${base}${paths.issuer ?? ''}`,
    tokenEndpoint: `${base}${paths.token}`,
  };
}

const CLINIC = '{clinic}';

export function isEnvironmentName(value: unknown): value is EnvironmentName {
  return value === 'production' || value === 'preview';
}
