// Owns which portals there are on this instance: each vendor and environment with its addresses after what the
// operator overrides, how we are registered there, and what would switch on what is off.

import {
  type AuthMethod,
  type Config,
  failOn,
  type PortalOverride,
} from '../platform/config/read.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { vendors } from './index.ts';
import {
  CLINIC,
  type Environment,
  environments,
  type Portal,
  type PortalEnvironment,
  type Registration,
  type Vendor,
} from './portal.ts';

/** A portal as this instance can reach it. */
export type PortalEntry = {
  /** `vendor/environment`, with the operator's name after it where one was added. */
  readonly key: string;
  readonly vendor: Vendor;
  readonly environment: Environment;
  readonly name: string;
  /** Holds `{clinic}` where each clinic has a base of its own, until one is chosen. */
  readonly fhirBaseUrl: string;
  /** Whether the server is asked for what it says of its authorization; what is written here counts for more. */
  readonly discovers: boolean;
  readonly authorizationEndpoint: string | null;
  readonly tokenEndpoint: string | null;
  readonly scopes: readonly string[];
  readonly scopesBy: Portal['scopesBy'];
  /** Null: none is sent. */
  readonly aud: string | null;
  readonly signOut: string | null;
  readonly directoryUrl: string | null;
  /** Null: off. */
  readonly registration: Registration | null;
  /** Whether access goes on after the sign-in's own hours, as we are registered. */
  readonly renews: boolean;
  /** What would switch it on, in words. */
  readonly switchOn: string;
  /** Run by the simulator: all that comes from it is marked as sample. */
  readonly simulated: boolean;
  /** By its address, by somebody who uses this program: not the operator's. */
  readonly added: boolean;
};

/** Where the simulator serves a vendor's environment, and who we are there. */
export type Simulated = {
  readonly baseUrl: string;
  /** Servers that it has beside the vendors', as an operator would add them. */
  readonly servers: readonly PortalOverride[];
  readonly clientIdOf: (vendor: string, environment: Environment) => string;
};

export type PortalRegistry = {
  readonly entries: readonly PortalEntry[];
  /**
   * An entry by its key, its addresses those of a clinic where each has its own.
   * @throws `connection.unknown_portal`, `connection.portal_off`
   */
  usable(key: string, clinicId: string): PortalEntry;
  /** Takes a server in that was added by its address, in place of the one that has its key. */
  add(server: PortalOverride): void;
  /** Takes out a server that was added. @returns the one that was there */
  remove(key: string): PortalEntry | undefined;
};

/** A vendor in one of its environments; null: its servers are added one by one. */
type Place = {
  readonly vendor: Vendor;
  readonly environment: Environment;
  readonly own: PortalEnvironment | null;
};

const places: readonly Place[] = vendors.flatMap((vendor) =>
  environments.flatMap((environment) => {
    const own = vendor.portal.environments[environment] ?? null;
    const isAddedTo = Object.keys(vendor.portal.environments).length === 0;
    return own || isAddedTo ? [{ vendor, environment, own }] : [];
  }),
);

/** The configuration keys that the vendors declare, for the reader and the generated reference. */
export const vendorKeys = places.flatMap(({ vendor: { portal }, environment, own }) => {
  if (!own) return [];
  const prefix = own.configPrefix;
  const where = `${portal.name}, ${environment}`;
  const bySecret = secretMethod(portal);
  return [
    {
      name: `${prefix}_CLIENT_ID`,
      meaning: `The client id at ${where}; switches it on.`,
      example: '0oa1b2c3',
      defaultWords: 'off',
    },
    {
      name: `${prefix}_CLIENT_SECRET`,
      meaning: portal.auth.includes('none')
        ? `The client secret at ${where}; its presence makes Chartfold a confidential client.`
        : `The client secret at ${where}; it does not go without.`,
      example: '',
      defaultWords: portal.auth.includes('none') ? 'none: PKCE alone' : 'none',
      secret: true,
    },
    {
      name: `${prefix}_AUTH`,
      meaning: `How Chartfold proves itself at ${where}: ${inWords(portal.auth)}.`,
      example: portal.auth.at(-1) ?? '',
      defaultWords: portal.auth.includes('none')
        ? `${bySecret} with a secret, else none`
        : bySecret,
    },
  ];
});

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
  const nowhere = config.portals
    .filter((o) => known.includes(o.vendor) && !places.some((place) => isAt(place, o)))
    .map((o) => `CHARTFOLD_CONFIG: ${o.vendor} has no environment ${o.environment}`);
  const names = config.portals.map((o) => [o.vendor, o.environment, o.name].join('/'));
  const doubles = names
    .filter((name, index) => names.indexOf(name) !== index)
    .map(
      (name) =>
        `CHARTFOLD_CONFIG: ${name.replace(/\/$/, '')} is there twice; give each a name of its own`,
    );
  const wrong = places.flatMap((place) =>
    overridesOf(config, place).flatMap((override) => [
      ...addressFaults(place, override),
      ...registrationFaults(place, override, config),
    ]),
  );
  return [...strangers, ...nowhere, ...doubles, ...wrong];
}

/**
 * Puts the entries together: built-in ones, overridden by configuration, the rest by the simulator if it runs.
 * @throws `config.invalid` with every fault that only the portals can judge
 */
export function createRegistry(config: Config, simulated: Simulated | null): PortalRegistry {
  failOn(portalFaults(config));
  const entries = places.flatMap((place) => [
    ...overridesOf(config, place).map((override) =>
      entryOf(place, override, config, override?.name ? null : simulated),
    ),
    ...(simulated?.servers ?? [])
      .filter((server) => isAt(place, server))
      .map((server) => ({ ...entryOf(place, server, config, null), simulated: true })),
  ]);
  return {
    entries,
    add(server) {
      const place = places.find((one) => isAt(one, server));
      if (!place) return;
      const entry = { ...entryOf(place, server, config, null), added: true };
      const before = entries.findIndex(({ key }) => key === entry.key);
      entries.splice(before < 0 ? entries.length : before, 1, entry);
    },
    remove(key) {
      const at = entries.findIndex((entry) => entry.added && entry.key === key);
      return at < 0 ? undefined : entries.splice(at, 1)[0];
    },
    usable(key, clinicId) {
      const entry = entries.find((e) => e.key === key);
      if (!entry) throw new ChartfoldError('connection.unknown_portal', { detail: key });
      if (!entry.registration)
        throw new ChartfoldError('connection.portal_off', { detail: entry.switchOn });
      return atClinic(entry, clinicId);
    },
  };
}

/** What to know of a portal before signing in there, as this instance is registered. */
export function notesOf({ renews, vendor }: Pick<PortalEntry, 'renews' | 'vendor'>): string[] {
  return renews ? [...vendor.portal.notes] : [SIGN_IN_EACH_TIME, ...vendor.portal.notes];
}

/** What a portal that renews nothing means for the person. */
export const SIGN_IN_EACH_TIME =
  'This portal needs a sign-in for every sync, since it gives access for a short while only. None begins by itself.';

/** Whether a portal that is chosen as a whole says after the sign-in which of its clinics it was. */
export function tellsClinic({ vendor: { portal, hooks } }: Pick<PortalEntry, 'vendor'>): boolean {
  return portal.clinicInPatientId !== null || hooks.conformTokenReply !== undefined;
}

/** A vendor's addresses under another one, as the simulator lays them out: the paths are the vendor's. */
export function laidOutAt(base: string, own: PortalEnvironment): PortalEnvironment {
  const here = (address: string) => address.replace(/^https?:\/\/[^/]+/, base);
  return {
    ...own,
    fhirBaseUrl: here(own.fhirBaseUrl),
    endpoints: own.endpoints && {
      authorization: here(own.endpoints.authorization),
      token: here(own.endpoints.token),
    },
    signOut: own.signOut && here(own.signOut),
    directoryUrl: own.directoryUrl && here(own.directoryUrl),
  };
}

/** Whether each clinic of a portal has addresses of its own, so that one must be chosen before the sign-in. */
export function isPerClinic({
  fhirBaseUrl,
  aud,
}: Pick<PortalEntry, 'fhirBaseUrl' | 'aud'>): boolean {
  return fhirBaseUrl.includes(CLINIC) || aud?.includes(CLINIC) === true;
}

function atClinic(entry: PortalEntry, clinicId: string): PortalEntry {
  if (clinicId === '' || !isPerClinic(entry)) return entry;
  const filled = (address: string) => address.replace(CLINIC, encodeURIComponent(clinicId));
  return {
    ...entry,
    fhirBaseUrl: filled(entry.fhirBaseUrl),
    aud: entry.aud === null ? null : filled(entry.aud),
  };
}

function isAt({ vendor, environment }: Place, override: PortalOverride): boolean {
  return override.vendor === vendor.portal.id && override.environment === environment;
}

/** The operator's entries for a vendor's environment: first the built-in one, overridden or not, then the added. */
function overridesOf(config: Config, place: Place): (PortalOverride | undefined)[] {
  const mine = config.portals.filter((o) => isAt(place, o));
  if (!place.own) return mine;
  return [mine.find((o) => o.name === undefined), ...mine.filter((o) => o.name !== undefined)];
}

function entryOf(
  place: Place,
  override: PortalOverride | undefined,
  config: Config,
  simulated: Simulated | null,
): PortalEntry {
  const { vendor, environment, own } = place;
  const { portal } = vendor;
  const configured = registrationOf(place, override, config);
  const base = configured || !simulated ? null : `${simulated.baseUrl}/${portal.id}/${environment}`;
  const addresses = own && base ? laidOutAt(base, own) : own;
  const written = base ? undefined : override;
  const fhirBaseUrl = (written?.fhirBaseUrl ?? addresses?.fhirBaseUrl ?? '').replace(/\/+$/, '');
  const registration =
    base && simulated ? simulatedRegistration(portal, environment, simulated) : configured;
  const { scopes, renews } = asRegistered(portal, registration);
  return {
    key: [portal.id, environment, override?.name].filter(Boolean).join('/'),
    vendor: atPace(vendor, override?.requestsPerMinute),
    environment,
    name: override?.name ?? portal.name,
    fhirBaseUrl,
    discovers: !own?.endpoints,
    authorizationEndpoint:
      written?.authorizationEndpoint ?? addresses?.endpoints?.authorization ?? null,
    tokenEndpoint: written?.tokenEndpoint ?? addresses?.endpoints?.token ?? null,
    scopes: override?.scopes ?? scopes,
    scopesBy: override?.scopes ? 'vendor' : portal.scopesBy,
    aud: override?.aud ?? (portal.aud === 'none' ? null : fhirBaseUrl),
    // Another server of the vendor's keeps another session.
    signOut: written?.fhirBaseUrl ? null : (addresses?.signOut ?? null),
    directoryUrl: written?.directoryUrl ?? addresses?.directoryUrl ?? null,
    registration,
    renews,
    switchOn:
      override?.name || !own
        ? 'clientId in its entry of CHARTFOLD_CONFIG'
        : `${own.configPrefix}_CLIENT_ID`,
    simulated: base !== null,
    added: false,
  };
}

/** What is asked for at a portal, and whether access is renewed there, for the kind of client that we are. */
export function asRegistered(
  { scopes, confidentialScopes, renews }: Portal,
  registration: Registration | null,
): Pick<PortalEntry, 'scopes' | 'renews'> {
  const isConfidential = registration !== null && registration.auth !== 'none';
  return {
    scopes: isConfidential ? [...scopes, ...confidentialScopes] : scopes,
    renews: renews === 'every-client' || isConfidential,
  };
}

/** A public client where the vendor knows such; the simulator is told of a secret that is none elsewhere. */
function simulatedRegistration(
  portal: Portal,
  environment: Environment,
  simulated: Simulated,
): Registration {
  const clientId = simulated.clientIdOf(portal.id, environment);
  if (portal.auth.includes('none')) return { clientId, auth: 'none', clientSecret: null };
  return { clientId, auth: secretMethod(portal), clientSecret: clientId };
}

/** What the operator knows of a server's limit counts for more than what the vendor says of all of its servers. */
function atPace(vendor: Vendor, requestsPerMinute: number | undefined): Vendor {
  if (requestsPerMinute === undefined) return vendor;
  const { portal } = vendor;
  const rate = { requests: requestsPerMinute, in: 'minute' } as const;
  return { ...vendor, portal: { ...portal, requests: { ...portal.requests, rate } } };
}

function registrationOf(
  place: Place,
  override: PortalOverride | undefined,
  config: Config,
): Registration | null {
  const { clientId, clientSecret, auth } = registrationWords(place, override, config);
  return clientId
    ? { clientId, clientSecret: clientSecret ?? null, auth: auth as Registration['auth'] }
    : null;
}

function addressFaults({ own }: Place, override: PortalOverride | undefined): string[] {
  if (own || !override || override.fhirBaseUrl) return [];
  return [`CHARTFOLD_CONFIG: ${whatIs(override)}: fhirBaseUrl is missing`];
}

function registrationFaults(
  place: Place,
  override: PortalOverride | undefined,
  config: Config,
): string[] {
  const { clientId, clientSecret, auth } = registrationWords(place, override, config);
  if (!clientId) return [];
  const { auth: taken } = place.vendor.portal;
  const at = (key: string, field: string) =>
    override && (override.name !== undefined || !place.own)
      ? `CHARTFOLD_CONFIG: ${whatIs(override)}: ${field}`
      : `${place.own?.configPrefix}_${key}:`;
  if (!taken.some((method) => method === auth))
    return auth === 'none'
      ? [`${at('CLIENT_SECRET', 'clientSecret')} is missing, and it does not go without`]
      : [`${at('AUTH', 'auth')} must be one of ${taken.join(', ')}`];
  if (!auth.startsWith('client_secret') || clientSecret) return [];
  return [`${at('CLIENT_SECRET', 'clientSecret')} is missing, but ${auth} needs it`];
}

function whatIs({ vendor, name }: PortalOverride): string {
  return name === undefined ? vendor : `${vendor}, ${name}`;
}

/** How an environment is registered, as written: in the file, else by the vendor's keys. */
function registrationWords(
  { vendor, own }: Place,
  override: PortalOverride | undefined,
  config: Config,
): { clientId: string | undefined; clientSecret: string | undefined; auth: string } {
  const prefix = override?.name === undefined ? own?.configPrefix : undefined;
  const key = (suffix: string) => (prefix ? config.vendorKeys[`${prefix}_${suffix}`] : undefined);
  const clientSecret = override?.clientSecret ?? key('CLIENT_SECRET');
  return {
    clientId: override?.clientId ?? key('CLIENT_ID'),
    clientSecret,
    auth: override?.auth ?? key('AUTH') ?? (clientSecret ? secretMethod(vendor.portal) : 'none'),
  };
}

/** How a secret is sent where nothing else is said. */
export function secretMethod({ auth }: Pick<Portal, 'auth'>): AuthMethod {
  return auth.find((method) => method.startsWith('client_secret')) ?? 'client_secret_basic';
}

function inWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
