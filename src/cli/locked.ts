// Owns a server's waiting for the passphrase of its root key: it listens where it will listen, and answers nothing but how
// to unlock it (http/locked.ts). The same process goes on.

import type { EventEmitter } from 'node:events';
import { listen, listenControl } from '../http/listen.ts';
import { createLockedServer } from '../http/locked.ts';
import { systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config/read.ts';
import type { LockedSecret, OpenSecret } from '../platform/keychain/secret-text.ts';
import { openLog } from '../platform/log.ts';
import { controlSocket, createLockedControl } from './control.ts';
import { writeOut } from './standard-streams.ts';

type Fetch = (request: Request, env: { outgoing: EventEmitter }) => Response | Promise<Response>;

/** Waits until somebody gives the passphrase, at the web address or at the control socket. */
export async function unlockAtTheDoors(config: Config, secret: LockedSecret): Promise<OpenSecret> {
  const { promise, resolve } = Promise.withResolvers<OpenSecret>();
  let opened: OpenSecret | undefined;
  let trying: Promise<unknown> = Promise.resolve();
  const unlock = (passphrase: string) => {
    // One at a time: each takes 64 MiB.
    const attempt = trying.then(async () => {
      opened ??= await secret.unlock(passphrase);
    });
    trying = attempt.catch(() => undefined);
    return attempt;
  };
  // Whoever unlocked it is answered before the doors are closed.
  const answered = (fetch: Fetch) => async (request: Request, env: { outgoing: EventEmitter }) => {
    const answer = await fetch(request, env);
    const open = opened;
    if (open) env.outgoing.once('close', () => resolve(open));
    return answer;
  };
  const log = openLog(config.logLevel);
  const { publicUrl } = config;
  const locked = { publicUrl, config, clock: systemClock, log, unlock };
  const web = await listen(config, answered(createLockedServer(locked).fetch), log);
  try {
    const control = createLockedControl(publicUrl, unlock);
    const socket = await listenControl(controlSocket(config.dataDir), answered(control.fetch));
    try {
      await writeOut(
        `Chartfold is locked. Unlock it at ${publicUrl}/unlock or with: npx chartfold unlock\n`,
      );
      return await promise;
    } finally {
      await socket.close();
    }
  } finally {
    await web.close();
  }
}
