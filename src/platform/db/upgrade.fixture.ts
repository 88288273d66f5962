// A process that brings a store to a new form and kills itself after its n-th step. Started by upgrade.test.ts: the
// database, its key, n. It ends with 0 where there are fewer steps.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { sql } from 'kysely';
import type { Migrations } from './migrate.ts';

const [file = '', keyHex = '', dieAt = ''] = process.argv.slice(2);
let steps = 0;
const step = () => {
  steps += 1;
  if (steps === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
};
const after = <A extends unknown[]>(work: (...args: A) => void) => {
  return (...args: A) => {
    work(...args);
    step();
  };
};
fs.copyFileSync = after(fs.copyFileSync);
fs.renameSync = after(fs.renameSync);
fs.fsyncSync = after(fs.fsyncSync);
syncBuiltinESMExports();

const { openStore } = await import('./sqlite/open.ts');
const growing = {
  up: async (db) => {
    for (let n = 0; n < 4; n += 1) {
      await sql`insert into note select zeroblob(100000) from note limit 40`.execute(db);
      step();
    }
  },
} satisfies Migrations[string];
const migrations: Migrations = {
  '2000-01-01-a-1': { up: async () => undefined },
  '2000-01-02-a-2': growing,
  '2000-01-03-a-3': growing,
};
await (await openStore({ file, keyHex, migrations })).close();
