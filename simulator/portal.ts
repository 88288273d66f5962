// One environment of the simulated vendor put together: its data, authorization server, FHIR server and directory.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import type { AthenahealthBehaviour } from '../src/portals/athenahealth/behaviour.ts';
import { directoryBundle } from './directories/athenahealth.ts';
import { type DirectorySize, filledUp, practiceNumber } from './directories/generate.ts';
import { serveList } from './directories/serve.ts';
import { skewOf } from './clock.ts';
import type { Environment } from './environments.ts';
import type { FaultSwitches } from './faults.ts';
import { notRegistered } from './fhir-server/outcomes.ts';
import { makeFhirServer, type TokenContext } from './fhir-server/server.ts';
import { makeResourceStore, type ResourceStore } from './fhir-server/store.ts';
import { answer, answerJson } from './http.ts';
import type { Resource } from './json-text.ts';
import { parseExactly } from './json-text.ts';
import { generateWorld } from './people/generate.ts';
import type { Account, Practice, WorldRequest } from './people/world.ts';
import type { RequestRecord } from './request-log.ts';
import type { ClientRegistration } from './smart-server/clients.ts';
import { openidConfiguration } from './smart-server/discovery.ts';
import { makeSigningKey, makeTokenSigner, type TokenSigner } from './smart-server/keys.ts';
import { makeLoginHandler } from './smart-server/login.ts';
import { type Logins, makeLogins } from './smart-server/logins.ts';
import { makeOAuthServer, type OAuthHandler } from './smart-server/oauth-server.ts';
import { makeProvider } from './smart-server/provider.ts';
import type { SimulatorState } from './state.ts';

export type PortalParts = {
  readonly environment: Environment;
  readonly behaviour: AthenahealthBehaviour;
  readonly state: SimulatorState;
  readonly faults: FaultSwitches;
  readonly foreignOrigin: string;
  readonly world: WorldRequest;
  /** How many practices its list names, in production. */
  readonly directorySize: DirectorySize;
  readonly findClient: (clientId: string) => ClientRegistration | undefined;
  /** Told of each renewal of tokens that was made. */
  readonly onRenewal: () => void;
  /** Told of faults of the simulator itself. */
  readonly onError: (error: unknown) => void;
};

export type Portal = {
  readonly environment: Environment;
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

/** Makes one environment; its signing key and edits come from the state. */
export async function makePortal(parts: PortalParts): Promise<Portal> {
  const { environment, behaviour, state, faults } = parts;
  const store = makeResourceStore();
  const world = { ...parts.world, rates: behaviour.rates };
  const { accounts, practices } = generateWorld(world, (generated) => store.put(generated));
  for (const edit of state.edits()) {
    if (edit.environment === environment.name) applyEdit(store, edit);
  }
  const logins = makeLogins(accounts);
  const signer = makeTokenSigner(await signingKeyOf(parts));
  const oauth = await makeAuthorizationServer(parts, { accounts, practices, logins, signer });
  const fhir = makeFhirServer({
    environment,
    behaviour,
    store,
    faults,
    foreignOrigin: parts.foreignOrigin,
    readToken: makeTokenReader(parts, logins, signer),
  });
  const list = serveList(() => {
    const size = environment.name === 'production' ? parts.directorySize : 0;
    const { seed } = parts.world;
    const wanted = { vendor: 'athenahealth', size, seed } as const;
    return directoryBundle(environment, filledUp(practices, wanted, practiceNumber));
  });
  return {
    environment,
    store,
    accounts,
    practices,
    async handle(request, response, { path, rawQuery }, record) {
      const skewMs = skewOf(faults);
      if (skewMs !== 0) response.setHeader('Date', new Date(Date.now() + skewMs).toUTCString());
      if (path.startsWith('/fhir/r4/')) {
        const target = { path: path.slice('/fhir/r4'.length), rawQuery };
        return fhir(request, response, target, record);
      }
      if (path.startsWith('/oauth2/v1/')) {
        return oauth(request, response, { path, rawQuery }, record);
      }
      record.path = path;
      if (path === '/okta/.well-known/openid-configuration') {
        return answerJson(request, response, openidConfiguration(environment, behaviour));
      }
      if (path === '/athena-fhir-service-base-urls.json') {
        return list(request, response);
      }
      record.path = '(unknown)';
      return answer(request, response, notRegistered());
    },
  };
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
  return state.value(`signing-key.${environment.name}`, makeSigningKey);
}

async function makeAuthorizationServer(
  parts: PortalParts,
  who: {
    readonly accounts: readonly Account[];
    readonly practices: readonly Practice[];
    readonly logins: Logins;
    readonly signer: TokenSigner;
  },
): Promise<OAuthHandler> {
  const { environment, behaviour, state, faults } = parts;
  const { signer, logins } = who;
  const cookieKey = await state.value(`cookie-key.${environment.name}`, () =>
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
  const login = makeLoginHandler({ environment, provider, faults, ...who });
  return makeOAuthServer({
    environment,
    behaviour,
    faults,
    provider,
    signer,
    login,
    onRenewal: parts.onRenewal,
  });
}

/** Reads an access token by its record, so that one that was revoked is worth nothing at once. */
function makeTokenReader({ environment, state }: PortalParts, logins: Logins, signer: TokenSigner) {
  return (token: string): TokenContext | undefined => {
    const id = signer.readId(token);
    if (id === undefined) return undefined;
    const payload = state.findOidc(`oauth.${environment.name}`, 'AccessToken', id)?.payload;
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
