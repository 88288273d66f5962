// Proves OnPatient's client against an authorization server of another codebase, whose default addresses are the ones
// that OnPatient publishes: signed in at in a real browser, synced from, renewed, refused.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, type TestContext } from 'vitest';
import { onpatientBehaviour } from '../../src/portals/onpatient/behaviour.ts';
import { candidateOf } from '../../src/connections/confirm.ts';
import { getConnection } from '../../src/connections/context.ts';
import { openGrant } from '../../src/connections/grant.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { ErrorCode } from '../../src/platform/errors.ts';
import type { Outbound } from '../../src/platform/outbound.ts';
import { readReceipt } from '../../src/records/runs.ts';
import { writeExactly } from '../../simulator/json-text.ts';
import { onpatientVendor } from '../../simulator/vendors/onpatient.ts';
import { openBrowser } from '../support/browser.ts';
import { outbound } from '../support/outbound.ts';
import { startProgram, type TestProgram } from '../support/program.ts';
import { pythonWith } from './python.ts';

const PUBLIC_URL = 'https://chartfold.example';
const CLIENT = { clientId: 'chartfold', clientSecret: 'a secret: with % and +' };
const LOGIN = { username: 'nora', password: 'Sample-Login-1' };
const HOURS = 3_600_000;

const { python, missing } = pythonWith('oauth2_provider', 'python3-django-oauth-toolkit');
let directory: string;
let portal: ChildProcess;
let base: string;
let browser: Browser;
let program: TestProgram;
let now: number;
/** What was sent to the token endpoint. */
let renewals: number;

beforeAll(async () => {
  if (python === null) return;
  directory = await mkdtemp(join(tmpdir(), 'chartfold-outsider-'));
  await writeFile(join(directory, 'records.json'), recordsOfNora());
  ({ portal, base } = await startPortal(python));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  portal?.kill();
  if (directory) await rm(directory, { recursive: true, force: true });
});
beforeEach(async (context) => {
  skipWithout(context);
  [now, renewals] = [Date.now(), 0];
  const counting: Outbound = (url, init) => {
    if (String(init?.body).includes('grant_type=refresh_token')) renewals += 1;
    return outbound(url, init);
  };
  program = await startProgram({
    portal: 'onpatient',
    publicUrl: PUBLIC_URL,
    clock: { ...systemClock, now: () => now },
    outbound: counting,
    written: () => ({
      fhirBaseUrl: `${base}/api/fhir`,
      authorizationEndpoint: `${base}/o/authorize/`,
      tokenEndpoint: `${base}/o/token/`,
      ...CLIENT,
    }),
  });
});
afterEach(() => program?.close());

const skipWithout = ({ skip }: Pick<TestContext, 'skip'>) => skip(missing !== null, missing ?? '');
const as = (code: ErrorCode) => expect.objectContaining({ code });

/** The simulated patient's records by type: numbers as they were written. */
function recordsOfNora(): string {
  const byType = new Map<string, string[]>();
  const request = { environment: 'production', seed: 1, people: 0, size: 300 } as const;
  const rates = onpatientBehaviour.rates;
  let nora = '';
  onpatientVendor.generateWorld({ ...request, anchor: '2026-11-01', rates }, (generated) => {
    const { resource, patientId } = generated;
    nora ||= resource.id;
    if (patientId !== nora) return;
    const list = byType.get(resource.resourceType) ?? [];
    byType.set(resource.resourceType, [...list, writeExactly(resource)]);
  });
  return `{${[...byType].map(([type, texts]) => `"${type}":[${texts.join()}]`).join()}}`;
}

async function startPortal(python: string): Promise<{ portal: ChildProcess; base: string }> {
  const given = {
    directory,
    records: join(directory, 'records.json'),
    redirectUri: `${PUBLIC_URL}/api/v1/onpatient/callback`,
    secondsOfAccess: 48 * 3600,
    ...CLIENT,
    ...LOGIN,
  };
  const script = join(import.meta.dirname, 'django_oauth_toolkit.py');
  const child = spawn(python, [script, JSON.stringify(given)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const port = await new Promise<string>((listens, failed) => {
    createInterface({ input: child.stdout }).once('line', listens);
    child.once('exit', () => failed(new Error(`It ended at once. ${said.slice(-2_000)}`)));
  });
  return { portal: child, base: `http://127.0.0.1:${port}` };
}

/** Goes through the portal's own pages. @returns what the browser brings back */
async function visit(go: string, button: 'Authorize' | 'Cancel') {
  const { location, cookie } = await program.follow(go);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.route(`${PUBLIC_URL}/**`, (route) => route.fulfill({ body: 'back' }));
    await page.goto(location);
    await page.getByLabel('Username').fill(LOGIN.username);
    await page.getByLabel('Password').fill(LOGIN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: button }).click();
    await page.waitForURL(`${PUBLIC_URL}/**`);
    const query = new URL(page.url()).searchParams;
    return {
      query,
      cookieOf: (name: string) => (name === cookie?.name ? cookie.value : undefined),
    };
  } finally {
    await context.close();
  }
}

async function connect(): Promise<string> {
  const { connectionId, failed } = await program.comeBack(
    await visit((await program.begin()).go, 'Authorize'),
  );
  expect(failed).toBeNull();
  const connection = await getConnection(program.db, connectionId);
  expect(candidateOf(program.context, connection)?.name).toBe('Nora Marie Ellingsen');
  await program.confirm(connectionId);
  return connectionId;
}

const questionsOf = async (connection: string) => {
  const run = await program.sync(connection);
  return (await readReceipt(program.db, run.id))?.questions ?? [];
};

it('is connected to by its own pages, and everything is synced', async () => {
  const questions = await questionsOf(await connect());
  const asked = questions.filter(({ key }) => key !== 'capabilities');
  expect(asked.map(({ outcome }) => outcome)).toEqual(Array(9).fill('full'));
  expect(asked.every(({ received }) => received > 0)).toBe(true);
  expect(asked.find(({ key }) => key === 'observations')?.pages).toBeGreaterThan(1);
});

it('is told apart from one who cancels there', async () => {
  const back = await visit((await program.begin()).go, 'Cancel');
  expect((await program.comeBack(back)).failed).toEqual(as('smart.access_denied'));
});

it('renews the access after two days, by a token that is used once', async () => {
  const connection = await connect();
  const first = await openGrant(program.context, connection);
  now += 49 * HOURS;
  expect((await questionsOf(connection)).map(({ outcome }) => outcome)).toContain('full');
  const second = await openGrant(program.context, connection);
  expect(renewals).toBe(1);
  expect(second?.accessToken).not.toBe(first?.accessToken);
  expect(second?.refreshToken).not.toBe(first?.refreshToken);
  const asked = await outbound(`${base}/api/fhir/Patient/`, {
    headers: { authorization: `Bearer ${first?.accessToken}` },
  });
  expect(asked.status).toBe(403);
});

it('is asked once by several who want the access renewed at the same time', async () => {
  // Two requests at once are answered there with 500 and a page for one of them.
  const connection = await connect();
  const stale = (await openGrant(program.context, connection))?.accessToken ?? '';
  const grants = await Promise.all(
    Array.from({ length: 5 }, () => program.refresher.refresh(connection, stale)),
  );
  expect(renewals).toBe(1);
  expect(new Set(grants.map(({ accessToken }) => accessToken)).size).toBe(1);
});

it('asks for a new sign-in where the permission was taken back there', async () => {
  const connection = await connect();
  const grant = await openGrant(program.context, connection);
  await outbound(`${base}/o/revoke_token/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      token: grant?.refreshToken ?? '',
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
    }).toString(),
  });
  now += 49 * HOURS;
  await questionsOf(connection);
  expect(await getConnection(program.db, connection)).toMatchObject({
    status: 'sign-in-again',
    status_code: 'smart.sign_in_again',
  });
});
