// Owns performing a verb for whoever asks: by the policy, and with a line in the audit. Who can open the control socket or
// the data directory is the operator; `--as` takes the rights of an account instead.

import { accountNamed, actorOf } from '../access/accounts.ts';
import { auditActor } from '../access/audit.ts';
import { type Act, type Actor, allow, operator, type OtherAct, policy } from '../access/policy.ts';
import type { App } from '../http/app.ts';
import { asChartfoldError, ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { Output, Verb } from './verb.ts';

export type Asked = {
  readonly args: Record<string, unknown>;
  /** The account whose rights count; absent for the operator. */
  readonly as?: string | undefined;
};

/** @throws what the verb throws; `access.account_not_found`, `access.not_allowed` */
export async function* performVerb(
  app: App,
  verb: Verb,
  { args, as }: Asked,
  signal: AbortSignal,
): AsyncIterable<Output> {
  const actor = await actorAs(app, as);
  const tell = (personId: string | null, refused?: ErrorCode) =>
    app.audit.act({
      ...auditActor(actor),
      act: verb.act,
      personId,
      origin: 'Terminal',
      detail: { what: verb.name, ...(refused ? { refused } : {}) },
    });
  try {
    // On whose record a verb acts, only the verb knows: it asks the policy itself, and tells of each.
    if (isOther(verb.act)) {
      allow(actor, verb.act);
      await tell(null);
    }
    yield* verb.run(app, args, { actor, signal, tell });
  } catch (thrown) {
    const { code } = asChartfoldError(thrown);
    if (code === 'access.not_allowed' || code === 'person.not_found') await tell(null, code);
    throw thrown;
  }
}

async function actorAs(app: App, as: string | undefined): Promise<Actor> {
  if (as === undefined) return operator;
  const account = await accountNamed(app.db, as);
  if (!account) throw new ChartfoldError('access.account_not_found', { detail: as });
  return actorOf(app.db, app.clock, account.id, 'terminal');
}

function isOther(act: Act): act is OtherAct {
  return policy[act].on !== 'record';
}
