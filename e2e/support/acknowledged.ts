// Owns the memory of what a process said was done, and whether a store that it left still holds it.

import { createAudit } from '../../src/access/audit.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Db } from '../../src/platform/db/db.ts';
import type { KeyedStore } from '../../src/platform/keychain/open-keyed.ts';
import { silentLog } from '../../src/platform/log.ts';
import { textHash } from '../../src/records/body.ts';
import { questionsOf } from '../../src/records/runs.ts';
import { BALLAST, type Left, pageOf } from './busy.ts';

export type Acknowledged = ReturnType<typeof nothingYet>;

/** Begins with nothing. */
export function nothingYet() {
  const all = {
    accounts: new Set<string>(),
    rights: new Set<string>(),
    told: new Set<string>(),
    backups: new Set<string>(),
    upgraded: new Set<string>(),
    /** By number, each version by its record and the hash of its text. */
    pages: new Map<number, readonly string[]>(),
  };
  return {
    ...all,
    add(left: Left): void {
      const { page, account, right, told, backup, upgraded } = left;
      if (page !== undefined) all.pages.set(page, versionsOf(page));
      if (account !== undefined) all.accounts.add(account);
      if (right !== undefined) all.rights.add(right);
      if (told !== undefined) all.told.add(told);
      if (backup !== undefined) all.backups.add(backup);
      if (upgraded !== undefined) all.upgraded.add(upgraded);
    },
    /** How much of each. */
    words(): string {
      const versions = [...all.pages.values()].reduce((sum, page) => sum + page.length, 0);
      return `${versions} versions in ${all.pages.size} pages, ${all.accounts.size} accounts, ${all.rights.size} rights, ${all.told.size} lines of audit, ${all.backups.size} backups, ${all.upgraded.size} upgrades`;
    },
  };
}

function versionsOf(page: number): string[] {
  return pageOf(page).map(({ id, raw }) => `${id} ${textHash(raw)}`);
}

/** What of it a store does not hold, and what it holds that was never given or twice; nothing where all is well. */
export async function differences(all: Acknowledged, opened: KeyedStore): Promise<string[]> {
  const { db } = opened.store;
  const told = createAudit({ db, clock: systemClock, log: silentLog, key: opened.keychain.audit });
  const lines = await told.lines({ all: true, limit: 1_000_000 });
  const accounts = await db.selectFrom('account').select('id').execute();
  const rights = await db.selectFrom('record_right').select('id').execute();
  return [
    ...missing('account', all.accounts, accounts.map(idOf)),
    ...missing('right', all.rights, rights.map(idOf)),
    ...missing(
      'line of audit',
      all.told,
      lines.map((line) => line.detail.what ?? ''),
    ),
    ...(await differencesOfRecords(all, db)),
  ];
}

async function differencesOfRecords(all: Acknowledged, db: Db): Promise<string[]> {
  const { id } = await db.selectFrom('sync_run').select('id').executeTakeFirstOrThrow();
  const question = (await questionsOf(db, id)).find(({ key }) => key === 'a');
  const pages = question?.pages ?? 0;
  const rows = await db
    .selectFrom('resource_version as v')
    .innerJoin('resource as r', 'r.id', 'v.resource_id')
    .select(['r.fhir_id', 'v.raw_hash'])
    .where('r.fhir_id', 'not like', `${BALLAST}%`)
    .execute();
  const held = rows.map((row) => `${row.fhir_id} ${row.raw_hash}`);
  const counted = Array.from(
    { length: pages },
    (_, n) => all.pages.get(n + 1) ?? versionsOf(n + 1),
  );
  const known = new Set([...counted.flat(), ...versionsOf(pages + 1)]);
  const received = counted.reduce((sum, page) => sum + page.length, 0);
  return [
    ...missing('version', new Set([...all.pages.values()].flat()), held),
    ...held.filter((version) => !known.has(version)).map((version) => `never given: ${version}`),
    ...(new Set(held).size === held.length ? [] : ['a version is there twice']),
    ...[...all.pages.keys()].filter((page) => page > pages).map((page) => `page ${page} is lost`),
    ...(question?.received === received ? [] : [`${question?.received} counted of ${received}`]),
  ];
}

function missing(what: string, wanted: ReadonlySet<string>, held: readonly string[]): string[] {
  const there = new Set(held);
  return [...wanted].filter((one) => !there.has(one)).map((one) => `${what} ${one} is lost`);
}

const idOf = ({ id }: { id: string }) => id;
