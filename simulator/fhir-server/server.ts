// The FHIR server of one environment: from an HTTP request to an answer, by the vendor's rules. It holds no tokens
// and no resources of its own; both are asked of what it is given.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { AthenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
import { skewOf } from '../clock.ts';
import type { Environment } from '../environments.ts';
import type { FaultSwitches } from '../faults.ts';
import { type Answer, answer, readForm } from '../http.ts';
import type { RequestRecord } from '../request-log.ts';
import { smartConfiguration } from '../smart-server/discovery.ts';
import { readBinary } from './binary.ts';
import { nextUrl } from './bundles.ts';
import { capabilityStatement } from './metadata.ts';
import {
  addDocuments,
  addStrangers,
  bendText,
  encodePage,
  losePage,
  refuseAsPut,
  writePage,
} from './misbehaviour.ts';
import * as outcomes from './outcomes.ts';
import { isAllowed, servedTypes } from './scopes.ts';
import { checkPractice, type PatientContext, refuseSearch, searchPage } from './search.ts';
import type { ResourceStore } from './store.ts';

/** What a valid access token stands for. */
export type TokenContext = PatientContext & {
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
};

export type FhirServerParts = {
  readonly environment: Environment;
  readonly behaviour: AthenahealthBehaviour;
  readonly store: ResourceStore;
  readonly faults: FaultSwitches;
  /** Another loopback name of this same server, for links that must not be followed with a token. */
  readonly foreignOrigin: string;
  /** @returns `undefined` for a token that is expired, revoked or unknown */
  readonly readToken: (token: string) => TokenContext | undefined;
};

export type FhirHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly path: string; readonly rawQuery: string },
  record: RequestRecord,
) => Promise<void>;

/** Makes the handler; `target.path` is what follows the FHIR base, with its leading slash. */
export function makeFhirServer(parts: FhirServerParts): FhirHandler {
  const { environment, behaviour, faults } = parts;
  const refused = new Set<string>();
  const rate = { second: 0, used: 0 };
  return async (request, response, { path, rawQuery }, record) => {
    const send = (reply: Answer) =>
      answer(request, response, {
        ...reply,
        headers: { ...commonHeaders(rate, behaviour, record), ...reply.headers },
      });
    if (path === '/.well-known/smart-configuration' || path === '/metadata') {
      record.path = `/fhir/r4${path}`;
      return send(describeService(path, environment, behaviour, faults));
    }
    const route = readRoute(request.method ?? 'GET', path);
    record.path = route === undefined ? '(unknown)' : `/fhir/r4${route.template}`;
    if (route === undefined) return send(outcomes.notRegistered());
    record.type = route.type;
    const slow = faults.strike('reply.slow', { type: route.type });
    if (slow !== undefined) await delay(slow.delayMs ?? 2000);
    if (response.destroyed) return;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const who = token === undefined || refused.has(token) ? undefined : parts.readToken(token);
    if (token === undefined || who === undefined) {
      return send({ ...outcomes.invalidToken(), headers: bearerChallenge });
    }
    record.client = who.clientId;
    if (faults.strike('401.mid-sync', { type: route.type }) !== undefined) {
      refused.add(token);
      return send({ ...outcomes.invalidToken(), headers: bearerChallenge });
    }
    if (faults.strike('access.revoked') !== undefined) return send(outcomes.noAccessToContext());
    const query =
      request.method === 'POST' ? await readForm(request) : new URLSearchParams(rawQuery);
    const refusal = refuseByScope(behaviour, who, route);
    if (refusal !== undefined) return send(refusal);
    if (route.id !== undefined) {
      const { accept } = request.headers;
      return send(readOne(parts, who, { type: route.type, id: route.id, accept }, query));
    }
    const page = search(parts, who, route.type, query, rawQuery);
    if (page === 'reset') {
      record.status = 0;
      request.socket.destroy();
      return;
    }
    return send(page);
  };
}

const bearerChallenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

type Route = { readonly type: string; readonly id: string | undefined; readonly template: string };

function readRoute(method: string, path: string): Route | undefined {
  const [type = '', id, ...more] = path.slice(1).split('/');
  if (!servedTypes.includes(type) || more.length > 0) return undefined;
  if (method === 'POST') {
    return id === '_search' ? { type, id: undefined, template: `/${type}/_search` } : undefined;
  }
  if (method !== 'GET') return undefined;
  if (id === undefined || id === '') return { type, id: undefined, template: `/${type}` };
  // Ids have nothing to encode; one that does is not there and is answered as such.
  return { type, id, template: `/${type}/{id}` };
}

function refuseByScope(
  behaviour: AthenahealthBehaviour,
  who: TokenContext,
  route: Route,
): outcomes.Refusal | undefined {
  const interaction = route.id === undefined ? 'search' : 'read';
  const isDenied = behaviour.deniedToPatients.includes(route.type);
  if (isDenied || !isAllowed(behaviour, who.scopes, route.type, interaction)) {
    return outcomes.invalidTokenScope(route.type);
  }
  if (interaction === 'search' && behaviour.readOnlyTypes.includes(route.type)) {
    return outcomes.invalidRequest();
  }
  return undefined;
}

function readOne(
  { behaviour, store, faults, foreignOrigin }: FhirServerParts,
  who: TokenContext,
  { type, id, accept }: { type: string; id: string; accept: string | undefined },
  query: URLSearchParams,
): Answer {
  const wrongPractice = checkPractice(behaviour, query, who);
  if (wrongPractice !== undefined) return wrongPractice;
  const found = store.get(type, id);
  const isVisible =
    found !== undefined && (found.patientId === undefined || found.patientId === who.patientId);
  if (!isVisible) return outcomes.notFound(type, id);
  if (type === 'Binary') return readBinary(faults, found, accept);
  const bend = bendText(faults, type, foreignOrigin);
  return { status: 200, body: bend?.(found) ?? found.text, contentType: outcomes.fhirJson };
}

function search(
  parts: FhirServerParts,
  who: TokenContext,
  type: string,
  query: URLSearchParams,
  rawQuery: string,
): Answer | 'reset' {
  const { environment, behaviour, store, faults } = parts;
  const refusal = refuseSearch(behaviour, type, query, who) ?? refuseAsPut(faults, type, query);
  if (refusal !== undefined) return refusal;
  const lost = losePage(faults, type, Number(query.get('_count') ?? behaviour.pageSize.default));
  if (lost?.kind === 'reset') return 'reset';
  if (lost !== undefined) {
    return { ...lost.refusal, headers: retryAfterHeader(lost.retryAfter, faults) };
  }
  if (query.has('_lastUpdated') && faults.strike('lastUpdated.ignored', { type }) !== undefined) {
    query.delete('_lastUpdated');
  }
  addDocuments(parts, type, who.patientId);
  const most = faults.strike('page.small', { type })?.most ?? behaviour.pageSize.max;
  const page = searchPage(
    { ...behaviour, pageSize: { ...behaviour.pageSize, max: most } },
    store,
    type,
    query,
    who,
  );
  if (page === undefined) return outcomes.invalidRequest();
  // A search that was posted has its question in the body; the links carry it all the same.
  const asked = rawQuery === '' ? query.toString() : rawQuery;
  const self = `${environment.fhirBase}/${type}${asked === '' ? '' : `?${asked}`}`;
  const strangers = addStrangers(parts, type, who.patientId);
  const text = writePage(
    faults,
    type,
    {
      fhirBase: environment.fhirBase,
      self,
      next:
        page.nextCursor === undefined
          ? undefined
          : nextUrl(environment.fhirBase, type, asked, page.nextCursor),
      total: behaviour.bundleTotal ? page.total : undefined,
      matches: [...page.matches, ...strangers.matches],
      included: [...page.included, ...strangers.included],
    },
    { rawQuery: asked, total: page.total, foreignOrigin: parts.foreignOrigin },
  );
  return { status: 200, ...encodePage(faults, type, text), headers: { Location: self } };
}

/** In seconds; as a date by a portal whose clock is wrong, since that is where it matters. */
function retryAfterHeader(
  seconds: number | undefined,
  faults: FaultSwitches,
): Record<string, string> {
  if (seconds === undefined) return {};
  const skewMs = skewOf(faults);
  const at = new Date(Date.now() + skewMs + seconds * 1000);
  return { 'Retry-After': skewMs === 0 ? String(seconds) : at.toUTCString() };
}

function describeService(
  path: string,
  environment: Environment,
  behaviour: AthenahealthBehaviour,
  faults: FaultSwitches,
): Answer {
  if (path === '/metadata') {
    if (faults.strike('metadata.html') !== undefined) return outcomes.loadBalancerPage(200);
    const isEmpty = faults.strike('metadata.empty') !== undefined;
    return {
      status: 200,
      body: capabilityStatement(environment, behaviour, isEmpty ? [] : undefined),
      contentType: outcomes.fhirJson,
    };
  }
  if (faults.strike('discovery.html') !== undefined) {
    return { ...outcomes.loadBalancerPage(200) };
  }
  return {
    status: 200,
    body: JSON.stringify(smartConfiguration(environment, behaviour)),
    contentType: 'application/json',
  };
}

function commonHeaders(
  rate: { second: number; used: number },
  behaviour: AthenahealthBehaviour,
  record: RequestRecord,
): Record<string, string> {
  const second = Math.floor(Date.now() / 1000);
  if (rate.second !== second) Object.assign(rate, { second, used: 0 });
  rate.used += 1;
  const limit = String(behaviour.requestsPerSecond);
  const remaining = String(Math.max(0, behaviour.requestsPerSecond - rate.used));
  return {
    'X-Request-Id': record.id,
    'X-RateLimit-Limit': limit,
    'X-RateLimit-Remaining': remaining,
    'RateLimit-Limit': limit,
    'RateLimit-Remaining': remaining,
    'RateLimit-Reset': '1',
    // The vendor's load balancer garbles the Connection header; a client has to ignore it.
    Cneonction: 'close',
  };
}
