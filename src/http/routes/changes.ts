// Owns the addresses of what changed: since a visit or a sync, and the history of one record.

import { chartReach } from '../../chart/changes/changes.ts';
import { readHistoryOf, readRawDifference } from '../../chart/changes/history.ts';
import { listConnections } from '../../connections/context.ts';
import type { Source } from '../../records/types.ts';
import { newsSince, noteLook } from '../../records/visits.ts';
import { type Api, parameter, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';
import { presentChanges } from '../present/changes.ts';
import { ofPerson } from './people.ts';

const access = {
  act: 'record.read',
  audit: 'read',
  of: ofPerson,
  missing: 'person.not_found',
} as const;

const eventsPerPage = 20;

export function changesRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/people/{person}/changes',
      summary: 'What changed since the last visit, or with a sync',
      access,
      query: wire.changesQuery,
      reply: wire.changes,
    },
    async (_c, query, { personId, sight, session, saw }) => {
      const changes = await presentChanges(app, {
        ...query,
        personId,
        sight,
        accountId: session.accountId,
      });
      saw(Object.fromEntries(countKinds(changes.rows)));
      return changes;
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/people/{person}/visit',
      summary: 'Say that the account looks at the record now',
      access: { ...access, audit: 'none' },
      reply: wire.visit,
    },
    async (_c, _body, { personId, session }) => {
      const look = { account: session.accountId, person: personId, now: app.clock.now() };
      const { position } = await chartReach(app.db, personId);
      await noteLook(app.db, { ...look, position });
      return { last: (await newsSince(app.db, look))?.at ?? null };
    },
  );
  historyRoutes(api);
}

function historyRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/people/{person}/records/{record}/history',
      summary: 'The versions of a record, and what each changed',
      access,
      query: wire.historyQuery,
      reply: wire.recordHistory,
    },
    async (c, query, { personId, sight, saw }) => {
      const before = query.before === undefined ? null : Number(query.before);
      const page = { before, limit: eventsPerPage };
      const record = parameter(c, 'record');
      const history = await readHistoryOf(app.db, personId, record, sight, page);
      saw({ [history.kind]: 1 });
      return {
        events: history.events.map(({ run, versionNo, differences, ...event }) => ({
          ...event,
          version: versionNo,
          // A file that was imported has no receipt.
          receiptId: history.source.kind === 'portal' ? run : null,
          differences: [...differences],
        })),
        next: history.next === null ? null : String(history.next),
      };
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/people/{person}/records/{record}/history/{version}',
      summary: 'Where the text of a version differs from the one before',
      access,
      reply: wire.rawDifference,
    },
    async (c, _body, { personId, sight, saw }) => {
      const version = Number(/^[1-9]\d{0,8}$/.exec(parameter(c, 'version'))?.[0] ?? 0);
      const of = { personId, resourceId: parameter(c, 'record'), version };
      const { kind, differences, more } = await readRawDifference(app.db, of, sight, (source) =>
        volatilePathsOf(app, source),
      );
      saw({ [kind]: 1 });
      return { version, places: differences, more };
    },
  );
}

/** What does not count as a change in the answers of a source's portal. */
async function volatilePathsOf(app: App, source: Source): Promise<readonly string[]> {
  const connection = (await listConnections(app.db)).find(({ id }) => id === source.id);
  const entry = app.registry.entries.find(({ key }) => key === connection?.portal);
  return entry?.vendor.portal.volatilePaths ?? [];
}

function countKinds(rows: readonly { kind: string }[]): [string, number][] {
  return [...Map.groupBy(rows, ({ kind }) => kind)].map(([kind, held]) => [kind, held.length]);
}
