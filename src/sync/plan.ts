// Owns the questions of a sync: pure, from the vendor's data, what the server says of itself, and the scopes that were
// really granted. What may be left out of them is in passes.ts.

import type { Capabilities } from '../fhir/capabilities.ts';
import { type PatientType, patientTypes } from '../portals/patient-types.ts';
import type { Portal, Windows } from '../portals/portal.ts';
import type { PlannedQuestion, Question } from '../records/types.ts';
import { missingScopes, searchScope } from '../smart/scopes.ts';

export type Planning = {
  readonly portal: Portal;
  /** What the server says of itself; null where that could not be read: then only the vendor's data counts. */
  readonly capabilities: Capabilities | null;
  readonly asked: readonly string[];
  /** As asked, where the portal named none (RFC 6749 section 5.1). */
  readonly granted: readonly string[];
  readonly patientId: string;
  /** ISO, of whatever precision; null where it is not known. */
  readonly birthDate: string | null;
  /** Milliseconds. */
  readonly now: number;
};

/**
 * The questions to ask about a patient, in order, those by reference last. The vendor's come first and are asked
 * whatever the server lists, since statements are often incomplete; those that its statement adds follow. One without
 * its scope stands there, refused. What is granted for some categories alone is asked in those parts.
 */
export function planQuestions(planning: Planning): PlannedQuestion[] {
  const { portal } = planning;
  const vendor = `asked because the documentation of ${portal.name} says so`;
  const own = [
    ...portal.questions.map((question) => ({
      ...question,
      request: withQuery(question.type, queryOf(question.parameters, planning.patientId)),
      parts: question.windows ? yearsOf(question.windows, planning) : null,
    })),
    ...portal.referenced.questions.map((question) => ({
      ...question,
      request: `${question.type}${BY_ID}`,
      parts: null,
    })),
  ].map(({ key, label, type, why, scope, request, parts }) =>
    withinScope(planning, { key, label, type, request, parts, why: `${why}; ${vendor}` }, scope),
  );
  const known = new Set(own.map(({ type }) => type));
  const added = patientTypes(portal.fhirVersion)
    .filter(({ type }) => !known.has(type))
    .flatMap((one) => addedQuestion(planning, one));
  const all = [...own, ...added];
  return [...all.filter((question) => !isByReference(question)), ...all.filter(isByReference)];
}

/** Whether a question asks by id for what other records refer to. */
export function isByReference({ request }: Pick<Question, 'request'>): boolean {
  return request.endsWith(BY_ID);
}

/** How a question is put where the portal does not answer it as a whole; undefined where there is no other way. */
export function partsOf(
  portal: Pick<Portal, 'fhirVersion'>,
  { key, type, request }: Pick<Question, 'key' | 'type' | 'request'>,
): { readonly key: string; readonly parts: readonly string[] } | undefined {
  const split = patientTypes(portal.fhirVersion).find((one) => one.type === type)?.split;
  if (!split || parametersOf(request).has(split.parameter)) return undefined;
  return {
    key: `${key}-by-${split.parameter}`,
    parts: split.values.map((value) => `${split.parameter}=${encodeURIComponent(value)}`),
  };
}

/** The query of a request. */
export function parametersOf(request: string): URLSearchParams {
  return new URLSearchParams(request.split('?')[1] ?? '');
}

/** A request with a further query. */
export function withQuery(request: string, query: string): string {
  if (query === '') return request;
  return `${request}${request.includes('?') ? '&' : '?'}${query}`;
}

/** A request, or a whole address, without some parameters of its query. */
export function withoutParameters(request: string, names: readonly string[]): string {
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/.exec(request) ?? [];
  const kept = query.split('&').filter((part) => !names.includes(part.split('=')[0] ?? ''));
  return withQuery(path, kept.join('&'));
}

/** What a request by reference ends with: the ids follow. */
const BY_ID = '?_id=';

/** A question of the vendor's as the granted scopes let it be asked. */
function withinScope(
  { asked, granted }: Planning,
  question: PlannedQuestion,
  scope: string,
): PlannedQuestion {
  const reach = searchScope(granted, question.type);
  const wasAsked = missingScopes([scope], asked).length === 0;
  const code = wasAsked ? ('fhir.scope_missing' as const) : null;
  // Scopes that were not even asked for: the portal itself may say what it makes of the question.
  if (reach === 'none') return wasAsked ? { ...question, code, outcome: 'refused' } : question;
  const isPartial = typeof reach === 'object' && !isByReference(question);
  return isPartial ? { ...inParts(question, reach), code } : question;
}

/** What the server's statement adds: a type that a patient may read and that somebody asked for, or was granted. */
function addedQuestion(planning: Planning, one: PatientType): PlannedQuestion[] {
  const { key, label, type, why } = one;
  const request = listedRequest(planning, one);
  const reaches = [planning.granted, planning.asked].map((scopes) => searchScope(scopes, type));
  if (request === null || reaches.every((reach) => reach === 'none')) return [];
  const question = {
    key,
    label,
    type,
    why: `${why}; asked because the portal’s server says that it has them`,
    request,
  };
  return [withinScope(planning, question, `patient/${type}.read`)];
}

/** A request that the server says it answers; null where there is none. */
function listedRequest(
  { portal, capabilities, patientId }: Planning,
  { type, patient }: PatientType,
): string | null {
  const capability = capabilities?.get(type);
  const isAskedBlind = capabilities === null && portal.questions.length === 0;
  if (!capability?.searches && !isAskedBlind) return null;
  const { parameters = NONE, revIncludes = NONE } = capability ?? {};
  const lists = (name: string) => parameters.size === 0 || parameters.has(name);
  const name = patient.find(lists);
  // What can't be asked for by patient may be read where others refer to it.
  if (name === undefined) return lists('_id') ? `${type}${BY_ID}` : null;
  const along = revIncludes.has(PROVENANCE) ? { _revinclude: PROVENANCE } : {};
  return withQuery(
    type,
    queryOf({ [name]: '{patient}', ...portal.addedParameters, ...along }, patientId),
  );
}

const PROVENANCE = 'Provenance:target';
const NONE: ReadonlySet<string> = new Set();

/**
 * The parts of a question that is asked year by year: this year and what is ahead of it, each year before, and what is
 * older than those, or than the patient, in one.
 */
function yearsOf(
  { parameter, years }: Windows,
  { birthDate, now }: Pick<Planning, 'birthDate' | 'now'>,
): string[] {
  const present = new Date(now).getUTCFullYear();
  const born = Number(birthDate?.slice(0, 4) ?? 0);
  const first = Math.min(present, Math.max(present - years, born));
  const between = Array.from({ length: present - first }, (_, n) => present - 1 - n).map(
    (year) => `${parameter}=ge${year}-01-01&${parameter}=le${year}-12-31`,
  );
  return [`${parameter}=ge${present}-01-01`, ...between, `${parameter}=le${first - 1}-12-31`];
}

/** Under a key of its own: what was seen when more was granted is not gone because it is not seen now. */
function inParts(question: PlannedQuestion, parts: readonly string[]): PlannedQuestion {
  const names = parts.map((part) => part.split(/[|=]/).at(-1) ?? part);
  return { ...question, key: [question.key, 'of', ...names].join('-'), parts };
}

/** Comma, colon, slash and bar have a meaning in FHIR searches and stay as they are (R4 section 3.1.1). */
function queryOf(parameters: Readonly<Record<string, string>>, patientId: string): string {
  return Object.entries(parameters)
    .map(([name, value]) => {
      const filled = encodeURIComponent(value.replace('{patient}', () => patientId));
      return `${name}=${filled.replace(/%(2C|3A|2F|7C)/g, (code) => decodeURIComponent(code))}`;
    })
    .join('&');
}
