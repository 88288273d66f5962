// The FHIR server of one environment: from an HTTP request to an answer, by the vendor's rules. It holds no tokens
// and no resources of its own; both are asked of what it is given.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import { skewOf } from '../clock.ts';
import type { Environment } from '../environments.ts';
import type { FaultSwitches } from '../faults.ts';
import { type Answer, answer, readForm } from '../http.ts';
import type { Rate } from '../rate.ts';
import type { RequestRecord } from '../request-log.ts';
import { smartConfiguration } from '../smart-server/discovery.ts';
import { readBinary } from './binary.ts';
import { nextUrl } from './bundles.ts';
import { keepPages } from './kept-pages.ts';
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
import {
  checkPractice,
  type PatientContext,
  refuseSearch,
  type SearchPage,
  searchPage,
} from './search.ts';
import type { ResourceStore } from './store.ts';

/** What a valid access token stands for. */
export type TokenContext = PatientContext & {
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
};

export type FhirServerParts = {
  readonly environment: Environment;
  readonly behaviour: PortalBehaviour;
  readonly store: ResourceStore;
  readonly faults: FaultSwitches;
  readonly rate: Rate;
  /** Whether a clinic has switched patients' interface on. */
  readonly isOn: (practiceId: string) => boolean;
  /** Another loopback name of this same server, for links that must not be followed with a token. */
  readonly foreignOrigin: string;
  /** Keeps each page that it sends, to send it again. */
  readonly keepsPages: boolean;
  /** @returns `undefined` for a token that is expired, revoked or unknown */
  readonly readToken: (token: string) => TokenContext | undefined;
};

export type FhirHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  record: RequestRecord,
) => Promise<void>;

/** What is asked for: `path` follows the FHIR base, with its leading slash; `practiceId` is of that base, or ''. */
export type Target = {
  readonly path: string;
  readonly rawQuery: string;
  readonly practiceId: string;
};

/** Makes the handler. */
export function makeFhirServer(parts: FhirServerParts): FhirHandler {
  const { environment, behaviour, faults, rate } = parts;
  const refused = new Set<string>();
  const kept = parts.keepsPages ? keepPages(parts.store, faults) : undefined;
  return async (request, response, target, record) => {
    const { path, rawQuery, practiceId } = target;
    const { isOver, headers: rateHeaders } = rate.take(practiceId);
    const send = (reply: Answer) =>
      answer(request, response, {
        ...reply,
        contentType:
          reply.contentType === outcomes.fhirJson ? behaviour.mediaType : reply.contentType,
        headers: { 'X-Request-Id': record.id, ...rateHeaders, ...reply.headers },
      });
    const route = readRoute(request.method ?? 'GET', path, behaviour);
    record.path = `${environment.paths.fhir}${route?.template ?? path}`;
    if (isOver) return send(outcomes.tooManyRequests());
    const off = refuseWhereOff(parts, practiceId) ?? refuseMediaType(behaviour, path, request);
    if (off !== undefined) return send(off);
    const described = describeService(path, parts, environment.fhirBaseOf(practiceId));
    if (described !== undefined) return send(described);
    if (route === undefined) record.path = '(unknown)';
    if (route === undefined) return send(outcomes.notRegistered());
    record.type = route.type;
    const query =
      request.method === 'POST' ? await readForm(request) : new URLSearchParams(rawQuery);
    await delay(heldBackMs(parts, route.type, query));
    if (response.destroyed) return;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const who = token === undefined || refused.has(token) ? undefined : parts.readToken(token);
    if (token === undefined || who === undefined) {
      return send({ ...outcomes.invalidToken(), headers: bearerChallenge });
    }
    record.client = who.clientId;
    if (practiceId !== '' && practiceId !== who.practiceId) {
      return send(outcomes.noAccessToContext());
    }
    if (faults.strike('401.mid-sync', { type: route.type }) !== undefined) {
      refused.add(token);
      return send({ ...outcomes.invalidToken(), headers: bearerChallenge });
    }
    if (faults.strike('access.revoked') !== undefined) return send(outcomes.noAccessToContext());
    const refusal = refuseByScope(behaviour, who, route, query.get('category'));
    if (refusal !== undefined) return send(refusal);
    if (route.id !== undefined) {
      const { accept } = request.headers;
      return send(readOne(parts, who, { type: route.type, id: route.id, accept }, query));
    }
    const make = () =>
      redirect(parts, route.type, target) ?? search(parts, who, route.type, query, target);
    const page = kept ? await kept(request, who.patientId, make) : make();
    if (page === 'reset') {
      record.status = 0;
      request.socket.destroy();
      return;
    }
    return send(page);
  };
}

/** Where a search of some types is sent on to, with the same question. */
function redirect(
  { environment, behaviour }: FhirServerParts,
  type: string,
  { path, rawQuery, practiceId }: Target,
): Answer | undefined {
  if (!behaviour.redirectedTypes.includes(type) || path.endsWith('/')) return undefined;
  const to = `${environment.fhirBaseOf(practiceId)}${path}/${rawQuery && `?${rawQuery}`}`;
  return { status: 302, body: '', contentType: 'text/html', headers: { Location: to } };
}

/** What the vendor says for a clinic whose interface is off, or that there is not. */
function refuseWhereOff(
  { behaviour, faults, isOn }: FhirServerParts,
  practiceId: string,
): outcomes.Refusal | undefined {
  const status = behaviour.clinicOffStatus;
  if (status === null) return undefined;
  const isOff = !isOn(practiceId) || faults.strike('clinic.api-off') !== undefined;
  return isOff ? outcomes.notSwitchedOn(status) : undefined;
}

/** Of records alone: what the service says of itself, and files, come in whatever way. */
function refuseMediaType(
  { acceptBegins }: PortalBehaviour,
  path: string,
  { headers }: IncomingMessage,
): outcomes.Refusal | undefined {
  const isRecord = !/^\/(metadata|\.well-known|Binary)\b/.test(path);
  if (acceptBegins === null || !isRecord || headers.accept?.startsWith(acceptBegins)) return;
  return outcomes.notAcceptable();
}

const bearerChallenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

type Route = { readonly type: string; readonly id: string | undefined; readonly template: string };

function readRoute(method: string, path: string, behaviour: PortalBehaviour): Route | undefined {
  const [type = '', id, ...more] = path.slice(1).split('/');
  const isServed = servedTypes(behaviour).includes(type);
  if (!isServed || more.length > 0) return undefined;
  if (method === 'POST') {
    return id === '_search' ? { type, id: undefined, template: `/${type}/_search` } : undefined;
  }
  if (method !== 'GET') return undefined;
  if (id === undefined || id === '') return { type, id: undefined, template: `/${type}` };
  // Ids have nothing to encode; one that does is not there and is answered as such.
  return { type, id, template: `/${type}/{id}` };
}

/** How long an answer takes beyond the time that it takes. */
function heldBackMs(
  { behaviour, faults }: FhirServerParts,
  type: string,
  query: URLSearchParams,
): number {
  const slow = behaviour.slow[type];
  const fault = faults.strike('reply.slow', { type });
  const byVendor = slow !== undefined && !query.has(slow.parameter) ? slow.ms : 0;
  return byVendor + (fault === undefined ? 0 : (fault.delayMs ?? 2000));
}

function refuseByScope(
  behaviour: PortalBehaviour,
  who: TokenContext,
  route: Route,
  category: string | null,
): outcomes.Refusal | undefined {
  const interaction = route.id === undefined ? 'search' : 'read';
  const isDenied = behaviour.deniedToPatients.includes(route.type);
  if (isDenied || !isAllowed(behaviour, who.scopes, route.type, interaction, category)) {
    return outcomes.invalidTokenScope(route.type);
  }
  if (interaction === 'search' && behaviour.readOnlyTypes.includes(route.type)) {
    return outcomes.invalidRequest();
  }
  if (interaction === 'read' && behaviour.searchOnlyTypes.includes(route.type)) {
    return outcomes.notRegistered();
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
  target: Target,
): Answer | 'reset' {
  const { behaviour, store, faults } = parts;
  const { pages } = behaviour;
  const refusal = refuseSearch(behaviour, type, query, who) ?? refuseAsPut(faults, type, query);
  if (refusal !== undefined) return refusal;
  const lost = losePage(faults, type, Number(query.get(pages.count) ?? pages.default));
  if (lost?.kind === 'reset') return 'reset';
  if (lost !== undefined) {
    return { ...lost.refusal, headers: retryAfterHeader(lost.retryAfter, faults) };
  }
  if (query.has('_lastUpdated') && faults.strike('lastUpdated.ignored', { type }) !== undefined) {
    query.delete('_lastUpdated');
  }
  addDocuments(parts, type, who.patientId);
  const most = faults.strike('page.small', { type })?.most ?? pages.max;
  const page = searchPage(
    { ...behaviour, pages: { ...pages, max: most } },
    store,
    type,
    query,
    who,
  );
  if (page === undefined) return outcomes.invalidRequest();
  // A search that was posted has its question in the body; the links carry it all the same.
  const asked = target.rawQuery === '' ? query.toString() : target.rawQuery;
  return pageAnswer(parts, page, { type, asked, who, practiceId: target.practiceId });
}

/** A page as a Bundle, its links those of the vendor, bent by whichever faults strike. */
function pageAnswer(
  parts: FhirServerParts,
  page: SearchPage,
  search: {
    readonly type: string;
    readonly asked: string;
    readonly who: TokenContext;
    readonly practiceId: string;
  },
): Answer {
  const { environment, behaviour, faults } = parts;
  const { type, asked, who, practiceId } = search;
  const ownBase = environment.fhirBaseOf(practiceId);
  const fhirBase =
    behaviour.linkHost === 'own'
      ? ownBase
      : parts.foreignOrigin + ownBase.slice(new URL(ownBase).origin.length);
  const self = `${fhirBase}/${type}${asked === '' ? '' : `?${asked}`}`;
  const at = (value: string | undefined) =>
    value === undefined
      ? undefined
      : nextUrl(fhirBase, type, asked, { parameter: behaviour.pages.place, value });
  const strangers = addStrangers(parts, type, who.patientId);
  const text = writePage(
    faults,
    type,
    {
      fhirBase,
      fullUrl: behaviour.fullUrl,
      self,
      next: at(page.next),
      total: totalOf(behaviour, page.total),
      matches: [...page.matches, ...strangers.matches],
      included: [...page.included, ...strangers.included],
    },
    {
      rawQuery: asked,
      total: page.total,
      self: at(page.here),
      foreignOrigin: parts.foreignOrigin,
    },
  );
  return { status: 200, ...encodePage(faults, type, text), headers: { Location: self } };
}

/** A total that is wrong says a full page where there is nothing, as was recorded. */
function totalOf({ bundleTotal, pages }: PortalBehaviour, total: number): number | undefined {
  if (bundleTotal === 'absent') return undefined;
  return bundleTotal === 'wrong' && total === 0 ? pages.default : total;
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

/** What the service says of itself without a token; `undefined` for another path, or where it says nothing. */
function describeService(
  path: string,
  { environment, behaviour, faults }: FhirServerParts,
  fhirBase: string,
): Answer | undefined {
  if (path === '/metadata') {
    if (faults.strike('metadata.html') !== undefined) return outcomes.loadBalancerPage(200);
    const isEmpty = faults.strike('metadata.empty') !== undefined;
    return {
      status: 200,
      body: capabilityStatement(environment, behaviour, fhirBase, isEmpty ? [] : undefined),
      contentType: outcomes.fhirJson,
    };
  }
  if (path !== '/.well-known/smart-configuration' || !behaviour.describesItself) return undefined;
  if (faults.strike('discovery.html') !== undefined) return outcomes.loadBalancerPage(200);
  return {
    status: 200,
    body: JSON.stringify(smartConfiguration(environment, behaviour, fhirBase)),
    contentType: 'application/json',
  };
}
