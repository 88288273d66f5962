// Owns the floors that a sync is measured beside: the same pages fetched one question after the other and thrown
// away, and the same texts put into one plain table.

import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { vendors } from '../../portals/index.ts';
import { planQuestions } from '../../sync/plan.ts';
import type { Instance } from '../selftest/instance.ts';
import { walk } from '../selftest/scripted-browser.ts';
import type { Account } from '../selftest/selftest.ts';
import { simulatedClientId } from '../simulator-process.ts';

/** Seconds to fetch every page of the first vendor's questions with plain fetch, and how many entries came. */
export async function fetchFloor(
  instance: Instance,
  account: Account,
): Promise<{ seconds: number; entries: number }> {
  const vendor = vendors[0];
  if (!vendor) throw new Error('There is no vendor.');
  const base = `${instance.simulatorUrl}/${vendor.portal.id}/production`;
  const token = await plainToken(
    instance,
    base,
    account,
    vendor.portal.id,
    vendor.portal.scopes,
    vendor.portal.callbackPath,
  );
  const headers = { authorization: `Bearer ${token}`, accept: 'application/fhir+json' };
  const start = performance.now();
  let entries = 0;
  for (const question of planQuestions({ vendor }, account.patientId)) {
    if (question.request.endsWith('_id=')) continue;
    let next: string | undefined = `${base}/fhir/r4/${question.request}`;
    while (next) {
      const page = (await (await fetch(next, { headers })).json()) as {
        entry?: unknown[];
        link?: { relation: string; url: string }[];
      };
      entries += page.entry?.length ?? 0;
      next = page.link?.find((link) => link.relation === 'next')?.url;
    }
  }
  return { seconds: (performance.now() - start) / 1000, entries };
}

/** Seconds to put the texts of a folder into one table of an unencrypted file, in one transaction. */
export async function insertFloor(
  folder: string,
  file: string,
): Promise<{ seconds: number; rows: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries.filter((e) => e.isFile()).map((e) => readFile(join(e.parentPath, e.name), 'utf8')),
  );
  const db = new DatabaseSync(file);
  db.exec(
    'pragma journal_mode=wal; pragma synchronous=full; create table plain (id integer primary key, text text)',
  );
  const insert = db.prepare('insert into plain (text) values (?)');
  const start = performance.now();
  db.exec('begin');
  for (const text of texts) insert.run(text);
  db.exec('commit');
  const seconds = (performance.now() - start) / 1000;
  db.close();
  return { seconds, rows: texts.length };
}

/** A token of the simulated portal by the shortest way: code and PKCE, by hand. */
async function plainToken(
  instance: Instance,
  base: string,
  account: Account,
  vendor: string,
  scopes: readonly string[],
  callbackPath: string,
): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = `${instance.publicUrl}${callbackPath}`;
  const clientId = simulatedClientId(vendor, 'production');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: randomBytes(16).toString('hex'),
    nonce: randomBytes(16).toString('hex'),
    aud: `${base}/fhir/r4`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const answers = {
    username: account.username,
    password: account.password,
    practice: account.practiceId,
    decision: 'allow' as const,
  };
  const end = await walk(`${base}/oauth2/v1/authorize?${query}`, answers, {
    stopAt: instance.publicUrl,
  });
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: new URL(end.url).searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: clientId,
    code_verifier: verifier,
  });
  const reply = (await (
    await fetch(`${base}/oauth2/v1/token`, { method: 'POST', body })
  ).json()) as { access_token?: string };
  if (!reply.access_token) throw new Error('The simulated portal gave no token.');
  return reply.access_token;
}
