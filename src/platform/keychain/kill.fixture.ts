// A process that exchanges a key and kills itself after its n-th step on the disk. Started by rotate.test.ts: what to
// exchange, the data directory, the secret's file, n. It ends with 0 where there are fewer steps.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [what = '', dataDir = '', secretFile = '', dieAt = ''] = process.argv.slice(2);
let steps = 0;
const step = () => {
  steps += 1;
  if (steps === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
};

const { writeFileSync, renameSync, rmSync, copyFileSync, fsyncSync } = fs;
fs.writeFileSync = ((file: string, content: string | Uint8Array, options: object) => {
  // Cut off in the middle too.
  writeFileSync(file, content.slice(0, content.length / 2), options);
  step();
  writeFileSync(file, content, { ...options, flag: 'w' });
  step();
}) as typeof fs.writeFileSync;
const after = <A extends unknown[]>(work: (...args: A) => void) => {
  return (...args: A) => {
    work(...args);
    step();
  };
};
fs.renameSync = after(renameSync);
fs.rmSync = after(rmSync);
fs.copyFileSync = after(copyFileSync);
fs.fsyncSync = after(fsyncSync);
syncBuiltinESMExports();

const { rotateDatabase, rotateRoot } = await import('./rotate.ts');
const { parseSecret } = await import('./secret-text.ts');
const { writeDurably } = await import('../durable.ts');
const { noteMigrations } = await import('./test-aids.ts');

const secret = parseSecret(fs.readFileSync(secretFile, 'utf8'));
if (!('roots' in secret)) throw new Error('the secret is locked');
const { roots } = secret;
if (what === 'root') {
  const save = async (kept: readonly Uint8Array[]) =>
    writeDurably(secretFile, await secret.textOf(kept));
  await rotateRoot({ dataDir, roots, save });
} else {
  await rotateDatabase({ dataDir, roots, migrations: noteMigrations });
}
