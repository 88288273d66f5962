// Owns `sync --cancel` and `schedule`.

import { type Actor, allowOn, type RecordAct } from '../../access/policy.ts';
import type { App } from '../../http/app.ts';
import { presentOne } from '../../http/present/overview.ts';
import { readReceiptFor } from '../../http/present/receipt.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { cancelSync as stopSync } from '../../sync/cancel.ts';
import { type Every, everyChoices } from '../../sync/schedule.ts';
import { chooseSchedule } from '../../sync/scheduler.ts';
import type { Verb } from '../verb.ts';
import { connectionsFor, receiptText } from './sync.ts';

export const cancelSync: Verb<{ id?: string }> = {
  name: 'cancel-sync',
  act: 'record.cancel',
  async *run(app, args, { actor, tell }) {
    const connection = await managed(app, actor, args.id, 'record.cancel');
    await tell(connection.person_id);
    const run = await stopSync(app, connection.id);
    if (run === null) {
      yield { json: null, text: 'No sync of it had begun; none waits now.' };
      return;
    }
    const receipt = await readReceiptFor(app, run);
    yield { json: receipt, text: receiptText(receipt) };
  },
};

export const schedule: Verb<{ id: string; every: Every | 'default' }> = {
  name: 'schedule',
  act: 'record.schedule',
  async *run(app, args, { actor, tell }) {
    const connection = await managed(app, actor, args.id, 'record.schedule');
    await tell(connection.person_id);
    // What came over the control socket was not read by the command line of this version.
    const every = everyChoices.find((choice) => choice === args.every) ?? null;
    await chooseSchedule(app, connection.id, { every });
    const { nextSyncAt, schedule: chosen } = await presentOne(app, actor, connection.id);
    yield {
      json: { connection: connection.id, ...chosen, nextSyncAt },
      text: nextSyncAt ? `The next sync begins ${nextSyncAt}.` : 'It does not sync by itself.',
    };
  },
};

/** @throws `connection.not_found`, `person.not_found`, `access.not_allowed` */
async function managed(app: App, actor: Actor, id: string | undefined, act: RecordAct) {
  const found = (await connectionsFor(app, actor)).find((one) => one.id === id);
  if (!found) throw new ChartfoldError('connection.not_found');
  if (found.person_id) allowOn(actor, act, found.person_id);
  return found;
}
