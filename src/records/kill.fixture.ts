// A process that commits one page and kills itself between two of its chunks. Started by kill.test.ts:
// database file, key, source, run, how many resources the page has, after how many stored ones to die.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { openStore } from '../platform/db/sqlite/open.ts';
import { prepare } from './body.ts';
import { commitPage } from './commit.ts';
import { observations } from './contract-aids.ts';
import { recordsMigrations } from './migrations.ts';
import { countResourcesOf } from './read.ts';

const [file = '', keyHex = '', source = '', run = '', size = '', dieAt = ''] =
  process.argv.slice(2);
const { db } = await openStore({ file, keyHex, migrations: recordsMigrations });
const packs = await prepare(observations(Number(size)));
const committing = commitPage(db, {
  run,
  question: 'a',
  page: 1,
  source,
  packs,
  setAside: [],
  volatilePaths: [],
  finish: { next: 'https://ehr.example/p2' },
  now: 0,
});
// Between two chunks the connection is free for one count; then this process is gone for good. The
// queries alone would never let the next chunk's turn come.
while ((await countResourcesOf(db, source)) < Number(dieAt)) await nextTurn();
process.kill(process.pid, 'SIGKILL');
await committing;
