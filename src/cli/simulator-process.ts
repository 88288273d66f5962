// Owns the simulator as a process of its own beside the server: started with what we are registered as there,
// ended with the server.

import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { jwksPath } from '../keys/keyring.ts';
import type { AuthMethod, Config, PortalOverride } from '../platform/config/read.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { vendors } from '../portals/index.ts';
import {
  type Environment,
  environmentsOf,
  type Portal,
  type PortalEnvironment,
} from '../portals/portal.ts';
import { laidOutAt, secretMethod } from '../portals/registry.ts';

const MAIN = resolve(import.meta.dirname, '../../simulator/main.ts');
const START_MS = 60_000;

/** The client id that a simulated portal knows this program by. */
export function simulatedClientId(vendor: string, environment: Environment): string {
  return `chartfold-${vendor}-${environment}`;
}

/** The other loopback name than the app's, since cookies ignore ports. */
export function otherLoopbackName(publicUrl: string): string {
  return new URL(publicUrl).hostname === '127.0.0.1' ? 'localhost' : '127.0.0.1';
}

/** What the simulated vendors are told of this program: each vendor and environment, in one client mode where it has that. */
export function simulatedClients(
  publicUrl: string,
  auth: AuthMethod = 'none',
  clientSecret?: string,
) {
  return vendors.flatMap(({ portal }) =>
    simulatedPlaces(portal).map(({ environment }) => {
      const clientId = simulatedClientId(portal.id, environment);
      const method = portal.auth.includes(auth) ? auth : secretMethod(portal);
      return {
        portal: portal.id,
        environment,
        clientId,
        auth: method,
        ...(method.startsWith('client_secret') ? { clientSecret: clientSecret ?? clientId } : {}),
        jwksUri: `${publicUrl}${jwksPath(environment)}`,
        redirectUris: [`${publicUrl}${portal.callbackPath}`],
      };
    }),
  );
}

/** How this program proves itself to simulated portals. */
type Proof = { readonly auth: AuthMethod; readonly clientSecret?: string | undefined };

/** A vendor's simulated environments, as an operator would write them into CHARTFOLD_CONFIG. */
export function simulatedOverrides(
  portal: Portal,
  simulatorUrl: string,
  { auth, clientSecret }: Proof,
): PortalOverride[] {
  const unsaid = {
    scopes: undefined,
    aud: undefined,
    directoryUrl: undefined,
    requestsPerMinute: undefined,
  };
  const places = simulatedPlaces(portal);
  return places.map(({ environment, own, name }) => {
    const at = laidOutAt(`${simulatorUrl}/${portal.id}/${environment}`, own);
    return {
      ...unsaid,
      vendor: portal.id,
      environment,
      name,
      fhirBaseUrl: at.fhirBaseUrl,
      authorizationEndpoint: at.endpoints?.authorization,
      tokenEndpoint: at.endpoints?.token,
      clientId: simulatedClientId(portal.id, environment),
      clientSecret: auth.startsWith('client_secret') ? clientSecret : undefined,
      auth,
    };
  });
}

/** The servers that the simulator has for vendors whose servers are added one by one. */
export function simulatedServers(simulatorUrl: string): PortalOverride[] {
  return vendors
    .filter(({ portal }) => environmentsOf(portal).length === 0)
    .flatMap(({ portal }) => simulatedOverrides(portal, simulatorUrl, { auth: 'none' }));
}

/** A vendor's environments; where servers are added one by one, the one that the simulator has. */
function simulatedPlaces(portal: Portal) {
  const places = environmentsOf(portal).map((one) => ({ ...one, name: undefined }));
  if (places.length > 0) return places;
  const own: PortalEnvironment = {
    fhirBaseUrl: 'https://fhir.example/fhir',
    endpoints: null,
    signOut: null,
    configPrefix: '',
    directoryUrl: null,
  };
  return [{ environment: 'production' as const, own, name: 'Quarry Hill Health' }];
}

export type SimulatorStart = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly stateDir: string;
  readonly publicHost: string;
  readonly clients: ReturnType<typeof simulatedClients>;
  /** Further arguments of its own, as given to `simulate`. */
  readonly args?: readonly string[];
  /** What its heap may grow to, where Node's own limit is too little. */
  readonly heapMb?: number;
};

export type SimulatorProcess = {
  readonly url: string;
  readonly pid: number;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

/**
 * For a large heap. What lies outside it, the bytes of answers, would else have a limit of its own that is small beside it:
 * every few hundred pages all of the heap would be gone through for them, on both cores.
 */
function heapOf(mb: number): string[] {
  return [`--max-old-space-size=${mb}`, '--external-memory-accounted-in-global-limit'];
}

/** Starts the simulator and waits until it listens. @throws `simulator.failed` */
export async function startSimulatorProcess(start: SimulatorStart): Promise<SimulatorProcess> {
  const { port, stateDir, publicHost, clients, args = [], heapMb } = start;
  const child = spawn(
    process.execPath,
    [
      ...(heapMb === undefined ? [] : heapOf(heapMb)),
      MAIN,
      '--port',
      String(port),
      '--host',
      '127.0.0.1',
      '--public-host',
      publicHost,
      '--state',
      stateDir,
      '--with-parent',
      ...args,
    ],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, CHARTFOLD_SIMULATOR_CLIENTS: JSON.stringify(clients) },
    },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await ready(child);
  return { url, pid: child.pid ?? 0, ended, stop: () => end(child) };
}

/** Where the server's own simulator keeps its state. */
export function simulatorState(config: Pick<Config, 'dataDir'>): string {
  return join(config.dataDir, 'simulator');
}

/** The address from the one line that the simulator prints when it listens; what it says on stderr if it does not. */
async function ready(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < 2_000) said += chunk.toString();
  });
  const { promise, resolve: found, reject } = Promise.withResolvers<string>();
  const fail = (why: string) =>
    reject(new ChartfoldError('simulator.failed', { detail: why.trim().slice(0, 500) }));
  const timer = setTimeout(() => fail('it did not answer in time'), START_MS);
  child.once('error', () => fail('its process could not be started'));
  child.once('exit', () => fail(said || 'its process ended at once'));
  if (child.stdout) {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const parsed = parseReady(line);
      if (parsed) found(parsed);
      else fail(line);
    });
  }
  try {
    return await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function parseReady(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const url = (value as { url?: unknown } | null)?.url;
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined; // Said by the caller, with the line itself.
  }
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
