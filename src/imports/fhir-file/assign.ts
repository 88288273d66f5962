// Owns whose each resource of the files is, from what refers to what. Only an index is made: a raw
// text is never touched. Pure.

import { isUuid, type ParsedReference } from '../../fhir/reference.ts';
import { isSharedType } from '../../fhir/whose.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import type { PersonId } from '../../records/types.ts';
import { type Catalogue, identifierKey, type Known, resolve } from './catalogue.ts';
import { type Identity, urnIdentity } from './identity.ts';
import { identityKey, type PatientPerson, type StoredPatients } from './patients.ts';

/** Where a resource goes: into people's records, to what its source shares, or nowhere. */
export type Assignment =
  | { readonly kind: 'people'; readonly people: readonly PersonId[] }
  | { readonly kind: 'shared' }
  | { readonly kind: 'aside'; readonly code: ErrorCode };

/**
 * Whose each resource is.
 *
 * @param named the person whom everything belongs to, when the caller named one
 */
export function assignAll(
  catalogue: Catalogue,
  patients: ReadonlyMap<string, PatientPerson>,
  stored: StoredPatients,
  named: PersonId | undefined,
): Map<Known, Assignment> {
  const persons = new Map<Known, PersonId>();
  for (const [key, { person }] of patients) {
    const patient = catalogue.patients.get(key);
    if (patient) persons.set(patient, person);
  }
  const owners = new Map<Known, Set<PersonId>>();
  const ofStrangers = new Set<Known>();
  const unowned: Known[] = [];
  const personOf = (from: Known, reference: ParsedReference) =>
    patientPerson(catalogue, persons, stored, from, reference);
  for (const known of catalogue.all.values()) {
    const people = ownersByPatient(catalogue, known, persons, personOf);
    if (people && people.size > 0) owners.set(known, people);
    else if (people && named !== undefined) owners.set(known, new Set([named]));
    else if (people) ofStrangers.add(known);
    else unowned.push(known);
  }
  const loose = unowned.filter((known) => !isSharedType(known.type));
  ownByTargets(catalogue, loose, owners, personOf);
  ownByReferrers(catalogue, [...loose, ...unowned.filter(isCopied)], owners);
  const everyone = new Set([
    ...persons.values(),
    ...[...owners.values()].flatMap((set) => [...set]),
  ]);
  // With a stranger among them, who is the only known patient is not the only one who can be meant.
  const only = everyone.size === 1 && ofStrangers.size === 0 ? [...everyone][0] : undefined;
  const assigned = new Map<Known, Assignment>();
  for (const known of catalogue.all.values()) {
    const assignment = ofStrangers.has(known)
      ? noPatient
      : verdict(known, owners.get(known), named ?? only);
    assigned.set(known, assignment);
  }
  return assigned;
}

/** The origin and id that a reference names, where it names one; whether or not it is in the files. */
export function identityNamed(from: Known, reference: ParsedReference): Identity | undefined {
  if (reference.kind === 'urn') return urnIdentity(reference.urn);
  if (reference.kind === 'absolute') return { origin: reference.base, id: reference.id };
  if (reference.kind !== 'relative') return undefined;
  if (from.identity.origin !== null) return { origin: from.identity.origin, id: reference.id };
  return isUuid(reference.id) ? { origin: 'urn:uuid', id: reference.id.toLowerCase() } : undefined;
}

/** Of a type that is shared, but with an id that means something only beside one patient. */
function isCopied(known: Known): boolean {
  return isSharedType(known.type) && known.identity.origin === null;
}

type PersonOf = (from: Known, reference: ParsedReference) => PersonId | undefined;

/** Undefined when it names no patient. Empty when it names one whom nobody knows. */
function ownersByPatient(
  catalogue: Catalogue,
  known: Known,
  persons: ReadonlyMap<Known, PersonId>,
  personOf: PersonOf,
): Set<PersonId> | undefined {
  const self = persons.get(known);
  if (self !== undefined) return new Set([self]);
  // A subject may be a Group or a Device: that says nothing of a patient.
  const named = known.patients.filter((reference) => {
    const target = resolve(catalogue, known, reference);
    return !target || target.type === 'Patient';
  });
  if (named.length === 0) return undefined;
  const people = named.map((reference) => personOf(known, reference));
  return new Set(people.filter((person) => person !== undefined));
}

function patientPerson(
  catalogue: Catalogue,
  persons: ReadonlyMap<Known, PersonId>,
  stored: StoredPatients,
  from: Known,
  reference: ParsedReference,
): PersonId | undefined {
  const target = resolve(catalogue, from, reference);
  if (target) return persons.get(target);
  if (reference.kind === 'conditional') {
    const { type, system, value } = reference;
    const found = stored.byIdentifier.get(identifierKey(type, system, value)) ?? [];
    const people = new Set(found.map(({ person }) => person));
    return people.size === 1 ? found[0]?.person : undefined;
  }
  const identity = identityNamed(from, reference);
  return identity && stored.byIdentity.get(identityKey(identity))?.person;
}

/** What names no patient is whoever's its targets are: a Provenance, a Composition's section, … */
function ownByTargets(
  catalogue: Catalogue,
  loose: readonly Known[],
  owners: Map<Known, Set<PersonId>>,
  personOf: PersonOf,
): void {
  // Again while something is found: a target may itself be owned by its targets.
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const known of loose) {
      if (owners.has(known)) continue;
      const people = new Set<PersonId>();
      for (const reference of known.references) {
        const target = resolve(catalogue, known, reference);
        const own = target ? (owners.get(target) ?? []) : [personOf(known, reference)];
        for (const person of own) if (person !== undefined) people.add(person);
      }
      if (people.size === 0) continue;
      owners.set(known, people);
      isMore = true;
    }
  }
}

/** What refers to nobody's things is whoever's refer to it: a Binary, a practitioner of no origin. */
function ownByReferrers(
  catalogue: Catalogue,
  waiting: readonly Known[],
  owners: Map<Known, Set<PersonId>>,
): void {
  const open = new Set(waiting.filter((known) => !owners.has(known)));
  if (open.size === 0) return;
  let frontier = [...owners.keys()];
  while (frontier.length > 0) {
    const reached = new Set<Known>();
    for (const known of frontier) {
      const people = owners.get(known) ?? [];
      for (const reference of known.references) {
        const target = resolve(catalogue, known, reference);
        if (!target || !open.has(target)) continue;
        const own = owners.get(target) ?? new Set<PersonId>();
        const before = own.size;
        for (const person of people) own.add(person);
        owners.set(target, own);
        if (own.size > before) reached.add(target);
      }
    }
    frontier = [...reached];
  }
}

const noPatient: Assignment = { kind: 'aside', code: 'import.no_patient' };

function verdict(
  known: Known,
  owners: ReadonlySet<PersonId> | undefined,
  fallback: PersonId | undefined,
): Assignment {
  if (owners === undefined) {
    if (isSharedType(known.type) && !isCopied(known)) return { kind: 'shared' };
    return fallback === undefined ? noPatient : { kind: 'people', people: [fallback] };
  }
  if (owners.size > 1 && !isCopied(known)) {
    return { kind: 'aside', code: 'import.several_patients' };
  }
  return { kind: 'people', people: [...owners] };
}
