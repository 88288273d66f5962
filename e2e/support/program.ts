// Owns the program put together for a test in one process: a store in memory, a real simulator on loopback, real
// HTTP between the two, and a clock that can be moved.

import { CHART_QUEUE, projectPerson } from '../../src/chart/project.ts';
import { type Answers, walk } from '../../src/cli/selftest/scripted-browser.ts';
import {
  simulatedClientId,
  simulatedClients,
  simulatedOverrides,
  simulatedServers,
} from '../../src/cli/simulator-process.ts';
import { type BeginRequest, beginConnection, followLink } from '../../src/connections/begin.ts';
import { type CallbackResult, handleCallback } from '../../src/connections/callback.ts';
import { confirmPatient } from '../../src/connections/confirm.ts';
import { type ConnectionContext, SYNC_QUEUE } from '../../src/connections/context.ts';
import { createDirectory } from '../../src/connections/directory/directory.ts';
import { createPaces } from '../../src/connections/pace.ts';
import { createRefresher } from '../../src/connections/refresh.ts';
import { activeSigner, ensureRings, publicKeys } from '../../src/keys/keyring.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import {
  type AuthMethod,
  type Config,
  type PortalOverride,
  readConfig,
} from '../../src/platform/config/read.ts';
import type { Db } from '../../src/platform/db/db.ts';
import { openStore } from '../../src/platform/db/sqlite/open.ts';
import { createJobs } from '../../src/platform/jobs/jobs.ts';
import { sha256 } from '../../src/platform/ids.ts';
import { type Log, silentLog } from '../../src/platform/log.ts';
import type { Outbound } from '../../src/platform/outbound.ts';
import { createSealer, deriveKeys } from '../../src/platform/seal.ts';
import {
  asRegistered,
  createRegistry,
  type PortalEntry,
  type PortalRegistry,
  secretMethod,
  vendorKeys,
} from '../../src/portals/registry.ts';
import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import { firstVendor, vendors } from '../../src/portals/index.ts';
import type { Portal, Vendor } from '../../src/portals/portal.ts';
import { runSync } from '../../src/sync/job.ts';
import { syncConnection } from '../../src/sync/run.ts';
import { createServer } from 'node:http';
import { migrations } from './migrations.ts';
import { outbound } from './outbound.ts';
import { startSimulator } from '../../simulator/start.ts';

const SECRET = 'a shared secret: with % and +';

export { migrations };

type CookieOf = (name: string) => string | undefined;

export type TestProgram = Awaited<ReturnType<typeof startProgram>>;

/** Puts it together. The simulator's people are few and small, so that a test is quick. */
export async function startProgram(
  options: {
    auth?: AuthMethod;
    file?: string;
    clock?: Clock;
    log?: Log;
    outbound?: Outbound;
    backoffMs?: number;
    /** About how many resources each patient has, and how many a page is asked for. */
    size?: number;
    pageSize?: number;
    env?: Record<string, string>;
    /** The portals as they are where nothing is configured: they list their clinics, all they hold is sample. */
    isSample?: boolean;
    /** Changes what the program knows of the vendor. */
    vendor?: (vendor: Vendor) => Vendor;
    /** Changes what the simulated vendor does. */
    behaviour?: Partial<PortalBehaviour>;
    /** The one vendor that is simulated; default the first. */
    portal?: string;
    /** What the operator has written besides, by what the simulator's address is. */
    written?: (simulatorUrl: string) => Partial<PortalOverride>;
    /** Where the program says that it is reached; vendors that want https are told so unless it is given. */
    publicUrl?: string;
  } = {},
) {
  const {
    file = ':memory:',
    clock = systemClock,
    log = silentLog,
    portal: id = firstVendor,
  } = options;
  const { portal } = vendors.find((one) => one.portal.id === id) as Vendor;
  const auth = options.auth ?? portal.auth[0] ?? 'none';
  const publicUrl =
    options.publicUrl ??
    (portal.redirects.https ? 'https://chartfold.example' : 'http://localhost:4200');
  const keys = deriveKeys(new Uint8Array(32).fill(7));
  const store = await openStore({ file, keyHex: keys.database, migrations });
  const { db } = store;
  const sealer = createSealer(keys.seal);
  if (auth === 'private_key_jwt') await ensureRings(db, sealer, clock);
  const jwks = createServer(async (request, response) => {
    const ring = request.url?.includes('preview') ? 'preview' : 'production';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(await publicKeys(db, ring)));
  });
  const jwksUrl = await new Promise<string>((done) =>
    jwks.listen(0, '127.0.0.1', () =>
      done(`http://127.0.0.1:${(jwks.address() as { port: number }).port}`),
    ),
  );
  const clients = simulatedClients(
    publicUrl,
    auth,
    // What a registry puts together by itself knows no other.
    auth.startsWith('client_secret') && !options.isSample ? SECRET : undefined,
  );
  const simulator = await startSimulator({
    clients: clients.map((c) => ({
      ...c,
      jwksUri: c.jwksUri.replace(publicUrl, jwksUrl),
    })),
    size: options.size ?? 300,
    vendors: [id],
    ...(options.behaviour ? { behaviour: { [id]: options.behaviour } } : {}),
  });
  const config = configFor({
    simulatorUrl: simulator.url,
    portal,
    auth,
    publicUrl,
    env: options.env ?? {},
    written: options.written?.(simulator.url) ?? {},
  });
  const jobs = createJobs({ db, clock, log });
  const registry = changed(
    options.isSample
      ? onlyOf(
          id,
          createRegistry(
            { ...config, portals: [] },
            {
              baseUrl: simulator.url,
              servers: simulatedServers(simulator.url),
              clientIdOf: simulatedClientId,
            },
          ),
        )
      : createRegistry(config, null),
    { backoffMs: options.backoffMs ?? 1, pageSize: String(options.pageSize ?? 25) },
    options.vendor ?? ((vendor) => vendor),
  );
  const first = registry.entries.find((entry) => entry.vendor.portal.id === id)?.key ?? '';
  const changedIds: string[] = [];
  const portalsOutbound = options.outbound ?? outbound;
  const directory = createDirectory({
    db,
    outbound: portalsOutbound,
    clock,
    log,
    registry,
    tell: () => undefined,
  });
  const context: ConnectionContext = {
    db,
    sealer,
    clock,
    log,
    jobs,
    registry,
    paces: createPaces(clock),
    directory,
    outbound: portalsOutbound,
    signer: (ring) => activeSigner(db, sealer, ring),
    publicUrl,
    changed: (id) => changedIds.push(id),
  };
  const refresher = createRefresher(context);
  const syncContext = {
    ...context,
    refresher,
    afterCommit: (personId: string) => (trx: Parameters<typeof jobs.put>[1]) =>
      jobs.put({ queue: CHART_QUEUE, key: personId, payload: { personId } }, trx),
  };

  return {
    ...context,
    context,
    store,
    refresher,
    simulator,
    config,
    changedIds,
    /** Begins a connection from the app, no clinic chosen, unless `request` says otherwise. */
    begin: (request: Partial<BeginRequest> = {}) =>
      beginConnection(context, {
        portal: first,
        clinicId: '',
        personId: null,
        via: 'app',
        confirms: false,
        by: null,
        key: null,
        ...request,
      }),
    /** Follows a link as a browser of whoever began, a new one unless it has cookies; throws why nobody was sent away. */
    follow: (go: string, cookieOf?: CookieOf) => follow(context, go, cookieOf),
    /** Goes from a link to the callback as a browser would. @returns the callback's query and cookies */
    browse: (go: string, answers: Partial<Answers> = {}) => browse(context, go, answers),
    /** Hands the program what the portal sent the browser back with, signed in as who began it unless said otherwise. */
    async comeBack(back: {
      query: URLSearchParams;
      cookieOf: CookieOf;
      accountId?: string | null;
    }): Promise<CallbackResult> {
      const accountId =
        back.accountId === undefined ? await begunBy(db, back.query) : back.accountId;
      const answer = { callbackPath: portal.callbackPath, parameters: back.query };
      return handleCallback(context, refresher, answer, { cookieOf: back.cookieOf, accountId });
    },
    /** Begins, signs in, and comes back; not confirmed yet. */
    async signIn(
      request: Partial<BeginRequest> = {},
      answers: Partial<Answers> = {},
    ): Promise<CallbackResult> {
      const { go } = await this.begin(request);
      return this.comeBack(await this.browse(go, answers));
    },
    /** Says that the patient is the right one: a new person unless one is given. */
    confirm: (connectionId: string, personId: string | null = null) =>
      confirmPatient(context, connectionId, { personId }),
    /** Signs in and confirms a new person. @returns the connection's id */
    async connect(
      request: Partial<BeginRequest> = {},
      answers: Partial<Answers> = {},
    ): Promise<string> {
      const result = await this.signIn(request, answers);
      if (result.failed) throw result.failed;
      await this.confirm(result.connectionId);
      return result.connectionId;
    },
    sync: (connectionId: string, signal = new AbortController().signal) =>
      syncConnection(syncContext, connectionId, 'manual', signal),
    /** Runs what is queued: syncs of connections. */
    runJobs: () =>
      jobs.start({ [SYNC_QUEUE]: (payload, signal) => runSync(syncContext, payload, signal) }),
    project: (personId: string) => projectPerson(db, personId),
    async close() {
      await jobs.stop();
      await directory.close();
      await simulator.close();
      jwks.closeAllConnections();
      await new Promise((done) => jwks.close(done));
      await store.close();
    },
  };
}

/** The portals of the one vendor that is simulated. */
function onlyOf(vendor: string, registry: PortalRegistry): PortalRegistry {
  return {
    ...registry,
    get entries() {
      return registry.entries.filter((entry) => entry.vendor.portal.id === vendor);
    },
  };
}

/** The same portals, as a test wants them, with shorter pauses between tries and smaller pages. */
function changed(
  registry: PortalRegistry,
  { backoffMs, pageSize }: { backoffMs: number; pageSize: string },
  change: (vendor: Vendor) => Vendor,
): PortalRegistry {
  const quick = (entry: PortalEntry): PortalEntry => {
    const vendor = change(entry.vendor);
    const { portal } = vendor;
    const questions = portal.questions.map((question) => ({
      ...question,
      parameters: {
        ...question.parameters,
        ...('_count' in question.parameters ? { _count: pageSize } : {}),
      },
    }));
    const addedParameters = { ...portal.addedParameters, _count: pageSize };
    const requests = { ...portal.requests, backoffMs };
    const registered = asRegistered(portal, entry.registration);
    // A test may change what the vendor asks for; what the operator wrote counts for more.
    const asVendorAsks = asRegistered(entry.vendor.portal, entry.registration).scopes;
    const isWritten = entry.scopes.join() !== asVendorAsks.join();
    const scopes = isWritten ? entry.scopes : registered.scopes;
    const { registration } = entry;
    const isTaken = registration === null || portal.auth.includes(registration.auth);
    return {
      ...entry,
      ...registered,
      scopes,
      aud: portal.aud === 'none' ? null : (entry.aud ?? entry.fhirBaseUrl),
      discovers: !portal.environments[entry.environment]?.endpoints,
      registration: isTaken ? registration : { ...registration, auth: secretMethod(portal) },
      vendor: { ...vendor, portal: { ...portal, questions, addedParameters, requests } },
    };
  };
  return {
    ...registry,
    get entries() {
      return registry.entries.map(quick);
    },
    usable: (key, clinicId) => quick(registry.usable(key, clinicId)),
  };
}

function configFor(about: {
  readonly simulatorUrl: string;
  readonly portal: Portal;
  readonly auth: AuthMethod;
  readonly publicUrl: string;
  readonly env: Record<string, string>;
  readonly written: Partial<PortalOverride>;
}): Config {
  const { simulatorUrl, portal, auth, publicUrl, env, written } = about;
  const base = readConfig(
    { ...env },
    vendorKeys.map((key) => key.name),
  );
  const portals = simulatedOverrides(portal, simulatorUrl, { auth, clientSecret: SECRET });
  return { ...base, publicUrl, portals: portals.map((one) => ({ ...one, ...written })) };
}

/** Who began the sign-in that an answer belongs to; null for the terminal, or where it belongs to none. */
async function begunBy(db: Db, query: URLSearchParams): Promise<string | null> {
  const attempt = await db
    .selectFrom('connect_attempt')
    .select('account_id')
    .where('state_hash', '=', sha256(query.get('state') ?? ''))
    .executeTakeFirst();
  return attempt?.account_id ?? null;
}

async function follow(
  context: ConnectionContext,
  go: string,
  cookieOf: CookieOf = () => undefined,
) {
  const link = go.split('/').at(-1) ?? '';
  const attempt = await context.db
    .selectFrom('connect_attempt')
    .select('account_id')
    .where('id_hash', '=', sha256(link))
    .executeTakeFirst();
  const accountId = attempt?.account_id ?? null;
  const followed = await followLink(context, link, { cookieOf, accountId });
  if ('failed' in followed) throw followed.failed;
  return followed;
}

async function browse(context: ConnectionContext, go: string, answers: Partial<Answers>) {
  const followed = await follow(context, go);
  const cookieOf = (name: string) =>
    name === followed.cookie?.name ? followed.cookie.value : undefined;
  const end = await walk(
    followed.location,
    {
      username: 'nora@example.org',
      password: 'Sample-Login-1',
      practice: '24411',
      decision: 'allow',
      ...answers,
    },
    { stopAt: context.publicUrl },
  );
  return { query: new URL(end.url).searchParams, cookieOf, location: followed.location, end };
}
