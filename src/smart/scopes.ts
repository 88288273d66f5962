// Owns comparing what was asked with what was granted, in both spellings of SMART scopes.
// @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html

import type { SmartConfiguration } from './discovery.ts';

type Clinical = { context: string; type: string; rights: string; query: string };

const V1_RIGHTS: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** The scopes asked for that the grant does not cover (SMART 2.2 @147), as they were asked. */
export function missingScopes(asked: readonly string[], granted: readonly string[]): string[] {
  const given = new Set(granted);
  const clinical = granted.flatMap((scope) => parse(scope) ?? []);
  return asked.filter((scope) => {
    if (given.has(scope)) return false;
    const wanted = parse(scope);
    return !wanted || !clinical.some((g) => covers(g, wanted));
  });
}

/**
 * What to ask of a server that says what it knows: in the newer spelling where it has that, and nothing that its list
 * of scopes, where it gives one, leaves out. Some list a few words and no kind of record: that is not all they know. Who signed in is asked only of one
 * whose answer can be checked: servers of SMART 1 name no issuer and no keys.
 */
export function scopesKnownTo(server: SmartConfiguration, scopes: readonly string[]): string[] {
  const { capabilities, scopesSupported } = server;
  const isV2 =
    capabilities.includes('permission-v2') ||
    scopesSupported.some((scope) => /^patient\/.+\.c?r?u?d?s(\?|$)/.test(scope));
  // The id_token is checked by both.
  const hasProof = server.issuer !== null && server.jwksUri !== null;
  const spelled = scopes
    .filter((scope) => hasProof || !OF_IDENTITY.has(scope))
    .map((scope) => (isV2 ? scope.replace(/^(patient\/.+)\.read$/, '$1.rs') : scope));
  const unknown = new Set(missingScopes(spelled, scopesSupported));
  const known = spelled.flatMap((scope) =>
    unknown.has(scope) ? narrowerThan(scope, scopesSupported) : [scope],
  );
  return known.some((scope) => parse(scope)) ? known : spelled;
}

const OF_IDENTITY: ReadonlySet<string> = new Set(['openid', 'fhirUser', 'profile']);

/** The scopes of a list that give a part of what one does: some of its rights, or of its records. */
function narrowerThan(scope: string, list: readonly string[]): string[] {
  const whole = parse(scope);
  if (!whole) return [];
  return list.filter((one) => {
    const part = parse(one);
    return part !== undefined && covers(whole, part);
  });
}

/** Splits a token reply's `scope`; a reply without one grants what was asked (RFC 6749 section 5.1). */
export function grantedScopes(scope: string | undefined, asked: readonly string[]): string[] {
  return scope === undefined ? [...asked] : scope.split(/\s+/).filter(Boolean);
}

/**
 * How far scopes let a type be searched: all of it, only what some queries name (`category=system|code`, SMART 2.2's
 * finer-grained scopes), or not at all; undefined where they name no kinds of records at all, and so tell nothing.
 * Scopes of a user count: a person who looks after another may be given those.
 */
export function searchScope(
  scopes: readonly string[],
  type: string,
): 'whole' | 'none' | readonly string[] | undefined {
  const clinical = scopes.flatMap((scope) => parse(scope) ?? []);
  if (clinical.length === 0) return undefined;
  const mine = clinical.filter(
    (one) => (one.type === '*' || one.type === type) && one.rights.includes('s'),
  );
  if (mine.some(({ query }) => query === '')) return 'whole';
  const queries = new Set(mine.map(({ query }) => query.slice(1)));
  return queries.size === 0 ? 'none' : [...queries].sort();
}

function covers(granted: Clinical, wanted: Clinical): boolean {
  const sameContext = granted.context === wanted.context;
  const sameType = granted.type === '*' || granted.type === wanted.type;
  const sameQuery = granted.query === '' || granted.query === wanted.query;
  return (
    sameContext &&
    sameType &&
    sameQuery &&
    [...wanted.rights].every((r) => granted.rights.includes(r))
  );
}

/** `patient/Observation.read`, `patient/Observation.rs?category=laboratory`; undefined for others. */
function parse(scope: string): Clinical | undefined {
  const match = /^(patient|user|system)\/(\*|[A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(\?.+)?$/.exec(
    scope,
  );
  if (!match) return undefined;
  const [, context = '', type = '', word = '', query = ''] = match;
  return { context, type, rights: V1_RIGHTS[word] ?? word, query };
}
