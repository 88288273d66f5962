// Owns the life of one instance from its first start to its end, with everything that a person and a portal do in it that
// moves a secret: signing in by each way but passkeys, connecting, renewing, failing, reading, exporting, backing up,
// ending. All of it is watched: what was answered, said and written, and every secret that there was.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walk } from '../../src/cli/selftest/scripted-browser.ts';
import { until } from '../../src/cli/selftest/instance.ts';
import {
  simulatedClientId,
  simulatedClients,
  type SimulatorProcess,
  startSimulatorProcess,
} from '../../src/cli/simulator-process.ts';
import { type Api, createApi } from '../../src/http/api.ts';
import type { App } from '../../src/http/app.ts';
import type { Connection } from '../../src/http/contract.ts';
import { declareRoutes } from '../../src/http/server.ts';
import { type CommandLine, commandLine, type Ended, type Started } from './command-line.ts';
import { placesInFiles, placesInLog } from './places.ts';
import { recordAnswers, type Recording, type Visitor, visitorOf } from './recorded.ts';
import { RELAY_HOST, type Relay, startRelay } from './relay.ts';
import type { Place, Secret } from './scan.ts';
import { seededWords } from './seeded.ts';

/** With what each way of writing a text within another changes. */
const PASSWORD = 'correct "horse" & bättery <staple> 100%';
const CLIENT_SECRET = 'shared between us: 100% & "quoted" + more';
const NORA = { username: 'nora@example.org', password: 'Sample-Login-1', practice: '24411' };
const PREVIEW = {
  username: 'phrtest_preview@mailinator.com',
  password: 'Password1',
  practice: '80000',
};

export type Life = {
  readonly folder: string;
  readonly dataDir: string;
  readonly secretFile: string;
  readonly places: readonly Place[];
  readonly secrets: readonly Secret[];
  /** Of the log and the names of files. */
  readonly lines: readonly string[];
  readonly seeded: readonly string[];
  readonly grants: Readonly<Record<string, number>>;
  remove(): Promise<void>;
};

type Scene = {
  readonly line: CommandLine;
  readonly relay: Relay;
  readonly simulatorUrl: string;
  readonly owner: Visitor;
  readonly secrets: Secret[];
  readonly places: Place[];
  /** What each process said, by what it was told to do. */
  readonly said: { readonly verb: string; readonly ended: Ended }[];
};

/** Lives it; null where this machine has no second address of loopback. */
export async function liveOnce(): Promise<Life | null> {
  const relay = await startRelay();
  if (!relay) return null;
  const folder = await mkdtemp(join(tmpdir(), 'chartfold-life-'));
  const config = join(folder, 'portals.json');
  const line = await commandLine({
    CHARTFOLD_SIMULATOR: 'off',
    CHARTFOLD_CONFIG: config,
    CHARTFOLD_LOG: 'debug',
  });
  const remove = async () => {
    await line.close();
    await rm(folder, { recursive: true, force: true });
  };
  let simulator: SimulatorProcess | undefined;
  const recording = recordAnswers(line.publicUrl);
  try {
    await writeFile(config, JSON.stringify({ portals: portalsAt(relay.port) }));
    simulator = await startSimulatorProcess({
      port: relay.port,
      stateDir: join(folder, 'simulator'),
      publicHost: RELAY_HOST,
      clients: registrations(line.publicUrl),
      args: ['--size', '300'],
    });
    const simulatorUrl = `http://127.0.0.1:${relay.port}`;
    const owner = visitorOf(line.publicUrl);
    const scene = { line, relay, simulatorUrl, owner, secrets: [], places: [], said: [] };
    await live(scene);
    return { ...(await gather(scene, recording)), folder: line.directory, remove };
  } catch (error) {
    await remove();
    throw error;
  } finally {
    recording.stop();
    await simulator?.stop();
    await relay.close();
  }
}

function portalsAt(port: number) {
  const common = (environment: 'production' | 'preview') => ({
    vendor: 'athenahealth',
    environment,
    fhirBaseUrl: `http://${RELAY_HOST}:${port}/athenahealth/${environment}/fhir/r4`,
    clientId: simulatedClientId('athenahealth', environment),
  });
  return [
    { ...common('production'), auth: 'private_key_jwt' },
    { ...common('preview'), auth: 'client_secret_basic', clientSecret: CLIENT_SECRET },
  ];
}

function registrations(publicUrl: string) {
  const signed = simulatedClients(publicUrl, 'private_key_jwt');
  const shared = simulatedClients(publicUrl, 'client_secret_basic', CLIENT_SECRET);
  return [
    ...signed.filter((client) => client.environment === 'production'),
    ...shared.filter((client) => client.environment === 'preview'),
  ].filter((client) => client.portal === 'athenahealth');
}

async function live(scene: Scene): Promise<void> {
  const { line } = scene;
  const server = await startServer(scene);
  await signInEveryWay(scene, server);
  const connection = await connectProduction(scene);
  await connectAndEndPreview(scene);
  await goWrong(scene, connection);
  await readEverything(scene, connection);
  for (const [verb = '', ...more] of [
    ['export', '--format', 'ndjson'],
    ['backup', 'create', '--json'],
    ['backup', 'prove'],
    ['connections'],
    ['people', 'list'],
    ['sign-in-link'],
    ['verify'],
  ]) {
    const ended = await line.run(verb, ...more);
    if (ended.code !== 0) throw new Error(`${verb} ${more.join(' ')}: ${ended.err}`);
    scene.said.push({ verb, ended });
    // An export on the terminal is the record itself; its links are for nobody else.
    scene.secrets.push(...linksIn(ended.out));
  }
  // While the server holds it open, with what is not written back yet.
  scene.places.push(...placesInFiles(line.directory, 'the instance, running'));
  server.process.kill('SIGTERM');
  scene.said.push({ verb: 'serve', ended: await server.ended });
}

async function startServer({ line, secrets }: Scene): Promise<Started> {
  const server = line.start(['serve']);
  const [said] = await server.said(/sign-in#\S+/);
  secrets.push(...linksIn(said));
  return server;
}

function linksIn(text: string): Secret[] {
  return [...text.matchAll(/sign-in#([\w-]+)/g)].map(([, value = '']) => ({
    kind: 'sign-in link',
    value,
  }));
}

async function signInEveryWay({ line, owner, secrets }: Scene, server: Started): Promise<void> {
  const [, secret = ''] = await server.said(/sign-in#(\S+)/);
  const session = await owner.json<{ account: { name: string } }>('/api/session', { secret });
  const { name } = session.account;
  secrets.push({ kind: 'password', value: PASSWORD });
  await owner.json('/api/account/password', { password: PASSWORD }, 'PUT');
  const { codes } = await owner.json<{ codes: string[] }>('/api/account/recovery-codes', {});
  for (const code of codes) {
    secrets.push({ kind: 'recovery code', value: code });
    secrets.push({ kind: 'recovery code', value: code.replaceAll('-', '') });
  }
  const somebody = () => visitorOf(line.publicUrl);
  const [known, lost, wrong] = [somebody(), somebody(), somebody()];
  await known.json('/api/session/password', { name, password: PASSWORD });
  await known.json('/api/session', undefined, 'DELETE');
  await lost.json('/api/session/recovery-code', { name, code: codes[0] });
  await wrong.ask('/api/session/password', { name, password: `${PASSWORD}!` });
  await wrong.ask('/api/session/recovery-code', { name, code: `${codes[1]}0` });
  await wrong.ask('/api/session', { secret });
  await owner.json('/api/account/passkeys/begin', {});
  const invited = await owner.json<{ link: string }>('/api/accounts', { name: 'Bo', roles: [] });
  secrets.push(...linksIn(invited.link).map(({ value }) => ({ kind: 'invitation', value })));
}

/** Connects, confirms, syncs with a renewal in the middle that rotates the refresh token. */
async function connectProduction(scene: Scene): Promise<string> {
  const id = await signInAt(scene, 'athenahealth/production', NORA);
  await setFaults(scene, ['401.mid-sync', 'refresh.rotates']);
  await scene.owner.json(`/api/connections/${id}/confirm`, { personId: null });
  await synced(scene, id);
  if (!scene.relay.grants().refresh_token) throw new Error('Nothing was renewed.');
  return id;
}

async function connectAndEndPreview(scene: Scene): Promise<void> {
  await setFaults(scene, []);
  const id = await signInAt(scene, 'athenahealth/preview', PREVIEW);
  await scene.owner.json(`/api/connections/${id}/confirm`, { personId: null });
  await synced(scene, id);
  await scene.owner.json(`/api/connections/${id}/disconnect`, {});
}

/** What fails is where secrets slip out: replies that are no JSON, renewals lost, callbacks given twice or by a stranger. */
async function goWrong(scene: Scene, connection: string): Promise<void> {
  const { owner, line } = scene;
  await setFaults(scene, ['token.html']);
  await signInAt(scene, 'athenahealth/production', NORA);
  await setFaults(scene, ['token.expired-code']);
  await signInAt(scene, 'athenahealth/production', NORA);
  await setFaults(scene, []);
  // Nobody is signed in where the portal sends the browser: the answer waits, sealed, for the owner.
  const back = await begun(scene, 'athenahealth/production');
  const { pathname, search } = await answerOf(scene, back.go, NORA);
  await visitorOf(line.publicUrl).ask(`${pathname}${search}`);
  await owner.json(`/api/connections/${back.connectionId}/go-on`, {});
  await owner.ask(`${pathname}?code=made-up-by-a-stranger&state=nobody-knows-this`);
  await setFaults(scene, [
    { name: 'page.500', times: 2 },
    '401.mid-sync',
    'refresh.rotates-then-500',
  ]);
  await owner.json(`/api/connections/${connection}/sync`, {});
  await synced(scene, connection);
  await setFaults(scene, []);
  // Begun, and left at the portal: its secrets stay sealed in the store.
  const left = await begun(scene, 'athenahealth/production');
  await owner.ask(new URL(left.go).pathname);
}

async function begun({ owner, secrets }: Scene, portal: string) {
  const body = { portal, clinicId: '', personId: null };
  const reply = await owner.json<{ connectionId: string; go: string }>('/api/connections', body);
  secrets.push({ kind: 'link to a portal', value: reply.go.split('/').at(-1) ?? '' });
  return reply;
}

/** Signs in at a portal and comes back. @returns the connection's id */
async function signInAt(scene: Scene, portal: string, who: typeof NORA): Promise<string> {
  const { connectionId, go } = await begun(scene, portal);
  const { pathname, search } = await answerOf(scene, go, who);
  await scene.owner.ask(`${pathname}${search}`);
  return connectionId;
}

/** Goes from a link to the portal and through its pages. @returns the address that it sends the browser back to */
async function answerOf({ line, owner }: Scene, go: string, who: typeof NORA): Promise<URL> {
  const sent = await owner.ask(new URL(go).pathname);
  const came = await walk(
    sent.headers.get('location') ?? '',
    { ...who, decision: 'allow' },
    { stopAt: line.publicUrl },
  );
  if (came.status !== 0) throw new Error(`The portal ended with ${came.status}.`);
  return new URL(came.url);
}

/** Waits until a sync that was asked for has come to an end, whatever it came to. */
async function synced({ owner }: Scene, id: string): Promise<void> {
  await until(async () => {
    const { state } = await owner.json<Connection>(`/api/connections/${id}`);
    return state.kind !== 'syncing' && state.kind !== 'waiting';
  });
}

async function setFaults({ simulatorUrl }: Scene, on: readonly unknown[]): Promise<void> {
  const response = await fetch(`${simulatorUrl}/_simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Every address that reads, with ids of what there is; and the pages beside them. */
async function readEverything({ owner }: Scene, connection: string): Promise<void> {
  const { personId } = await owner.json<Connection>(`/api/connections/${connection}`);
  const { receipts } = await owner.json<{ receipts: { id: string }[] }>(
    `/api/connections/${connection}/receipts`,
  );
  const { days } = await owner.json<{ days: { day: string | null }[] }>(
    `/api/people/${personId}/timeline`,
    { filter: {} },
  );
  const some = days.slice(0, 20).map(({ day }) => day);
  const { days: read } = await owner.json<{ days: { groups: { rows: { id: string }[] }[] }[] }>(
    `/api/people/${personId}/timeline/days`,
    { days: some, filter: {} },
  );
  const [record] = read.flatMap((day) => day.groups.flatMap((group) => group.rows));
  for (const path of addressesToRead()) {
    const id = path.includes('/receipts/') ? receipts[0]?.id : connection;
    await owner.ask(
      path
        .replace('{person}', personId ?? '')
        .replace('{record}', record?.id ?? '')
        .replace('{id}', id ?? ''),
    );
  }
  await owner.json('/api/audit', { before: null });
  await owner.json('/api/audit/verify', {});
}

function addressesToRead(): string[] {
  const api: Api = createApi({ publicUrl: 'http://localhost:4200' } as App);
  declareRoutes(api);
  const beside = ['/', '/api/health', '/api/openapi.json', '/signed-out', '/no-such-page'];
  const keys = ['/.well-known/jwks.json', '/.well-known/jwks-preview.json'];
  const declared = api.declared.filter(({ method }) => method === 'get').map(({ path }) => path);
  return [...declared, ...beside, ...keys];
}

async function gather(scene: Scene, recording: Recording) {
  const { line, relay, said } = scene;
  const log = said.map(({ ended }) => ended.err).join('');
  const files = placesInFiles(line.directory, 'the instance');
  const spoken = said.map(({ verb, ended }) => ({
    name: `terminal of ${verb}`,
    bytes: Buffer.from(ended.out),
  }));
  const secretFile = join(line.directory, 'secret');
  const root = (await readFile(secretFile, 'utf8')).trim();
  return {
    dataDir: line.dataDir,
    secretFile,
    places: [...scene.places, ...recording.places, ...files, ...spoken, ...placesInLog(log)],
    secrets: [
      ...scene.secrets,
      ...recording.secrets,
      ...relay.secrets,
      { kind: 'root key', value: Buffer.from(root, 'hex') },
    ],
    lines: [
      ...log.split('\n'),
      ...files.filter(isName).map(({ bytes }) => Buffer.from(bytes).toString()),
    ],
    seeded: await seededWords(scene.simulatorUrl),
    grants: relay.grants(),
  };
}

const isName = ({ name }: Place) => name.startsWith('the name of a file');
