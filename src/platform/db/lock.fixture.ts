// A process that takes the data directory named on its command line, says so, and stays.
// Started by lock.test.ts.

import { lockDataDir } from './lock.ts';

lockDataDir(process.argv[2] ?? '', { pid: process.pid, address: 'http://localhost:4999' });
process.stdout.write('locked\n');
setInterval(() => {}, 60_000);
