// Proves our client by servers that others wrote: Medplum's FHIR behind oidc-provider, added by an operator as any SMART
// server is. It signs in, renews what ends at once, and holds afterwards what that server holds.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { walk } from '../../src/cli/selftest/scripted-browser.ts';
import type { Receipt } from '../../src/http/contract.ts';
import { smartVendor } from '../../simulator/vendors/smart.ts';
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { needsCounterparts } from '../support/counterparts.ts';
import { type MedplumServer, type Resource, startMedplum } from '../support/medplum.ts';
import { freePort } from '../support/running.ts';

const CLIENT = { clientId: 'chartfold', clientSecret: 'between us: 100% + more' };
/** Longer than a sync, and over before the next thing is asked. */
const [LONG, OVER] = [300, 1];

let folder: string;
let server: MedplumServer | undefined;
let line: CommandLine | undefined;
let tokenSeconds = LONG;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chartfold-medplum-'));
});
afterAll(async () => {
  await line?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it('connects, renews, holds what the server holds, and says what it does not answer', async (context) => {
  needsCounterparts(context);
  const { resources, patientId } = oneRecord();
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const client = { ...CLIENT, redirectUri: `${publicUrl}/smart/callback` };
  server = await startMedplum({ resources, patientId, client, tokenSeconds: () => tokenSeconds });
  const config = join(folder, 'portals.json');
  const { fhirBaseUrl } = server;
  const portal = { vendor: 'smart', name: 'Medplum', fhirBaseUrl, ...CLIENT };
  await writeFile(config, JSON.stringify({ portals: [portal] }));
  line = await commandLine({
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    CHARTFOLD_CONFIG: config,
    CHARTFOLD_SIMULATOR: 'off',
  });
  await line.serve();

  // What the sign-in brings is over when the first sync asks.
  tokenSeconds = OVER;
  const connecting = line.start(['connect', 'smart', '--yes']);
  const [link] = await connecting.said(/https?:\/\/\S+\/connect\/\S+/);
  const answers = { username: 'nora', password: 'any', practice: '', decision: 'allow' } as const;
  expect((await walk(link, answers)).status).toBe(200);
  expect(await connecting.ended).toMatchObject({ code: 0 });
  tokenSeconds = LONG;
  const receipt = JSON.parse((await line.run('sync', '--json')).out) as Receipt;
  expect(server.grants.slice(0, 2)).toEqual(['authorization_code', 'refresh_token']);

  const unanswered = receipt.questions.filter(({ outcome }) => outcome !== 'full');
  expect(unanswered.map(({ key, reason }) => [key, reason?.code])).toEqual([
    ['capabilities', 'sync.capabilities_unread'],
  ]);
  const exported = await line.run('export', '--format', 'ndjson');
  expect(byName(linesOf(exported.out))).toEqual(byName(reachable(server.held, patientId)));
});

/** One patient's record and what it refers to, made as the simulated SMART server has it. */
function oneRecord(): { resources: Resource[]; patientId: string } {
  const all: { resource: Resource; patientId: string | undefined }[] = [];
  const request = { environment: 'production', seed: 1, people: 0, size: 300 } as const;
  const { accounts } = smartVendor.generateWorld({ ...request, anchor: '2026-01-15' }, (made) =>
    all.push({ resource: made.resource as unknown as Resource, patientId: made.patientId }),
  );
  const patientId = accounts[0]?.ownPatientId ?? '';
  const mine = all.filter((one) => one.patientId === undefined || one.patientId === patientId);
  return { resources: mine.map(({ resource }) => resource), patientId };
}

/** What the patient's own records are and, over any steps, refer to. */
function reachable(held: readonly Resource[], patientId: string): Resource[] {
  const byId = new Map(held.map((one) => [`${one.resourceType}/${one.id}`, one]));
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const resource = byId.get(name);
    if (!resource || reached.has(name)) return;
    reached.add(name);
    for (const [, to = ''] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g))
      visit(to);
  };
  // Who wrote what is asked for along with it, of a server that says it can: this one says nothing of itself.
  const asked = [...byId].filter(([, { resourceType }]) => resourceType !== 'Provenance');
  for (const [name, resource] of asked)
    if (JSON.stringify(resource).includes(`"Patient/${patientId}"`)) visit(name);
  return [...reached].flatMap((name) => byId.get(name) ?? []);
}

function byName(resources: readonly Resource[]): Record<string, Resource> {
  const names = resources.map((one) => [`${one.resourceType}/${one.id}`, one] as const);
  return Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function linesOf(text: string): Resource[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((one) => JSON.parse(one) as Resource);
}
