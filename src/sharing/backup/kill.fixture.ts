// A process that makes a backup and kills itself after its n-th step on the disk. Started by backups.test.ts: data
// directory, folder of the backups, n. It ends with 0 where there are fewer steps.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { readKeychain } from '../../platform/keychain/keychain.ts';

const [dataDir = '', folder = '', dieAt = ''] = process.argv.slice(2);
let steps = 0;
const after = <A extends unknown[], R>(work: (...args: A) => R) => {
  return (...args: A): R => {
    const result = work(...args);
    steps += 1;
    if (steps === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
    return result;
  };
};
fs.mkdirSync = after(fs.mkdirSync) as typeof fs.mkdirSync;
fs.writeSync = after(fs.writeSync) as typeof fs.writeSync;
fs.renameSync = after(fs.renameSync);
fs.rmSync = after(fs.rmSync);
fs.fsyncSync = after(fs.fsyncSync);
syncBuiltinESMExports();

const { tasks } = await import('./tasks.ts');
const { keychain } = readKeychain(join(dataDir, 'keys'), [new Uint8Array(32).fill(1)]);
const file = join(folder, `killed-${dieAt}.backup`);
await tasks.make({ dataDir, keychain, file, madeAt: '2026-11-25T12:00:00.000Z', program: '1' });
