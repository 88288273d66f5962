// The simulator's own interface, for tests and for a person: faults on and off, what clients sent, what is true, and
// edits. It answers on this machine only and is no part of what the vendor does.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PortalBehaviour } from '../src/portals/behaviour.ts';
import { type EnvironmentName, isEnvironmentName } from './environments.ts';
import { FaultError, type FaultSetting, type FaultSwitches } from './faults.ts';
import { type ResourceStore, type StoredResource, textDigest } from './fhir-server/store.ts';
import { homePage } from './home-page.ts';
import { type Answer, answer, answerJson, readBody } from './http.ts';
import { parseExactly, type Resource, writeExactly } from './json-text.ts';
import { applyEdit, type Portal } from './portal.ts';
import type { RequestLog, RequestRecord } from './request-log.ts';
import {
  type ClientRegistration,
  readRegistration,
  RegistrationError,
  type RegistrationRules,
} from './smart-server/clients.ts';
import { contentSecurityPolicy } from './smart-server/pages.ts';
import type { SimulatorState } from './state.ts';

export type ControlParts = {
  readonly url: string;
  readonly portals: readonly Portal[];
  readonly rules: RegistrationRules;
  readonly faults: FaultSwitches;
  readonly requests: RequestLog;
  readonly clients: Map<string, ClientRegistration>;
  readonly state: SimulatorState;
  readonly world: { readonly seed: number; readonly people: number; readonly anchor: string };
};

/** What a patient's scopes could see: every resource's identity and the digest of its exact text. */
export type Truth = {
  readonly environment: EnvironmentName;
  readonly patient: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly resources: readonly {
    readonly type: string;
    readonly id: string;
    readonly sha256: string;
  }[];
};

/** A change to one resource: a deletion, a whole new text, or some elements set. */
export type Edit = {
  /** The vendor; default athenahealth, whose environments were the first. */
  readonly portal?: string;
  readonly environment: EnvironmentName;
  readonly type: string;
  readonly id: string;
  readonly delete?: boolean;
  /** The whole text, kept exactly but for the `\u` escapes. */
  readonly text?: string;
  /** Elements of the top level that are replaced; `meta.lastUpdated` becomes now unless it is given. */
  readonly set?: Readonly<Record<string, unknown>>;
};

/** An edit, fault or registration that cannot be done; the message says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

export type Control = ReturnType<typeof makeControl>;

/** Whose environments are meant where no vendor is named. */
const firstVendor = 'athenahealth';

/** The interface as functions, for tests in the same process. */
export function makeControl(parts: ControlParts) {
  const { portals, faults, requests, clients, state } = parts;
  const portal = (name: unknown, vendor = firstVendor): Portal => {
    const found = portals.find(
      ({ environment }) => environment.name === name && environment.vendor === vendor,
    );
    if (found === undefined) {
      const known = portals.map(({ environment }) => environment.key).join(', ');
      throw new ControlError(`There is no ${vendor}/${String(name)}; there are ${known}.`);
    }
    return found;
  };
  return {
    registerClient(value: unknown): void {
      const client = readRegistration(value, parts.rules);
      clients.set(`${client.portal}/${client.environment} ${client.clientId}`, client);
    },
    setFaults(on: readonly unknown[]): readonly FaultSetting[] {
      faults.replace(on);
      return faults.list();
    },
    faults: () => faults.list(),
    requests: (): readonly RequestRecord[] => requests.list(),
    requestCounts: () => requests.counts(),
    clearRequests: () => requests.clear(),
    truth(environment: EnvironmentName, patientId: string, vendor?: string): Truth {
      const { store, behaviour } = portal(environment, vendor);
      return tellTruth(store, environment, patientId, typesToldOf(behaviour));
    },
    /** The exact text of a resource. */
    text: (
      environment: EnvironmentName,
      type: string,
      id: string,
      vendor?: string,
    ): string | undefined => portal(environment, vendor).store.get(type, id)?.text,
    edit(edit: Edit): void {
      const { store, environment } = portal(edit.environment, edit.portal);
      const text = editedText(store.get(edit.type, edit.id), edit, faults);
      const stored = { environment: environment.key, type: edit.type, id: edit.id, text };
      applyEdit(store, stored);
      state.saveEdit(stored);
    },
    /** What is simulated, without anything secret but the sample passwords. */
    describe() {
      return {
        url: parts.url,
        world: parts.world,
        faults: faults.list(),
        requests: requests.counts(),
        environments: portals.map((one) => describeEnvironment(one, clients)),
      };
    },
  };
}

function describeEnvironment(
  { environment, store, accounts, practices }: Portal,
  clients: ControlParts['clients'],
) {
  const { vendor, name, base, fhirBase, issuer, paths } = environment;
  return {
    portal: vendor,
    name,
    fhirBaseUrl: fhirBase,
    issuer,
    directory: paths.directory === null ? null : `${base}${paths.directory}`,
    resources: store.count(),
    practices,
    accounts,
    clients: [...clients.values()]
      .filter((client) => client.portal === vendor && client.environment === name)
      .map(({ clientId, auth, redirectUris }) => ({ clientId, auth, redirectUris })),
  };
}

/** The same over HTTP, to this machine only. */
export function makeControlHandler(control: Control) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    rawQuery: string,
  ): Promise<void> => {
    if (!isThisMachine(request.socket.remoteAddress)) {
      return answerJson(request, response, { error: 'Only from this machine.' }, 403);
    }
    try {
      await dispatch(control, request, response, path, rawQuery);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await answerJson(request, response, { error: error.message }, 400);
    }
  };
}

async function dispatch(
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  rawQuery: string,
): Promise<void> {
  const question = `${request.method ?? 'GET'} ${path}`;
  const query = new URLSearchParams(rawQuery);
  switch (question) {
    case 'GET /':
      return answer(request, response, ownPage(control));
    case 'GET /_simulator/state':
      return answerJson(request, response, control.describe());
    case 'GET /_simulator/requests':
      return answerJson(request, response, {
        counts: control.requestCounts(),
        requests: control.requests(),
      });
    case 'DELETE /_simulator/requests':
      control.clearRequests();
      return answerJson(request, response, { counts: control.requestCounts() });
    case 'GET /_simulator/truth': {
      const environment = query.get('environment') ?? 'production';
      if (!isEnvironmentName(environment)) throw new ControlError('No such environment.');
      const vendor = query.get('portal') ?? undefined;
      const patient = query.get('patient') ?? '';
      return answerJson(request, response, control.truth(environment, patient, vendor));
    }
    case 'POST /_simulator/faults':
      return postFaults(control, request, response);
    case 'POST /_simulator/clients':
      control.registerClient(await readJson(request));
      return answerJson(request, response, { registered: true });
    case 'POST /_simulator/edit':
      control.edit((await readJson(request)) as Edit);
      return answerJson(request, response, { edited: true });
    default:
      return answerJson(request, response, { error: 'There is nothing here.' }, 404);
  }
}

/** JSON from tests; a form from the simulator's own page, which then shows itself again. */
async function postFaults(
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (isJson(request)) {
    const { on } = (await readJson(request)) as { on?: unknown };
    if (!Array.isArray(on)) throw new ControlError('The body is {"on": [names or objects]}.');
    return answerJson(request, response, { on: control.setFaults(on) });
  }
  // A form can be posted by any page that the browser has open: only the simulator's own may.
  if (request.headers.origin !== `http://${request.headers.host ?? ''}`) {
    throw new ControlError('The form is only taken from the simulator’s own page.');
  }
  const form = new URLSearchParams((await readBody(request, 64_000)).toString());
  control.setFaults(form.getAll('fault'));
  await answer(request, response, {
    status: 303,
    body: '',
    contentType: 'text/plain',
    headers: { Location: '/' },
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!isJson(request)) {
    throw new ControlError('The body is application/json.');
  }
  try {
    return JSON.parse((await readBody(request)).toString());
  } catch (cause) {
    throw new ControlError('The body is not JSON.', { cause });
  }
}

function isJson(request: IncomingMessage): boolean {
  return request.headers['content-type']?.startsWith('application/json') === true;
}

function ownPage(control: Control): Answer {
  return {
    status: 200,
    body: homePage(control.describe()),
    contentType: 'text/html; charset=utf-8',
    headers: { 'Content-Security-Policy': contentSecurityPolicy() },
  };
}

/** What the vendor's older scopes could see, where it has such: what apps ask for unless they are told otherwise. */
function typesToldOf(behaviour: PortalBehaviour): ReadonlySet<string> | undefined {
  const { scopedTypes, laterScopedTypes } = behaviour;
  const named = scopedTypes.length > 0 ? scopedTypes : laterScopedTypes;
  // None are named where one scope is for all of them.
  return named.length > 0 ? new Set(named) : undefined;
}

function tellTruth(
  store: ResourceStore,
  environment: EnvironmentName,
  patient: string,
  types: ReadonlySet<string> | undefined,
): Truth {
  const found = new Map<string, StoredResource>();
  const add = (resource: StoredResource | undefined): void => {
    if (resource === undefined || types?.has(resource.type) === false) return;
    if (resource.patientId !== undefined && resource.patientId !== patient) return;
    const key = `${resource.type}/${resource.id}`;
    if (found.has(key)) return;
    found.set(key, resource);
    for (const reference of resource.references) {
      const [type = '', id = ''] = reference.split('/');
      add(store.get(type, id));
    }
  };
  for (const type of store.typesOf(patient)) store.ofPatient(patient, type).forEach(add);
  const counts: Record<string, number> = {};
  for (const { type } of found.values()) counts[type] = (counts[type] ?? 0) + 1;
  const resources = [...found.values()].map((stored) => ({
    type: stored.type,
    id: stored.id,
    sha256: textDigest(stored),
  }));
  return { environment, patient, counts, resources };
}

function editedText(
  before: StoredResource | undefined,
  edit: Edit,
  faults: FaultSwitches,
): string | null {
  if (edit.delete === true) {
    if (before === undefined) throw new ControlError(`There is no ${edit.type}/${edit.id}.`);
    return null;
  }
  if (edit.text !== undefined) return edit.text;
  if (before === undefined) throw new ControlError(`There is no ${edit.type}/${edit.id}.`);
  if (edit.set === undefined) throw new ControlError('An edit has "set", "text" or "delete".');
  const resource = { ...(parseExactly(before.text) as Resource), ...edit.set };
  const standsStill = faults.strike('lastUpdated.stands-still', { type: edit.type }) !== undefined;
  if (edit.set.meta === undefined && !standsStill) {
    resource.meta = { ...(resource.meta as object), lastUpdated: new Date().toISOString() };
  }
  return writeExactly(resource);
}

function isThisMachine(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.)/.test(address);
}

function isRefusal(error: unknown): error is Error {
  return (
    error instanceof ControlError ||
    error instanceof FaultError ||
    error instanceof RegistrationError
  );
}
