// Owns which portals there are on this instance: each vendor and environment with its addresses after what the
// operator overrides, how we are registered there, and what would switch on what is off.

import { authMethods, type Config, failOn, type PortalOverride } from '../platform/config/read.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { vendors } from './index.ts';
import { type Environment, environments, type Registration, type Vendor } from './portal.ts';

/** A portal as this instance can reach it. */
export type PortalEntry = {
  /** `vendor/environment`, with the operator's name after it where one was added. */
  readonly key: string;
  readonly vendor: Vendor;
  readonly environment: Environment;
  readonly name: string;
  readonly fhirBaseUrl: string;
  readonly authorizationEndpoint: string | null;
  readonly tokenEndpoint: string | null;
  readonly scopes: readonly string[];
  readonly aud: string;
  readonly directoryUrl: string | null;
  /** Null: off. */
  readonly registration: Registration | null;
  /** What would switch it on, in words. */
  readonly switchOn: string;
  /** Run by the simulator: all that comes from it is marked as sample. */
  readonly simulated: boolean;
};

/** Where the simulator serves a vendor's environment, and who we are there. */
export type Simulated = {
  readonly baseUrl: string;
  readonly clientIdOf: (vendor: string, environment: Environment) => string;
};

export type PortalRegistry = {
  readonly entries: readonly PortalEntry[];
  /** @throws `connection.unknown_portal`, `connection.portal_off` */
  usable(key: string): PortalEntry;
};

/** The configuration keys that the vendors declare, for the reader and the generated reference. */
export const vendorKeys = vendors.flatMap(({ portal }) =>
  environments.flatMap((environment) => {
    const prefix = portal.environments[environment].configPrefix;
    const where = `${portal.name}, ${environment}`;
    return [
      {
        name: `${prefix}_CLIENT_ID`,
        meaning: `The client id at ${where}; switches it on.`,
        example: '0oa1b2c3',
        defaultWords: 'off',
      },
      {
        name: `${prefix}_CLIENT_SECRET`,
        meaning: `The client secret at ${where}; its presence makes Chartfold a confidential client.`,
        example: '',
        defaultWords: 'none: PKCE alone',
        secret: true,
      },
      {
        name: `${prefix}_AUTH`,
        meaning: `How Chartfold proves itself at ${where}: none, client_secret_basic, client_secret_post or private_key_jwt.`,
        example: 'private_key_jwt',
        defaultWords: 'client_secret_basic with a secret, else none',
      },
    ];
  }),
);

/** Whether the operator has switched on any portal. */
export function hasConfiguredPortal(config: Config): boolean {
  return (
    config.portals.some((p) => p.clientId) ||
    vendorKeys.some((k) => k.name.endsWith('_CLIENT_ID') && config.vendorKeys[k.name])
  );
}

/** The hosts that the operator wrote, or runs beside: these may lie in a private network. */
export function operatorHosts(config: Config, simulatorUrl: string | null): Set<string> {
  const written = config.portals.flatMap((portal) => [
    portal.fhirBaseUrl,
    portal.authorizationEndpoint,
    portal.tokenEndpoint,
    portal.directoryUrl,
  ]);
  const addresses = [...written, simulatorUrl].filter((address) => address != null);
  return new Set(addresses.map((address) => new URL(address).host));
}

/** What of the configuration no vendor can use: a line each, with the key and what mends it. */
export function portalFaults(config: Config): string[] {
  const known = vendors.map((v) => v.portal.id);
  const strangers = config.portals
    .filter((o) => !known.includes(o.vendor))
    .map((o) => `CHARTFOLD_CONFIG: there is no vendor ${o.vendor}; known are ${known.join(', ')}`);
  const names = config.portals.map((o) => [o.vendor, o.environment, o.name].join('/'));
  const doubles = names
    .filter((name, index) => names.indexOf(name) !== index)
    .map(
      (name) =>
        `CHARTFOLD_CONFIG: ${name.replace(/\/$/, '')} is there twice; give each a name of its own`,
    );
  const wrong = vendors.flatMap((vendor) =>
    environments.flatMap((environment) =>
      overridesOf(config, vendor, environment).flatMap((override) =>
        registrationFaults(vendor.portal.environments[environment].configPrefix, override, config),
      ),
    ),
  );
  return [...strangers, ...doubles, ...wrong];
}

/**
 * Puts the entries together: built-in ones, overridden by configuration, the rest by the simulator if it runs.
 * @throws `config.invalid` with every fault that only the portals can judge
 */
export function createRegistry(config: Config, simulated: Simulated | null): PortalRegistry {
  failOn(portalFaults(config));
  const entries = vendors.flatMap((vendor) =>
    environments.flatMap((environment) =>
      overridesOf(config, vendor, environment).map((override) =>
        entryOf(vendor, environment, override, config, override?.name ? null : simulated),
      ),
    ),
  );
  return {
    entries,
    usable(key) {
      const entry = entries.find((e) => e.key === key);
      if (!entry) throw new ChartfoldError('connection.unknown_portal', { detail: key });
      if (!entry.registration)
        throw new ChartfoldError('connection.portal_off', { detail: entry.switchOn });
      return entry;
    },
  };
}

/** The operator's entries for a vendor's environment: first the built-in one, overridden or not, then the added. */
function overridesOf(
  config: Config,
  vendor: Vendor,
  environment: Environment,
): (PortalOverride | undefined)[] {
  const mine = config.portals.filter(
    (o) => o.vendor === vendor.portal.id && o.environment === environment,
  );
  return [mine.find((o) => o.name === undefined), ...mine.filter((o) => o.name !== undefined)];
}

function entryOf(
  vendor: Vendor,
  environment: Environment,
  override: PortalOverride | undefined,
  config: Config,
  simulated: Simulated | null,
): PortalEntry {
  const { portal } = vendor;
  const own = portal.environments[environment];
  const configured = registrationOf(own.configPrefix, override, config);
  const bySimulator = configured ? null : simulated;
  const base = bySimulator ? `${bySimulator.baseUrl}/${portal.id}/${environment}` : null;
  const fhirBaseUrl = base
    ? `${base}/fhir/r4`
    : (override?.fhirBaseUrl ?? own.fhirBaseUrl).replace(/\/+$/, '');
  return {
    key: [portal.id, environment, override?.name].filter(Boolean).join('/'),
    vendor: atPace(vendor, override?.requestsPerMinute),
    environment,
    name: override?.name ?? portal.name,
    fhirBaseUrl,
    authorizationEndpoint: override?.authorizationEndpoint ?? null,
    tokenEndpoint: override?.tokenEndpoint ?? null,
    scopes: override?.scopes ?? portal.scopes,
    aud: override?.aud ?? fhirBaseUrl,
    directoryUrl:
      base && own.directoryUrl
        ? `${base}/${own.directoryUrl.split('/').pop()}`
        : (override?.directoryUrl ?? own.directoryUrl),
    registration: bySimulator
      ? {
          clientId: bySimulator.clientIdOf(portal.id, environment),
          auth: 'none',
          clientSecret: null,
        }
      : configured,
    switchOn: override?.name
      ? 'clientId in its entry of CHARTFOLD_CONFIG'
      : `${own.configPrefix}_CLIENT_ID`,
    simulated: bySimulator !== null,
  };
}

/** What the operator knows of a server's limit counts for more than what the vendor says of all of its servers. */
function atPace(vendor: Vendor, requestsPerMinute: number | undefined): Vendor {
  if (requestsPerMinute === undefined) return vendor;
  const { portal } = vendor;
  const rate = { requests: requestsPerMinute, in: 'minute' } as const;
  return { ...vendor, portal: { ...portal, requests: { ...portal.requests, rate } } };
}

function registrationOf(
  prefix: string,
  override: PortalOverride | undefined,
  config: Config,
): Registration | null {
  const { clientId, clientSecret, auth } = registrationWords(prefix, override, config);
  return clientId
    ? { clientId, clientSecret: clientSecret ?? null, auth: auth as Registration['auth'] }
    : null;
}

function registrationFaults(
  prefix: string,
  override: PortalOverride | undefined,
  config: Config,
): string[] {
  const { clientId, clientSecret, auth } = registrationWords(prefix, override, config);
  if (!clientId) return [];
  if (!authMethods.some((method) => method === auth))
    return [`${prefix}_AUTH: must be one of ${authMethods.join(', ')}`];
  if (!auth.startsWith('client_secret') || clientSecret) return [];
  return [
    override?.name === undefined
      ? `${prefix}_CLIENT_SECRET: is missing, but ${auth} needs it`
      : `CHARTFOLD_CONFIG: ${override.vendor}, ${override.name}: clientSecret is missing, but ${auth} needs it`,
  ];
}

/** How an environment is registered, as written: in the file, else by the vendor's keys. */
function registrationWords(
  prefix: string,
  override: PortalOverride | undefined,
  config: Config,
): { clientId: string | undefined; clientSecret: string | undefined; auth: string } {
  const isAdded = override?.name !== undefined;
  const key = (suffix: string) => (isAdded ? undefined : config.vendorKeys[`${prefix}_${suffix}`]);
  const clientSecret = override?.clientSecret ?? key('CLIENT_SECRET');
  return {
    clientId: override?.clientId ?? key('CLIENT_ID'),
    clientSecret,
    auth: override?.auth ?? key('AUTH') ?? (clientSecret ? 'client_secret_basic' : 'none'),
  };
}
