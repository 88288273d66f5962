// Owns the second half of a sign-in: the browser comes back, the code becomes tokens, the tokens are sealed,
// the patient is read to be confirmed. Coming back twice (reload, Back, double submit) does nothing twice.

import { patientBasics } from '../fhir/text/names.ts';
import { asChartfoldError, ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import type { SmartClient } from '../smart/client.ts';
import { readCallback } from '../smart/launch.ts';
import { grantedScopes } from '../smart/scopes.ts';
import { exchangeCode, type Tokens } from '../smart/token.ts';
import { authorisedFetch, fetchOfSignIn } from './authorised-fetch.ts';
import { type AttemptSecrets, connectionOfAttempt, openSecrets } from './attempts.ts';
import { smartClient } from './client.ts';
import { clinicOf } from './clinic-of.ts';
import { confirmPatient, sealCandidate } from './confirm.ts';
import {
  type Connection,
  type ConnectionContext,
  getConnection,
  paceOf,
  portalOf,
} from './context.ts';
import { type Grant, grantOf, keepGrant } from './grant.ts';
import { goOnWith, knownConnection } from './known.ts';
import { findPatient, readPatient } from './patient-of.ts';
import { type Answer, park, parkedAnswer } from './parked.ts';
import type { Refresher } from './refresh.ts';
import { attemptOf, type Returning } from './returning.ts';
import { noteFailure, setStatus, wasConfirmed } from './status.ts';
import type { Attempt } from './tables.ts';

export type CallbackResult = {
  /** Where the sign-in landed: another connection where this patient was connected already. */
  readonly connectionId: string;
  readonly via: 'app' | 'command-line';
  /** Whether a sign-in begun for a new connection landed on one that is known: the same patient as before. */
  readonly wasKnown: boolean;
  /** Why it did not succeed; the connection says so too. */
  readonly failed: ChartfoldError | null;
};

/**
 * Handles an authorization response. Whoever comes with the same one again (reload, Back, double submit) is told what
 * came of it. Of a sign-in begun in the app, where nobody is signed in now, the answer is kept until its account is.
 * @throws `smart.state_mismatch` where no attempt of this browser belongs to it; `smart.other_account`;
 *   `smart.attempt_expired`
 */
export async function handleCallback(
  context: ConnectionContext,
  refresher: Refresher,
  answer: Answer,
  returning: Returning,
): Promise<CallbackResult> {
  const attempt = await attemptOf(context, answer, returning);
  if (attempt.account_id === null || returning.accountId !== null)
    return handleOnce(context, refresher, attempt, answer);
  if (attempt.status === 'sent') await park(context, attempt, answer);
  return { connectionId: attempt.connection_id, via: attempt.via, wasKnown: false, failed: null };
}

/**
 * Goes on with an answer that was kept until its account was signed in.
 * @throws `smart.attempt_expired` where none is kept for this account, or no longer
 */
export async function goOnWithParked(
  context: ConnectionContext,
  refresher: Refresher,
  connectionId: string,
  accountId: string,
): Promise<CallbackResult> {
  const { attempt, answer } = await parkedAnswer(context, connectionId, accountId);
  return handleOnce(context, refresher, attempt, answer);
}

async function handleOnce(
  context: ConnectionContext,
  refresher: Refresher,
  attempt: Attempt,
  answer: Answer,
): Promise<CallbackResult> {
  const before = underWay.get(attempt.id_hash);
  if (before) return before;
  const handling = handle(context, refresher, attempt, answer).finally(() =>
    underWay.delete(attempt.id_hash),
  );
  underWay.set(attempt.id_hash, handling);
  return handling;
}

const underWay = new Map<string, Promise<CallbackResult>>();

async function handle(
  context: ConnectionContext,
  refresher: Refresher,
  attempt: Attempt,
  { callbackPath, parameters }: Answer,
): Promise<CallbackResult> {
  const { via } = attempt;
  const taken = await context.db
    .updateTable('connect_attempt')
    .set({ status: 'used', secrets: null })
    .where('id_hash', '=', attempt.id_hash)
    .where('status', 'in', ['sent', 'parked'])
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return outcomeOf(context, attempt);
  try {
    const secrets = openSecrets(context, attempt.id_hash, attempt.secrets);
    const connection = await getConnection(context.db, attempt.connection_id);
    const entry = portalOf(context, connection);
    if (entry.vendor.portal.callbackPath !== callbackPath)
      throw new ChartfoldError('smart.state_mismatch');
    // One that came without its state was known by its browser.
    if (!parameters.has('state')) parameters.set('state', secrets.state);
    let connectionId = await completeSignIn(context, refresher, {
      connection,
      entry,
      secrets,
      parameters,
    });
    if (attempt.confirms === 1)
      connectionId = await confirmPatient(context, connectionId, {
        personId: connection.person_id,
      });
    return { connectionId, via, wasKnown: connectionId !== connection.id, failed: null };
  } catch (error) {
    const failed = asChartfoldError(error);
    context.log.error('connection.sign_in_failed', failed, { connection: attempt.connection_id });
    await noteFailure(context, attempt.connection_id, failed);
    return { connectionId: attempt.connection_id, via, wasKnown: false, failed };
  }
}

/** What came of an attempt that was used before. */
async function outcomeOf(
  { db }: ConnectionContext,
  { id_hash, via }: Attempt,
): Promise<CallbackResult> {
  const { id, status_code } = await connectionOfAttempt(db, id_hash);
  const failed = status_code === null ? null : new ChartfoldError(status_code as ErrorCode);
  return { connectionId: id, via, wasKnown: false, failed };
}

type SignIn = {
  readonly connection: Connection;
  readonly entry: PortalEntry;
  readonly secrets: AttemptSecrets;
  readonly parameters: URLSearchParams;
};

/** Code → tokens → patient. Returns the id of the connection that now holds the tokens. */
async function completeSignIn(
  context: ConnectionContext,
  refresher: Refresher,
  signIn: SignIn,
): Promise<string> {
  const { connection, entry } = signIn;
  const client = await smartClient(context, entry);
  const tokens = await tokensFor(context, client, signIn);
  const { clock } = context;
  const grant = grantOf(tokens, { clock, tokenEndpoint: client.server.tokenEndpoint });
  const { portal } = entry.vendor;
  const target = { entry, clinicId: connection.clinic_id };
  const found = await findPatient(portal, tokens, fetchOfSignIn(context, target, grant));
  const isConfirmed = await wasConfirmed(context, connection.id);
  if (isConfirmed && connection.patient_id !== found.id) {
    throw new ChartfoldError('connection.patient_changed');
  }
  const clinic = await clinicOf(context, entry, { ...tokens, patient: found.id }, connection);
  const scopes = grantedScopes(tokens.scope ?? undefined, signIn.secrets.scopes).join(' ');
  const known = await keepSignIn(context, connection, {
    isConfirmed,
    grant,
    said: {
      patient_id: found.id,
      scopes_asked: signIn.secrets.scopes.join(' '),
      scopes_granted: scopes,
      clinic_note: clinic.note,
    },
    clinic: { clinic_id: clinic.id, clinic_name: clinic.name, town: clinic.town },
  });
  if (known) {
    // The same patient as before: what was confirmed then holds.
    context.log.info('connection.signed_in_again', { connection: known });
    context.changed(known);
    return known;
  }
  const at = authorisedFetch(context, refresher, {
    connectionId: connection.id,
    entry,
    clinicId: clinic.id,
  });
  const patient = found.patient ?? (await readPatient(at, found.id, portal.requests.timeoutMs));
  await setStatus(context, connection.id, 'confirm', {
    candidate: sealCandidate(context, connection.id, patientBasics(patient)),
  });
  return connection.id;
}

/** Writes what a sign-in brought. @returns the connection that goes on where one was confirmed before */
async function keepSignIn(
  context: ConnectionContext,
  { id: begunAs, portal, begun_by }: Connection,
  signIn: {
    isConfirmed: boolean;
    grant: Grant;
    said: Pick<Connection, 'patient_id' | 'scopes_asked' | 'scopes_granted' | 'clinic_note'>;
    clinic: Pick<Connection, 'clinic_id' | 'clinic_name' | 'town'>;
  },
): Promise<string | undefined> {
  const { isConfirmed, grant, said, clinic } = signIn;
  return context.db.transaction().execute(async (trx) => {
    const known = isConfirmed
      ? begunAs
      : await knownConnection(trx, context.clock, { portal, begun_by, ...said, ...clinic });
    if (known) {
      // Another one has its clinic already, under the name that is known here.
      const changes = isConfirmed ? { ...said, ...clinic } : said;
      await goOnWith(context, trx, known, { begunAs, grant, changes });
      return known;
    }
    await keepGrant(context, begunAs, grant, trx);
    await trx
      .updateTable('connection')
      .set({ ...said, ...clinic })
      .where('id', '=', begunAs)
      .execute();
    return undefined;
  });
}

async function tokensFor(
  context: ConnectionContext,
  client: SmartClient,
  { entry, secrets, parameters }: SignIn,
): Promise<Tokens> {
  const callback = readCallback(client, parameters, secrets.state);
  return paceOf(context, entry).run(() =>
    exchangeCode(client, context.outbound, {
      callback,
      redirectUri: secrets.redirectUri,
      codeVerifier: entry.vendor.portal.pkce ? secrets.codeVerifier : null,
      nonce: secrets.nonce,
      asksOpenId: secrets.scopes.includes('openid'),
    }),
  );
}
