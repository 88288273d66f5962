// Owns which person each Patient of the files is: one already known here, or a new one. Two patients
// never become one person by guess: an address, an identifier, or a name with birth date must agree.

import { getPerson } from '../../access/people.ts';
import { datesAgree } from '../../fhir/dates.ts';
import { patientBasics } from '../../fhir/text/names.ts';
import { identifiersOf, isResource, type Resource } from '../../fhir/types.ts';
import type { Db } from '../../platform/db/db.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { currentOfType } from '../../records/read.ts';
import { listSources } from '../../records/sources.ts';
import type { PersonId } from '../../records/types.ts';
import { identifierKey, type KnownPatient } from './catalogue.ts';
import type { Identity } from './identity.ts';
import type { ImportPerson } from './types.ts';

/** A Patient that the store holds. */
type StoredPatient = {
  readonly person: PersonId;
  readonly origin: string | null;
  readonly id: string;
  readonly body: Resource;
};

/** The Patients that the store holds, by the names under which a file may mean them. */
export type StoredPatients = {
  readonly all: readonly StoredPatient[];
  readonly byIdentity: ReadonlyMap<string, StoredPatient>;
  readonly byIdentifier: ReadonlyMap<string, readonly StoredPatient[]>;
};

/** Who a Patient of the files is. */
export type PatientPerson = {
  readonly person: PersonId;
  readonly isNew: boolean;
  readonly name: string;
  readonly birthDate: string | null;
};

export async function readStoredPatients(db: Db): Promise<StoredPatients> {
  const origins = new Map((await listSources(db)).map((source) => [source.id, source.origin]));
  const all: StoredPatient[] = [];
  const byIdentity = new Map<string, StoredPatient>();
  const byIdentifier = new Map<string, StoredPatient[]>();
  for (const row of await currentOfType(db, 'Patient')) {
    const body: unknown = JSON.parse(row.raw);
    if (row.person === null || !isResource(body)) continue;
    const origin = origins.get(row.source) ?? null;
    const patient = { person: row.person, origin, id: row.fhirId, body };
    all.push(patient);
    if (origin !== null) byIdentity.set(identityKey({ origin, id: row.fhirId }), patient);
    for (const { system, value } of identifiersOf(body)) {
      const key = identifierKey('Patient', system, value);
      byIdentifier.set(key, [...(byIdentifier.get(key) ?? []), patient]);
    }
  }
  return { all, byIdentity, byIdentifier };
}

/**
 * Who each Patient of the files is, by its name in the catalogue.
 *
 * @throws import.person_unknown when one is not known and none may be made; import.person_conflict
 * when the files hold another patient than the named person, or patients that contradict themselves
 */
export async function decidePatients(
  db: Db,
  patients: ReadonlyMap<string, KnownPatient>,
  stored: StoredPatients,
  whose: ImportPerson,
): Promise<Map<string, PatientPerson>> {
  const decided = new Map<string, PatientPerson>();
  for (const [key, patient] of patients) {
    refuseContradiction(patient);
    const known = knownPerson(patient, stored) ?? sameInCall(patient, patients, decided);
    decided.set(key, describe(patient, known));
  }
  if (whose.kind === 'named') return nameAll(db, whose.id, decided, stored);
  if (whose.kind === 'auto' && [...decided.values()].some(({ isNew }) => isNew)) {
    throw new ChartfoldError('import.person_unknown');
  }
  return decided;
}

export function identityKey({ origin, id }: Identity): string {
  return `${origin}\n${id}`;
}

/** The origin under which the ids of a patient of unknown origin are kept apart from others'. */
export function originBesidePatient(patientId: string): string {
  return `unknown:${patientId}`;
}

/** The person that a Patient of the files is already, if it is. */
export function knownPerson(patient: KnownPatient, stored: StoredPatients): PersonId | undefined {
  const { origin, id } = patient.identity;
  const same = origin === null ? undefined : stored.byIdentity.get(identityKey({ origin, id }));
  if (same) return same.person;
  const people = new Set<PersonId>();
  for (const body of patient.bodies) {
    for (const { system, value } of identifiersOf(body)) {
      for (const other of stored.byIdentifier.get(identifierKey('Patient', system, value)) ?? []) {
        if (mayBeSame(body, other.body)) people.add(other.person);
      }
    }
  }
  if (people.size > 1) throw new ChartfoldError('import.person_conflict');
  const [byIdentifier] = people;
  if (byIdentifier !== undefined || origin !== null) return byIdentifier;
  // Of unknown origin: the id alone says nothing, name and birth date must be the same beside it.
  return stored.all.find(
    (other) =>
      other.origin === originBesidePatient(id) &&
      patient.bodies.some((body) => isSameByName(body, other.body)),
  )?.person;
}

function sameInCall(
  patient: KnownPatient,
  patients: ReadonlyMap<string, KnownPatient>,
  decided: ReadonlyMap<string, PatientPerson>,
): PatientPerson | undefined {
  const ids = new Set(patient.bodies.flatMap(identifierKeys));
  for (const [key, earlier] of decided) {
    const bodies = patients.get(key)?.bodies ?? [];
    const shares = bodies.some(
      (body) =>
        identifierKeys(body).some((id) => ids.has(id)) &&
        patient.bodies.every((own) => mayBeSame(own, body)),
    );
    if (shares) return earlier;
  }
  return undefined;
}

function describe(
  patient: KnownPatient,
  known: PersonId | PatientPerson | undefined,
): PatientPerson {
  if (typeof known === 'object') return known;
  const { name, birthDate } = patientBasics(patient.bodies.at(-1));
  return { person: known ?? newId(), isNew: known === undefined, name, birthDate };
}

/** Everything is one named person's; refuses whatever speaks against it. */
async function nameAll(
  db: Db,
  id: PersonId,
  decided: ReadonlyMap<string, PatientPerson>,
  stored: StoredPatients,
): Promise<Map<string, PatientPerson>> {
  const person = await getPerson(db, id);
  const people = new Set([...decided.values()].map((one) => one.person));
  const dates = [
    person.birthDate,
    ...stored.all
      .filter((one) => one.person === id)
      .map((one) => patientBasics(one.body).birthDate),
  ];
  for (const one of decided.values()) {
    const isOther = people.size > 1 || (!one.isNew && one.person !== id);
    if (isOther || dates.some((date) => !datesAgree(date, one.birthDate))) {
      throw new ChartfoldError('import.person_conflict');
    }
  }
  const named = { person: id, isNew: false, name: person.name, birthDate: person.birthDate };
  return new Map([...decided.keys()].map((key) => [key, named]));
}

/** One name in the files, two birth dates: these are two patients, and which is which is unknown. */
function refuseContradiction(patient: KnownPatient): void {
  const [first, ...rest] = patient.bodies;
  if (first && rest.some((body) => !mayBeSame(first, body))) {
    throw new ChartfoldError('import.person_conflict');
  }
}

function identifierKeys(body: Resource): string[] {
  return identifiersOf(body).map(({ system, value }) => identifierKey('Patient', system, value));
}

function mayBeSame(a: Resource, b: Resource): boolean {
  return datesAgree(patientBasics(a).birthDate, patientBasics(b).birthDate);
}

function isSameByName(a: Resource, b: Resource): boolean {
  const [one, other] = [patientBasics(a), patientBasics(b)];
  return one.name === other.name && one.birthDate !== null && one.birthDate === other.birthDate;
}
