// Owns the addresses of people and of the rights on their records.

import { z } from 'zod';
import { getAccount, listAccounts } from '../../access/accounts.ts';
import { createPerson, getPerson } from '../../access/people.ts';
import { type GivenRight, giveRight, revokeRight, rightsOn } from '../../access/rights.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { type Access, type Api, parameter, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';

/** A route's subject: the person of its path. */
export const ofPerson: Extract<Access, { of: unknown }>['of'] = async (app, c) => ({
  personId: (await getPerson(app.db, parameter(c, 'person'))).id,
});
const rightsAccess = {
  act: 'record.rights',
  audit: 'told',
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
      access: { act: 'people.add', audit: 'told' },
      body: wire.addPerson,
      reply: z.object({ id: z.string() }),
    },
    async (_c, body, { session, tell }) => {
      const id = newId();
      await tell({}, id);
      await createPerson(app.db, {
        ...body,
        id,
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
    async (_c, body, { personId, session, tell }) => {
      const account = await getAccount(app.db, body.accountId);
      const { level, kinds, expiresAt: until } = body;
      await tell({ did: 'right-give', what: account.id, right: { level, kinds, until } });
      const given = await rightsOn(app.db, app.clock, personId);
      // The same given twice is one right, which one click takes back.
      if (!given.some((one) => isSame(one, body)))
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
    async (c, _body, { personId, session, tell }) => {
      const given = await rightsOn(app.db, app.clock, personId);
      const right = given.find(({ id }) => id === parameter(c, 'id'));
      if (!right) throw new ChartfoldError('access.right_not_found');
      const { level, kinds, expiresAt: until } = right;
      await tell({ did: 'right-take', what: right.accountId, right: { level, kinds, until } });
      await revokeRight(app.db, app.clock, personId, right.id, session.accountId);
      app.changes.tell({ rightsOn: personId });
      return { done: true as const };
    },
  );
}

function isSame(
  given: Pick<GivenRight, 'accountId' | 'level' | 'kinds' | 'expiresAt'>,
  wanted: Pick<GivenRight, 'accountId' | 'level' | 'kinds' | 'expiresAt'>,
): boolean {
  const key = ({ accountId, level, kinds, expiresAt }: typeof given) => {
    const until = expiresAt === null ? null : Date.parse(expiresAt);
    return JSON.stringify([accountId, level, kinds?.toSorted() ?? null, until]);
  };
  return key(given) === key(wanted);
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
