// Starts the simulated portals: one HTTP server, the environments behind it, and the control interface beside them.
// It routes; what is answered belongs to the parts.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { PortalBehaviour } from '../src/portals/behaviour.ts';
import { type Control, makeControl, makeControlHandler } from './control.ts';
import type { DirectorySize } from './directories/generate.ts';
import { environmentAt } from './environments.ts';
import { makeFaultSwitches } from './faults.ts';
import { answer, BodyTooLarge } from './http.ts';
import { type Log, makeLog } from './log.ts';
import { makePortal, type Portal } from './portal.ts';
import { makeRequestLog, type RequestLog, type RequestRecord } from './request-log.ts';
import { type ClientRegistration, registrationRules } from './smart-server/clients.ts';
import { openState, type SimulatorState } from './state.ts';
import { simulatedVendors } from './vendors/index.ts';
import type { SimulatedVendor } from './vendors/vendor.ts';

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
  /** How many clinics the published lists name; default those that have patients. */
  readonly directorySize?: DirectorySize;
  /** Keeps each page of records as it was sent, to send it again: for who measures a client. */
  readonly keepPages?: boolean;
  /** The day on which histories end, `YYYY-MM-DD`; default the day of the first start. */
  readonly anchor?: string;
  readonly faults?: readonly unknown[];
  readonly clients?: readonly ClientRegistration[];
  /** Answers other machines, too; without it only loopback addresses can be listened on. */
  readonly allowOtherMachines?: boolean;
  /** The vendors that are played; default all of them. */
  readonly vendors?: readonly string[];
  /** Facts about vendors in place of the recorded ones, by vendor, to test what depends on one. */
  readonly behaviour?: Readonly<Record<string, Partial<PortalBehaviour>>>;
  /** Lets apps be sent back to any address, whatever the vendors ask: for an instance that is reached by http. */
  readonly anyRedirect?: boolean;
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
  const played = playedVendors(options);
  const portals = played.flatMap((vendor) =>
    vendor.environments.map((name) => {
      const environment = environmentAt(url, vendor.id, name, vendor.behaviour);
      return makePortal({
        environment,
        vendor,
        behaviour: vendor.behaviour,
        state,
        faults,
        foreignOrigin: `http://${otherName}:${port}`,
        world: { environment: name, ...world },
        directorySize: options.directorySize ?? 0,
        keepsPages: options.keepPages ?? false,
        findClient: (clientId) => clients.get(`${environment.key} ${clientId}`),
        onRenewal: () => requests.renewed(),
        onError: (error) => log('error', 'oauth.failed', { error: describeError(error) }),
      });
    }),
  );
  // As many as a measurement asks for take long to make, and its requests are not to wait for them.
  if (options.size !== undefined) for (const portal of portals) void portal.store;
  const rules = registrationRules(played, options.anyRedirect ?? false);
  const control = makeControl({ url, portals, rules, faults, requests, clients, state, world });
  for (const client of options.clients ?? []) {
    if (Object.hasOwn(rules, client.portal)) control.registerClient(client);
  }
  const own = new URL(url).host;
  const listener = makeListener({ url, portals, control, requests, log });
  const ownHosts = new Set([own, `${host}:${port}`]);
  server.on('request', (request, response) => {
    listener(request, response, {
      isPublic: request.headers.host === own,
      isOwn: ownHosts.has(request.headers.host ?? ''),
    });
  });
  return control;
}

/** @throws {StartError} for one that there is not */
function playedVendors({ vendors, behaviour = {} }: SimulatorOptions): SimulatedVendor[] {
  const known = simulatedVendors.map(({ id }) => id);
  const stranger = vendors?.find((id) => !known.includes(id));
  if (stranger !== undefined) {
    throw new StartError(`There is no vendor ${stranger}; known are ${known.join(', ')}.`);
  }
  return simulatedVendors
    .filter(({ id }) => vendors?.includes(id) ?? true)
    .map((vendor) => ({ ...vendor, behaviour: { ...vendor.behaviour, ...behaviour[vendor.id] } }));
}

type ListenerParts = {
  readonly url: string;
  readonly portals: readonly Portal[];
  readonly control: Control;
  readonly requests: RequestLog;
  readonly log: Log;
};
/** Under which name a request came: the published one, or at least one of this server's. */
type Named = { readonly isPublic: boolean; readonly isOwn: boolean };

function makeListener({ url, portals, control, requests, log }: ListenerParts) {
  const handleControl = makeControlHandler(control);
  const route = (
    request: IncomingMessage,
    response: ServerResponse,
    named: Named,
    portal: Portal | undefined,
    record: RequestRecord,
  ): Promise<void> => {
    const [path = '/', rawQuery = ''] = (request.url ?? '/').split('?', 2);
    // A page elsewhere that has its own name resolve to this machine gets nothing (DNS rebinding). The portals
    // answer under their published name alone, so that a link to another name of this machine shows.
    if (portal === undefined ? !named.isOwn : !named.isPublic) {
      record.path = '(other host)';
      const body = `This server answers under ${url} only.\n`;
      return answer(request, response, { status: 421, body, contentType: 'text/plain' });
    }
    if (portal === undefined) return handleControl(request, response, path, rawQuery);
    const target = { path: path.slice(portal.environment.prefix.length), rawQuery };
    return portal.handle(request, response, target, record);
  };
  return (request: IncomingMessage, response: ServerResponse, named: Named): void => {
    const portal = portals.find(({ environment }) =>
      request.url?.startsWith(`${environment.prefix}/`),
    );
    const record = requests.begin(request, portal?.environment);
    response.on('close', () => {
      if (portal === undefined) return;
      requests.end(record, response.writableFinished ? response.statusCode : 0);
      const { environment, method, path, status, type } = record;
      log('debug', 'request', { portal: record.portal, environment, method, path, status, type });
    });
    route(request, response, named, portal, record).catch((error: unknown) => {
      log('error', 'request.failed', { path: record.path, error: describeError(error) });
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const status = error instanceof BodyTooLarge ? 413 : 500;
      return answer(request, response, { status, body: '', contentType: 'text/plain' });
    });
  };
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
