// Owns the first half of a sign-in: a connection that is authorising, an attempt with a link of its own, and the
// way to the portal. The link is followed once; its browser is known by a cookie of this attempt alone, so that
// several tabs may connect at once.

import { isoTime } from '../platform/clock.ts';
import { asChartfoldError, ChartfoldError } from '../platform/errors.ts';
import { newId, newSecret, sha256 } from '../platform/ids.ts';
import { isPerClinic, type PortalEntry } from '../portals/registry.ts';
import { scopesKnownTo } from '../smart/scopes.ts';
import { authorizationUrl, newLaunchSecrets, tryAuthorization } from '../smart/launch.ts';
import {
  ATTEMPT_MS,
  type AttemptSecrets,
  attemptCookie,
  hashOfLink,
  newAttempt,
  openSecrets,
  sealSecrets,
} from './attempts.ts';
import { smartClient } from './client.ts';
import { placeOf, unlistedClinic } from './clinics.ts';
import { type ConnectionContext, getConnection, paceOf, portalOf } from './context.ts';
import type { Returning } from './returning.ts';
import type { Attempt } from './tables.ts';
import { noteFailure } from './status.ts';

export type BeginRequest = {
  readonly portal: string;
  /** Empty where the portal tells it after the sign-in. */
  readonly clinicId: string;
  /** Null: a new person, named as the portal's patient. */
  readonly personId: string | null;
  readonly via: 'app' | 'command-line';
  /** The caller confirms beforehand the patient that will be read. */
  readonly confirms: boolean;
  /** The account that asks; null for the terminal. */
  readonly by: string | null;
  /** Made by the client: the same key again is the same request. Null where a request is made once. */
  readonly key: string | null;
};

/**
 * Makes a connection in state `authorising`; where its key was given before, the one made then gets a further link.
 * @returns its id, and the link of this server to follow
 * @throws `connection.unknown_portal`, `connection.portal_off`, `connection.no_clinic_chosen`,
 *   `connection.unknown_clinic`, `connection.needs_https`, `connection.needs_public_host`
 */
export async function beginConnection(
  context: ConnectionContext,
  request: BeginRequest,
): Promise<{ connectionId: string; go: string }> {
  const entry = reachable(context, request.portal, request.clinicId);
  const clinic = await clinicChosen(context, entry, request.clinicId);
  const now = isoTime(context.clock.now());
  const made = await context.db
    .insertInto('connection')
    .values({
      id: newId(),
      portal: entry.key,
      environment: entry.environment,
      clinic_id: clinic.id,
      clinic_name: clinic.name,
      town: placeOf(clinic),
      person_id: request.personId,
      patient_id: null,
      candidate: null,
      clinic_note: null,
      status: 'authorising',
      status_code: null,
      status_since: now,
      scopes_asked: null,
      scopes_granted: '',
      sample: entry.simulated ? 1 : 0,
      created_at: now,
      request_key: request.key,
      begun_by: request.by,
    })
    .onConflict((c) => c.column('request_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  const connectionId = made?.id ?? (await begunUnder(context, request));
  context.changed(connectionId);
  return { connectionId, go: await newAttempt(context, connectionId, request) };
}

async function begunUnder(
  { db }: ConnectionContext,
  { key, by }: Pick<BeginRequest, 'key' | 'by'>,
): Promise<string> {
  const begun = await db
    .selectFrom('connection')
    .select('id')
    .where('request_key', '=', key)
    .where('begun_by', 'is', by)
    .executeTakeFirst();
  if (!begun) throw new ChartfoldError('connection.not_found');
  return begun.id;
}

/** A new attempt, of an account's, for a connection that exists: after a failed one, or to sign in again. */
export async function beginAgain(
  context: ConnectionContext,
  connectionId: string,
  by: BeginRequest['by'],
): Promise<{ connectionId: string; go: string }> {
  const connection = await getConnection(context.db, connectionId);
  reachable(context, connection.portal, connection.clinic_id);
  return {
    connectionId,
    go: await newAttempt(context, connectionId, { via: 'app', confirms: false, by }),
  };
}

export type Followed =
  | {
      readonly location: string;
      /** To be set where the browser is new to this attempt. */
      readonly cookie: { name: string; value: string; maxAgeS: number } | null;
    }
  | {
      readonly failed: ChartfoldError;
      readonly connectionId: string;
      readonly via: 'app' | 'command-line';
    };

/**
 * Follows an attempt's link: where to send the browser, and the cookie it must bring back; or why the portal
 * can't be gone to, which the connection then says too.
 * Following it again from the same browser (Back, reload, a double click) leads to the same place.
 * @throws `smart.attempt_expired`, `smart.attempt_used`; `smart.other_account`, `access.sign_in_required`
 */
export async function followLink(
  context: ConnectionContext,
  link: string,
  browser: Returning,
): Promise<Followed> {
  const idHash = hashOfLink(link);
  const attempt = await context.db
    .selectFrom('connect_attempt')
    .selectAll()
    .where('id_hash', '=', idHash)
    .executeTakeFirst();
  if (!attempt) throw new ChartfoldError('smart.attempt_used');
  refuseOthers(attempt, browser);
  // A browser drops the first answer of a double click: the second is given the same, cookie included.
  const before = underWay.get(idHash);
  if (before) return before;
  const following = follow(context, attempt, browser).finally(() => underWay.delete(idHash));
  underWay.set(idHash, following);
  return following;
}

/**
 * Whoever is handed the link of another account's would sign in at the portal for that account, and their record would
 * be read there. At the terminal there is no account.
 */
function refuseOthers({ account_id }: Attempt, { accountId }: Returning): void {
  if (account_id === null || account_id === accountId) return;
  throw new ChartfoldError(accountId === null ? 'access.sign_in_required' : 'smart.other_account');
}

const underWay = new Map<string, Promise<Followed>>();

async function follow(
  context: ConnectionContext,
  attempt: Attempt,
  { cookieOf }: Returning,
): Promise<Followed> {
  const idHash = attempt.id_hash;
  if (attempt.expires_at < isoTime(context.clock.now()))
    throw new ChartfoldError('smart.attempt_expired');
  if (attempt.status !== 'new') {
    const isSameBrowser = attempt.cookie_hash === sha256(cookieOf(attemptCookie(idHash)) ?? '');
    if (attempt.status !== 'sent' || !isSameBrowser) throw new ChartfoldError('smart.attempt_used');
    return { location: openSecrets(context, idHash, attempt.secrets).sentTo, cookie: null };
  }
  try {
    return await sendAway(context, idHash, attempt.connection_id);
  } catch (error) {
    const failed = asChartfoldError(error);
    if (failed.code === 'smart.attempt_used') throw failed;
    context.log.error('connection.link_failed', failed, { connection: attempt.connection_id });
    await noteFailure(context, attempt.connection_id, failed);
    return { failed, connectionId: attempt.connection_id, via: attempt.via };
  }
}

async function sendAway(
  context: ConnectionContext,
  idHash: string,
  connectionId: string,
): Promise<Followed> {
  const connection = await getConnection(context.db, connectionId);
  const entry = portalOf(context, connection);
  const client = await smartClient(context, entry);
  const secrets = newLaunchSecrets();
  const redirectUri = redirectUriOf(context, entry);
  const scopes =
    entry.scopesBy === 'server' ? scopesKnownTo(client.server, entry.scopes) : entry.scopes;
  const location = await authorizationUrl(client, secrets, {
    redirectUri,
    scopes,
    aud: entry.aud,
    pkce: entry.vendor.portal.pkce,
  });
  const pace = paceOf(context, entry);
  await pace.run(() =>
    tryAuthorization(context.outbound, client, location, { redirectUri, state: secrets.state }),
  );
  // The browser asks there, too: vendors that count sign-ins count this one.
  await pace.run(async () => undefined);
  const cookie = newSecret();
  const kept: AttemptSecrets = { ...secrets, sentTo: location, redirectUri, scopes };
  const taken = await context.db
    .updateTable('connect_attempt')
    .set({
      status: 'sent',
      cookie_hash: sha256(cookie),
      state_hash: sha256(secrets.state),
      secrets: sealSecrets(context, idHash, kept),
    })
    .where('id_hash', '=', idHash)
    .where('status', '=', 'new')
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) throw new ChartfoldError('smart.attempt_used');
  return {
    location,
    cookie: { name: attemptCookie(idHash), value: cookie, maxAgeS: ATTEMPT_MS / 1000 },
  };
}

/** The portal, where a sign-in there can find its way back here. */
function reachable(context: ConnectionContext, key: string, clinicId: string): PortalEntry {
  const entry = context.registry.usable(key, clinicId);
  if (isPerClinic(entry)) throw new ChartfoldError('connection.no_clinic_chosen');
  const { https, localhost } = entry.vendor.portal.redirects;
  const { protocol, hostname } = new URL(redirectUriOf(context, entry));
  // One that is itself reached by http is none of the vendor's: a simulator, or a server for tests.
  if (new URL(entry.fhirBaseUrl).protocol === 'http:') return entry;
  if (https && protocol !== 'https:') throw new ChartfoldError('connection.needs_https');
  if (!localhost && isLoopback(hostname)) throw new ChartfoldError('connection.needs_public_host');
  return entry;
}

function redirectUriOf({ publicUrl }: Pick<ConnectionContext, 'publicUrl'>, entry: PortalEntry) {
  return `${publicUrl}${entry.vendor.portal.callbackPath}`;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** A portal may have taken on a clinic since its list was read; of a simulated one all are listed. */
async function clinicChosen(context: ConnectionContext, entry: PortalEntry, clinicId: string) {
  const listed = clinicId === '' ? undefined : await context.directory.find(entry, clinicId);
  if (!listed && clinicId !== '' && entry.simulated && entry.directoryUrl)
    throw new ChartfoldError('connection.unknown_clinic', { detail: clinicId });
  return listed ?? unlistedClinic(entry, clinicId);
}
