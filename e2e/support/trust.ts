// Owns how a browser of the tests is told to trust the authority that `tls make` made: as a person does, in the store of
// certificates that Chromium reads on Linux; where no tool for that store is there, by the very key of the certificate.

import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { openBrowser } from './browser.ts';

type Trust = NonNullable<Parameters<typeof openBrowser>[0]>;

/** What a browser is started with so that it trusts the authority of this folder; `home` is made its home. */
export function trusting(folder: string, home: string): Trust {
  const store = join(home, '.pki', 'nssdb');
  mkdirSync(store, { recursive: true });
  const certutil = (...args: string[]) =>
    spawnSync('certutil', ['-d', `sql:${store}`, ...args], { stdio: 'ignore' }).status === 0;
  const authority = join(folder, 'authority.crt');
  const isTold =
    certutil('-N', '--empty-password') &&
    certutil('-A', '-t', 'C,,', '-n', 'Chartfold', '-i', authority);
  if (isTold) return { env: { HOME: home } };
  const key = new X509Certificate(readFileSync(join(folder, 'cert.pem'))).publicKey;
  const hash = createHash('sha256').update(key.export({ type: 'spki', format: 'der' }));
  const args = [`--ignore-certificate-errors-spki-list=${hash.digest('base64')}`];
  return { args };
}
