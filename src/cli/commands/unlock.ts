// Owns `unlock`: the passphrase of the root key, given to the server that waits for it.

import { ChartfoldError } from '../../platform/errors.ts';
import { callServer, findServer } from '../control.ts';
import { askSecretly } from '../passphrase.ts';
import type { Program } from '../program.ts';
import { writeOut } from '../standard-streams.ts';

/** @throws http.server_not_running, keys.not_locked, keys.wrong_passphrase */
export async function unlock(program: Program): Promise<void> {
  const { dataDir } = program.readConfig();
  const server = await findServer(dataDir);
  if (!server) throw new ChartfoldError('http.server_not_running', { detail: dataDir });
  if (!server.locked) throw new ChartfoldError('keys.not_locked');
  const passphrase = await askSecretly('Passphrase of the root key: ');
  for await (const output of callServer(dataDir, 'unlock', { args: { passphrase } }))
    if ('say' in output) await writeOut(`${output.say}\n`);
}
