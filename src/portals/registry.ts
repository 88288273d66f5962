// Owns which portals there are on this instance: each vendor and environment with its addresses after what the
// operator overrides, how we are registered there, and what would switch on what is off.

import type { Config, PortalOverride } from '../platform/config/read.ts';
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
  readonly directoryUrl: string;
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

/**
 * Puts the entries together: built-in ones, overridden by configuration, the rest by the simulator if it runs.
 * @throws `config.invalid`
 */
export function createRegistry(config: Config, simulated: Simulated | null): PortalRegistry {
  const unknown = config.portals.filter((o) => !vendors.some((v) => v.portal.id === o.vendor));
  if (unknown.length) {
    const lines = unknown.map(
      (o) =>
        `CHARTFOLD_CONFIG: there is no vendor ${o.vendor}; known are ${vendors.map((v) => v.portal.id).join(', ')}`,
    );
    throw new ChartfoldError('config.invalid', { detail: `\n  ${lines.join('\n  ')}\n` });
  }
  const entries = vendors.flatMap((vendor) =>
    environments.flatMap((environment) => {
      const mine = config.portals.filter(
        (o) => o.vendor === vendor.portal.id && o.environment === environment,
      );
      const builtIn = mine.find((o) => o.name === undefined);
      const added = mine.filter((o) => o.name !== undefined);
      return [
        entryOf(vendor, environment, builtIn, config, simulated),
        ...added.map((o) => entryOf(vendor, environment, o, config, null)),
      ];
    }),
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
    vendor,
    environment,
    name: override?.name ?? portal.name,
    fhirBaseUrl,
    authorizationEndpoint: override?.authorizationEndpoint ?? null,
    tokenEndpoint: override?.tokenEndpoint ?? null,
    scopes: override?.scopes ?? portal.scopes,
    aud: override?.aud ?? fhirBaseUrl,
    directoryUrl: base ? `${base}/${own.directoryUrl.split('/').pop()}` : own.directoryUrl,
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

function registrationOf(
  prefix: string,
  override: PortalOverride | undefined,
  config: Config,
): Registration | null {
  const isAdded = override?.name !== undefined;
  const key = (suffix: string) => (isAdded ? undefined : config.vendorKeys[`${prefix}_${suffix}`]);
  const clientId = override?.clientId ?? key('CLIENT_ID');
  if (!clientId) return null;
  const clientSecret = override?.clientSecret ?? key('CLIENT_SECRET') ?? null;
  const auth =
    override?.auth ??
    (key('AUTH') as Registration['auth'] | undefined) ??
    (clientSecret ? 'client_secret_basic' : 'none');
  const faults: string[] = [];
  if (!['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'].includes(auth)) {
    faults.push(
      `${prefix}_AUTH: must be one of none, client_secret_basic, client_secret_post, private_key_jwt`,
    );
  }
  if (auth.startsWith('client_secret') && !clientSecret) {
    faults.push(`${prefix}_CLIENT_SECRET: is missing, but ${auth} needs it`);
  }
  if (faults.length)
    throw new ChartfoldError('config.invalid', { detail: `\n  ${faults.join('\n  ')}\n` });
  return { clientId, auth, clientSecret };
}
