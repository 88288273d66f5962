// Proves what the page of a locked instance leaves in the log: what nobody expected, and never what was typed.

import { expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { openLog } from '../platform/log.ts';
import { createLockedServer } from './locked.ts';

const publicUrl = 'http://localhost:4200';

/** Tries to unlock, and gives back the answer's status and what was logged. */
async function tryWith(thrown: Error) {
  const logged: string[] = [];
  const server = createLockedServer({
    publicUrl,
    config: { allowedHosts: ['localhost:4200'] },
    clock: systemClock,
    log: openLog('error', { write: (line: string) => void logged.push(line) }),
    unlock: () => Promise.reject(thrown),
  });
  const response = await server.request(`${publicUrl}/unlock`, {
    method: 'POST',
    headers: {
      host: 'localhost:4200',
      origin: publicUrl,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ passphrase: 'five quiet herons wade' }),
  });
  return { status: response.status, logged: logged.join('') };
}

it('an error that nobody expected is logged', async () => {
  const { status, logged } = await tryWith(new TypeError('odd'));
  expect(status).toBe(500);
  expect(logged).toContain('internal.unexpected');
  expect(logged).not.toContain('herons');
});

it('a wrong passphrase is not', async () => {
  const told = await tryWith(new ChartfoldError('keys.wrong_passphrase'));
  expect(told).toEqual({ status: 403, logged: '' });
});
