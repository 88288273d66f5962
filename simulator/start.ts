// Starts the simulated portals: one HTTP server, the environments behind it, and the control interface beside them.
// It routes; what is answered belongs to the parts.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { athenahealthBehaviour } from '../src/portals/athenahealth/behaviour.ts';
import { type Control, makeControl, makeControlHandler } from './control.ts';
import { environmentAt, environmentNames } from './environments.ts';
import { makeFaultSwitches } from './faults.ts';
import { answer, BodyTooLarge } from './http.ts';
import { type Log, makeLog } from './log.ts';
import { makePortal, type Portal } from './portal.ts';
import { makeRequestLog } from './request-log.ts';
import type { ClientRegistration } from './smart-server/clients.ts';
import { openState, type SimulatorState } from './state.ts';

/** How to start; everything has a default that suits a test. */
export type SimulatorOptions = {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** The address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** The host name in every address that is given out; default the one that is listened on. */
  readonly publicHost?: string;
  /** Where state is kept; in memory when left out. */
  readonly stateDirectory?: string;
  readonly people?: number;
  readonly size?: number;
  readonly seed?: number;
  /** The day on which histories end, `YYYY-MM-DD`; default the day of the first start. */
  readonly anchor?: string;
  readonly faults?: readonly unknown[];
  readonly clients?: readonly ClientRegistration[];
  /** Answers other machines, too; without it only loopback addresses can be listened on. */
  readonly allowOtherMachines?: boolean;
  readonly log?: Log;
};

/** A running simulator. */
export type RunningSimulator = {
  readonly url: string;
  readonly control: Control;
  close(): Promise<void>;
};

/** A start that cannot work; the message says what to change. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Starts the simulator and resolves once it listens.
 *
 * @throws {StartError} for a host that other machines could reach, or a port in use
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const host = options.host ?? '127.0.0.1';
  if (!isLoopback(host) && options.allowOtherMachines !== true) {
    throw new StartError(
      `The simulator listens only on this machine. To let other machines reach ${host}, start it with --allow-other-machines.`,
    );
  }
  const log = options.log ?? makeLog('error', (line) => process.stderr.write(line));
  const server = createServer({ keepAliveTimeout: 30_000 });
  const port = await listen(server, options.port ?? 0, host);
  const publicHost =
    options.publicHost ?? (host === '0.0.0.0' || host === '::' ? 'localhost' : host);
  const url = `http://${publicHost.includes(':') ? `[${publicHost}]` : publicHost}:${port}`;
  const state = openState(options.stateDirectory);
  try {
    const control = await serve(server, url, host, state, options, log);
    return {
      url,
      control,
      async close() {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
        state.close();
      },
    };
  } catch (error) {
    server.close();
    state.close();
    throw error;
  }
}

async function serve(
  server: Server,
  url: string,
  host: string,
  state: SimulatorState,
  options: SimulatorOptions,
  log: Log,
): Promise<Control> {
  const faults = makeFaultSwitches(options.faults);
  const clients = new Map<string, ClientRegistration>();
  const requests = makeRequestLog();
  const world = await settleWorld(state, options);
  const { port, hostname } = new URL(url);
  const otherName = hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  const portals = await Promise.all(
    environmentNames.map((name) =>
      makePortal({
        environment: environmentAt(url, name),
        behaviour: athenahealthBehaviour,
        state,
        faults,
        foreignOrigin: `http://${otherName}:${port}`,
        world: { environment: name, ...world },
        findClient: (clientId) => clients.get(`${name} ${clientId}`),
        onError: (error) => log('error', 'oauth.failed', { error: describeError(error) }),
      }),
    ),
  );
  const control = makeControl({ url, portals, faults, requests, clients, state, world });
  for (const client of options.clients ?? []) control.registerClient(client);
  const handleControl = makeControlHandler(control);
  const ownHosts = new Set([new URL(url).host, `${host}:${port}`]);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split('?', 2);
    const portal = portals.find(({ environment }) => rawPath.startsWith(`${environment.prefix}/`));
    const record = requests.begin(request, portal?.environment.name);
    response.on('close', () => {
      if (portal === undefined) return;
      requests.end(record, response.writableFinished ? response.statusCode : 0);
      const { method, path, status, type } = record;
      log('debug', 'request', { environment: record.environment, method, path, status, type });
    });
    const handled = route(portal);
    handled.catch((error: unknown) => {
      log('error', 'request.failed', { path: record.path, error: describeError(error) });
      const status = error instanceof BodyTooLarge ? 413 : 500;
      if (!response.headersSent) {
        void answer(request, response, { status, body: '', contentType: 'text/plain' });
      } else response.destroy();
    });
    async function route(to: Portal | undefined): Promise<void> {
      const named = request.headers.host ?? '';
      // A page elsewhere that has its own name resolve to this machine gets nothing (DNS rebinding). The portals
      // answer under their published name alone, so that a link to another name of this machine shows.
      const isOwn = to === undefined ? ownHosts.has(named) : named === new URL(url).host;
      if (!isOwn) {
        record.path = '(other host)';
        const body = `This server answers under ${url} only.\n`;
        return answer(request, response, {
          status: 421,
          body,
          contentType: 'text/plain; charset=utf-8',
        });
      }
      if (to === undefined) return handleControl(request, response, rawPath, rawQuery);
      const path = rawPath.slice(to.environment.prefix.length);
      return to.handle(request, response, { path, rawQuery }, record);
    }
  });
  return control;
}

/** What decides the data, kept so that a restart finds the same people; what is asked for now wins. */
async function settleWorld(state: SimulatorState, options: SimulatorOptions) {
  const kept = await state.value('world', () => ({
    seed: 1,
    people: 0,
    size: undefined as number | undefined,
    anchor: new Date().toISOString().slice(0, 10),
  }));
  const world = {
    seed: options.seed ?? kept.seed,
    people: options.people ?? kept.people,
    size: options.size ?? kept.size,
    anchor: options.anchor ?? kept.anchor,
  };
  state.setValue('world', world);
  return world;
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const sentence = `Port ${port} is in use; set CHARTFOLD_SIMULATOR_PORT to another one.`;
      reject(new StartError(sentence, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new StartError('No address.');
  return address.port;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
