// Owns the floor that a sync is measured beside: the same pages from the same portal, parsed, and of each resource one
// row with its id, type and text in the same kind of store, 200 rows a transaction. Nothing that keeps a record is less.

import { createHash, randomBytes } from 'node:crypto';
import type { Generated, Kysely } from 'kysely';
import { systemClock } from '../../platform/clock.ts';
import type { Migrations } from '../../platform/db/migrate.ts';
import { openStore } from '../../platform/db/sqlite/open.ts';
import { vendors } from '../../portals/index.ts';
import { CLINIC } from '../../portals/portal.ts';
import { isByReference, planQuestions } from '../../sync/plan.ts';
import type { Instance } from '../selftest/instance.ts';
import { walk } from '../selftest/scripted-browser.ts';
import type { Account } from '../selftest/selftest.ts';
import { simulatedClientId } from '../simulator-process.ts';

type Row = { type: string; id: string; raw: string };
type FloorDb = Kysely<{ floor: Row & { seq: Generated<number> } }>;

const migrations: Migrations = {
  '2000-01-01-floor-1': {
    up: (db) =>
      db.schema
        .createTable('floor')
        .addColumn('seq', 'integer', (c) => c.primaryKey())
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('raw', 'text', (c) => c.notNull())
        .execute(),
  },
};
const ROWS_PER_TRANSACTION = 200;

/** What a patient's pages are asked for with: a token of its own, and the addresses that a sync begins at. */
export type Pages = {
  readonly token: string;
  readonly addresses: readonly string[];
};

/** The questions of the first vendor's patient as a sync puts them. */
export async function pagesFor(instance: Instance, account: Account): Promise<Pages> {
  const vendor = vendors[0];
  if (!vendor) throw new Error('There is no vendor.');
  const { id, scopes, callbackPath, everyCall } = vendor.portal;
  const base = `${instance.simulatorUrl}/${id}/production`;
  const token = await plainToken(instance, base, account, id, scopes, callbackPath);
  const questions = planQuestions({
    portal: vendor.portal,
    // The scopes are those of the vendor's own questions: a statement adds none to them.
    capabilities: null,
    asked: scopes,
    granted: scopes,
    patientId: account.patientId,
    birthDate: null,
    now: systemClock.now(),
  });
  const extra = Object.entries(everyCall).map(
    ([name, value]) => `&${name}=${value.replace(CLINIC, account.practiceId)}`,
  );
  const addresses = questions.flatMap((question) =>
    isByReference(question) ? [] : [`${base}/fhir/r4/${question.request}${extra.join('')}`],
  );
  return { token, addresses };
}

type Page = {
  readonly entry?: readonly { readonly resource: { resourceType: string; id: string } }[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
};

/**
 * Every page of them, one after the other.
 * @throws Error where one is refused: what came without it would say nothing
 */
export async function* everyPage({ token, addresses }: Pages): AsyncGenerator<Page> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/fhir+json' };
  for (const address of addresses) {
    let next: string | undefined = address;
    while (next) {
      const answer = await fetch(next, { headers });
      if (!answer.ok) throw new Error(`The floor was refused a page: HTTP status ${answer.status}`);
      const page: Page = await answer.json();
      yield page;
      next = page.link?.find((link) => link.relation === 'next')?.url;
    }
  }
}

/** Seconds for every page, and how many resources came. `file` is made. */
export async function floorOf(
  pages: Pages,
  file: string,
): Promise<{ seconds: number; resources: number }> {
  const store = await openStore({ file, keyHex: randomBytes(32).toString('hex'), migrations });
  const db = store.db as unknown as FloorDb;
  let resources = 0;
  let rows: Row[] = [];
  const flush = async () => {
    const some = rows;
    rows = [];
    if (some.length > 0)
      await db.transaction().execute((trx) => trx.insertInto('floor').values(some).execute());
  };
  const start = performance.now();
  for await (const { entry = [] } of everyPage(pages))
    for (const { resource } of entry) {
      resources += 1;
      rows.push({ type: resource.resourceType, id: resource.id, raw: JSON.stringify(resource) });
      if (rows.length === ROWS_PER_TRANSACTION) await flush();
    }
  await flush();
  const seconds = (performance.now() - start) / 1000;
  await store.close();
  return { seconds, resources };
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
