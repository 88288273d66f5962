// Pure rules of a search: which combinations are required, which resources match, which of them are on this page.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import {
  invalidRequest,
  missingCombination,
  noAccessToContext,
  type Refusal,
  unknownOperation,
  wantsMore,
} from './outcomes.ts';
import type { ResourceStore, StoredResource } from './store.ts';

/** Who is asking: the patient and practice that the token is bound to. */
export type PatientContext = { readonly patientId: string; readonly practiceId: string };

/** One page: the matches, what is included beside them, and where the next page starts. */
export type SearchPage = {
  readonly matches: readonly StoredResource[];
  readonly included: readonly StoredResource[];
  /** Where the next page begins, opaque to the client; `undefined` on the last page. */
  readonly next: string | undefined;
  /** Where this page begins; `undefined` where it is empty. */
  readonly here: string | undefined;
  /** All matches on all pages, which the vendor does not tell. */
  readonly total: number;
};

/** Refuses a search that lacks what the vendor requires, or names another practice. */
export function refuseSearch(
  behaviour: PortalBehaviour,
  type: string,
  query: URLSearchParams,
  who: PatientContext,
): Refusal | undefined {
  const practice = checkPractice(behaviour, query, who);
  if (practice !== undefined) return practice;
  const missing = missingParameters(behaviour, type, query);
  if (missing !== undefined) return missing;
  const patient = query.get('patient');
  if (patient !== null && bareId(patient, 'Patient') !== who.patientId) return noAccessToContext();
  const count = query.get(behaviour.pages.count);
  if (count !== null && !/^[1-9]\d{0,6}$/.test(count)) return invalidRequest();
  return undefined;
}

function missingParameters(
  behaviour: PortalBehaviour,
  type: string,
  query: URLSearchParams,
): Refusal | undefined {
  const combinations = behaviour.requiredParameters[type] ?? [];
  const isExact = behaviour.exactTypes.includes(type);
  const given = [...query.keys()].filter((name) => query.get(name) !== '');
  const mayBeBeside = new Set([behaviour.practiceParameter, behaviour.pages.place]);
  const fits = (names: readonly string[]) =>
    names.every((name) => given.includes(name)) &&
    (!isExact || given.every((name) => names.includes(name) || mayBeBeside.has(name)));
  if (combinations.some(fits)) return undefined;
  const { status, words } = behaviour.missingParameter;
  if (words === 'unknown-operation') return unknownOperation(status, given);
  if (words === 'combinations') return missingCombination(status, combinations);
  const lacking = combinations[0]?.find((name) => !given.includes(name)) ?? 'patient';
  return wantsMore(lacking, status);
}

/** Refuses an `ah-practice` that is malformed (400) or not the token's (403). */
export function checkPractice(
  behaviour: PortalBehaviour,
  query: URLSearchParams,
  who: PatientContext,
): Refusal | undefined {
  if (behaviour.practiceParameter === null) return undefined;
  const given = query.get(behaviour.practiceParameter);
  if (given === null || given === '') {
    if (behaviour.practiceMayBeOmitted) return undefined;
    return invalidRequest(
      'Could not determine what practice the request was for. Add the `ah-practice` search parameter to your request.',
    );
  }
  const practice = /^(?:Organization\/)?a-1\.Practice-(\d+)$/.exec(given)?.[1];
  if (practice === undefined) return invalidRequest();
  return practice === who.practiceId ? undefined : noAccessToContext();
}

/** Runs a search that was not refused. Returns `undefined` for a cursor that this search never gave. */
export function searchPage(
  behaviour: PortalBehaviour,
  store: ResourceStore,
  type: string,
  query: URLSearchParams,
  who: PatientContext,
): SearchPage | undefined {
  const { pages } = behaviour;
  const { matching, placeOf } = matchesOf(store, type, query, who, pages);
  const size = Math.min(Number(query.get(pages.count) ?? pages.default), pages.max);
  const place = query.get(pages.place);
  const number = Number(place ?? 1);
  const start = place === null ? 0 : pages.placeIs === 'id' ? placeOf(place) : (number - 1) * size;
  if (start === undefined || !(start >= 0)) return undefined;
  const matches = matching.slice(start, start + size);
  const wantsProvenance = query.getAll('_revinclude').includes('Provenance:target');
  return {
    matches,
    included: wantsProvenance
      ? [...new Set(matches.flatMap((match) => store.provenanceOf(`${type}/${match.id}`)))]
      : [],
    next:
      matching[start + size] === undefined || pages.placeIs === 'id'
        ? matching[start + size]?.id
        : String(number + 1),
    here: pages.placeIs === 'id' ? matches[0]?.id : String(number),
    total: matching.length,
  };
}

/** All that a search finds, and where in it a resource stands, by its id. */
type Matches = {
  readonly matching: readonly StoredResource[];
  readonly placeOf: (id: string) => number | undefined;
};

/** What searches have found since the store was last changed: the pages of one search are asked for one after the other. */
const kept = new WeakMap<ResourceStore, { version: number; found: Map<string, Matches> }>();
const searchesKept = 64;

function matchesOf(
  store: ResourceStore,
  type: string,
  query: URLSearchParams,
  who: PatientContext,
  { count, place }: PortalBehaviour['pages'],
): Matches {
  const version = store.version();
  const before = kept.get(store);
  const found = before?.version === version ? before.found : new Map<string, Matches>();
  if (found !== before?.found) kept.set(store, { version, found });
  const asked = new URLSearchParams(
    [...query].filter(([name]) => ![count, place, 'ah-practice'].includes(name)),
  );
  const search = `${who.patientId} ${type}?${asked}`;
  const matches = found.get(search) ?? findMatches(store, type, query, who);
  found.delete(search);
  found.set(search, matches);
  if (found.size > searchesKept) found.delete(found.keys().next().value ?? '');
  return matches;
}

function findMatches(
  store: ResourceStore,
  type: string,
  query: URLSearchParams,
  who: PatientContext,
): Matches {
  const filters = readFilters(query);
  const candidates = candidatesFor(store, type, query, who);
  const matching =
    filters.length === 0
      ? [...candidates]
      : candidates.filter((resource) => filters.every((filter) => filter(resource)));
  let places: Map<string, number> | undefined;
  return {
    matching,
    placeOf: (id) => {
      places ??= new Map(matching.map((resource, place) => [resource.id, place]));
      return places.get(id);
    },
  };
}

/** The id in `Type/id` or in a bare `id`. */
function bareId(value: string, type: string): string {
  return value.startsWith(`${type}/`) ? value.slice(type.length + 1) : value;
}

function candidatesFor(
  store: ResourceStore,
  type: string,
  query: URLSearchParams,
  who: PatientContext,
): readonly StoredResource[] {
  const isVisible = (resource: StoredResource | undefined): resource is StoredResource =>
    resource !== undefined &&
    (resource.patientId === undefined || resource.patientId === who.patientId);
  const ids = query.get('_id');
  if (ids !== null) {
    return ids
      .split(',')
      .map((id) => store.get(type, bareId(id, type)))
      .filter(isVisible);
  }
  const target = query.get('target');
  if (type === 'Provenance' && target !== null) {
    return target
      .split(',')
      .flatMap((reference) => store.provenanceOf(reference).filter(isVisible));
  }
  if (type === 'Practitioner') return store.shared(type);
  if (type === 'Patient') return [store.get('Patient', who.patientId)].filter(isVisible);
  return store.ofPatient(who.patientId, type);
}

type Filter = (resource: StoredResource) => boolean;

const tokenParameters = [
  'category',
  'code',
  'type',
  'status',
  'intent',
  'clinical-status',
  'verification-status',
  'identifier',
  'birthdate',
  'gender',
];

function readFilters(query: URLSearchParams): Filter[] {
  const filters: Filter[] = [];
  for (const [name, value] of query) {
    if (tokenParameters.includes(name)) {
      const wanted = new Set(value.split(','));
      filters.push((resource) =>
        (resource.index.get(name) ?? []).some((token) => wanted.has(token)),
      );
    } else if (name === 'name' || name === 'family' || name === 'given') {
      const start = value.toLowerCase();
      filters.push((resource) =>
        (resource.index.get(name) ?? []).some((text) => text.toLowerCase().startsWith(start)),
      );
    } else if (name === 'encounter') {
      const id = bareId(value, 'Encounter');
      filters.push((resource) => (resource.index.get(name) ?? []).includes(`Encounter/${id}`));
    } else if (name === 'date' || name === '_lastUpdated') {
      filters.push((resource) => (resource.index.get(name) ?? []).some(dateTest(value)));
    }
  }
  return filters;
}

/** A date search of FHIR: a prefix and a value of any precision, compared as intervals of UTC. */
function dateTest(value: string): (date: string) => boolean {
  const [, prefix = 'eq', wanted = ''] = /^(eq|ne|ge|le|gt|lt)?(.*)$/.exec(value) ?? [];
  const [low, high] = interval(wanted);
  return (date) => {
    const [start, end] = interval(date);
    if (prefix === 'ge') return end > low;
    if (prefix === 'gt') return end > high;
    if (prefix === 'le') return start < high;
    if (prefix === 'lt') return start < low;
    const within = start >= low && end <= high;
    return prefix === 'ne' ? !within : within;
  };
}

function interval(date: string): [number, number] {
  const start = Date.parse(/^\d{4}$/.test(date) ? `${date}-01` : date);
  if (/^\d{4}$/.test(date)) return [start, Date.UTC(Number(date) + 1, 0)];
  if (/^\d{4}-\d{2}$/.test(date)) {
    return [start, Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)))];
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(date)) return [start, start + 86_400_000];
  return [start, start + 1000];
}
