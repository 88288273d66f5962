// A process that works on a data directory as the server does, and says on standard output what begins and what is done,
// until it is killed. Started by kills.e2e.ts: the data directory, what to do beside writing, the stores to upgrade.

import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createAccount } from '../../src/access/accounts.ts';
import { createAudit } from '../../src/access/audit.ts';
import { giveRight } from '../../src/access/rights.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { lockDataDir } from '../../src/platform/db/lock.ts';
import { openStore } from '../../src/platform/db/sqlite/open.ts';
import { newId } from '../../src/platform/ids.ts';
import { openKeyedStore } from '../../src/platform/keychain/open-keyed.ts';
import { silentLog } from '../../src/platform/log.ts';
import { prepare } from '../../src/records/body.ts';
import { commitPage } from '../../src/records/commit.ts';
import { person } from '../../src/records/contract-aids.ts';
import { questionsOf } from '../../src/records/runs.ts';
import { createBackups } from '../../src/sharing/backup/backups.ts';
import { type ActName, type Left, OLD_KEY, pageOf, ROOT, type Said } from './busy.ts';
import { migrations } from './migrations.ts';

const ACTS_BESIDE_A_BACKUP = 12;

const [dataDir = '', task = '', ...stores] = process.argv.slice(2);

/** Written at once and whole: what was said before the end is read after it. */
function say(said: Said): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}
async function perform(name: ActName, work: () => Promise<Left>): Promise<void> {
  say({ begins: name });
  say({ done: name, left: await work() });
}

say({ begins: 'open' });
lockDataDir(dataDir, { pid: process.pid, address: 'nowhere' });
const { store, keychain } = await openKeyedStore({ dataDir, roots: [ROOT], migrations });
const { db } = store;
const audit = createAudit({ db, clock, log: silentLog, key: keychain.audit });
const folder = join(dataDir, 'backups');
const backups = createBackups({
  ...{ db, clock, log: silentLog, audit, keychain, program: '1' },
  config: { dataDir, backup: { folder, every: 0, keep: 1_000 } },
});
const run = await db.selectFrom('sync_run').select(['id', 'source_id']).executeTakeFirstOrThrow();
say({ done: 'open', left: {} });

async function storePage(): Promise<Left> {
  const page = ((await questionsOf(db, run.id)).find(({ key }) => key === 'a')?.pages ?? 0) + 1;
  await commitPage(db, {
    ...{ run: run.id, question: 'a', page, source: run.source_id, now: 0 },
    ...{ packs: await prepare(pageOf(page)), setAside: [], volatilePaths: [] },
    finish: { next: `https://ehr.example/${page + 1}` },
  });
  return { page };
}

async function letSomebodyIn(): Promise<Left> {
  const account = (await createAccount(db, clock, { name: newId() })).id;
  const given = { accountId: account, personId: person, level: 'read', givenBy: null } as const;
  const right = (await giveRight(db, clock.now(), given)).id;
  const who = { door: 'terminal', accountId: null, personId: person, origin: 'Terminal' } as const;
  await audit.act({ ...who, act: 'record.rights', detail: { what: right } });
  return { account, right, told: right };
}

async function write(acts: number): Promise<void> {
  for (let n = 0; n < acts; n += 1) {
    if (n % 6 === 0) await perform('commit', storePage);
    else await perform('access', letSomebodyIn);
    // The queries alone never let a worker's word come.
    await nextTurn();
  }
}

const backUp = () => perform('backup', async () => ({ backup: (await backups.create()).file }));

async function upgrade(): Promise<void> {
  for (const file of stores) {
    await perform('upgrade', async () => {
      await (await openStore({ file, keyHex: OLD_KEY, migrations })).close();
      return { upgraded: file };
    });
  }
}

if (task === 'upgrade') await upgrade();
// A backup takes so long that writing without an end would fill the disk.
while (task === 'backup') await Promise.all([backUp(), write(ACTS_BESIDE_A_BACKUP)]);
await write(Infinity);
