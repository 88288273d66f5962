// Owns `connect`: prints one link that serves this one attempt, and waits until the person is back.

import { type Actor, allowOn } from '../../access/policy.ts';
import { connectionOfAttempt, hashOfLink, hasExpired } from '../../connections/attempts.ts';
import { beginConnection } from '../../connections/begin.ts';
import { candidateOf, confirmPatient, rejectPatient } from '../../connections/confirm.ts';
import { type Connection, getConnection, wordsToSend } from '../../connections/context.ts';
import { seesConnection } from '../../connections/sight.ts';
import type { App } from '../../http/app.ts';
import { ChartfoldError, type ErrorCode } from '../../platform/errors.ts';
import { SIGN_IN_EACH_TIME } from '../../portals/registry.ts';
import { peopleFor, personNamed } from '../person-named.ts';
import type { Verb, VerbCall } from '../verb.ts';

type Args = {
  portal: string;
  environment?: 'production' | 'preview';
  clinic?: string;
  person?: string;
  yes?: boolean;
  confirm?: { connection: string; answer: string };
};

const POLL_MS = 250;

export const connect: Verb<Args> = {
  name: 'connect',
  act: 'record.connect',
  needsPort: true,
  needsPortals: true,
  async *run(app, args, call) {
    const { actor, signal } = call;
    if (args.confirm) {
      yield await decided(app, call, args.confirm);
      return;
    }
    const personId = await personOf(app, actor, args.person);
    await call.tell(personId);
    const portal = portalNamed(app, args);
    const begun = await beginConnection(app, {
      portal,
      clinicId: args.clinic ?? '',
      personId,
      via: 'command-line',
      confirms: args.yes === true,
      by: actor.account?.id ?? null,
      key: null,
    });
    const entry = app.registry.entries.find(({ key }) => key === portal);
    if (entry?.renews === false) yield { say: SIGN_IN_EACH_TIME };
    yield { json: { link: begun.go, connection: begun.connectionId }, text: begun.go };
    yield { say: 'Open this link in a browser within 10 minutes. It serves this one sign-in.' };
    const settling = settled(app, begun.go, { confirms: args.yes === true, signal });
    const connection = await settling.catch(async (error) => {
      if (signal.aborted) await forgetUnfinished(app, begun.connectionId);
      throw error;
    });
    if (connection.status === 'confirm') {
      const patient = candidateOf(app, connection);
      yield {
        json: { connection: connection.id, state: 'confirm', patient },
        text: `${patient.name}, born ${patient.birthDate ?? 'date not recorded'}`,
      };
      yield { ask: 'patient', connection: connection.id, choices: ['yes', 'no'] };
      return;
    }
    yield resultOf(connection);
  },
};

/** The key of a portal by its key, by its vendor, or by a vendor that has only one in that environment. */
function portalNamed({ registry }: App, { portal, environment = 'production' }: Args): string {
  const keys = registry.entries.map(({ key }) => key);
  const wanted = portal.includes('/') ? portal : `${portal}/${environment}`;
  if (keys.includes(wanted)) return wanted;
  const [first = wanted, ...others] = keys.filter((key) => key.startsWith(`${wanted}/`));
  if (others.length === 0) return first;
  throw new ChartfoldError('connection.unknown_portal', {
    detail: `there are ${[first, ...others].join(', ')}`,
  });
}

async function decided(
  app: App,
  { actor, tell }: VerbCall,
  { connection: id, answer }: { connection: string; answer: string },
) {
  const connection = await getConnection(app.db, id);
  const { person_id } = connection;
  if (!seesConnection(actor, connection)) throw new ChartfoldError('connection.not_found');
  // Seeing is less than deciding.
  if (person_id) allowOn(actor, 'record.connect', person_id);
  await tell(person_id);
  if (answer !== 'yes') {
    await rejectPatient(app, id);
    return { json: { connection: id, state: 'removed' }, text: 'Nothing was stored.' };
  }
  const landed = await confirmPatient(app, id, { personId: person_id });
  return resultOf(await getConnection(app.db, landed));
}

/** Waits for the end of the sign-in: somebody came back, with a patient or with a failure. */
async function settled(
  app: App,
  link: string,
  { confirms, signal }: { confirms: boolean; signal: AbortSignal },
): Promise<Connection> {
  for (;;) {
    await app.clock.wait(POLL_MS, signal);
    const connection = await connectionOfAttempt(app.db, hashOfLink(link));
    if (connection.status === 'failed') throw failureOf(app, connection);
    if (hasExpired(connection, app.clock.now())) throw new ChartfoldError('smart.attempt_expired');
    // Who confirmed beforehand is asked nothing in the moment between.
    const isUnderWay =
      connection.status === 'authorising' || (confirms && connection.status === 'confirm');
    if (!isUnderWay) return connection;
  }
}

/** Why a sign-in failed; with the words to send, where its clinic alone can mend it. */
function failureOf({ registry }: App, connection: Connection) {
  const code = (connection.status_code ?? 'internal.unexpected') as ErrorCode;
  const words = wordsToSend(registry, connection);
  return new ChartfoldError(code, words === null ? {} : { detail: `write to them: “${words}”` });
}

/** Nobody had come back yet: it is as if it had not begun. */
async function forgetUnfinished(app: App, id: string): Promise<void> {
  const { status } = await getConnection(app.db, id);
  if (status === 'authorising') await rejectPatient(app, id);
}

function resultOf(connection: Connection) {
  return {
    json: { connection: connection.id, state: connection.status, person: connection.person_id },
    text: `Connected: ${connection.clinic_name}. Its sync has begun.`,
  };
}

/** The person named; the only one there is; else null for a new one, named as the portal's patient. */
async function personOf(
  app: App,
  actor: Actor,
  wanted: string | undefined,
): Promise<string | null> {
  if (wanted === 'new') return null;
  if (wanted !== undefined) return (await personNamed(app.db, actor, 'record.connect', wanted)).id;
  const [only, ...more] = await peopleFor(app.db, actor, 'record.connect');
  return only && more.length === 0 ? only.id : null;
}
