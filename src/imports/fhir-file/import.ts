// Owns importing FHIR files: two readings of them, the first to learn who and what refers to what,
// the second to store. Whose a resource is, is decided in assign.ts and patients.ts.

import { createPerson, listPeople } from '../../access/people.ts';
import { patientBasics } from '../../fhir/text/names.ts';
import type { Db } from '../../platform/db/db.ts';
import { ChartfoldError, type ErrorCode, isChartfoldError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { prepare } from '../../records/body.ts';
import { commitImport } from '../../records/commit.ts';
import type { Counts, PersonId } from '../../records/types.ts';
import { assignAll } from './assign.ts';
import { addEntry, type Catalogue, newCatalogue } from './catalogue.ts';
import { decidePatients, knownPerson, type PatientPerson, readStoredPatients } from './patients.ts';
import { type Placed, type Placing, placeEntry, sourcesOf } from './place.ts';
import { readItems } from './read-file.ts';
import { findSharedInStore } from './shared-in-store.ts';
import type {
  FhirFile,
  FileEntry,
  FileResult,
  ImportPatient,
  ImportPerson,
  ImportResult,
  SetAside,
} from './types.ts';

/** Stored in one go: a few of the store's transactions. */
const batchSize = 1000;

/**
 * Imports files that belong together, whatever their order. What is there already is not stored again. Aborted, it
 * ends between two batches, and goes on when it is done again.
 *
 * @throws import.person_unknown, import.person_conflict, person.not_found, access.not_allowed: then nothing was stored
 */
export async function importFhirFiles(
  db: Db,
  options: {
    files: readonly FhirFile[];
    person: ImportPerson;
    /** Who brings them, as an account; null for the terminal. */
    by: string | null;
    /** Whether they may add to a record that is here. */
    mayAddTo: (person: PersonId) => boolean;
    now: number;
    signal?: AbortSignal;
  },
): Promise<ImportResult> {
  const { person: whose, by, now } = options;
  const reading = await readOnce(options.files);
  const stored = await readStoredPatients(db);
  const patients = await decidePatients(db, reading.catalogue.patients, stored, whose);
  for (const { isNew, person } of patients.values())
    if (!isNew && !options.mayAddTo(person)) throw new ChartfoldError('access.not_allowed');
  const named = whose.kind === 'named' ? whose.id : undefined;
  const placing: Placing = {
    catalogue: reading.catalogue,
    assigned: assignAll(reading.catalogue, patients, stored, named),
    patients,
    stored,
    inStore: await findSharedInStore(db, reading.catalogue),
    sources: sourcesOf(db, now),
  };
  const importId = newId();
  const store: StoreBatch = async (placed, afterwards) => {
    options.signal?.throwIfAborted();
    return storeBatch(db, { importId, placed, now, ...(afterwards ? { afterwards } : {}) });
  };
  await storePatients(reading, placing, patients, { by, now }, store);
  for (const file of reading.files) {
    if (file.tally.refused === null) await storeFile(file, placing, store);
  }
  return {
    importId,
    files: reading.files.map(({ tally }) => readTally(tally)),
    people: await peopleOf(db, patients, placing),
  };
}

/** The patients of some files and who they are here, before anything is stored. */
export async function patientsIn(db: Db, files: readonly FhirFile[]): Promise<ImportPatient[]> {
  const { catalogue } = await readOnce(files);
  const stored = await readStoredPatients(db);
  return [...catalogue.patients.values()].map((patient) => {
    const { name, birthDate } = patientBasics(patient.bodies.at(-1));
    return { name, birthDate, knownAs: knownPerson(patient, stored) ?? null };
  });
}

type Tally = {
  readonly name: string;
  refused: ErrorCode | null;
  counts: Pick<Counts, 'received' | 'new' | 'changed' | 'unchanged'>;
  readonly setAside: SetAside[];
};

type ReadFile = {
  readonly file: FhirFile;
  readonly tally: Tally;
  /** The last bundle's number before this file: the second reading numbers them alike. */
  readonly scopesBefore: number;
  readonly patients: FileEntry[];
};

type Reading = { readonly catalogue: Catalogue; readonly files: readonly ReadFile[] };

async function readOnce(files: readonly FhirFile[]): Promise<Reading> {
  const catalogue = newCatalogue();
  const scopes = { last: 0 };
  const read: ReadFile[] = [];
  for (const file of files) {
    const one: ReadFile = {
      file,
      tally: { name: file.name, refused: null, counts: noCounts, setAside: [] },
      scopesBefore: scopes.last,
      patients: [],
    };
    read.push(one);
    let isBegun = false;
    try {
      for await (const item of readItems(file, scopes)) {
        isBegun = true;
        if (item.kind === 'fault') one.tally.setAside.push(item.fault);
        else {
          addEntry(catalogue, item.entry);
          if (item.entry.type === 'Patient') one.patients.push(item.entry);
        }
      }
    } catch (error) {
      // A file that breaks off in its middle would leave the others half understood.
      if (isBegun || !isChartfoldError(error)) throw error;
      one.tally.refused = error.code;
    }
  }
  return { catalogue, files: read };
}

type AfterBatch = (trx: Db) => Promise<void>;
type StoreBatch = (placed: readonly Placed[], afterwards?: AfterBatch) => Promise<Counts>;

/** Patients first, each new person in the transaction that stores its Patient: never one without the other. */
async function storePatients(
  reading: Reading,
  placing: Placing,
  patients: ReadonlyMap<string, PatientPerson>,
  { by, now }: { by: string | null; now: number },
  store: StoreBatch,
): Promise<void> {
  const toMake = new Map(
    [...patients.values()].filter((one) => one.isNew).map((one) => [one.person, one]),
  );
  for (const { tally, patients: entries } of reading.files) {
    for (const entry of entries) {
      const placed = await placeEntry(placing, entry);
      if (placed.kind === 'aside') {
        tally.setAside.push({ place: entry.place, code: placed.code });
        continue;
      }
      const makes = placed.placed.flatMap(({ incoming }) => {
        const one = incoming.person === null ? undefined : toMake.get(incoming.person);
        return one ? [one] : [];
      });
      const counts = await store(placed.placed, async (trx) => {
        for (const { person, name, birthDate } of makes) {
          await createPerson(trx, { id: person, name, birthDate, by, now });
        }
      });
      for (const { person } of makes) toMake.delete(person);
      tally.counts = plus(tally.counts, counts);
    }
  }
}

async function storeFile(file: ReadFile, placing: Placing, store: StoreBatch): Promise<void> {
  const { tally } = file;
  let batch: Placed[] = [];
  const flush = async () => {
    if (batch.length > 0) tally.counts = plus(tally.counts, await store(batch));
    batch = [];
  };
  for await (const item of readItems(file.file, { last: file.scopesBefore })) {
    // Faults were noted, and Patients stored, at the first reading.
    if (item.kind === 'fault' || item.entry.type === 'Patient') continue;
    const placed = await placeEntry(placing, item.entry);
    if (placed.kind === 'aside') {
      tally.setAside.push({ place: item.entry.place, code: placed.code });
      continue;
    }
    batch.push(...placed.placed);
    if (batch.length >= batchSize) await flush();
  }
  await flush();
  if (tally.counts.received === 0 && tally.setAside.length > 0) {
    const isOfStrangers = tally.setAside.some(({ code }) => code === 'import.no_patient');
    tally.refused = isOfStrangers ? 'import.no_patient' : 'import.nothing_stored';
  }
}

async function storeBatch(
  db: Db,
  batch: { importId: string; placed: readonly Placed[]; now: number; afterwards?: AfterBatch },
): Promise<Counts> {
  let sum: Counts = { ...noCounts, setAside: 0 };
  for (const [source, placed] of Map.groupBy(batch.placed, (one) => one.source)) {
    const counts = await commitImport(db, {
      importId: batch.importId,
      source,
      packs: await prepare(placed.map(({ incoming }) => incoming)),
      // A file says the same each time it is read: every difference is one.
      volatilePaths: [],
      now: batch.now,
      ...(batch.afterwards ? { afterwards: batch.afterwards } : {}),
    });
    sum = { ...plus(sum, counts), setAside: 0 };
  }
  return sum;
}

const noCounts = { received: 0, new: 0, changed: 0, unchanged: 0 };

function plus(a: Tally['counts'], b: Tally['counts']): Tally['counts'] {
  return {
    received: a.received + b.received,
    new: a.new + b.new,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
  };
}

function readTally(tally: Tally): FileResult {
  const { received, ...counts } = tally.counts;
  const { name, refused, setAside } = tally;
  return { name, refused, read: received + setAside.length, ...counts, setAside };
}

/** Everyone whose something of the files is, named as people are named here. */
async function peopleOf(
  db: Db,
  patients: ReadonlyMap<string, PatientPerson>,
  placing: Placing,
): Promise<ImportResult['people']> {
  const made = new Map([...patients.values()].map(({ person, isNew }) => [person, isNew]));
  const assigned = [...placing.assigned.values()].flatMap((one) =>
    one.kind === 'people' ? one.people : [],
  );
  const here = new Set<PersonId>([...made.keys(), ...assigned]);
  return (await listPeople(db))
    .filter(({ id }) => here.has(id))
    .map(({ id, name }) => ({ id, name, isNew: made.get(id) === true }));
}
