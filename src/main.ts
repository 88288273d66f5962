// The program's only entry: puts together what the folders declare and hands it to the command line. No logic.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listPeople } from './access/people.ts';
import { peopleMigrations } from './access/people-migrations.ts';
import { sessionMigrations } from './access/session-tables.ts';
import { createSessions } from './access/sessions.ts';
import { CHART_QUEUE, projectPerson } from './chart/project.ts';
import { chartMigrations } from './chart/tables.ts';
import { createControl, controlSocket } from './cli/control.ts';
import { runCli, verbs } from './cli/main.ts';
import type { Assembled, Program } from './cli/program.ts';
import {
  otherLoopbackName,
  simulatedClientId,
  simulatedClients,
  simulatorState,
  startSimulatorProcess,
} from './cli/simulator-process.ts';
import { SYNC_QUEUE } from './connections/context.ts';
import { createRefresher } from './connections/refresh.ts';
import { connectionMigrations } from './connections/tables.ts';
import type { App } from './http/app.ts';
import { createChanges } from './http/changes.ts';
import { listen, listenControl } from './http/listen.ts';
import { createServer } from './http/server.ts';
import { activeSigner, ensureRings } from './keys/keyring.ts';
import { keyMigrations } from './keys/tables.ts';
import { systemClock } from './platform/clock.ts';
import { type Config, readConfig, readEnvironment } from './platform/config/read.ts';
import { prepareDataDir, rootSecret } from './platform/config/secret.ts';
import { lockDataDir } from './platform/db/lock.ts';
import { openStore } from './platform/db/sqlite/open.ts';
import { createJobs } from './platform/jobs/jobs.ts';
import { jobMigrations } from './platform/jobs/tables.ts';
import { openLog } from './platform/log.ts';
import { outbound } from './platform/outbound.ts';
import { createSealer, deriveKeys } from './platform/seal.ts';
import {
  createRegistry,
  hasConfiguredPortal,
  portalFaults,
  vendorKeys,
} from './portals/registry.ts';
import { recordsMigrations } from './records/migrations.ts';
import type { RunTrigger } from './records/types.ts';
import { syncConnection } from './sync/run.ts';

const WEB_ROOT = resolve(import.meta.dirname, '../dist/web');
const migrations = {
  ...peopleMigrations,
  ...sessionMigrations,
  ...chartMigrations,
  ...connectionMigrations,
  ...keyMigrations,
  ...jobMigrations,
  ...recordsMigrations,
};

const program: Program = {
  readConfig: () =>
    readConfig(
      readEnvironment(),
      vendorKeys.map((key) => key.name),
      portalFaults,
    ),
  assemble,
};

async function assemble(
  config: Config,
  options: { listens: boolean; simulator: boolean },
): Promise<Assembled> {
  prepareDataDir(config.dataDir);
  const lock = await lockDataDir(config.dataDir, { pid: process.pid, address: config.publicUrl });
  const undo: (() => unknown)[] = [() => lock.release()];
  try {
    const file = join(config.dataDir, 'chartfold.sqlite');
    const root = rootSecret(config, existsSync(file));
    const keys = deriveKeys(root.secret);
    const store = await openStore({ file, keyHex: keys.database, migrations });
    undo.push(() => store.close());
    const { db } = store;
    const log = openLog(config.logLevel);
    const clock = systemClock;
    const sealer = createSealer(keys.seal);
    await ensureRings(db, sealer, clock);
    const changes = createChanges();
    const jobs = createJobs({ db, clock, log, concurrency: { [SYNC_QUEUE]: 2 } });
    undo.push(() => jobs.stop());

    const simulates =
      config.simulator === 'on' || (config.simulator === 'auto' && !hasConfiguredPortal(config));
    const publicHost = otherLoopbackName(config.publicUrl);
    const simulator =
      simulates && options.simulator
        ? await startSimulatorProcess({
            port: config.simulatorPort,
            stateDir: simulatorState(config),
            publicHost,
            clients: simulatedClients(config.publicUrl),
          })
        : null;
    if (simulator) undo.push(() => simulator.stop());
    const simulatorUrl = simulates
      ? (simulator?.url ?? `http://${publicHost}:${config.simulatorPort}`)
      : null;
    const registry = createRegistry(
      config,
      simulatorUrl ? { baseUrl: simulatorUrl, clientIdOf: simulatedClientId } : null,
    );

    const context = {
      db,
      sealer,
      clock,
      log,
      outbound,
      jobs,
      registry,
      signer: (ring: 'production' | 'preview') => activeSigner(db, sealer, ring),
      publicUrl: config.publicUrl,
      changed: (connection: string) => changes.tell({ connection }),
    };
    const refresher = createRefresher(context);
    const stopping = new AbortController();
    const app: App = {
      ...context,
      config,
      store,
      refresher,
      changes,
      simulatorUrl,
      sessions: createSessions(db, clock),
      webRoot: existsSync(WEB_ROOT) ? WEB_ROOT : null,
      stopping: stopping.signal,
    };
    undo.push(() => stopping.abort());

    await jobs.start({
      [SYNC_QUEUE]: async (payload, signal) => {
        const { connectionId, trigger } = payload as { connectionId: string; trigger: RunTrigger };
        await syncConnection(
          {
            ...context,
            refresher,
            afterCommit: (personId) => (trx) =>
              jobs.put({ queue: CHART_QUEUE, key: personId, payload: { personId } }, trx),
          },
          connectionId,
          trigger,
          signal,
        );
      },
      [CHART_QUEUE]: async (payload, signal) => {
        const { personId } = payload as { personId: string };
        if (await projectPerson(db, personId, signal)) changes.tell({ chartOf: personId });
      },
    });
    for (const person of await listPeople(db))
      await jobs.put({ queue: CHART_QUEUE, key: person.id, payload: { personId: person.id } });

    const web = options.listens ? await listen(config, createServer(app).fetch, log) : null;
    if (web) undo.push(() => web.close());
    const control = options.listens
      ? await listenControl(controlSocket(config.dataDir), createControl(app, verbs).fetch)
      : null;
    if (control) undo.push(() => control.close());
    return {
      app,
      secretMadeAt: root.madeNow,
      port: web?.port ?? null,
      close: () => closeAll(undo),
    };
  } catch (error) {
    await closeAll(undo);
    throw error;
  }
}

/** Ends everything, last begun first; one that fails does not keep the rest from ending. */
async function closeAll(undo: (() => unknown)[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      process.stderr.write(
        `${error instanceof Error ? error.message : 'a step of stopping failed'}\n`,
      );
    }
  }
}

await runCli(process.argv.slice(2), program);
