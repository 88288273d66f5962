// Owns servers that people add by their address: what is looked at before one is taken, how it is kept, put right,
// and put among the portals. How those that are there are looked after is added-servers.ts.

import type { Selectable } from 'kysely';
import { cleanName } from '../access/names.ts';
import { readFhirVersion } from '../fhir/capabilities.ts';
import { isoTime } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { AuthMethod, PortalOverride } from '../platform/config/read.ts';
import { openVendor } from '../portals/index.ts';
import { isOfVersion } from '../portals/portal.ts';
import type { PortalEntry } from '../portals/registry.ts';
import {
  readConfiguration,
  requestConfiguration,
  type SmartConfiguration,
} from '../smart/discovery.ts';
import { connectionsUsing, keyOfServer } from './added-servers.ts';
import { type ConnectionContext, DIRECTORY_QUEUE } from './context.ts';
import type { AddedServerTable } from './tables.ts';

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
  /** Where it says that patients sign in, and where it has what they allow there sent to: hosts, anybody's. */
  readonly signInHost: string;
  readonly tokenHost: string;
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
  if (!isOfVersion(fhirVersion, openVendor.portal.fhirVersion))
    throw new ChartfoldError('server.other_version', { detail: fhirVersion });
  if (configuration.status === 'rejected') throw configuration.reason;
  const smart = await readConfiguration(configuration.value, fhirBaseUrl);
  const auth = waysToProve(smart);
  if (auth.length === 0)
    throw new ChartfoldError('server.other_auth', { detail: smart.clientAuth.join(' ') });
  return {
    fhirBaseUrl,
    name: new URL(fhirBaseUrl).hostname.slice(0, LONGEST_NAME),
    fhirVersion,
    auth,
    signInHost: new URL(smart.authorizationEndpoint).host,
    tokenHost: new URL(smart.tokenEndpoint).host,
    brandBundle: smart.brandBundle?.startsWith('https:') ? smart.brandBundle : null,
  };
}

/** A host may have 253 letters; the key of a portal holds its name. */
const LONGEST_NAME = 100;

/**
 * Takes a server among the portals, after a look at it. One that is there already with the same registration is the same,
 * whatever it is called now; one that they have added before takes another registration from whoever added it.
 * @returns its key among the portals
 * @throws what {@link lookAtServer} throws; `server.in_use` where connections were made by another client id;
 *   `server.name_taken`, `server.secret_missing`, `http.invalid_request` for a name that is not what is seen of it
 */
export async function addServer(context: Serving, request: AddServerRequest): Promise<string> {
  const { clientSecret, auth, clientId } = request;
  if (auth.startsWith('client_secret') && !clientSecret)
    throw new ChartfoldError('server.secret_missing');
  const found = await lookAtServer(context, request.address);
  const { entries } = context.registry;
  const same = entries.find((entry) => isRegisteredSo(entry, found, request));
  if (same) return same.key;
  const own = await addedBefore(context, found, request);
  if (own) return registerAnew(context, own, request);
  const name = cleanName(request.name.trim() || found.name);
  const key = keyOfServer(name);
  if (entries.some((entry) => entry.key === key)) throw new ChartfoldError('server.name_taken');
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

/** Whether a portal is this server, and this program registered there in just this way. */
function isRegisteredSo(
  { vendor, fhirBaseUrl, registration }: PortalEntry,
  found: Pick<ServerFound, 'fhirBaseUrl'>,
  { auth, clientId, clientSecret }: AddServerRequest,
): boolean {
  return (
    vendor.portal.id === openVendor.portal.id &&
    fhirBaseUrl === found.fhirBaseUrl &&
    registration?.clientId === clientId &&
    registration.auth === auth &&
    registration.clientSecret === clientSecret
  );
}

type AddedServerRow = Selectable<AddedServerTable>;

/** The server at an address that the same account has added before; not one whose name the operator has given since. */
async function addedBefore(
  { db, registry }: Serving,
  { fhirBaseUrl }: ServerFound,
  { by, clientId }: AddServerRequest,
): Promise<AddedServerRow | undefined> {
  const rows = await db
    .selectFrom('added_server')
    .selectAll()
    .where('fhir_base_url', '=', fhirBaseUrl)
    .where('added_by', 'is', by)
    .orderBy('added_at')
    .execute();
  const keys = new Set(registry.entries.filter(({ added }) => added).map(({ key }) => key));
  const theirs = rows.filter(({ name }) => keys.has(keyOfServer(name)));
  return theirs.find(({ client_id }) => client_id === clientId) ?? theirs[0];
}

/** Puts the registration of a server right. Its name stays: connections know it by that. */
async function registerAnew(
  { db, sealer, registry, log }: Serving,
  { id, name, fhir_base_url: fhirBaseUrl, brand_bundle: brandBundle }: AddedServerRow,
  request: AddServerRequest,
): Promise<string> {
  const { auth, clientId, clientSecret } = request;
  const client_secret = clientSecret ? sealer.seal(clientSecret, secretOf(id)) : null;
  await db.transaction().execute(async (trx) => {
    const { client_id } = await trx
      .selectFrom('added_server')
      .select('client_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    // What a server has given to one client it takes back or renews for no other.
    if (client_id !== clientId && (await connectionsUsing(trx, name)).length > 0)
      throw new ChartfoldError('server.in_use', { detail: `they were made as ${client_id}` });
    await trx
      .updateTable('added_server')
      .set({ auth, client_id: clientId, client_secret })
      .where('id', '=', id)
      .execute();
  });
  registry.add(overrideOf({ fhirBaseUrl, name, brandBundle }, request));
  log.info('server.registration_changed', { server: id });
  return keyOfServer(name);
}

/** Puts the servers that were added before among the portals; a name that the operator has given since is theirs. */
export async function putServers({ db, sealer, registry }: Serving): Promise<void> {
  const rows = await db.selectFrom('added_server').selectAll().orderBy('added_at').execute();
  const taken = new Set(registry.entries.map(({ key }) => key));
  for (const row of rows.filter(({ name }) => !taken.has(keyOfServer(name))))
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

/** The base in what somebody typed or copied: without a page of it, a query or slashes at its end. */
function baseOf(typed: string): string {
  const text = /^[a-z][a-z0-9+.-]*:/i.test(typed.trim()) ? typed.trim() : `https://${typed.trim()}`;
  if (!URL.canParse(text)) throw new ChartfoldError('server.not_https');
  const url = new URL(text);
  if (url.protocol !== 'https:' || url.username) throw new ChartfoldError('server.not_https');
  const path = url.pathname
    .replace(/\/+$/, '')
    .replace(/\/(metadata|\.well-known\/smart-configuration)$/, '')
    .replace(/\/+$/, '');
  // The root of all names may be written as a dot; certificates are for the name without.
  return `https://${url.host.replace(/\.(?=:|$)/, '')}${path}`;
}

function secretOf(id: string): string {
  return `added_server/${id}/secret`;
}
