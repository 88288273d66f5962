// Owns the addresses of the audit: the lines that one may see, and the check of the chain.

import { z } from 'zod';
import type { AuditLine, AuditSight } from '../../access/audit.ts';
import { accountNames } from '../../access/accounts.ts';
import { listPeople } from '../../access/people.ts';
import { type Actor, may, mayOn } from '../../access/policy.ts';
import { type Api, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';
import { faultWords, presentAuditLine } from '../present/audit.ts';

const PAGE = 50;

export function auditRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'post',
      path: '/api/audit',
      summary:
        'Who did or read what: of the records one manages, what one did oneself, and what was done to one’s account',
      access: { act: 'account.read', audit: 'none' },
      body: z.object({ before: z.number().int().positive().nullable() }),
      reply: wire.auditPage,
    },
    async (_c, { before }, { actor }) => {
      const seen = await sightOf(app, actor);
      const lines = await app.audit.lines({ ...seen.query, before, limit: PAGE + 1 });
      return {
        lines: lines.slice(0, PAGE).map((line) => presentAuditLine(whatMaySee(line, seen), seen)),
        more: lines.length > PAGE,
      };
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/audit/verify',
      summary: 'Goes through the whole chain and says where it is broken',
      access: { act: 'instance.audit', audit: 'act' },
      reply: wire.auditVerdict,
    },
    async () => {
      const { lines, faults } = await app.audit.verify();
      const [first] = await app.audit.lines({ all: true, before: 2, limit: 1 });
      return {
        lines,
        faults: faults.map((fault) => ({ seq: fault.seq, words: faultWords(fault) })),
        since: first?.at ?? null,
        checkpoint: await app.checkpoint(),
      };
    },
  );
}

type Seen = Awaited<ReturnType<typeof sightOf>>;

/** Lines on the records that one manages, one's own and those about oneself; an owner sees them all, without others' names of people. */
async function sightOf(app: App, actor: Actor) {
  const [people, accounts] = await Promise.all([listPeople(app.db), accountNames(app.db)]);
  const managed = people.filter((one) => mayOn(actor, 'record.audit', one.id));
  const known = people.filter((one) => mayOn(actor, 'record.read', one.id));
  const isOwner = may(actor, 'instance.audit');
  const query: AuditSight = isOwner
    ? { all: true }
    : {
        personIds: managed.map((one) => one.id),
        accountId: actor.account?.id ?? null,
        about: actor.account?.id ?? null,
      };
  return {
    query,
    people: new Map([
      ...people.map((one) => [one.id, 'a record that is not shown to you'] as const),
      ...known.map((one) => [one.id, one.name] as const),
    ]),
    known: new Set(known.map((one) => one.id)),
    accounts,
  };
}

/** What is seen of a line on a record that is not shown: that something was done, not what was read or shown. */
function whatMaySee(line: AuditLine, seen: Seen): AuditLine {
  if (line.personId === null || seen.known.has(line.personId)) return line;
  const { kinds: _kinds, right: _right, ...detail } = line.detail;
  return { ...line, detail };
}
