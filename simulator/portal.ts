// One environment of the simulated vendor put together: its data, authorization server, FHIR server and directory.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import type { PortalBehaviour } from '../src/portals/behaviour.ts';
import { type DirectorySize, filledUp } from './directories/generate.ts';
import { serveList } from './directories/serve.ts';
import { skewOf } from './clock.ts';
import type { Environment } from './environments.ts';
import type { FaultSwitches } from './faults.ts';
import { notRegistered } from './fhir-server/outcomes.ts';
import { type FhirHandler, makeFhirServer, type TokenContext } from './fhir-server/server.ts';
import { makeResourceStore, type ResourceStore } from './fhir-server/store.ts';
import { answer, answerJson } from './http.ts';
import type { Resource } from './json-text.ts';
import { parseExactly } from './json-text.ts';
import type { Account, Practice, WorldRequest } from './people/world.ts';
import { makeRate, type Rate } from './rate.ts';
import type { RequestRecord } from './request-log.ts';
import type { ClientRegistration } from './smart-server/clients.ts';
import { openidConfiguration } from './smart-server/discovery.ts';
import { makeSigningKey, makeTokenSigner, type TokenSigner } from './smart-server/keys.ts';
import { makeLoginHandler } from './smart-server/login.ts';
import { type Logins, makeLogins } from './smart-server/logins.ts';
import { isOAuthPath, makeOAuthServer, type OAuthHandler } from './smart-server/oauth-server.ts';
import { makeProvider } from './smart-server/provider.ts';
import type { SimulatorState } from './state.ts';
import type { PublishedList, SimulatedVendor } from './vendors/vendor.ts';

export type PortalParts = {
  readonly environment: Environment;
  readonly vendor: SimulatedVendor;
  /** The vendor's, or what a test wants in its place. */
  readonly behaviour: PortalBehaviour;
  readonly state: SimulatorState;
  readonly faults: FaultSwitches;
  readonly foreignOrigin: string;
  readonly world: WorldRequest;
  /** How many practices its list names, in production. */
  readonly directorySize: DirectorySize;
  readonly keepsPages: boolean;
  readonly findClient: (clientId: string) => ClientRegistration | undefined;
  /** Told of each renewal of tokens that was made. */
  readonly onRenewal: () => void;
  /** Told of faults of the simulator itself. */
  readonly onError: (error: unknown) => void;
};

export type Portal = {
  readonly environment: Environment;
  readonly behaviour: PortalBehaviour;
  readonly store: ResourceStore;
  readonly accounts: readonly Account[];
  readonly practices: readonly Practice[];
  /** Handles a request whose path, without the prefix, is `target.path`. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    target: { readonly path: string; readonly rawQuery: string },
    record: RequestRecord,
  ): Promise<void>;
};

/**
 * Makes one environment. Its people, and the servers with their keys, come when they are first asked for: who starts the
 * simulator mostly asks one environment of the many. Keys and edits are from the state.
 */
export function makePortal(parts: PortalParts): Portal {
  const { environment, behaviour, faults } = parts;
  const people = once(() => makePeople(parts));
  const handler = once(() => makeHandler(parts, people()));
  return {
    environment,
    behaviour,
    get store() {
      return people().store;
    },
    get accounts() {
      return people().accounts;
    },
    get practices() {
      return people().practices;
    },
    async handle(request, response, target, record) {
      const skewMs = skewOf(faults);
      if (skewMs !== 0) response.setHeader('Date', new Date(Date.now() + skewMs).toUTCString());
      const handle = await handler();
      return handle(request, response, target, record);
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

type People = Pick<Portal, 'store' | 'accounts' | 'practices'>;

function makePeople(parts: PortalParts): People {
  const { environment, state } = parts;
  const { store, ...who } = state.isKept ? makeWorld(parts) : passingWorld(parts);
  for (const edit of state.edits()) {
    if (edit.environment === environment.key) applyEdit(store, edit);
  }
  return { store, ...who };
}

function makeWorld({ vendor, world, behaviour }: PortalParts): People {
  const store = makeResourceStore();
  const who = vendor.generateWorld({ ...world, rates: behaviour.rates }, (generated) =>
    store.put(generated),
  );
  return { store, ...who };
}

function passingWorld(parts: PortalParts): People {
  const { vendor, world, behaviour } = parts;
  const key = JSON.stringify([vendor.id, world, behaviour.rates]);
  const { store, ...who } = passingWorlds.get(key) ?? makeWorld(parts);
  passingWorlds.set(key, { store, ...who });
  return { store: store.copy(), ...who };
}

/** By what decides a world. Who keeps no state starts again and again in one process, a test for each of its cases. */
const passingWorlds = new Map<string, People>();

async function makeHandler(
  parts: PortalParts,
  { store, accounts, practices }: People,
): Promise<Portal['handle']> {
  const { environment, behaviour, faults } = parts;
  const logins = makeLogins(accounts);
  const signer = makeTokenSigner(await signingKeyOf(parts));
  const rate = makeRate(behaviour.rate);
  const oauth = await makeAuthorizationServer(parts, { accounts, practices, logins, signer, rate });
  const fhir = makeFhirServer({
    environment,
    behaviour,
    store,
    faults,
    rate,
    isOn: (practiceId) => practices.some(({ id, isOff }) => id === practiceId && !isOff),
    foreignOrigin: parts.foreignOrigin,
    keepsPages: parts.keepsPages,
    readToken: makeTokenReader(parts, logins, signer),
  });
  const { list } = parts.vendor;
  const serve = list && serveList(() => clinicsListed(parts, list, practices));
  return async (request, response, { path, rawQuery }, record) => {
    const asked = fhirTarget(environment, path);
    if (asked !== undefined) return fhir(request, response, { ...asked, rawQuery }, record);
    if (isOAuthPath(environment, path)) {
      return oauth(request, response, { path, rawQuery }, record);
    }
    record.path = path;
    const { issuer, directory } = environment.paths;
    if (issuer !== null && path === `${issuer}/.well-known/openid-configuration`) {
      return answerJson(request, response, openidConfiguration(environment, behaviour));
    }
    if (serve && path === directory) return serve(request, response);
    record.path = '(unknown)';
    return answer(request, response, notRegistered());
  };
}

/** The list that the vendor publishes, as large as it is asked to be; test environments stay small. */
function clinicsListed(
  { environment, vendor, directorySize, world }: PortalParts,
  list: PublishedList,
  practices: readonly Practice[],
): string {
  const size = environment.name === 'production' ? directorySize : 0;
  const wanted = { vendor: vendor.id, size, seed: world.seed };
  return list.text(environment, filledUp(practices, list.filling, wanted));
}

/** What of a path is the FHIR server's: the clinic in it, where each has a base, and what follows the base. */
function fhirTarget(
  { paths }: Environment,
  path: string,
): Pick<Parameters<FhirHandler>[2], 'path' | 'practiceId'> | undefined {
  const pattern = `^${paths.fhir.replace('{clinic}', '([\\w-]+)')}(/.*)$`;
  const found = new RegExp(pattern).exec(path);
  if (found === null) return undefined;
  const [practiceId, below] = found.length === 3 ? [found[1], found[2]] : ['', found[1]];
  return { practiceId: practiceId ?? '', path: below ?? '' };
}

/** Puts a stored edit onto the generated resources. */
export function applyEdit(
  store: ResourceStore,
  edit: { readonly type: string; readonly id: string; readonly text: string | null },
): void {
  if (edit.text === null) {
    store.delete(edit.type, edit.id);
    return;
  }
  const resource = parseExactly(edit.text) as Resource;
  const before = store.get(edit.type, edit.id);
  const meta = resource.meta as { lastUpdated?: string } | undefined;
  const patientId = before?.patientId ?? patientOf(resource);
  store.put({
    resource,
    updated: meta?.lastUpdated ?? before?.updated ?? '1970-01-01T00:00:00Z',
    ...(patientId === undefined ? {} : { patientId }),
  });
}

/** Whose a resource says that it is. */
function patientOf({ subject, patient }: Resource): string | undefined {
  const { reference } = (subject ?? patient ?? {}) as { reference?: string };
  return /^Patient\/(.+)$/.exec(reference ?? '')?.[1];
}

function signingKeyOf({ environment, state }: PortalParts): Promise<JWK> {
  return state.value(`signing-key.${environment.key}`, () => {
    if (state.isKept) return makeSigningKey();
    const made = passingKeys.get(environment.key) ?? makeSigningKey();
    passingKeys.set(environment.key, made);
    return made;
  });
}

/** By environment: a state in memory ends with the process, and its key may too. Making one takes a tenth of a second. */
const passingKeys = new Map<string, Promise<JWK>>();

async function makeAuthorizationServer(
  parts: PortalParts,
  who: {
    readonly accounts: readonly Account[];
    readonly practices: readonly Practice[];
    readonly logins: Logins;
    readonly signer: TokenSigner;
    readonly rate: Rate;
  },
): Promise<OAuthHandler> {
  const { environment, behaviour, state, faults } = parts;
  const { signer, logins } = who;
  const cookieKey = await state.value(`cookie-key.${environment.key}`, () =>
    randomBytes(32).toString('base64url'),
  );
  const provider = makeProvider({
    environment,
    behaviour,
    state,
    faults,
    signingKey: await signingKeyOf(parts),
    cookieKey,
    signer,
    findClient: parts.findClient,
    findLogin: logins.bySubject,
  });
  provider.on('server_error', (_ctx, error) => parts.onError(error));
  provider.on('error' as never, (error: unknown) => parts.onError(error));
  const login = makeLoginHandler({ environment, behaviour, provider, faults, ...who });
  return makeOAuthServer({
    environment,
    behaviour,
    faults,
    provider,
    signer,
    rate: who.rate,
    login,
    practiceOf: (subject) => logins.bySubject(subject ?? '')?.chart.practiceId,
    onRenewal: parts.onRenewal,
  });
}

/** Reads an access token by its record, so that one that was revoked is worth nothing at once. */
function makeTokenReader(
  { environment, behaviour, state }: PortalParts,
  logins: Logins,
  signer: TokenSigner,
) {
  return (token: string): TokenContext | undefined => {
    const id = behaviour.accessToken.form === 'jwt' ? signer.readId(token) : token;
    if (id === undefined) return undefined;
    const payload = state.findOidc(`oauth.${environment.key}`, 'AccessToken', id)?.payload;
    const login = logins.bySubject(String(payload?.accountId));
    if (payload === undefined || login === undefined) return undefined;
    if (Number(payload.exp) <= Date.now() / 1000) return undefined;
    return {
      patientId: login.chart.patientId,
      practiceId: login.chart.practiceId,
      clientId: String(payload.clientId),
      scopes: new Set(String(payload.scope ?? '').split(' ')),
    };
  };
}
