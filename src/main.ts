// The program's only entry: puts together what the folders declare and hands it to the command line. No logic.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { listPeople } from './access/people.ts';
import { ensureOwner } from './access/accounts.ts';
import { createAudit } from './access/audit.ts';
import { checkpointSigner } from './access/checkpoint.ts';
import { accessMigrations } from './access/migrations.ts';
import { CHART_QUEUE, projectPerson } from './chart/project.ts';
import { chartMigrations } from './chart/tables.ts';
import { createControl, controlSocket } from './cli/control.ts';
import { runCli, verbs } from './cli/main.ts';
import { keepSimulator } from './cli/kept-simulator.ts';
import type { AssembleOptions, Assembled, Program } from './cli/program.ts';
import {
  otherLoopbackName,
  simulatedClientId,
  simulatedClients,
  simulatedServers,
  simulatorState,
} from './cli/simulator-process.ts';
import { DIRECTORY_QUEUE, SYNC_QUEUE } from './connections/context.ts';
import { createDirectory } from './connections/directory/directory.ts';
import { updateJob } from './connections/directory/job.ts';
import { createRefresher } from './connections/refresh.ts';
import { putServers } from './connections/servers.ts';
import { createPaces } from './connections/pace.ts';
import { resumeRenewals } from './connections/queue-sync.ts';
import { directoryMigrations } from './connections/directory/tables.ts';
import { connectionMigrations } from './connections/tables.ts';
import type { App } from './http/app.ts';
import { createChanges } from './http/changes.ts';
import { listen, listenControl } from './http/listen.ts';
import { createServer } from './http/server.ts';
import { activeSigner, ensureRings, type Ring } from './keys/keyring.ts';
import type { Transaction } from './platform/db/db.ts';
import { keyMigrations } from './keys/tables.ts';
import { isoTime, systemClock } from './platform/clock.ts';
import { type Config, readConfig, readEnvironment } from './platform/config/read.ts';
import { noteStore, refuseLostStore } from './platform/config/made-before.ts';
import {
  prepareBackupDir,
  prepareDataDir,
  rootSecret,
  writeSecret,
} from './platform/config/secret.ts';
import { lockDataDir } from './platform/db/lock.ts';
import { mergeMigrations } from './platform/db/migrate.ts';
import { createJobs, type JobHandler } from './platform/jobs/jobs.ts';
import { jobMigrations } from './platform/jobs/tables.ts';
import { type Log, openLog } from './platform/log.ts';
import { beginThreads } from './platform/off-thread.ts';
import { createOutbound } from './platform/outbound.ts';
import { databaseFile, isStoreThere, openKeyedStore } from './platform/keychain/open-keyed.ts';
import { createSealer } from './platform/seal.ts';
import {
  createRegistry,
  hasConfiguredPortal,
  operatorHosts,
  portalFaults,
  vendorKeys,
} from './portals/registry.ts';
import { createBackups } from './sharing/backup/backups.ts';
import { backupMigrations } from './sharing/backup/tables.ts';
import { syncMigrations } from './sync/tables.ts';
import { recordsMigrations } from './records/migrations.ts';
import { DELETE_QUEUE, runDeletion } from './sync/delete.ts';
import { runSync } from './sync/job.ts';
import { startScheduler } from './sync/scheduler.ts';

const VERSION = (
  JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  }
).version;
const WEB_ROOT = resolve(import.meta.dirname, '../dist/web');
const migrations = mergeMigrations(
  accessMigrations,
  chartMigrations,
  connectionMigrations,
  directoryMigrations,
  keyMigrations,
  jobMigrations,
  recordsMigrations,
  backupMigrations,
  syncMigrations,
);

const program: Program = {
  readConfig: () =>
    readConfig(
      readEnvironment(),
      vendorKeys.map((key) => key.name),
      portalFaults,
    ),
  migrations,
  assemble,
};

/** What is begun is ended in the other order, by `close` or when a later step fails. */
async function assemble(config: Config, options: AssembleOptions): Promise<Assembled> {
  const undo = new AsyncDisposableStack();
  try {
    const log = openLog(config.logLevel);
    const data = await openData(config, options, undo);
    const portals = await openPortals(config, options.portals, log, undo);
    const app = putTogether(config, data, portals, log, undo);
    await putServers(app);
    await startJobs(app, options.portals, undo);
    const port = options.listens ? await openDoors(app, undo) : null;
    if (options.listens) {
      if (config.backup.every > 0) prepareBackupDir(config.backup.folder);
      app.backups.start();
    }
    if (options.listens && options.portals) {
      const scheduler = startScheduler(app);
      undo.defer(() => scheduler.stop());
    }
    return { app, secretMadeAt: data.secretMadeAt, port, close: () => undo.disposeAsync() };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

/** The data directory, ours alone; its keys; the store, up to date. */
async function openData(config: Config, options: AssembleOptions, undo: AsyncDisposableStack) {
  const where = { config, databaseFile: databaseFile(config.dataDir) };
  refuseLostStore(where);
  prepareDataDir(config.dataDir);
  const lock = lockDataDir(config.dataDir, { pid: process.pid, address: config.publicUrl });
  undo.defer(() => lock.release());
  const { secret, madeNow } = rootSecret(config, isStoreThere(where.databaseFile));
  const open = 'roots' in secret ? secret : await options.unlock(config, secret);
  const { roots } = open;
  const opened = await openKeyedStore({ dataDir: config.dataDir, roots, migrations });
  const { store, keychain } = opened;
  undo.defer(() => store.close());
  // An exchange of the root key was cut off: from here on only the one that opens the data is kept.
  if (roots.length > 1 && 'file' in config.secret)
    writeSecret(config.secret.file, await open.textOf([opened.root]));
  noteStore(where);
  const sealer = createSealer(keychain.seal);
  await ensureRings(store.db, sealer, systemClock);
  await ensureOwner(store.db, systemClock);
  return { store, sealer, keychain, secretMadeAt: madeNow };
}

/** The portals that can be reached from here; simulated ones beside where nothing is configured. */
async function openPortals(config: Config, starts: boolean, log: Log, undo: AsyncDisposableStack) {
  const simulates =
    config.simulator === 'on' || (config.simulator === 'auto' && !hasConfiguredPortal(config));
  if (!simulates) return { simulatorUrl: null, registry: createRegistry(config, null) };
  const publicHost = otherLoopbackName(config.publicUrl);
  let simulatorUrl = `http://${publicHost}:${config.simulatorPort}`;
  if (starts) {
    const start = {
      port: config.simulatorPort,
      stateDir: simulatorState(config),
      publicHost,
      clients: simulatedClients(config.publicUrl),
      args: ['--any-redirect'],
    };
    const simulator = await keepSimulator(start, { clock: systemClock, log });
    undo.defer(() => simulator.stop());
    simulatorUrl = simulator.url;
  }
  const registry = createRegistry(config, {
    baseUrl: simulatorUrl,
    servers: simulatedServers(simulatorUrl),
    clientIdOf: simulatedClientId,
  });
  return { simulatorUrl, registry };
}

function putTogether(
  config: Config,
  { store, sealer, keychain }: Awaited<ReturnType<typeof openData>>,
  portals: Pick<App, 'simulatorUrl' | 'registry'>,
  log: Log,
  undo: AsyncDisposableStack,
): App {
  const { db } = store;
  const clock = systemClock;
  const changes = createChanges();
  const outbound = createOutbound(operatorHosts(config, portals.simulatorUrl));
  undo.defer(() => outbound.close());
  const { registry } = portals;
  const tell = () => changes.tell({ directory: true });
  const directory = createDirectory({ db, outbound, clock, log, registry, tell });
  undo.defer(() => directory.close());
  const context = {
    db,
    sealer,
    clock,
    log,
    outbound,
    jobs: createJobs({ db, clock, log, concurrency: { [SYNC_QUEUE]: 2 } }),
    registry,
    directory,
    paces: createPaces(clock),
    signer: (ring: Ring) => activeSigner(db, sealer, ring),
    publicUrl: config.publicUrl,
    changed: (connection: string) => changes.tell({ connection }),
  };
  const audit = createAudit({ db, clock, log, key: keychain.audit });
  undo.defer(() => audit.stop());
  const backups = createBackups({ db, clock, log, audit, config, keychain, program: VERSION });
  undo.defer(() => backups.stop());
  const signer = checkpointSigner(keychain.checkpoint);
  return {
    ...context,
    config,
    store,
    changes,
    refresher: createRefresher(context),
    simulatorUrl: portals.simulatorUrl,
    audit,
    backups,
    checkpoint: async () => signer.sign({ ...(await audit.state()), at: isoTime(clock.now()) }),
    party: { id: new URL(config.publicUrl).hostname, origin: config.publicUrl },
    webRoot: existsSync(WEB_ROOT) ? WEB_ROOT : null,
  };
}

/** Who runs what is queued; what a former process left over goes on first. */
async function startJobs(
  app: App,
  asksPortals: boolean,
  undo: AsyncDisposableStack,
): Promise<void> {
  const chart = (personId: string) => ({
    queue: CHART_QUEUE,
    key: personId,
    payload: { personId },
  });
  const afterCommit = (personId: string) => (trx: Transaction) =>
    app.jobs.put(chart(personId), trx);
  undo.defer(() => app.jobs.stop());
  const sync: JobHandler = (payload, signal) => runSync({ ...app, afterCommit }, payload, signal);
  await app.jobs.start({
    ...(asksPortals ? { [SYNC_QUEUE]: sync, [DIRECTORY_QUEUE]: updateJob(app) } : {}),
    [DELETE_QUEUE]: (payload) =>
      runDeletion(app, (payload as { connectionId: string }).connectionId),
    [CHART_QUEUE]: async (payload, signal) => {
      const { personId } = payload as { personId: string };
      const read = await projectPerson(app.db, personId, signal);
      if (read) app.changes.tell({ chartOf: personId });
    },
  });
  for (const person of await listPeople(app.db)) await app.jobs.put(chart(person.id));
  if (!asksPortals) return;
  beginThreads();
  app.store.workBeside();
  await resumeRenewals(app);
}

/** The web address and the control socket. @returns the port */
async function openDoors(app: App, undo: AsyncDisposableStack): Promise<number> {
  const web = await listen(app.config, createServer(app).fetch, app.log);
  undo.defer(() => web.close());
  const socket = controlSocket(app.config.dataDir);
  const control = await listenControl(socket, createControl(app, verbs).fetch);
  undo.defer(() => control.close());
  return web.port;
}

await runCli(process.argv.slice(2), program);
