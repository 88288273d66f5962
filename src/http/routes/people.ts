// Owns the addresses of people and of the rights on their records.

import { z } from 'zod';
import { getAccount, listAccounts } from '../../access/accounts.ts';
import { createPerson, getPerson } from '../../access/people.ts';
import { giveRight, revokeRight, rightsOn } from '../../access/rights.ts';
import { type Access, type Api, parameter, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';

/** A route's subject: the person of its path. */
export const ofPerson: Extract<Access, { of: unknown }>['of'] = async (app, c) => ({
  personId: (await getPerson(app.db, parameter(c, 'person'))).id,
});
const rightsAccess = {
  act: 'record.rights',
  audit: 'act',
  of: ofPerson,
  missing: 'person.not_found',
} as const;

export function peopleRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'post',
      path: '/api/people',
      summary: 'Add a person, whose record is managed by whoever adds them',
      access: { act: 'people.add', audit: 'act' },
      body: wire.addPerson,
      reply: z.object({ id: z.string() }),
    },
    async (_c, body, { session }) => {
      const { id } = await createPerson(app.db, {
        ...body,
        by: session.accountId,
        now: app.clock.now(),
      });
      return { id };
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/people/{person}/rights',
      summary: 'Who may see a record, how far and until when',
      access: { ...rightsAccess, audit: 'none' },
      reply: wire.rights,
    },
    (_c, _body, { personId }) => presentRights(app, personId),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/people/{person}/rights',
      summary: 'Give an account a right on a record',
      access: { ...rightsAccess, recent: true },
      body: wire.giveRight,
      reply: wire.rights,
    },
    async (_c, body, { personId, session }) => {
      const account = await getAccount(app.db, body.accountId);
      await giveRight(app.db, app.clock.now(), {
        ...body,
        accountId: account.id,
        personId,
        givenBy: session.accountId,
        expiresAt: body.expiresAt === null ? null : Date.parse(body.expiresAt),
      });
      app.changes.tell({ rightsOn: personId });
      return presentRights(app, personId);
    },
  );
  route(
    api,
    {
      method: 'delete',
      path: '/api/people/{person}/rights/{id}',
      summary: 'Take a right back',
      access: rightsAccess,
      reply: wire.done,
    },
    async (c, _body, { personId, session }) => {
      const id = parameter(c, 'id');
      await revokeRight(app.db, app.clock, personId, id, session.accountId);
      app.changes.tell({ rightsOn: personId });
      return { done: true as const };
    },
  );
}

async function presentRights(app: App, personId: string) {
  const [given, accounts] = await Promise.all([
    rightsOn(app.db, app.clock, personId),
    listAccounts(app.db),
  ]);
  const nameOf = (id: string | null) => accounts.find((one) => one.id === id)?.name ?? null;
  return {
    rights: given.map(({ id, accountId, level, kinds, givenBy, createdAt, expiresAt }) => ({
      id,
      accountId,
      accountName: nameOf(accountId) ?? 'Closed account',
      level,
      kinds: kinds as wire.SightKind[] | null,
      givenByName: nameOf(givenBy),
      createdAt,
      expiresAt,
    })),
    accounts: accounts.map(({ id, name }) => ({ id, name })),
  };
}
