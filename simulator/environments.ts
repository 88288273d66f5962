// The two environments of the simulated vendor and the addresses each of them answers at. Addresses only:
// what is served there belongs to the servers.

export type EnvironmentName = 'production' | 'preview';

/** Every address of one environment; all absolute, without a trailing slash. */
export type Environment = {
  readonly name: EnvironmentName;
  /** Path prefix of everything below, such as `/athenahealth/preview`. */
  readonly prefix: string;
  readonly base: string;
  readonly fhirBase: string;
  readonly oauthBase: string;
  /** The vendor's authorization server is another company's host: its issuer is neither FHIR base nor token URL. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
};

export const environmentNames = [
  'production',
  'preview',
] as const satisfies readonly EnvironmentName[];

/** Lays the addresses out under the simulator's own URL. */
export function environmentAt(url: string, name: EnvironmentName): Environment {
  const prefix = `/athenahealth/${name}`;
  const base = `${url}${prefix}`;
  return {
    name,
    prefix,
    base,
    fhirBase: `${base}/fhir/r4`,
    oauthBase: `${base}/oauth2/v1`,
    issuer: `${base}/okta`,
    tokenEndpoint: `${base}/oauth2/v1/token`,
  };
}

export function isEnvironmentName(value: unknown): value is EnvironmentName {
  return value === 'production' || value === 'preview';
}
