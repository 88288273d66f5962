// Owns `connections`, `sync`, `receipt` and `disconnect`. When a connection syncs by itself is schedule.ts.

import { type Actor, allowOn } from '../../access/policy.ts';
import { disconnect as endConnection } from '../../connections/disconnect.ts';
import { listConnections, SYNC_QUEUE } from '../../connections/context.ts';
import { queueSync } from '../../connections/queue-sync.ts';
import type { App } from '../../http/app.ts';
import type { Connection, Receipt } from '../../http/contract.ts';
import { seesConnection } from '../../connections/sight.ts';
import { presentConnections } from '../../http/present/overview.ts';
import { readReceiptFor } from '../../http/present/receipt.ts';
import { errorCatalogue } from '../../platform/error-catalogue.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { listRuns } from '../../records/runs.ts';
import { DELETE_QUEUE, disconnectAndDelete } from '../../sync/delete.ts';
import type { Verb } from '../verb.ts';

const POLL_MS = 200;

export const connections: Verb = {
  name: 'connections',
  act: 'people.list',
  async *run(app, _args, { actor }) {
    const { connections: all } = await presentConnections(app, actor);
    yield {
      json: all,
      text: all.map(lineOf).join('\n') || 'Nothing is connected yet.',
    };
  },
};

function lineOf(c: Connection): string {
  const facts = [
    c.state.kind,
    `${c.records} records`,
    c.sample && 'sample',
    c.state.kind === 'ready' && !c.schedule.renews && 'each sync needs a sign-in',
    c.nextSyncAt && `next sync ${c.nextSyncAt}`,
    c.signInBy && `sign in again by ${c.signInBy}`,
  ];
  const why = 'sentence' in c.state ? c.state.sentence : 'trouble' in c.state && c.state.trouble;
  return [
    `${c.id}  ${c.clinicName}, ${c.portalName} ${c.environment}  ${facts.filter(Boolean).join(', ')}`,
    ...(why ? [`  ${why}`] : []),
  ].join('\n');
}

export const sync: Verb<{ id?: string; all?: boolean }> = {
  name: 'sync',
  act: 'record.sync',
  needsPortals: true,
  async *run(app, args, { actor, signal, tell }) {
    const ready = (await connectionsFor(app, actor)).filter((c) =>
      args.id ? c.id === args.id : c.status === 'ready',
    );
    if (args.id && ready.length === 0) throw new ChartfoldError('connection.not_found');
    const before = new Map(
      await Promise.all(ready.map(async (c) => [c.id, await endedRuns(app, c.id)] as const)),
    );
    for (const { person_id } of ready) if (person_id) allowOn(actor, 'record.sync', person_id);
    for (const connection of ready) {
      await tell(connection.person_id);
      await queueSync(app, connection.id);
    }
    for (const connection of ready) {
      yield { say: `Syncing ${connection.clinic_name}` };
      const runId = await nextEnded(
        app,
        connection.id,
        before.get(connection.id) ?? new Set(),
        signal,
      );
      const receipt = await readReceiptFor(app, runId);
      yield { json: receipt, text: receiptText(receipt) };
    }
    if (ready.length === 0) yield { json: [], text: 'No connection is ready to sync.' };
  },
};

export const receipt: Verb<{ id: string }> = {
  name: 'receipt',
  act: 'record.receipts',
  async *run(app, args, { actor, tell }) {
    const seen = await connectionsFor(app, actor);
    const connection = seen.find((c) => c.id === args.id);
    const runId = connection ? (await listRuns(app.db, connection.id))[0]?.id : args.id;
    if (!runId) throw new ChartfoldError('record.not_found');
    const found = await readReceiptFor(app, runId);
    const of = seen.find((c) => c.id === found.connectionId);
    if (!of) throw new ChartfoldError('record.not_found');
    await tell(of.person_id);
    yield { json: found, text: receiptText(found) };
  },
};

export const disconnect: Verb<{ id: string; deletes: boolean }> = {
  name: 'disconnect',
  act: 'record.disconnect',
  needsPortals: true,
  async *run(app, args, { actor, signal, tell }) {
    const found = (await connectionsFor(app, actor)).find((c) => c.id === args.id);
    if (!found) throw new ChartfoldError('connection.not_found');
    if (found.person_id) allowOn(actor, 'record.disconnect', found.person_id);
    await tell(found.person_id);
    if (found.person_id && args.deletes) allowOn(actor, 'record.delete', found.person_id);
    const { revoked } = await (args.deletes ? disconnectAndDelete : endConnection)(app, args.id);
    while (args.deletes && (await app.jobs.isLive(DELETE_QUEUE, args.id)))
      await app.clock.wait(POLL_MS, signal);
    const kept = args.deletes
      ? 'All that came through it is deleted.'
      : 'What was received is kept.';
    yield {
      json: { connection: args.id, state: args.deletes ? 'deleted' : 'disconnected', revoked },
      text: `Disconnected. ${kept}${revoked === false ? ` ${errorCatalogue['connection.portal_not_told'].sentence}` : ''}`,
    };
  },
};

/** The connections that the actor may see. */
export async function connectionsFor(app: App, actor: Actor) {
  return (await listConnections(app.db)).filter((one) => seesConnection(actor, one));
}

async function endedRuns(app: App, id: string): Promise<Set<string>> {
  return new Set(
    (await listRuns(app.db, id)).filter((run) => run.endedAt !== null).map((run) => run.id),
  );
}

async function nextEnded(
  app: App,
  id: string,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const isLive = await app.jobs.isLive(SYNC_QUEUE, id);
    const ended = (await listRuns(app.db, id)).find(
      (run) => run.endedAt !== null && !before.has(run.id),
    );
    if (ended) return ended.id;
    if (!isLive) throw new ChartfoldError('sync.interrupted');
    await app.clock.wait(POLL_MS, signal);
  }
}

/** A receipt for a terminal: what adds up, then each question with its outcome. */
export function receiptText(r: Receipt): string {
  const rows = r.questions.map((q) => {
    const counts = [q.pages, q.received, q.new, q.changed, q.unchanged]
      .map((n) => String(n).padStart(7))
      .join('');
    const note = q.note ? ` (${q.note})` : '';
    return `  ${q.label.padEnd(48)}${counts}  ${q.outcome}${note}${q.reason ? `: ${q.reason.sentence} [${q.reason.code}]` : ''}`;
  });
  const narrowed = r.narrowed === 0 ? '' : ` (${r.narrowed} asking for less than everything)`;
  return [
    `Receipt ${r.id}: ${r.clinicName}, ${r.portalName} ${r.environment}, for ${r.personName}`,
    `Asked ${r.asked}: ${r.answeredInFull} answered in full${narrowed}, ${r.inPart} in part, ${r.refused} refused, ${r.failed} failed. ` +
      `${r.received} received on ${r.pages} pages: ${r.new} new, ${r.changed} changed, ${r.unchanged} unchanged; ${r.setAside} set aside, ${r.gone} no longer reported.`,
    ...(r.complete ? ['All was asked for and answered in full: this sync is complete.'] : []),
    `Permissions: ${r.scopesAsked.length} asked, ${r.scopesGranted.length} granted.`,
    `  ${'Question'.padEnd(48)}${['pages', 'recvd', 'new', 'chngd', 'same'].map((w) => w.padStart(7)).join('')}  outcome`,
    ...rows,
    ...(r.nextTry && r.next === null ? [`The next sync begins by itself at ${r.nextTry}.`] : []),
  ].join('\n');
}
