// Owns servers that people add by their address: what is looked at before one is taken, how it is kept, and putting
// those kept among the portals.

import { readFhirVersion } from '../fhir/capabilities.ts';
import { isoTime } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { AuthMethod, PortalOverride } from '../platform/config/read.ts';
import { openVendor } from '../portals/index.ts';
import {
  readConfiguration,
  requestConfiguration,
  type SmartConfiguration,
} from '../smart/discovery.ts';
import { type ConnectionContext, DIRECTORY_QUEUE } from './context.ts';

export type AddServerRequest = {
  /** The FHIR base, as somebody typed it. */
  readonly address: string;
  /** Empty: the host's. */
  readonly name: string;
  /** What this program is registered as there. */
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly auth: AuthMethod;
  /** The account that adds it; null for the terminal. */
  readonly by: string | null;
};

/** What a server says of itself to anybody. */
export type ServerFound = {
  readonly fhirBaseUrl: string;
  readonly name: string;
  readonly fhirVersion: string;
  /** The ways of client authentication that it takes, as far as it says and Chartfold knows them; at least one. */
  readonly auth: readonly AuthMethod[];
  /** Where it names the brands that use it; null where it does not, or not safely. */
  readonly brandBundle: string | null;
};

type Serving = Pick<
  ConnectionContext,
  'db' | 'sealer' | 'clock' | 'log' | 'outbound' | 'registry' | 'jobs'
>;

/**
 * Looks at an address: https, on the public internet, a SMART on FHIR R4 server.
 * @throws `server.not_https`, `net.private_address`, `net.*`, `smart.discovery_failed`, `smart.discovery_incomplete`,
 *   `server.not_fhir`, `server.other_version`, `server.other_auth`
 */
export async function lookAtServer(
  { outbound }: Pick<Serving, 'outbound'>,
  address: string,
): Promise<ServerFound> {
  const fhirBaseUrl = baseOf(address);
  // Both are asked at once: what is wrong with the server itself is told before what is wrong with its sign-in.
  const [statement, configuration] = await Promise.allSettled([
    outbound(`${fhirBaseUrl}/metadata`, {
      headers: { accept: openVendor.portal.accept },
      timeoutMs: 15_000,
      maxBytes: 4 * 1024 * 1024,
    }),
    requestConfiguration(outbound, fhirBaseUrl),
  ]);
  if (statement.status === 'rejected') throw statement.reason;
  const fhirVersion = readFhirVersion(await statement.value.text());
  const { status } = statement.value;
  if (status !== 200 || fhirVersion === undefined)
    throw new ChartfoldError('server.not_fhir', {
      detail: status === 200 ? 'it answers with a page' : `HTTP status ${status}`,
    });
  if (!fhirVersion.startsWith('4.'))
    throw new ChartfoldError('server.other_version', { detail: fhirVersion });
  if (configuration.status === 'rejected') throw configuration.reason;
  const smart = await readConfiguration(configuration.value, fhirBaseUrl);
  const auth = waysToProve(smart);
  if (auth.length === 0)
    throw new ChartfoldError('server.other_auth', { detail: smart.clientAuth.join(' ') });
  return {
    fhirBaseUrl,
    name: new URL(fhirBaseUrl).hostname,
    fhirVersion,
    auth,
    brandBundle: smart.brandBundle?.startsWith('https:') ? smart.brandBundle : null,
  };
}

/**
 * Takes a server among the portals, after a look at it. One that is there already under the same address and client
 * is the same.
 * @returns its key among the portals
 * @throws what {@link lookAtServer} throws; `server.name_taken`, `server.secret_missing`
 */
export async function addServer(context: Serving, request: AddServerRequest): Promise<string> {
  const { clientSecret, auth, clientId } = request;
  if (auth.startsWith('client_secret') && !clientSecret)
    throw new ChartfoldError('server.secret_missing');
  const found = await lookAtServer(context, request.address);
  const name = request.name.trim() || found.name;
  const key = `${openVendor.portal.id}/production/${name}`;
  const known = context.registry.entries.find((entry) => entry.key === key);
  if (known) {
    const isSame =
      known.fhirBaseUrl === found.fhirBaseUrl && known.registration?.clientId === clientId;
    if (isSame) return key;
    throw new ChartfoldError('server.name_taken');
  }
  const id = newId();
  const added = await context.db
    .insertInto('added_server')
    .values({
      id,
      name,
      fhir_base_url: found.fhirBaseUrl,
      client_id: clientId,
      client_secret: clientSecret ? context.sealer.seal(clientSecret, secretOf(id)) : null,
      auth,
      brand_bundle: found.brandBundle,
      added_by: request.by,
      added_at: isoTime(context.clock.now()),
    })
    // Two at once: the name is the first one's.
    .onConflict((c) => c.column('name').doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows === 0n) throw new ChartfoldError('server.name_taken');
  context.registry.add(overrideOf({ ...found, name }, request));
  if (found.brandBundle)
    await context.jobs.put({ queue: DIRECTORY_QUEUE, key, payload: { portal: key } });
  context.log.info('server.added', { server: id });
  return key;
}

/** Puts the servers that were added before among the portals. */
export async function putServers({ db, sealer, registry }: Serving): Promise<void> {
  const rows = await db.selectFrom('added_server').selectAll().orderBy('added_at').execute();
  for (const row of rows)
    registry.add(
      overrideOf(
        { fhirBaseUrl: row.fhir_base_url, name: row.name, brandBundle: row.brand_bundle },
        {
          clientId: row.client_id,
          clientSecret: row.client_secret && sealer.open(row.client_secret, secretOf(row.id)),
          auth: row.auth,
        },
      ),
    );
}

function overrideOf(
  { fhirBaseUrl, name, brandBundle }: Pick<ServerFound, 'fhirBaseUrl' | 'name' | 'brandBundle'>,
  { clientId, clientSecret, auth }: Pick<AddServerRequest, 'clientId' | 'clientSecret' | 'auth'>,
): PortalOverride {
  return {
    vendor: openVendor.portal.id,
    environment: 'production',
    name,
    fhirBaseUrl,
    authorizationEndpoint: undefined,
    tokenEndpoint: undefined,
    clientId,
    clientSecret: clientSecret ?? undefined,
    auth,
    scopes: undefined,
    aud: undefined,
    directoryUrl: brandBundle ?? undefined,
    requestsPerMinute: undefined,
  };
}

/** A list leaves out that no proof is needed, which the capabilities say; where neither is said, each may be taken. */
function waysToProve({
  capabilities,
  clientAuth,
}: Pick<SmartConfiguration, 'capabilities' | 'clientAuth'>): AuthMethod[] {
  const isPublic = capabilities.length === 0 || capabilities.includes('client-public');
  return openVendor.portal.auth.filter((method) =>
    method === 'none'
      ? isPublic || clientAuth.includes('none')
      : clientAuth.length === 0 || clientAuth.includes(method),
  );
}

/** The base in what somebody typed or copied: without a page of it, a query or a slash at its end. */
function baseOf(typed: string): string {
  const text = /^[a-z][a-z0-9+.-]*:/i.test(typed.trim()) ? typed.trim() : `https://${typed.trim()}`;
  if (!URL.canParse(text)) throw new ChartfoldError('server.not_https');
  const url = new URL(text);
  if (url.protocol !== 'https:' || url.username) throw new ChartfoldError('server.not_https');
  const path = url.pathname.replace(/\/(metadata|\.well-known\/smart-configuration)?$/, '');
  return `${url.origin}${path}`;
}

function secretOf(id: string): string {
  return `added_server/${id}/secret`;
}
